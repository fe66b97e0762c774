"""Archive articles that no note links to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.reparse import linking_to
from archiver.due.plan import Target
from archiver.errors import ExitCode, UsageError
from archiver.events import Notice, Summary
from archiver.gathering.link_entries import enter_known_links
from archiver.gathering.session import Gathered
from archiver.models import Status, UrlKind
from archiver.rewriting.scan import Scan
from archiver.store.lines import LinkEntry
from archiver.tasks.further import articles_in
from archiver.tasks.hooks import run_hooks
from archiver.tasks.outcome import Outcome
from archiver.tasks.planning import plan_for
from archiver.tasks.run import Due, add_internal_errors, fetch, finish
from archiver.tasks.sync import add_notices, tell_of_change
from archiver.wechat import urls

KINDS = frozenset({UrlKind.ARTICLE, UrlKind.IMAGE, UrlKind.ALBUM})
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
    """Archive the articles and images whose URLs are given, and the albums with their articles, and nothing else, at
    the pace and by the rules of a sync.

    They are remembered in links.jsonl: what a wall, a failure or an early end keeps back comes with a later sync. An
    article that was forgotten is fetched again. An early end is as in sync. Raises UsageError, StoreError, DamageError.
    """
    outcome = Outcome(context.report)
    context = replace(context, report=outcome.tell)
    with context.stop.heeded():
        for other in wanted.others:
            context.report(other)
        gathered = _fetch(context, wanted.targets, outcome)
        new = [article.folder for article in gathered.new]
        finish(context, linking_to(context.archive, new))
        tell_of_change(context, gathered)
        summary = outcome.summary(context.archive.links, notes_read=0)
        run_hooks(context, summary, new)
        add_notices(context, summary, gathered)
        add_internal_errors(context, summary)
    if wanted.others and not summary.exit_code:
        summary.exit_code = ExitCode.FAILURE
    summary.exit_code = context.stop.exit_code or summary.exit_code
    return summary


def _fetch(context: Context, targets: Sequence[Target], outcome: Outcome) -> Gathered:
    """Fetch what is due of these, and then of the articles in the lists of albums among them."""
    archive, most = context.archive, context.config.fetch.max_articles
    _remember(archive, targets, revive=True)
    found = Due(Scan(targets=list(targets)), plan_for(context, targets)).limited(most)
    gathered = fetch(context, found)
    enter_known_links(context, targets, added=True)
    albums = [target.url for target in targets if target.kind is UrlKind.ALBUM]
    _follow(archive, albums)
    inside = articles_in(archive, albums)
    _remember(archive, inside, revive=False)  # what has no turn now has it in a sync
    left = most - len(found.pages)
    if not inside or context.stop.requested or outcome.walled or (most and left <= 0):
        return gathered
    more = fetch(context, Due(Scan(targets=inside), plan_for(context, inside)).limited(max(0, left)))
    enter_known_links(context, inside, added=True)
    return Gathered(
        gathered.changed or more.changed,
        gathered.requests + more.requests,
        [*gathered.new, *more.new],
        {**gathered.unknown, **more.unknown},
    )


def _follow(archive: Archive, albums: Iterable[str]) -> None:
    """Let albums that a note has brought count as added, too."""
    known = map(archive.links.get, albums)
    archive.put_links(*(replace(entry, added=True) for entry in known if entry and not entry.added))


def read_lines(given: Iterable[Given], *, albums: bool = False) -> Wanted:
    """What the lines name; with `albums`, these count as well. Raises UsageError where they name something, and nothing
    that can be archived."""
    found: list[Target] = []
    unknown: list[Notice] = []
    for line in given:
        targets, others = _targets(line, KINDS if albums else KINDS - {UrlKind.ALBUM})
        found += targets
        unknown += (Notice(line.source, line.line, text[:200], "no WeChat article or image") for text in others)
    if unknown and not found:
        names = ", ".join(notice.url for notice in unknown[:_MOST_NAMED])
        more = f" and {len(unknown) - _MOST_NAMED:,} more" if len(unknown) > _MOST_NAMED else ""
        raise UsageError(f"no address of a WeChat article or image: {names}{more}")
    return Wanted(tuple(found), tuple(unknown))


def _targets(line: Given, kinds: Collection[UrlKind]) -> tuple[list[Target], list[str]]:
    """What a line names, and what in it is no WeChat article or image: other URLs, or all of it where nothing is one.

    A comment has neither of these others.
    """
    targets, others = [], []
    for match in _URL.finditer(line.text):
        kind = urls.classify(match[0])
        if kind and kind in kinds and not urls.is_identity(match[0]):
            canonical, request = urls.canonical_url(match[0]), urls.request_url(match[0])
            where = f"{line.source}:{line.line}"
            targets.append(Target(kind, canonical, request, where, again=kind is UrlKind.ALBUM))
        else:
            others.append(match[0])
    text = line.text.strip()
    if not targets:
        others = [text] if text else []
    return targets, [] if text.startswith("#") else others


def _remember(archive: Archive, targets: Sequence[Target], *, revive: bool) -> None:
    """Enter the URLs that are not archived yet, so that a later sync goes on with them; with `revive` forgotten ones,
    too."""
    revived = {entry.target for target in targets if (entry := archive.links.get(target.url)) and entry.is_forgotten}
    link_entries = [
        replace(entry, status=Status.PENDING, reason="", target="", added=True)
        for entry in archive.links
        if revive and entry.is_forgotten and entry.target in revived
    ]
    link_entries += [
        LinkEntry(target.url, target.kind, Status.PENDING, added=True)
        for target in targets
        if archive.links.get(target.url) is None and archive.article_folder(target.url) is None
    ]
    archive.put_links(*{entry.url: entry for entry in link_entries}.values())
