"""The end of a run, on standard output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archiver.cli import texts
from archiver.cli.output import out
from archiver.events import Summary


def tell_summary(summary: Summary, archive: Path, *, quiet: bool) -> None:
    """Tell how a run went; with `quiet` only what is new and needs the user. A log gets all of it."""
    _say(texts.summary_lines(summary, archive), shown=not quiet)
    _say(texts.needs_lines("Needs you:", summary.attention), shown=True)
    _say(texts.needs_lines("Needs you, as before:", summary.as_before), shown=not quiet)


def _say(lines: Iterable[str], *, shown: bool) -> None:
    for line in lines:
        out.note(line, shown=shown)
