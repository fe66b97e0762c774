"""A look at what the run itself has changed, at its end: so that the next one finds nothing new in that."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from archiver.archive.context import Context
from archiver.errors import InternalError, NoteError
from archiver.rewriting.memory import NoteMemory
from archiver.rewriting.moves import moved_notes
from archiver.rewriting.rewrites import Rewrite
from archiver.store.catalogue import sha256
from archiver.store.notefiles import read_note


def remember_own(context: Context, memory: NoteMemory, changed: Sequence[Rewrite]) -> None:
    """Remember of the notes that were `changed` what the next look would find out; one that somebody else has changed
    since is left to it. To be called when nothing else is to be written: notes, journal and index are as they stay."""
    from archiver.rewriting.look_into import NoteReader  # they were loaded to rewrite a note
    from archiver.rewriting.planner import Planner

    reader, planner = NoteReader(context.config, context.archive), Planner(context.config, memory.asked)
    memory.look_again()
    for found in changed:
        path, digest = found.path, sha256(found.after)
        with suppress(NoteError, InternalError), context.archive.boundary.item("note", path, "plan"):
            memory.wrote(path)
            if read_note(context.config.notes_root, path) == found.after:
                memory.learn(path, reader.facts(path, found.after, digest))
                memory.settle(path, planner.plan_bytes(path, found.after))
    _follow(context, memory, {found.path: sha256(found.after) for found in changed})


def _follow(context: Context, memory: NoteMemory, digests_now: dict[str, str]) -> None:
    """Look whether a link has moved, as the next run would with the journal as it is now. If one has, it is left to
    that run."""
    from archiver.rewriting.orphans import orphaned_links

    digests, leading = {**memory.digests, **digests_now}, {*memory.leading, *digests_now}
    if digests.keys() != memory.digests.keys() or context.archive.boundary.failed:
        return
    moved = moved_notes(context, digests, leading)
    if not moved and not orphaned_links(context, digests, sorted(leading)):
        memory.follow(digests)
