"""Archive articles that no note links to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.archive.albums import refresh_albums
from archiver.archive.archive import Archive
from archiver.archive.finalise import finalise
from archiver.archive.open_archive import open_archive
from archiver.archive.reparse import refresh_links
from archiver.config import Config
from archiver.due.plan import Target
from archiver.errors import ExitCode
from archiver.events import Notice, Planned, Report, Summary
from archiver.gathering.session import gather
from archiver.gathering.start import REAL, Timing
from archiver.models import Status, UrlKind
from archiver.reader.build import build_site
from archiver.rewriting.scan import Scan
from archiver.stop import Stop
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.tasks.outcome import Outcome
from archiver.tasks.sync import add_notices, enter_known_links, plan_run
from archiver.wechat import urls

# Spreadsheets and hasty hands join URLs by a comma, or by nothing: each ends where the next begins.
_URL = re.compile(r"https?://\S*?(?=[,;|]?https?://|\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Given:
    """A line that the user gave, and where (`list.txt:3`)."""

    text: str
    source: str
    line: int


def add(
    config: Config,
    given: Iterable[Given],
    report: Report,
    now: Callable[[], datetime],
    stop: Stop | None = None,
    *,
    wait: bool = False,
    timing: Timing = REAL,
) -> Summary:
    """Archive the articles and images whose URLs are given, at the pace and by the rules of a sync.

    They are remembered in links.jsonl: what a wall, a failure or an early end keeps back comes with a later sync. An
    article that was forgotten is fetched again. `stop` as in sync; `wait`: for another run that holds the archive.
    Raises UsageError, LockedError, StoreError, DamageError.
    """
    outcome, stop = Outcome(report), stop or Stop()
    with open_archive(config.archive_root, config.archive.capture, wait=wait) as archive, stop.heeded():
        scan = Scan()
        unknown = 0
        for line in given:
            targets, others = _targets(line)
            scan.targets += targets
            for text in others:
                unknown += 1
                outcome.tell(Notice(line.source, line.line, text[:200], "no WeChat article or image"))
        _remember(archive, scan)
        plan = plan_run(archive, scan, now(), limit=config.fetch.max_articles)
        outcome.tell(Planned(len(plan.articles), len(plan.images)))
        gathered = gather(config, archive, plan, [], now, outcome.tell, stop, timing)
        if gathered.changed:
            refresh_links(archive, gathered.new)
            refresh_albums(archive)
        enter_known_links(archive, scan, now())
        finalise(archive)
        build_site(config, archive)
        summary = outcome.summary(archive.links, notes_read=0)
        add_notices(config, archive, summary, 0 if stop.requested else gathered.requests, now())
    if unknown and not summary.exit_code:
        summary.exit_code = ExitCode.FAILURE
    summary.exit_code = stop.exit_code or summary.exit_code
    return summary


def _targets(line: Given) -> tuple[list[Target], list[str]]:
    """What a line names, and what in it is no WeChat article or image: other URLs, or all of it where nothing is one.

    A comment has neither of these others.
    """
    targets, others = [], []
    for match in _URL.finditer(line.text):
        kind = urls.classify(match[0])
        if kind in (UrlKind.ARTICLE, UrlKind.IMAGE):
            canonical, request = urls.canonical_url(match[0]), urls.request_url(match[0])
            targets.append(Target(kind, canonical, request, f"{line.source}:{line.line}"))
        else:
            others.append(match[0])
    text = line.text.strip()
    if not targets:
        others = [text] if text else []
    return targets, [] if text.startswith("#") else others


def _remember(archive: Archive, scan: Scan) -> None:
    """Enter the URLs that are not archived yet, so that a later sync goes on with them, and revive forgotten ones."""
    revived = {
        entry.target
        for target in scan.targets
        if (entry := archive.links.get(target.url)) and entry.reason == FORGOTTEN
    }
    link_entries = [
        replace(entry, status=Status.PENDING, reason="", target="", added=True)
        for entry in archive.links
        if entry.reason == FORGOTTEN and entry.target in revived
    ]
    link_entries += [
        LinkEntry(target.url, target.kind, Status.PENDING, added=True)
        for target in scan.targets
        if archive.links.get(target.url) is None and archive.article_folder(target.url) is None
    ]
    archive.put_links(*{entry.url: entry for entry in link_entries}.values())
