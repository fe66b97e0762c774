"""The straight line from notes to rewritten notes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from archiver.archive.albums import refresh_albums
from archiver.archive.archive import Archive
from archiver.archive.finalise import finalise
from archiver.archive.open_archive import open_archive
from archiver.archive.reparse import refresh_links
from archiver.archive.state import read_budget
from archiver.config import Config, FetchConfig
from archiver.due.plan import Plan, Target, make_plan
from archiver.due.policy import is_deferred, is_settled
from archiver.events import CopyLost, Damaged, NoteDone, Planned, Report, Summary
from archiver.fixity.rolling import check_share
from archiver.gathering import recheck
from archiver.gathering.link_entries import image_entry, known_article
from archiver.gathering.session import gather
from archiver.gathering.start import REAL, Timing
from archiver.models import ArticleRecord, Status, UrlKind
from archiver.reader.build import build_site
from archiver.rewriting.preview import follow_moves, look_at_notes, tell_of_images
from archiver.rewriting.rewrite import Rewrite, rewrite_notes
from archiver.rewriting.scan import Scan, scan_notes
from archiver.rewriting.suspicious import enter_refused
from archiver.stop import Stop
from archiver.store.guard import remove_note_leftovers
from archiver.store.lines import LinkEntry
from archiver.tasks.notices import left_to_do, lost_articles
from archiver.tasks.outcome import Outcome
from archiver.wechat import images, urls

DEFAULTS = FetchConfig()


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line adds to the configuration.

    `limit`: most articles in this run (0: as configured); `wait`: for another run that holds the archive;
    `rewrite_again`: notes, as paths relative to the notes folder, that were restored and may be rewritten now.
    """

    limit: int = 0
    rewrite_again: Collection[str] = field(default_factory=frozenset)
    wait: bool = False


def utc_now() -> datetime:
    return datetime.now(UTC)


def sync(
    config: Config,
    options: Options,
    report: Report,
    now: Callable[[], datetime] = utc_now,
    stop: Stop | None = None,
    timing: Timing = REAL,
) -> Summary:
    """Archive what the notes link to and point the notes at it. Returns the run's summary, its exit code included.

    `stop` may ask for an early end: the article in hand is finished, and the notes get what is ready. Raises
    UsageError, LockedError, StoreError, DamageError; whatever was done before stays and is not done again.
    """
    outcome, stop = Outcome(report), stop or Stop()
    with open_archive(config.archive_root, config.archive.capture, wait=options.wait) as archive, stop.heeded():
        remove_note_leftovers(config.notes_root, archive.journal.path)
        scan, settled = read_notes(config, archive, outcome.tell, now())
        lost = lost_copies(archive)
        scan.targets += lost
        limit = options.limit or config.fetch.max_articles
        plan = plan_run(archive, scan, now(), config.fetch, limit=limit, videos=config.media.video)
        incomplete = incomplete_articles(archive, now())
        files = len(plan.images) + len(plan.videos) + sum(map(missing_files, incomplete))
        outcome.tell(Planned(len(plan.articles) + len(plan.albums), files))
        gathered = gather(config, archive, plan, incomplete, now, outcome.tell, stop, timing)
        archive.settle_images()
        enter_known_links(archive, scan, now())
        news = enter_refused(archive, scan.refused)
        if gathered.changed:
            refresh_links(archive, gathered.new)
        refresh_albums(archive)  # articles may have come or gone by other ways than this run
        settled = {} if plan or incomplete else settled
        rewritten = rewrite_notes(config, archive, scan.paths, options.rewrite_again, now, outcome.tell, settled)
        tell_of_images(rewritten, outcome.tell)
        finalise(archive)
        build_site(config, archive)
        tell_of_damage(archive, config, now(), stop, outcome.tell)
        summary = outcome.summary(archive.links, notes_read=scan.notes)
        summary.attention += [*news, *scan.suspicious, *not_had_again(archive, lost)]
        # How far an interrupted run came says nothing about the pace.
        add_notices(config, archive, summary, 0 if stop.requested else gathered.requests, now())
    summary.exit_code = stop.exit_code or summary.exit_code
    return summary


def tell_of_damage(archive: Archive, config: Config, now: datetime, stop: Stop, report: Report) -> None:
    """Check tonight's share of the archive."""
    for finding in check_share(archive, config.verify, now.date(), lambda: stop.requested):
        if finding.damage:
            report(Damaged(finding))


def read_notes(config: Config, archive: Archive, report: Report, now: datetime) -> tuple[Scan, Mapping[str, Rewrite]]:
    """What the notes link to, what was given to `archiver add`, and the notes with nothing to do; see look_at_notes."""
    scan = scan_notes(config, archive)
    for path, error in scan.errors:
        report(NoteDone(path, 0, error))
    scan.targets += added_links(archive)
    follow_moves(config, archive, scan, now)
    look = look_at_notes(config, archive, scan)
    scan.targets += look.targets
    return scan, look.settled


