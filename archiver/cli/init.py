"""archiver init."""

from __future__ import annotations

from pathlib import Path

from archiver.cli import texts
from archiver.cli.common import Shared
from archiver.cli.output import out
from archiver.config import FILE_NAME, config_text, load_config
from archiver.errors import ConfigError
from archiver.tasks.estimate import estimate
from archiver.tasks.run import due, view_run


def init_command(_shared: Shared, folder: Path) -> None:
    """`archiver init`."""
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
    with view_run(config) as context:
        found = due(context)
    out.print(*texts.estimate_lines(found, estimate(found, config)), *texts.REPUBLISHING, *texts.next_steps(file))
