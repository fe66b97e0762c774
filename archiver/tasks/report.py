"""reports/last.md: how the last sync went, for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from archiver.errors import StoreError
from archiver.events import Summary
from archiver.store.files import write_atomic
from archiver.store.guard import is_inside

REPORT = "reports/last.md"
MEANINGS = {
    0: "Nothing that was due failed.",
    1: "Something that was due failed or is incomplete; the next run tries it again.",
    2: "The command line or the configuration is wrong.",
    3: "WeChat asked for verification; the next run goes on.",
    4: "Another run held the archive.",
    5: "The archive is damaged: run `archiver verify --repair`.",
}


def report_text(summary: Summary, attention: Sequence[str], started: datetime, ended: datetime) -> str:
    """The report in Markdown; `attention` are lines about what needs the user, times are in UTC."""
    minutes = (ended - started).total_seconds() / 60
    head = f"# Last sync\n\n{ended:%Y-%m-%d %H:%M} UTC, {minutes:.0f} minutes, exit code {summary.exit_code}: "
    parts = [head + MEANINGS.get(summary.exit_code, "It was interrupted."), "| what | counts |\n| --- | --- |"]
    for name, counts in (("articles", summary.articles), ("images", summary.images), ("notes", summary.notes)):
        counted = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
        parts[-1] += f"\n| {name} | {counted or 'none'} |"
    if attention:
        parts.append("## Needs you\n\n" + "\n".join(f"- {_plain(line)}" for line in attention))
    return "\n\n".join(parts) + "\n"


def write_report(archive: Path, text: str) -> None:
    """Write a report into the archive at `archive`. Raises StoreError."""
    if not is_inside(archive, REPORT.partition("/")[0]):
        raise StoreError(f"{archive / REPORT} is not written: its folder is a symbolic link")
    write_atomic(archive / REPORT, text.encode("utf-8", "replace"))


def _plain(line: str) -> str:
    """A line that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in line.replace("\n", " "))