def add_notices(config: Config, archive: Archive, summary: Summary, requests: int, now: datetime) -> None:
    """Enter what is good to know: how much is left after so many article requests, and what was deleted."""
    budget = read_budget(archive.root)
    left = left_to_do(summary.articles["pending"], requests, budget, config.fetch)
    summary.notices += [notice for notice in (left, lost_articles(archive.links, now)) if notice]


def plan_run(
    archive: Archive, scan: Scan, now: datetime, fetch: FetchConfig = DEFAULTS, *, limit: int = 0, videos: bool = True
) -> Plan:
    """What is to be fetched; of the articles at most `limit` (0: all), and films only if `videos`."""
    plan = make_plan(
        scan.targets,
        entry_of=archive.links.get,
        article_stored=lambda url: archive.article_folder(url) is not None,
        image_stored=lambda key: archive.image(key) is not None,
        now=now,
        limit=limit,
        file_stored=lambda path: (archive.root / path).is_file(),
        videos=videos,
        recheck_days=fetch.recheck_gone_days,
    )
    again = recheck.second_looks(archive, now, fetch.recheck_archived_days, fetch.recheck_gone_days)
    articles = (*plan.articles, *again)
    return replace(plan, articles=articles[:limit] if limit else articles, limit=limit)


def lost_copies(archive: Archive) -> list[Target]:
    """The articles whose copies notes link to and that are no longer there: somebody deleted their folders."""
    lost = archive.catalogue.lost_articles()
    link_entries = (entry for entry in archive.links if lost and entry.target in lost and entry.kind is UrlKind.ARTICLE)
    return [Target(entry.kind, entry.url, entry.url, lost[entry.target]) for entry in link_entries]


def not_had_again(archive: Archive, lost: Sequence[Target]) -> Iterator[CopyLost]:
    """The copies that are lost for good: the original is gone by now."""
    for target in lost:
        entry = archive.links.get(target.url)
        if entry and is_settled(entry.status, entry.attempts):
            yield CopyLost(target.where, target.url, entry.status, entry.reason)


def added_links(archive: Archive) -> list[Target]:
    """What the user gave to `archiver add` and is still to be had."""
    unsettled = (entry for entry in archive.links if entry.added and not entry.status.is_stored)
    return [Target(entry.kind, entry.url, entry.url, "archiver add") for entry in unsettled]


def incomplete_articles(archive: Archive, now: datetime) -> list[ArticleRecord]:
    """The partial articles of which files are missing that may still be had, and were not asked for lately."""
    records = (archive.record(folder) for folder in archive.catalogue.partial_folders())
    return [record for record in records if missing_files(record) and not _rests(archive, record, now)]


def _rests(archive: Archive, record: ArticleRecord, now: datetime) -> bool:
    link_entries = (archive.links.get(urls.canonical_url(url)) for url in (record.url, *record.aliases))
    return any(entry is not None and is_deferred(entry.next, now) for entry in link_entries)


def missing_files(record: ArticleRecord) -> int:
    """How many pictures, sounds and films may still be had."""
    lost = sum(image.error is not None for image in record.images)
    return lost + sum(item.error is not None and not item.final for item in record.media)


def enter_known_links(archive: Archive, scan: Scan, now: datetime) -> None:
    """Give every URL of the notes its line in links.jsonl: those that needed no request, and those that wait."""
    link_entries: dict[str, LinkEntry] = {}
    for target in scan.targets:
        enter_spelling(archive, target)
        known = link_entries.get(target.url) or archive.links.get(target.url)
        if known is not None and not (target.kind is UrlKind.ARTICLE and known.status.is_unsettled):
            continue
        entry = known or LinkEntry(target.url, target.kind, Status.PENDING, since=now.date().isoformat())
        if target.kind is UrlKind.ARTICLE and (folder := archive.article_folder(target.url)):
            entry = known_article(target.url, archive.record(folder))
        elif target.kind is UrlKind.IMAGE and (image := archive.image(images.image_key(target.url) or "")):
            entry = image_entry(target.url, image)
        if entry is not known:
            link_entries[target.url] = entry
    archive.put_links(*link_entries.values())


def enter_spelling(archive: Archive, target: Target) -> None:
    """Note a URL of an archived article that nobody has met yet, be it only another spelling of one that is known."""
    if target.kind is UrlKind.ARTICLE and archive.catalogue.folder_of_url(target.request) is None:
        folder = archive.article_folder(target.url)
        if folder:
            archive.add_alias(folder, target.request)
