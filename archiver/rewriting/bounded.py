"""Notes in which something went wrong that nobody foresaw: they wait, unless somebody changes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.config import Config
from archiver.errors import NoteError
from archiver.store.catalogue import sha256
from archiver.store.notefiles import read_note

T = TypeVar("T")


def is_deferred(config: Config, archive: Archive, path: str) -> bool:
    """Whether a note waits, since it could not be rewritten or followed from where it was, and is still what it was
    then."""
    boundary = archive.boundary
    return ("note", path) in boundary.waiting or boundary.waits(
        "note", path, "rewrite", state=partial(_state, config, path)
    )


def in_boundary(context: Context, path: str, rewrite: Callable[[], T]) -> T:
    """What `rewrite()` makes of a note, unless that could not even be planned in this run. Raises NoteError,
    InternalError."""
    boundary, state = context.archive.boundary, partial(_state, context.config, path)
    if error := boundary.error("note", path):
        boundary.defer("note", path, "rewrite", state=state)
        raise error
    with boundary.deferring("note", path, "rewrite", state=state):
        return rewrite()


def _state(config: Config, path: str) -> str:
    try:
        return sha256(read_note(config.notes_root, path))
    except NoteError:
        return ""
