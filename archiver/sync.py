"""The straight line from notes to rewritten notes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archiver.albums import refresh_albums
from archiver.archive import Archive, open_archive
from archiver.build import build_site
from archiver.config import Config
from archiver.doubts import enter_refused
from archiver.events import Damaged, NoteDone, Planned, Report, Summary
from archiver.gather import Gathering, image_entry
from archiver.models import ArticleRecord, Status, UrlKind
from archiver.outcome import Outcome
from archiver.plan import WAITING, Plan, make_plan
from archiver.reparse import refresh_links
from archiver.rewrite import rewrite_notes
from archiver.rolling import check_share
from archiver.scan import Scan, scan_notes
from archiver.start import start_workers
from archiver.store.lines import LinkEntry
from archiver.wechat import images


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line adds to the configuration. `limit`: most articles in this run (0: as configured);
    `rewrite_again`: notes, as paths relative to the notes folder, that were restored and may be rewritten now."""

    limit: int = 0
    rewrite_again: Collection[str] = field(default_factory=frozenset)


def utc_now() -> datetime:
    return datetime.now(UTC)


def sync(config: Config, options: Options, report: Report, now: Callable[[], datetime] = utc_now) -> Summary:
    """Archive what the notes link to and point the notes at it. Returns the run's summary, its exit code included.

    Raises UsageError, LockedError, StoreError, DamageError; whatever was done before stays and is not done again.
    """
    outcome = Outcome(report)
    with open_archive(config.archive_root, config.archive.capture) as archive:
        scan = scan_notes(config, archive)
        for path, error in scan.errors:
            outcome.tell(NoteDone(path, 0, error))
        limit = options.limit or config.fetch.max_articles
        plan = plan_run(archive, scan, now(), limit=limit, videos=config.media.video)
        incomplete = incomplete_articles(archive)
        files = len(plan.images) + len(plan.videos) + sum(map(missing_files, incomplete))
        outcome.tell(Planned(len(plan.articles) + len(plan.albums), files))
        changed, new = False, list[ArticleRecord]()
        if plan or incomplete:
            with start_workers(config) as workers:
                gathering = Gathering(archive, workers, config.media, now, outcome.tell)
                gathering.run(plan, incomplete)
                changed, new = gathering.changed, gathering.new
        enter_known_links(archive, scan)
        news = enter_refused(archive, scan.refused)
        if changed:
            refresh_links(archive, new)
            refresh_albums(archive)
        rewrite_notes(config, archive, scan.paths, options.rewrite_again, now, outcome.tell)
        archive.close_run(changed=changed)
        build_site(config, archive)
        for problem in check_share(archive, config.verify, now().date()):
            if problem.damage:
                outcome.tell(Damaged(problem.path, problem.detail))
        summary = outcome.summary(archive.links, notes_read=scan.notes)
        summary.attention += [*news, *scan.doubts]
        return summary


def plan_run(archive: Archive, scan: Scan, now: datetime, *, limit: int = 0, videos: bool = True) -> Plan:
    """What is to be fetched; of the articles at most `limit` (0: all), and films only if `videos`."""
    return make_plan(
        scan.targets,
        entry_of=archive.links.get,
        article_stored=lambda url: archive.article_folder(url) is not None,
        picture_stored=lambda key: archive.picture(key) is not None,
        now=now,
        limit=limit,
        file_stored=lambda path: (archive.root / path).is_file(),
        videos=videos,
    )


def incomplete_articles(archive: Archive) -> list[ArticleRecord]:
    """The partial articles of which files are missing that may still be had."""
    records = (archive.record(folder) for folder in archive.catalogue.partial_folders())
    return [record for record in records if missing_files(record)]


def missing_files(record: ArticleRecord) -> int:
    """How many pictures, sounds and films may still be had."""
    lost = sum(image.error is not None for image in record.images)
    return lost + sum(item.error is not None and not item.final for item in record.media)


def enter_known_links(archive: Archive, scan: Scan) -> None:
    """Give every URL of the notes its line in links.jsonl: those that needed no request, and those that wait."""
    entries: dict[str, LinkEntry] = {}
    for target in scan.targets:
        known = entries.get(target.url) or archive.links.get(target.url)
        if known is not None and not (target.kind is UrlKind.ARTICLE and known.status in WAITING):
            continue
        entry = known or LinkEntry(target.url, target.kind, Status.PENDING)
        if target.kind is UrlKind.ARTICLE and (folder := archive.article_folder(target.url)):
            entry = LinkEntry(target.url, target.kind, archive.record(folder).status, target=folder)
            archive.add_alias(folder, target.request)
        elif target.kind is UrlKind.IMAGE and (image := archive.picture(images.image_key(target.url) or "")):
            entry = image_entry(target.url, image)
        if entry is not known:
            entries[target.url] = entry
    archive.put_links(*entries.values())
