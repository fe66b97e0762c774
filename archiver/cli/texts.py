"""What the commands say to people, made from values."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.amounts import counted, duration, listed, size
from archiver.cli.next_steps import step_for
from archiver.cli.run_texts import attention_line, no_notes_text, notice_line, pages_text
from archiver.cli.short import short
from archiver.events import Attention, Summary
from archiver.rewriting.rewrites import Rewrite
from archiver.store.lines import LinkEntry
from archiver.tasks.run import Due

if TYPE_CHECKING:
    from archiver.tasks.estimate import Estimate
    from archiver.tasks.status import ArchiveStatus, StatusReport

REPUBLISHING = (
    "Before you push: an archive holds the works of others. Committed to a public repository it republishes them.",
    "Keep it in a private repository, or let git hold less of it: [archive] publish in the configuration.",
)

_MOST_UNCOVERED = 3  # articles that `status` names


def next_steps(file: Path) -> list[str]:
    return [
        "Next:",
        "  archiver browser install          once: finds your browser, or downloads one",
        "  archiver sync --dry-run           see what would happen",
        f"  archiver sync                     every night; settings are in {file}",
    ]


def estimate_lines(due: Due, found: Estimate) -> list[str]:
    """Lines about what there is to do."""
    head = (
        f"In your notes, {counted(found.articles, 'link')} to WeChat articles and {counted(found.images, 'image')} "
        "of WeChat's are not local."
    )
    return [head, *_due_lines(due, found)]


def _due_lines(due: Due, found: Estimate) -> list[str]:
    """Lines about what the next sync has to fetch: what it asks for at its start, and an estimate of all the rest."""
    if not due.planned.articles and not due.planned.images:
        return ["Nothing is due."]
    plan = due.plan
    wanted = {"article": due.pages, "album": plan.albums, "image": plan.images, "video": plan.videos}
    parts = [counted(len(items), noun) for noun, items in wanted.items() if items]
    parts += [f"{counted(len(due.files), 'file')} that archived articles lack"] if due.files else []
    inside = counted(found.article_images, "image")
    also = f"about {inside} that only the articles' pages name, " if found.article_images else ""
    return [
        f"Due: {listed(parts)}.",
        f"Estimate: {also}about {duration(found.minutes)} at the configured pace ({counted(found.runs, 'night')}), "
        f"about {size(found.gigabytes * 1e9)} of disk.",
    ]


def summary_lines(summary: Summary, archive: Path) -> list[str]:
    """Lines about a run that has ended, without what needs the user."""
    articles = ", ".join(f"{count:,} {name}" for name, count in summary.articles.items() if count)
    images = ", ".join(f"{count:,} {name}" for name, count in summary.images.items() if count)
    hooks = ", ".join(f"{count:,} {name}" for name, count in summary.hooks.items() if count)
    of = f"of {summary.notes['read']:,} " if summary.notes["read"] else ""  # `add` reads none, and may rewrite some
    lines = [
        f"articles: {articles or 'none'}",
        f"images:   {images or 'none'} in this run",
        f"notes:    {summary.notes['rewritten']:,} {of}rewritten"
        + (f", {summary.notes['failed']:,} failed" if summary.notes["failed"] else ""),
        *([f"hooks:    {hooks}"] if hooks else []),
        f"archive:  {archive}",
    ]
    lines += [f"          {notice_line(notice)}" for notice in summary.notices]
    return lines


def needs_lines(heading: str, items: Sequence[Attention]) -> list[str]:
    """Lines about what needs the user, none where nothing does."""
    return ["", heading, *(f"  {attention_line(item)}" for item in items)] if items else []


def trouble(found: StatusReport) -> list[str]:
    """One line for each URL that is not as it should be, and one where there are no notes."""
    head = [no_notes_text(found.no_notes)] if found.no_notes else []
    places = {target.url: target.where for target in reversed(found.due.scan.targets)}
    places |= {entry.url: where for where, entry in found.due.scan.refused}
    return head + [_trouble(entry, places.get(entry.url, "")) for entry in found.trouble]


def _trouble(entry: LinkEntry, where: str) -> str:
    place, why = (f" ({where})" if where else ""), (f": {short(entry.reason)}" if entry.reason else "")
    step = step_for(entry.status, entry.reason, entry.kind)
    return f"{entry.status}: {short(entry.url)}{place}{why}" + (f". {step}" if step else "")


def status_lines(archive: Path, found: StatusReport) -> list[str]:
    """Lines about the state of the archive."""
    totals = found.totals
    articles, images = counted(totals["articles"], "article"), counted(totals["images"], "image")
    lines = [f"archive:  {archive}", f"          {articles}, {images}"]
    for kind, states in found.links.items():
        lines.append(f"{kind + ' links:':<15} " + ", ".join(f"{n:,} {state}" for state, n in states.items()))
    lines += [*_due_lines(found.due, found.estimate), *_state_lines(found.state)]
    if troubles := trouble(found):
        lines += ["", "Needs you:", *(f"  {line}" for line in troubles)]
    return lines


def _state_lines(state: ArchiveStatus) -> list[str]:
    lines = []
    if state.retries:
        lines.append("next try:  " + ", ".join(f"{count:,} {day}" for day, count in state.retries.items()))
    if state.walls:
        walled = state.walled_at[:16].replace("T", " ")
        lines.append(f"walls:     {state.walls:,}, the last {walled} UTC: archiver solve")
    if state.uncovered:
        lack = "article lacks" if len(state.uncovered) == 1 else "articles lack"
        worst = list(state.uncovered.items())[:_MOST_UNCOVERED]
        shown = ", ".join(f"{folder} has {share:.1%}" for folder, share in worst)
        lines.append(f"covered:   {len(state.uncovered):,} {lack} part of the page: {shown}")
    if state.pages:
        lines.append(f"pages:     {pages_text(state.pages)}")
    if state.oldest_check:
        lines.append(f"checked:   every file since {state.oldest_check}")
    elif state.has_unchecked:
        lines.append("checked:   not every file yet: each sync checks a share of them")
    return lines


def _lines(text: str) -> list[str]:
    """As patch sees them: U+2028 and the like end no line."""
    return list(io.StringIO(text, newline="\n"))


def diff(found: Rewrite) -> str:
    """The unified diff of a rewrite, as text; bytes that are no UTF-8 are shown escaped."""
    import difflib

    before, after = (data.decode("utf-8", "backslashreplace") for data in (found.before, found.after))
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{found.path}", f"b/{found.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
