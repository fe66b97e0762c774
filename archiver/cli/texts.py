"""What the commands say to people, made from values."""

from __future__ import annotations

import difflib
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from archiver.cli.run_texts import attention_line, notice_line
from archiver.events import Summary
from archiver.models import Status, UrlKind
from archiver.rewriting.rewrite import Rewrite
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.tasks.estimate import Estimate

REPUBLISHING = """\
Before you push: an archive holds the works of others. Committed to a public repository it republishes them.
Keep it apart by a private repository, or by adding the archive folder to .gitignore."""


def next_steps(file: Path) -> str:
    return f"""\
Next:
  archiver browser install          once: make sure that there is a browser
  archiver sync --dry-run           see what would happen
  archiver sync                     every night; settings are in {file}"""


def estimate_text(found: Estimate) -> str:
    """Lines about what there is to do."""
    head = (
        f"In your notes, {_plural(found.articles, 'link')} to WeChat articles and {_plural(found.images, 'image')} "
        "of WeChat's are not local."
    )
    return f"{head}\n{due_text(found)}"


def due_text(found: Estimate) -> str:
    """Lines about what the next sync has to fetch."""
    if not (found.due_articles or found.due_images):
        return "Nothing is due."
    return (
        f"Due: {_plural(found.due_articles, 'article')} and {_plural(found.due_images, 'image')}: about "
        f"{_duration(found.minutes)} at the configured pace ({_plural(found.runs, 'night')}), "
        f"about {found.gigabytes:.2g} GB of disk."
    )


def _duration(minutes: float) -> str:
    if minutes < 1:
        return "a minute"
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def summary_text(summary: Summary, archive: Path) -> str:
    """Lines about a run that has ended."""
    articles = ", ".join(f"{count:,} {name}" for name, count in summary.articles.items() if count)
    images = ", ".join(f"{count:,} {name}" for name, count in summary.images.items() if count)
    lines = [
        f"articles: {articles or 'none'}",
        f"images:   {images or 'none'} in this run",
        f"notes:    {summary.notes['rewritten']:,} of {summary.notes['read']:,} rewritten"
        + (f", {summary.notes['failed']:,} failed" if summary.notes["failed"] else ""),
        f"archive:  {archive}",
    ]
    lines += [f"          {notice_line(notice)}" for notice in summary.notices]
    if summary.attention:
        lines += ["", "Needs you:", *(f"  {attention_line(item)}" for item in summary.attention)]
    return "\n".join(lines)


def count_links(links: Iterable[LinkEntry]) -> dict[str, dict[str, int]]:
    """How many URLs of each kind are in each state."""
    counts = Counter((entry.kind, entry.status) for entry in links)
    return {
        kind.value: {status.value: counts[kind, status] for status in Status if counts[kind, status]}
        for kind in UrlKind
        if any(known is kind for known, _ in counts)
    }


def trouble(links: Iterable[LinkEntry]) -> list[str]:
    """One line for each URL that is not as it should be."""
    return [f"{entry.status}: {entry.url}: {entry.reason}" for entry in links if _is_trouble(entry)]


def _is_trouble(entry: LinkEntry) -> bool:
    return entry.status.needs_user and entry.reason != FORGOTTEN


def due_counts(found: Estimate) -> dict[str, int]:
    return {"articles": found.due_articles, "images": found.due_images}


def status_text(
    archive: Path,
    totals: Mapping[str, int],
    counts: Mapping[str, Mapping[str, int]],
    due: Estimate,
    more: list[str],
    attention: list[str],
) -> str:
    """Lines about the state of the archive."""
    lines = [f"archive:  {archive}", f"          {totals['articles']:,} articles, {totals['images']:,} images"]
    for kind, states in counts.items():
        lines.append(f"{kind + ' links:':<15} " + ", ".join(f"{n:,} {state}" for state, n in states.items()))
    lines += [due_text(due), *more]
    if attention:
        lines += ["", "Needs you:", *(f"  {line}" for line in attention)]
    return "\n".join(lines)


def _lines(text: str) -> list[str]:
    """As patch sees them: U+2028 and the like end no line."""
    return list(io.StringIO(text, newline="\n"))


def diff(found: Rewrite) -> str:
    """The unified diff of a rewrite, as text; bytes that are no UTF-8 are shown escaped."""
    before, after = (data.decode("utf-8", "backslashreplace") for data in (found.before, found.after))
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{found.path}", f"b/{found.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
