"""`archiver reparse`: derive all articles again from their captures."""

from __future__ import annotations

from collections.abc import Callable

from archiver.archive.compaction import Compaction
from archiver.archive.context import Context
from archiver.archive.reparse import Reparsed, reparse
from archiver.rewriting.shown import shown_images
from archiver.tasks.run import finish


def reparse_archive(context: Context, tell: Callable[[str, list[str]], None]) -> Reparsed:
    """Derive all articles again, and what is made from them; `tell` is given each folder that changed and the names of
    its files. Raises StoreError."""
    compaction = Compaction(context.archive, shown_images(context.config)) if context.archive.form.is_compact else None
    done = reparse(context.archive, report=tell, compaction=compaction)
    finish(context)
    return done
