"""links.jsonl in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from inspect import get_annotations
from operator import attrgetter
from pathlib import Path
from typing import Any

from archiver.errors import DamageError
from archiver.models import Status, UrlKind
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.lines import (
    FORGOTTEN,
    LinkEntry,
    OnDamage,
    append_lines,
    intact,
    json_line,
    parse_lines,
    read_file,
)
from archiver.store.union import replaces

# Member of a link entry -> the format that has it; all others were there from the first.
_CAME_WITH = {"walls": 2, **dict.fromkeys(("archived", "via", "sought", "seek", "saved"), 3)}
_NEVER = "9999"  # later than all times
_kind, _status = cache(UrlKind), cache(Status)  # enum looks at each word again, and there may be a million


class LinkTable:
    """links.jsonl in memory. Changes are appended at once, so that a crash loses none, and sorted in at the end."""

    def __init__(self, path: Path, on_damage: OnDamage | None = None, compacted: str = "") -> None:
        """`compacted`: by what a file is known that `compact` has left. Raises DamageError or StoreError."""
        self._path = path
        self._link_entries: dict[str, LinkEntry] = {}
        self._forgotten: frozenset[str] | None = None  # not known yet
        text, data = _read_text(path), read_file(path)
        self.compacted = compacted if compacted and compacted == intact(data) else ""
        self._left = (self.compacted, len(data))  # by `compact`: a line for each entry, in their order
        self._news: set[str] = set()  # whose lines in it are not theirs any more
        lines = parse_lines(path, data, on_damage, trusted=bool(self.compacted))
        if self.compacted:  # one of each URL
            self._link_entries = {entry.url: entry for entry in map(_entry_of, lines)}
            return
        for number, value in lines:
            try:
                entry = self._parse(number, value)
            except DamageError as error:
                if on_damage is None:
                    raise
                on_damage(number, str(error))
                continue
            known = self._link_entries.get(entry.url)
            if known is None or replaces(entry, known, text):
                self._link_entries[entry.url] = entry

    def __iter__(self) -> Iterator[LinkEntry]:
        return iter(self._link_entries.values())

    def __len__(self) -> int:
        return len(self._link_entries)

    def get(self, url: str) -> LinkEntry | None:
        return self._link_entries.get(url)

    def put(self, *link_entries: LinkEntry) -> None:
        """Record entries, on disk too, but for those that say nothing new. Raises StoreError."""
        news = [entry for entry in link_entries if not self._says_nothing_new(entry)]
        if news:
            known = filter(None, [self.get(entry.url) for entry in news])
            if any(entry.is_forgotten for entry in (*news, *known)):
                self._forgotten = None
            lasting = all(map(self._counts_when_appended, news))
            self._link_entries.update({entry.url: entry for entry in news})
            self._news.update(entry.url for entry in news)
            self.compacted = ""
            if lasting:
                append_lines(self._path, map(_as_json, news))
            else:
                self.compact()

    def _counts_when_appended(self, entry: LinkEntry) -> bool:
        """Whether a line behind that of today is the one that counts: not where it looks like one from before it."""
        known = self._link_entries.get(entry.url)
        return known is None or replaces(entry, known, _NEVER)

    def _says_nothing_new(self, entry: LinkEntry) -> bool:
        known = self._link_entries.get(entry.url)
        if known is not None and entry.status is Status.WALL:
            return entry == known  # where the last wall was is what `archiver solve` opens
        return known is not None and replace(entry, checked=known.checked) == known

    def remove(self, url: str) -> None:
        """Forget a URL; on disk with the next `compact`."""
        self._link_entries.pop(url, None)
        self._forgotten, self.compacted, self._left = None, "", ("", 0)

    @property
    def forgotten(self) -> frozenset[str]:
        """The folders, whether or not they are there, of the articles that the user had forgotten."""
        if self._forgotten is None:
            self._forgotten = frozenset(e.target for e in self if e.reason == FORGOTTEN and e.target)
        return self._forgotten

    def compact(self) -> None:
        """One line per URL, in order. Writes only if that changes the file. Raises StoreError."""
        if self.compacted and intact(read_file(self._path)) == self.compacted:
            return
        if self._link_entries or self._path.exists():
            lines = self._lines_left()
            data = b"".join(lines.get(url) or self._line(url) for url in sorted(self._link_entries))
            write_if_changed(self._path, data)
            self.compacted, self._left = intact(data), ("", 0)

    def _line(self, url: str) -> bytes:
        return json_line(_as_json(self._link_entries[url]))

    def _lines_left(self) -> Mapping[str, bytes]:
        """The lines of the entries that are as `compact` has left them, as far as they are in the file still."""
        compacted, size = self._left
        data = read_file(self._path)[:size] if compacted else b""
        if not compacted or intact(data) != compacted:
            return {}
        # A new entry for a known URL takes its place, and those for others stand behind them all.
        lines = zip(self._link_entries, data.splitlines(keepends=True), strict=False)
        return {url: line for url, line in lines if url not in self._news}

    def _parse(self, number: int, value: dict[str, Any]) -> LinkEntry:
        try:
            return _entry_of((number, value))
        except (KeyError, TypeError, ValueError) as error:
            raise DamageError(f"{self._path}:{number}: not a link entry ({error}); mend or remove this line") from error


def _entry_of(line: tuple[int, dict[str, Any]]) -> LinkEntry:
    """What a line says. Raises KeyError, TypeError or ValueError for one that is none of links.jsonl."""
    _, value = line
    value["kind"], value["status"] = _kind(value["kind"]), _status(value["status"])
    return LinkEntry(**value)


def _read_text(path: Path) -> str:
    """When a file was written, as an ISO time in UTC."""
    with disk_errors(path, "read"):
        seconds = path.stat().st_mtime if path.exists() else 0.0
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


_NAMES = tuple(get_annotations(LinkEntry))
_values = attrgetter(*_NAMES)


def _as_json(entry: LinkEntry) -> dict[str, Any]:
    """Without the fields that say nothing, to keep a million lines short."""
    said = {name: value for name, value in zip(_NAMES, _values(entry), strict=True) if value}
    schema = max(_CAME_WITH.get(name, 1) for name in said)
    return said if schema == 1 else {**said, "schema": schema}
