"""What is due when, where the walls are, how far the nightly check is: for `archiver status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from archiver.due.policy import is_deferred, is_settled
from archiver.fixity.rolling import oldest_check
from archiver.models import Status, UrlKind
from archiver.store.lines import LinkEntry

NEXT_RUN = "next run"


@dataclass(slots=True)
class ArchiveStatus:
    """`retries`: day -> articles whose next try is then, partial ones among them; `walls`: articles at which a wall was
    met, `walled_at` the last time; `oldest_check`: when the part of the archive whose check is longest ago was checked.
    """

    retries: dict[str, int] = field(default_factory=dict)
    walls: int = 0
    walled_at: str = ""
    oldest_check: date | None = None


def archive_status(links: Iterable[LinkEntry], archive: Path, now: datetime, incomplete: int = 0) -> ArchiveStatus:
    """How things stand; `incomplete`: articles whose missing files the next run asks for. Raises StoreError."""
    found = ArchiveStatus(oldest_check=oldest_check(archive))
    days: Counter[str] = Counter({NEXT_RUN: incomplete} if incomplete else {})
    partial: dict[str, str] = {}  # folder -> day: an article may have several URLs
    for entry in links:
        if entry.kind is not UrlKind.ARTICLE:
            continue
        if entry.status is Status.PARTIAL and is_deferred(entry.next, now):
            partial[entry.target] = max(partial.get(entry.target, ""), entry.next[:10])
        if entry.status.is_stored or is_settled(entry.status, entry.attempts):
            continue
        if entry.status is Status.WALL:
            found.walls += 1
            found.walled_at = max(found.walled_at, entry.checked)
        days[entry.next[:10] if is_deferred(entry.next, now) else NEXT_RUN] += 1
    days.update(partial.values())
    found.retries = dict(sorted(days.items(), key=lambda item: (item[0] != NEXT_RUN, item[0])))
    return found


def status_lines(found: ArchiveStatus) -> list[str]:
    """The same for people."""
    lines = []
    if found.retries:
        lines.append("next try:  " + ", ".join(f"{count:,} {day}" for day, count in found.retries.items()))
    if found.walls:
        lines.append(
            f"walls:     {found.walls:,}, the last {found.walled_at[:16].replace('T', ' ')} UTC: archiver solve"
        )
    if found.oldest_check:
        lines.append(f"checked:   every file since {found.oldest_check}")
    return lines
