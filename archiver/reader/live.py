"""What the status page tells of the links of the notes, and of the last runs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from archiver.models import Status, UrlKind
from archiver.store.layout import JOURNAL, LINKS
from archiver.store.lines import LinkEntry, read_file, read_lines
from archiver.store.link_table import LinkTable

WORDS: dict[str, str] = {
    Status.ARCHIVED: "已存档",
    Status.PARTIAL: "不完整",
    Status.PENDING: "等待中",
    Status.WALL: "遇到验证",
    Status.FAILED: "失败，会再试",
    Status.UNAVAILABLE: "暂时无法查看",
    Status.DELETED: "已被作者删除",
    Status.VIOLATION: "因违规无法查看",
    Status.BLOCKED: "公众号已停用",
    Status.EXPIRED: "链接已过期",
    Status.MALFORMED: "链接有误",
    Status.PRIVATE: "仅部分人可见",
    Status.REFUSED: "不是文章",
    "forgotten": "已由你移除",
}
_DONE = frozenset({Status.ARCHIVED.value})
_DAYS = 14
_KINDS = {UrlKind.ARTICLE: "文章", UrlKind.IMAGE: "图片", None: "其他"}


def live_status(root: Path, links: Iterable[LinkEntry] | None = None) -> dict[str, Any]:
    """Values for the status page, read from links.jsonl, or of `links`, what it says, and from journal.jsonl; a damaged
    line is passed over, which the check of the archive tells of. Raises StoreError, NewerFormatError."""
    link_entries = list(LinkTable(root / LINKS, _pass_over) if links is None else links)
    by_state: dict[str, list[LinkEntry]] = {}
    for entry in link_entries:
        by_state.setdefault(entry.state, []).append(entry)
    counts = Counter(
        (state, entry.kind if entry.kind in _KINDS else None) for state, found in by_state.items() for entry in found
    )
    kinds = [kind for kind in _KINDS if any(counts[state, kind] for state in WORDS)]
    rows = ((word, [counts[state, kind] for kind in kinds]) for state, word in WORDS.items())
    states = [(word, row) for word, row in rows if any(row)]
    groups = [(word, _newest(by_state.get(state, []))) for state, word in WORDS.items() if state not in _DONE]
    return {
        "kinds": [_KINDS[kind] for kind in kinds],
        "states": states,
        "groups": [(word, found) for word, found in groups if found],
        "walled": len(by_state.get(Status.WALL, [])),
        "runs": _runs(root, link_entries),
        "sources": sources(root),
    }


def sources(root: Path) -> str:
    """By what the two files are known that the status page is made from. Raises StoreError."""
    return hashlib.sha256(b"\0".join(read_file(root / name) for name in (LINKS, JOURNAL))).hexdigest()[:16]


def _pass_over(number: int, error: str) -> None:
    pass


def _newest(link_entries: list[LinkEntry]) -> list[LinkEntry]:
    return sorted(link_entries, key=lambda entry: (entry.checked, entry.url), reverse=True)


def _runs(root: Path, link_entries: list[LinkEntry]) -> list[tuple[str, int, int]]:
    """The last days on which something was asked for or a note was rewritten: (day in UTC, links, notes)."""
    links = Counter(entry.checked[:10] for entry in link_entries if entry.checked)
    notes = Counter(str(value.get("at", ""))[:10] for _, value in read_lines(root / JOURNAL, _pass_over))
    days = sorted(filter(None, {*links, *notes}), reverse=True)[:_DAYS]
    return [(day, links[day], notes[day]) for day in days]
