"""Which of several lines of links.jsonl about one URL counts: after a run that was killed, or git's union merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.models import Status

if TYPE_CHECKING:
    from archiver.store.lines import LinkEntry


def replaces(entry: LinkEntry, known: LinkEntry, saved_at: str) -> bool:
    """Whether a line counts instead of an earlier one of the same URL.

    An append says what is true now. git's union merge brings lines of two machines, and the one from before both, in
    any order: what was forgotten stays so unless the user has named it since (`added`), a copy is not unmade by a
    machine that had none, then the line counts that was checked last. That from after `saved_at`, when the file was,
    is of a clock that was wrong. Some things are found out without a check: then who knows more.
    """
    if entry.is_forgotten != known.is_forgotten and not (known if entry.is_forgotten else entry).added:
        return entry.is_forgotten
    if entry.status.is_stored != known.status.is_stored and not (entry.is_forgotten or known.is_forgotten):
        return entry.status.is_stored
    if entry.checked != known.checked:
        return known.checked > saved_at or entry.checked > known.checked
    return entry.is_forgotten or known.is_forgotten or _found_out(entry) >= _found_out(known)


def _found_out(entry: LinkEntry) -> tuple[bool, bool, int, str, str]:
    return entry.status is Status.ARCHIVED, entry.added, entry.sought, entry.saved, entry.seek
