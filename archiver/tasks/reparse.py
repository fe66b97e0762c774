"""`archiver reparse`: derive all articles again from their captures."""

from __future__ import annotations

from collections.abc import Callable

from archiver.archive.context import Context
from archiver.archive.reparse import Reparsed, reparse
from archiver.tasks.run import finish


def reparse_archive(context: Context, tell: Callable[[str, list[str]], None]) -> Reparsed:
    """Derive all articles again, and what is made from them; `tell` is given each folder that changed and the names of
    its files. Raises StoreError."""
    done = reparse(context.archive, report=tell)
    finish(context)
    return done
