"""Archive articles that no note links to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.reparse import linking_to
from archiver.due.plan import Target
from archiver.errors import ExitCode, UsageError
from archiver.events import Notice, Summary
from archiver.gathering.link_entries import enter_known_links
from archiver.models import Status, UrlKind
from archiver.rewriting.scan import Scan
from archiver.store.lines import LinkEntry
from archiver.tasks.hooks import run_hooks
from archiver.tasks.outcome import Outcome
from archiver.tasks.planning import plan_for
from archiver.tasks.run import Due, add_internal_errors, fetch, finish
from archiver.tasks.sync import add_notices, tell_of_change
from archiver.wechat import urls

_MOST_NAMED = 3  # of what is no address
# Spreadsheets and hasty hands join URLs by a comma, or by nothing: each ends where the next begins.
_URL = re.compile(r"https?://\S*?(?=[,;|]?https?://|\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Given:
    """A line that the user gave, and where (`list.txt:3`)."""

    text: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What lines name: `targets`, and the `others` in them that are no WeChat article or image."""

    targets: tuple[Target, ...]
    others: tuple[Notice, ...]


def add(context: Context, wanted: Wanted) -> Summary:
    """Archive the articles and images whose URLs are given, and nothing else, at the pace and by the rules of a sync.

    They are remembered in links.jsonl: what a wall, a failure or an early end keeps back comes with a later sync. An
    article that was forgotten is fetched again. An early end is as in sync. Raises UsageError, StoreError, DamageError.
    """
    outcome = Outcome(context.report)
    context = replace(context, report=outcome.tell)
    with context.stop.heeded():
        targets = list(wanted.targets)
        for other in wanted.others:
            context.report(other)
        _remember(context.archive, targets)
        found = Due(Scan(targets=targets), plan_for(context, targets)).limited(context.config.fetch.max_articles)
        gathered = fetch(context, found)
        enter_known_links(context, targets, added=True)
        finish(context, linking_to(context.archive, gathered.new))
        tell_of_change(context, gathered)
        summary = outcome.summary(context.archive.links, notes_read=0)
        run_hooks(context, summary, gathered.new)
        add_notices(context, summary, gathered)
        add_internal_errors(context, summary)
    if wanted.others and not summary.exit_code:
        summary.exit_code = ExitCode.FAILURE
    summary.exit_code = context.stop.exit_code or summary.exit_code
    return summary


def read_lines(given: Iterable[Given]) -> Wanted:
    """What the lines name. Raises UsageError where they name something, and nothing that can be archived."""
    found: list[Target] = []
    unknown: list[Notice] = []
    for line in given:
        targets, others = _targets(line)
        found += targets
        unknown += (Notice(line.source, line.line, text[:200], "no WeChat article or image") for text in others)
    if unknown and not found:
        names = ", ".join(notice.url for notice in unknown[:_MOST_NAMED])
        more = f" and {len(unknown) - _MOST_NAMED:,} more" if len(unknown) > _MOST_NAMED else ""
        raise UsageError(f"no address of a WeChat article or image: {names}{more}")
    return Wanted(tuple(found), tuple(unknown))


def _targets(line: Given) -> tuple[list[Target], list[str]]:
    """What a line names, and what in it is no WeChat article or image: other URLs, or all of it where nothing is one.

    A comment has neither of these others.
    """
    targets, others = [], []
    for match in _URL.finditer(line.text):
        kind = urls.classify(match[0])
        if kind in (UrlKind.ARTICLE, UrlKind.IMAGE) and not urls.is_identity(match[0]):
            canonical, request = urls.canonical_url(match[0]), urls.request_url(match[0])
            targets.append(Target(kind, canonical, request, f"{line.source}:{line.line}"))
        else:
            others.append(match[0])
    text = line.text.strip()
    if not targets:
        others = [text] if text else []
    return targets, [] if text.startswith("#") else others


def _remember(archive: Archive, targets: Sequence[Target]) -> None:
    """Enter the URLs that are not archived yet, so that a later sync goes on with them, and revive forgotten ones."""
    revived = {entry.target for target in targets if (entry := archive.links.get(target.url)) and entry.is_forgotten}
    link_entries = [
        replace(entry, status=Status.PENDING, reason="", target="", added=True)
        for entry in archive.links
        if entry.is_forgotten and entry.target in revived
    ]
    link_entries += [
        LinkEntry(target.url, target.kind, Status.PENDING, added=True)
        for target in targets
        if archive.links.get(target.url) is None and archive.article_folder(target.url) is None
    ]
    archive.put_links(*{entry.url: entry for entry in link_entries}.values())
