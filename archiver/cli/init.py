"""archiver init."""

from __future__ import annotations

from pathlib import Path

from archiver.archive.open_archive import view_archive
from archiver.cli import texts
from archiver.cli.common import out, set_up_log
from archiver.config import FILE_NAME, Config, config_text, load_config
from archiver.errors import ConfigError
from archiver.rewriting.scan import scan_notes
from archiver.tasks.estimate import Estimate, estimate
from archiver.tasks.sync import plan_run, utc_now


def init_command(folder: Path, verbose: bool) -> None:
    """`archiver init`."""
    set_up_log(verbose)
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder: name the folder that holds your Markdown notes")
    file = folder / FILE_NAME
    if file.exists():
        out.print(f"{file} exists already and is left as it is.")
    else:
        try:
            file.write_text(config_text(), "utf-8")
        except OSError as error:
            raise ConfigError(f"cannot write {file}: {error.strerror}") from error
        out.print(f"Wrote {file}.")
    config = load_config(file)
    out.print(texts.estimate_text(_estimate(config)))
    out.print(texts.REPUBLISHING)
    out.print(texts.next_steps(file))


def _estimate(config: Config) -> Estimate:
    scan = scan_notes(config)
    with view_archive(config.archive_root) as archive:
        return estimate(scan.targets, plan_run(archive, scan, utc_now(), config.fetch), config.fetch)
