"""archiver init."""

from __future__ import annotations

from pathlib import Path

from archiver.cli import texts
from archiver.cli.common import Shared
from archiver.cli.init_texts import found_lines, reasons
from archiver.cli.output import out
from archiver.cli.run_texts import no_notes_text
from archiver.config import config_in, config_text, load_config, new_config
from archiver.errors import ConfigError
from archiver.store.layout import ARCHIVE
from archiver.store.ownership import free_path
from archiver.tasks.estimate import estimate
from archiver.tasks.run import due, view_run
from archiver.tasks.surroundings import look_around
from archiver.tasks.without_notes import without_notes


def init_command(_shared: Shared, folder: Path) -> None:
    """`archiver init`."""
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder: name the folder that holds your Markdown notes")
    if file := config_in(folder):
        out.print(f"{file} exists already and is left as it is.")
    else:
        file, found = new_config(folder), look_around(folder)
        try:
            path = free_path(folder)
            file.write_text(config_text({"archive": {"path": path}}, reasons(found, path)), "utf-8")
        except OSError as error:
            raise ConfigError(f"cannot write {file}: {error.strerror}") from error
        out.print(f"Wrote {file}.", *found_lines(found))
        if path != ARCHIVE:
            out.print(f"{folder / ARCHIVE} holds other things, so the archive will be in {folder / path}.")
    config = load_config(file)
    with view_run(config) as context:
        work = due(context)
        no_notes = without_notes(config, context.archive, work.scan)
    out.print(*texts.estimate_lines(work, estimate(work, config)))
    if no_notes:
        out.print(f"But {no_notes_text(no_notes)}.")
    out.print(*texts.REPUBLISHING, *texts.next_steps(file))
