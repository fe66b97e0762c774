"""Which stored images the notes show."""

from __future__ import annotations

from archiver.archive.usage import blobs_in
from archiver.config import Config
from archiver.errors import NoteError
from archiver.store.layout import IMAGES, top_folder
from archiver.store.notefiles import read_note
from archiver.store.notewalk import find_notes


def shown_images(config: Config) -> set[str]:
    """Those of the archive's images that are there and that any note leads to; POSIX, relative to the archive's root.

    Raises ConfigError where there are no notes.
    """
    named: set[str] = set()
    for path in find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root):
        try:
            named |= blobs_in(read_note(config.notes_root, path))
        except NoteError:
            continue  # the run has reported it
    return {path for path in named if top_folder(path) == IMAGES and (config.archive_root / path).is_file()}
