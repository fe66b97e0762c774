"""What earlier checks could read: images that decoded, captures that are the article of their record.

Every check reads and hashes all files. Whether the bytes decode is asked once: the same bytes always do, by the same
program and libraries. Nothing is known by a file's time or name, and a memory that is odd in any way is forgotten.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from pathlib import Path

from archiver.store.layout import PROVEN
from archiver.store.remembered import program_print, recall, remember

_LIBRARIES = ("PIL", "lxml")
_SIZE = 16  # bytes of a hash of all that a check depends on


class Proven:
    """The memory of one check: what is `known` from the last one, and what this one has come across."""

    def __init__(self, known: bytes = b"") -> None:
        self._known = {known[at : at + _SIZE] for at in range(0, len(known), _SIZE)}
        self._now: set[bytes] = set()

    def has(self, *facts: object) -> bool:
        """Whether a check that depends on these facts alone, the hash of the bytes among them, has found nothing."""
        key = _key(facts)
        if key not in self._known:
            return False
        self._now.add(key)
        return True

    def add(self, *facts: object) -> None:
        """Such a check has found nothing."""
        self._now.add(_key(facts))

    def keep(self, root: Path) -> None:
        """For the next check of the archive at `root`; what is not there any more is forgotten."""
        if self._now != self._known:
            remember(root, PROVEN, _maker(), b64encode(b"".join(sorted(self._now))).decode("ascii"))


def proven(root: Path) -> Proven:
    """What the last check of the archive at `root` could read."""
    said = recall(root, PROVEN, _maker())
    return Proven(b64decode(said) if said else b"")


def _maker() -> str:
    return program_print(_LIBRARIES)


def _key(facts: tuple[object, ...]) -> bytes:
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogatepass")).digest()[:_SIZE]
