"""archiver init."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archiver.cli import texts
from archiver.cli.common import Shared
from archiver.cli.init_texts import found_lines, reasons
from archiver.cli.output import out
from archiver.cli.run_texts import no_notes_text
from archiver.config import config_in, config_text, load_config, new_config
from archiver.distribution import OTHER_NAME
from archiver.errors import ConfigError
from archiver.store.layout import ARCHIVE
from archiver.store.ownership import free_path
from archiver.tasks.estimate import estimate
from archiver.tasks.presets import PRESETS, settings_of, write_files
from archiver.tasks.run import due, view_run
from archiver.tasks.surroundings import look_around
from archiver.tasks.without_notes import without_notes


def init_command(_shared: Shared, folder: Path, preset: str | None) -> None:
    """`archiver init`."""
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder: name the folder that holds your Markdown notes")
    if file := config_in(folder):
        if preset:
            keys = ", ".join(f"[{name}] {key}" for name, keys in settings_of(preset, ARCHIVE).items() for key in keys)
            raise ConfigError(f"{file} exists already; set in it what the preset sets: {keys}")
        out.print(f"{file} exists already and is left as it is.")
    else:
        file = _write_config(folder, preset)
    config = load_config(file)
    with view_run(config) as context:
        work = due(context)
        no_notes = without_notes(config, context.archive, work.scan)
    out.print(*texts.estimate_lines(work, estimate(work, config)))
    if no_notes:
        out.print(f"But {no_notes_text(no_notes)}.")
    out.print(*texts.REPUBLISHING, *texts.next_steps(file))


def _write_config(folder: Path, preset: str | None) -> Path:
    # Hugo takes a config.toml for its own, if it finds no hugo.toml.
    file = folder / OTHER_NAME if preset == "hugo" else new_config(folder)
    above, found = folder / (PRESETS[preset].above if preset else ""), look_around(folder)
    try:
        path = free_path(above)
        settings = settings_of(preset, path) if preset else {"archive": {"path": path}}
        file.write_text(config_text(settings, reasons(replace(found, kind="") if preset else found, path)), "utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write {file}: {error.strerror}") from error
    out.print(f"Wrote {file}.", *found_lines(found))
    if found.kind in PRESETS and not preset:
        out.print(f"          docs/{found.kind}.md says what suits it, as init --preset {found.kind} sets it.")
    if path != ARCHIVE:
        out.print(f"{above / ARCHIVE} holds other things, so the archive will be in {above / path}.")
    if preset:
        made = write_files(preset, folder, path)
        out.print(*(f"Wrote {folder / name}." for name in made.files))
        out.print(*(f"{folder / name} is there and stays as it is: see docs/{preset}.md." for name in made.kept))
        if made.add:
            out.print("", "Yours to add:", *(f"  {line}" for line in made.add.splitlines()), "")
    return file
