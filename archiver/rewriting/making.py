"""The changes of a rewrite, made and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archiver.models.rewrites import Rewritten
from archiver.notes.apply import apply
from archiver.notes.rewrite import Change
from archiver.notes.splice import splice


def make_changes(
    before: bytes, base: bytes, changes: Sequence[Change]
) -> tuple[tuple[Change, ...], bytes, tuple[Change, ...]]:
    """Those of the changes that can be made in `base`, the note with them, and those that cannot."""
    in_order = tuple(sorted(changes, key=lambda change: change.edit.span.start))
    if splice(base, [change.edit for change in in_order]) == before:
        return in_order, before, ()  # proven when it was written
    from archiver.rewriting.github import as_github_shows_it  # with GitHub's parser: little needs it

    applied = apply(base, in_order, as_github_shows_it(base, in_order))
    return applied.changes, applied.data, applied.refused


def still_emptied(edits: tuple[Rewritten, ...], records: Sequence[Rewritten]) -> tuple[Rewritten, ...]:
    """The same, but that what had lost its credentials once does not get to look as if it had had none."""
    emptied = {(item.target, item.original) for item in records if item.emptied}
    return tuple(replace(edit, emptied=(edit.target, edit.original) in emptied) for edit in edits) if emptied else edits
