"""reports/last.md: how the last sync went, for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from archiver.amounts import duration
from archiver.errors import ExitCode, StoreError
from archiver.events import Attention, Summary
from archiver.harmless import harmless
from archiver.render.escape import escape, guard_line
from archiver.store.files import write_atomic
from archiver.store.guard import is_inside
from archiver.store.layout import LAST_REPORT


def report_text(summary: Summary, line_of: Callable[[Attention], str], started: datetime, ended: datetime) -> str:
    """The report in Markdown; `line_of` says what needs the user, times are in UTC."""
    minutes = (ended - started).total_seconds() / 60
    head = f"# Last sync\n\n{ended:%Y-%m-%d %H:%M} UTC, {duration(minutes)}, exit code {summary.exit_code:d}: "
    parts = [head + f"{ExitCode(summary.exit_code).meaning}.", "| what | counts |\n| --- | --- |"]
    for name, counts in (("articles", summary.articles), ("images", summary.images), ("notes", summary.notes)):
        counted = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
        parts[-1] += f"\n| {name} | {counted or 'none'} |"
    for title, items in (("Needs you", summary.attention), ("Needs you, as before", summary.as_before)):
        lines = [f"- {guard_line(escape(harmless(line_of(item))))}" for item in items]
        parts += [f"## {title}\n\n" + "\n".join(lines)] if lines else []
    return "\n\n".join(parts) + "\n"


def write_report(archive: Path, text: str) -> None:
    """Write a report into the archive at `archive`. Raises StoreError."""
    if not is_inside(archive, LAST_REPORT.partition("/")[0]):
        raise StoreError(f"{archive / LAST_REPORT} is not written: its folder is a symbolic link")
    write_atomic(archive / LAST_REPORT, text.encode("utf-8", "replace"))
