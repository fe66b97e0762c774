"""What met an internal error and has no line in links.jsonl: notes, lists of albums, articles that cannot be indexed.
It waits longer each time, as a URL that failed does, and until then it is only reported."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from archiver.due.policy import is_deferred, wait_after
from archiver.errors import StoreError
from archiver.models.values import dataclass
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.guard import is_inside
from archiver.store.layout import DEFERRED

log = logging.getLogger(__name__)

MOST = 1000  # things that wait; the first are forgotten, and tried again early


@dataclass(frozen=True, slots=True)
class _Wait:
    """`state` is what the item was like: one that has changed since is tried at once."""

    attempts: int
    next: str
    state: str = ""


class Deferred:
    """Machine state, kept in the reports of the archive at `root`; without `keep` it is only read."""

    def __init__(self, root: Path, now: Callable[[], datetime], *, keep: bool = True) -> None:
        self._root = root
        self._now = now
        self._keep = keep
        self._lock = threading.Lock()
        self._waits: dict[str, _Wait] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        with self._lock:
            return not self._known()

    def until(self, item: str, state: Callable[[], str]) -> str:
        """Until when an item waits (ISO time); empty: it does not. `state` is asked only where that matters."""
        with self._lock:
            wait = self._known().get(item)
        if wait is None or not is_deferred(wait.next, self._now()) or (wait.state and wait.state != state()):
            return ""
        return wait.next

    def failed(self, item: str, state: str) -> None:
        """Let the item wait, longer than before if it is what it was then. That it was tried early does not count."""
        now = self._now()
        with self._lock:
            waits = self._known()
            known = waits.get(item)
            if known and known.state == state and is_deferred(known.next, now):
                return
            waits.pop(item, None)
            attempts = known.attempts + 1 if known and known.state == state else 1
            until = (now + wait_after(attempts)).isoformat(timespec="seconds")
            waits[item] = _Wait(attempts, until, state)
            self._write(dict(list(waits.items())[-MOST:]))

    def passed(self, item: str) -> None:
        """Nothing is wrong with the item any more."""
        with self._lock:
            if self._known().pop(item, None):
                self._write(self._known())

    def _known(self) -> dict[str, _Wait]:
        if self._waits is None:
            self._waits = _read(self._root / DEFERRED)
        return self._waits

    def _write(self, waits: dict[str, _Wait]) -> None:
        self._waits = waits
        if not self._keep or not is_inside(self._root, DEFERRED):
            return
        values = {item: asdict(wait) for item, wait in waits.items()}
        try:
            write_if_changed(self._root / DEFERRED, json.dumps(values, indent=1).encode() + b"\n")
        except StoreError as error:  # it only says what is to wait
            log.warning("%s", error)


def _read(path: Path) -> dict[str, _Wait]:
    try:
        with disk_errors(path, "read"):
            data = path.read_bytes() if path.is_file() else b"{}"
        values = json.loads(data).items()
        return {str(item): _Wait(int(v["attempts"]), str(v["next"]), str(v["state"])) for item, v in values}
    except (StoreError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
