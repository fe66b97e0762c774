"""reader-state.jsonl: what a person has read, likes and has marked. Kept by the reader's server beside the articles.

Lines are only ever appended. Of two about the same thing the later one counts, whatever their order: so git's union
merge of two machines' files, and an import into a browser, lose nothing. It is private, and not in git unless its owner
says so.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archiver.store.files import disk_errors, write_atomic
from archiver.store.layout import ARTICLE_ID, GITIGNORE, READER_STATE
from archiver.store.lines import OnDamage, append_lines, read_lines

MOST_NOTES = 200
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_KEY = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class StateEntry:
    """What holds of an article (`id`) from `at` on: an ISO time in UTC with milliseconds. `key` tells highlights apart,
    and is empty otherwise."""

    at: str
    id: str
    what: str
    value: Any
    key: str = ""


def _text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _are_notes(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_NOTES and all(map(_text(1000), value))


_Members = Mapping[str, Callable[[Any], bool]]
ABOUT: _Members = {"title": _text(500), "folder": _text(1000), "url": _text(4000), "notes": _are_notes}
PLACE: _Members = {"at": _is_share, "quote": _text(100)}
HIGHLIGHT: _Members = {"quote": _text(2000), "before": _text(100), "after": _text(100), "at": _is_share}


def _has(members: _Members, value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == members.keys()
        and all(is_good(value[name]) for name, is_good in members.items())
    )


_VALUES: Mapping[str, Callable[[Any], bool]] = {
    "about": lambda value: _has(ABOUT, value),
    "read": lambda value: isinstance(value, bool),
    "favourite": lambda value: isinstance(value, bool),
    "place": lambda value: value is None or _has(PLACE, value),
    "highlight": lambda value: value is None or _has(HIGHLIGHT, value),
}
WHAT = tuple(_VALUES)


def state_entry(value: Any) -> StateEntry:
    """A JSON value as an entry. Raises ValueError where it is none; members that are not known are left out."""
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  # of a text, not of an argument
    at, article, what, key = (value.get(name, "") for name in ("at", "id", "what", "key"))
    if not all(isinstance(text, str) for text in (at, article, what, key)) or what not in _VALUES:
        raise ValueError("it says of nothing known what holds")
    if not _AT.fullmatch(at) or not ARTICLE_ID.fullmatch(article):
        raise ValueError("no time, or no article")
    if bool(key) != (what == "highlight") or (key and not _KEY.fullmatch(key)):
        raise ValueError("a highlight, and nothing else, has a key of eight hex digits")
    if not _VALUES[what](value.get("value")):
        raise ValueError(f"its value is none of {what!r}")
    return StateEntry(at, article, what, value.get("value"), key)


def as_json(entry: StateEntry) -> dict[str, Any]:
    """As a line has it, but for the checksum."""
    return {name: value for name, value in asdict(entry).items() if name != "key" or value}


class ReaderState:
    """The file in the archive at `root`. Its methods may be called in several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = root / READER_STATE
        self._lock = threading.Lock()

    def current(self, on_damage: OnDamage = lambda *_: None) -> list[StateEntry]:
        """The last of each kind and article, in the order of time. `on_damage` hears of lines that are passed over.
        Raises StoreError, NewerFormatError."""
        found: dict[tuple[str, str, str], StateEntry] = {}
        for number, value in read_lines(self._path, on_damage):
            try:
                entry = state_entry(value)
            except ValueError as error:
                on_damage(number, str(error))
                continue
            name = (entry.id, entry.what, entry.key)
            if name not in found or _rank(entry) > _rank(found[name]):
                found[name] = entry
        return sorted(found.values(), key=lambda entry: (entry.at, entry.id, entry.what, entry.key))

    def append(self, state_entries: Iterable[StateEntry]) -> None:
        """Keep entries. The first time, git is told to leave the file alone. Raises StoreError."""
        with self._lock:
            if not self._path.exists():
                self._ignore()
            append_lines(self._path, map(as_json, state_entries))

    def _ignore(self) -> None:
        path = self._root / GITIGNORE
        with disk_errors(path, "read"):
            text = path.read_text("utf-8") if path.is_file() else ""
        if text and READER_STATE not in text.splitlines():
            write_atomic(path, f"{READER_STATE}\n{text}".encode())


def _rank(entry: StateEntry) -> tuple[str, str]:
    return entry.at, repr(entry.value)
