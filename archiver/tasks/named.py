"""Which notes the user means on the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from archiver.config import Config
from archiver.errors import ConfigError, UsageError
from archiver.store.notewalk import find_notes


def note_path(config: Config, given: str) -> str:
    """The note or folder that the user named (relative to where they are), as a path relative to the notes folder.

    Raises ConfigError when it is outside of that folder.
    """
    path = Path(os.path.normpath(Path.cwd() / given))
    for candidate in (path, path.resolve()):
        if candidate.is_relative_to(config.notes_root):
            return candidate.relative_to(config.notes_root).as_posix()
    raise ConfigError(f"{given} is not in the notes folder {config.notes_root}")


def named_notes(config: Config, given: Sequence[str]) -> frozenset[str]:
    """The notes that the user named, those in a folder that was named among them. Raises ConfigError, or UsageError for
    what is no note and holds none."""
    notes: list[str] = []
    named: set[str] = set()
    for one in given:
        path = note_path(config, one)
        if not notes:
            notes = list(_all_notes(config))
        found = {note for note in notes if path in (".", note) or note.startswith(f"{path}/")}
        if not found:
            raise UsageError(f"there is no note {one}: {no_note(config, path)}")
        named |= found
    return frozenset(named)


def no_note(config: Config, path: str) -> str:
    """Why a path in the notes folder names no note."""
    place = config.notes_root / path
    if place.is_dir():
        return "there is none in that folder"
    if place.exists():
        return "that file is none, by [notes] include and exclude"
    return f"{place} does not exist"


def _all_notes(config: Config) -> list[str]:
    return list(find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root))
