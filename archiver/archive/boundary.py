"""Where the trouble of one item ends: one page, image, note, album, file of a check, notification.

What nobody foresaw in it becomes an InternalError, which is that item's failure like any other, and the next item has
its turn. This is the only place that catches everything. What concerns all items passes through: interrupts, the
archive's own errors, a disk that is full, a machine without file handles or memory.
"""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from archiver.archive.deferred import Deferred
from archiver.archive.internal_report import Fault, write_internal_report
from archiver.errors import ArchiverError, InternalError
from archiver.models.values import dataclass
from archiver.store.integrity import is_of_one_row

Kind = Literal["page", "article", "image", "media", "album", "link", "note", "file", "site", "notification"]
State = str | Callable[[], str]
SAME_IN_A_ROW = 3  # of one kind: the fault is then the program's way with all of them
_LONGEST_CHAIN = 20  # of exceptions raised while others were dealt with
_OF_ALL = frozenset(
    getattr(errno, name)
    for name in ("EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "EDQUOT", "EROFS", "EIO", "ENOBUFS")
    if hasattr(errno, name)
)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Row:
    """How often the same fault came in a row."""

    signature: str = ""
    length: int = 0


class Boundary:
    """The items of one run; threads share it. Without `keep` nothing is written."""

    def __init__(self, root: Path, now: Callable[[], datetime] = utc_now, *, keep: bool = True) -> None:
        self._root = root
        self._now = now
        self.keep = keep
        self._lock = threading.Lock()
        self._rows: dict[tuple[str, str], _Row] = {}
        self._errors: dict[tuple[str, str], InternalError] = {}
        self._deferred = Deferred(root, now, keep=keep)
        self.resting: dict[tuple[str, str], str] = {}  # kind and name of what waits -> until when, as an ISO time

    @property
    def errors(self) -> dict[tuple[str, str], InternalError]:
        """What was caught in this run, by the item's kind and name."""
        return dict(self._errors)

    @property
    def failed(self) -> bool:
        """Whether anything was caught that was not known to fail."""
        return any(item not in self.resting for item in self._errors)

    def error(self, kind: Kind, name: str) -> InternalError | None:
        """What was caught in an item in this run."""
        return self._errors.get((kind, name))

    def halted(self, *kinds: Kind) -> bool:
        """Whether the same fault came so often in a row that no further item of these kinds is to be tried."""
        with self._lock:
            return any(row.length >= SAME_IN_A_ROW for (kind, _), row in self._rows.items() if kind in kinds)

    @contextmanager
    def item(self, kind: Kind, name: str, step: str = "", *, hidden: Iterable[str] = ()) -> Iterator[None]:
        """Inside, something is done with the item of that kind and name (URL or path). A `step` after which others
        follow has a row of faults of its own. What is `hidden` does not get into a report.

        Raises InternalError for what nobody foresaw.
        """
        try:
            yield
        except ArchiverError:
            raise
        except Exception as error:  # this is the place
            if _concerns_all(error):
                raise
            raise self._caught(Fault(kind, name, error), step, hidden) from error
        with self._lock:
            self._rows.pop((kind, step), None)

    @contextmanager
    def deferring(
        self, kind: Kind, name: str, step: str = "", *, state: State = "", hidden: Iterable[str] = ()
    ) -> Iterator[None]:
        """As `item`, for one that has no line in links.jsonl: that it failed is remembered until it passes, or has
        another `state`, which a function may tell where it matters."""
        try:
            with self.item(kind, name, step, hidden=hidden):
                yield
        except InternalError:
            self.defer(kind, name, step, state=state)
            raise
        self._deferred.passed(_key(kind, name, step))

    def defer(self, kind: Kind, name: str, step: str = "", *, state: State = "") -> None:
        """Remember that an item failed, as `deferring` does."""
        self._deferred.failed(_key(kind, name, step), _call(state))

    def waits(self, kind: Kind, name: str, step: str = "", *, state: State = "") -> bool:
        """Whether an item that failed is left alone still; `state` is what it is like now."""
        if self._deferred.is_empty:  # as nearly always, and this is asked of each note
            return False
        until = self._deferred.until(_key(kind, name, step), lambda: _call(state))
        if until:
            self.resting[kind, name] = until
        return bool(until)

    def _caught(self, fault: Fault, step: str, hidden: Iterable[str]) -> InternalError:
        caught = InternalError(f"internal error: {type(fault.error).__name__}")
        caught.report = write_internal_report(self._root, fault, self._now(), hidden) if self.keep else ""
        with self._lock:
            self._errors[fault.kind, fault.name] = caught
            row = self._rows.setdefault((fault.kind, step), _Row())
            row.length = row.length + 1 if row.signature == fault.signature else 1
            row.signature = fault.signature
        return caught


def _key(kind: Kind, name: str, step: str) -> str:
    return " ".join(filter(None, (kind, step, name)))


def _call(state: State) -> str:
    return state if isinstance(state, str) else state()


def _concerns_all(error: BaseException | None) -> bool:
    """Whether the next item would not fare better: the error, or one that it was made of, is of the machine."""
    for _ in range(_LONGEST_CHAIN):
        if error is None:
            break
        if _is_of_machine(error):
            return True
        error = error.__cause__
    return False


def _is_of_machine(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return not is_of_one_row(error)
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _OF_ALL)
