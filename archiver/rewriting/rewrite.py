"""Point the notes at the archived copies. What that takes is loaded for the first note in which there may be something
to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from archiver.archive.context import Context
from archiver.errors import InternalError, NoteChangedError, NoteError, NoteKeptError
from archiver.events import NoteDone, Notice
from archiver.models.halts import HaltCode, Halted
from archiver.models.rewrites import JournalEntry
from archiver.rewriting.bounded import in_boundary, is_deferred
from archiver.rewriting.late import late_planner
from archiver.rewriting.rewrites import Rewrite, Rewriting
from archiver.store.catalogue import sha256
from archiver.store.notefiles import check_note, replace_note

if TYPE_CHECKING:
    from archiver.rewriting.planner import Planner

TRIES = 3  # at a note that somebody else is writing


def rewrite_notes(context: Context, notes: Rewriting) -> list[Rewrite]:
    """Rewrite those of the notes for which the archive has something new. Each is written at most once; all that were
    looked at are returned.

    A note that cannot be rewritten safely is left as it was and reported. Raises StoreError for the journal.
    """
    memory, report = None if notes.images_only else notes.memory, context.report
    planner = late_planner(context.config, memory.asked if memory else context.archive, images_only=notes.images_only)
    done: list[Rewrite] = []
    for path in notes.paths:
        if context.archive.journal.is_restored(path) and path not in notes.again:
            continue
        if context.archive.boundary.halted("note"):
            report(Halted(HaltCode.SAME_FAULT))
            break
        if path not in notes.settled and is_deferred(context.config, context.archive, path):
            continue
        try:
            known = notes.settled.get(path) or (memory.settled(path, fresh=True) if memory else None)
            found = known or in_boundary(context, path, partial(_rewrite, context, path, planner))
        except NoteKeptError as error:
            report(Notice(path, 1, "", str(error)))
            continue
        except (NoteError, InternalError) as error:
            report(NoteDone(path, 0, str(error)))
            continue
        if memory and not known:
            memory.settle(path, found)
        if found.changed:
            report(NoteDone(path, len(found.edits)))
        for notice in found.notices:
            report(notice)
        done.append(found)
    return done


def _rewrite(context: Context, path: str, planner: Callable[[], Planner]) -> Rewrite:
    """Plan and write one note; read it again when somebody else wrote it meanwhile."""
    for _ in range(TRIES - 1):
        try:
            return _try_rewriting(context, planner(), path)
        except NoteChangedError:
            continue
    return _try_rewriting(context, planner(), path)


def _try_rewriting(context: Context, planner: Planner, path: str) -> Rewrite:
    from archiver.rewriting.noteindex import index_note  # loaded with the planner

    found, config, archive = planner.plan(path), context.config, context.archive
    if found.changed:
        check_note(config.notes_root, path)
        for file in found.files:
            archive.keep_file(file)
        at, after = context.now().isoformat(timespec="seconds"), sha256(found.after)
        archive.journal.add(JournalEntry(path, "rewrite", sha256(found.before), after, at, found.edits))
        replace_note(config.notes_root, path, found.before, found.after)
        archive.journal.settle({path: after})
        index_note(config, archive, path, found.after)
    return found
