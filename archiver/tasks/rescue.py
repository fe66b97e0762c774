"""`archiver rescue`: get back from the web archive what WeChat no longer gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archiver.archive.context import Context
from archiver.archive.indexing import canonical_urls
from archiver.archive.reparse import linking_to
from archiver.due.rescue import MOST_SOUGHT, NAMED_ONLY, is_gone_image, is_lost, is_sought, may_ask_again
from archiver.errors import ExitCode
from archiver.events import Summary
from archiver.gathering.rescue import RescuePlan, Tell, rescue
from archiver.models import ArticleRecord, Status, UrlKind
from archiver.models.rescue import Rescued
from archiver.rewriting.rewrites import Rewriting
from archiver.rewriting.scan import scan_notes
from archiver.rewriting.spelled import spelled_in_notes
from archiver.store import listings
from archiver.store.layout import ARTICLE_ID
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.tasks.hooks import run_hooks
from archiver.tasks.outcome import Outcome
from archiver.tasks.run import add_internal_errors, finish
from archiver.tasks.selection import note_paths
from archiver.wechat import urls

SOUGHT_UNASKED = (Status.BLOCKED, Status.EXPIRED, Status.UNAVAILABLE, Status.WALL)
# Words of the command line for links of a status.
WORDS = {status.value: status for status in (*sorted(NAMED_ONLY), Status.MALFORMED, *SOUGHT_UNASKED)}
NOT_LOST = "not lost: WeChat has it, or may still give it"
NO_LINK = "no link or article that the archive knows"


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be looked for (`plan`), and what is not: of the lost links, how many `wait` for another night, were
    asked for often enough (`settled`), or have to be named (`withheld`, by status); `unfit`: what was named and cannot
    be looked for, and why."""

    plan: RescuePlan
    wait: int = 0
    settled: int = 0
    withheld: Mapping[Status, int] = field(default_factory=dict)
    unfit: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Chosen:
    """What a selection means: links and folders of articles that it names one by one, statuses, and the links and
    folders that its notes name."""

    links: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    statuses: set[Status] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)
    noted_folders: set[str] = field(default_factory=set)
    unfit: dict[str, str] = field(default_factory=dict)

    def names(self, entry: LinkEntry) -> bool:
        return entry.url in self.links or entry.status in self.statuses


def find_lost(context: Context, selection: Sequence[str] = ()) -> Found:
    """What of all that is lost is to be looked for now: what each part of the `selection` means, or all. Such a part is
    the URL of a link, the id of an article, a word of WORDS, or the path of a note or folder. The catalogue has to know
    the notes. Raises UsageError for a note that there is not."""
    archive, now = context.archive, context.now()
    chosen = _chosen(context, selection)
    lost = [e for e in archive.links if is_lost(e) and (not selection or chosen.names(e) or e.url in chosen.noted)]
    sought = [entry for entry in lost if is_sought(entry, now, named=chosen.names(entry))]
    sought.sort(key=lambda entry: (entry.sought, entry.checked))
    links = [entry for entry in sought if entry.kind is UrlKind.ARTICLE and not archive.article_folder(entry.url)]
    plan = RescuePlan(
        tuple(links),
        tuple(entry for entry in sought if entry.kind is UrlKind.IMAGE),
        tuple(_lacking(context, chosen, everywhere=not selection)),
        spelled_in_notes(context.config, archive, {entry.url for entry in links}),
    )
    asked = {entry.url for entry in sought}
    rest = [entry for entry in lost if entry.url not in asked]
    withheld = Counter(entry.status for entry in rest if entry.status in NAMED_ONLY or entry.status is Status.MALFORMED)
    others = [entry for entry in rest if entry.status not in withheld]
    settled = sum(entry.sought >= MOST_SOUGHT for entry in others)
    return Found(plan, len(others) - settled, settled, withheld, chosen.unfit)


def _chosen(context: Context, selection: Sequence[str]) -> _Chosen:
    archive, catalogue, found = context.archive, context.archive.catalogue, _Chosen()
    for one in selection:
        if one in WORDS:
            found.statuses.add(WORDS[one])
        elif "://" in one:
            url = urls.canonical_url(one)
            folder = archive.article_folder(url)
            found.links |= set() if folder else {url}
            found.folders |= {folder} if folder else set()
            if not folder and (why := _why_not(archive.links.get(url))):
                found.unfit[one] = why
        elif ARTICLE_ID.fullmatch(one):
            if folder := catalogue.folder_of_id(one):
                found.folders.add(folder)
            else:
                found.unfit[one] = NO_LINK
        else:
            for note in note_paths(context.config, catalogue.note_digests(), one):
                found.noted |= listings.links_in(catalogue, note)
                found.noted_folders |= {mention.folder for mention in listings.mentions_in(catalogue, note)}
    return found


def _why_not(entry: LinkEntry | None) -> str:
    """Why a link that was named cannot be looked for; empty where it can."""
    if entry is None:
        return NO_LINK
    if entry.reason == FORGOTTEN:
        return FORGOTTEN
    return "" if is_lost(entry) else NOT_LOST


def _lacking(context: Context, chosen: _Chosen, *, everywhere: bool) -> Iterator[ArticleRecord]:
    """The archived articles that lack images which are gone."""
    archive, now = context.archive, context.now()
    for folder in archive.catalogue.partial_folders():
        named = folder in chosen.folders
        if not (everywhere or named or folder in chosen.noted_folders):
            continue
        record = archive.record(folder)
        lines = list(filter(None, map(archive.links.get, canonical_urls(record))))
        rests = any(not may_ask_again(entry, now) for entry in lines)
        if any(map(is_gone_image, record.images)) and archive.has_capture(record) and (named or not rests):
            yield record


@dataclass(frozen=True, slots=True)
class RescueReport:
    """What a run of `archiver rescue` came to: what it looked for and did not, and what became of that."""

    found: Found
    done: Rescued
    summary: Summary


def rescue_lost(context: Context, selection: Sequence[str], tell: Tell) -> RescueReport:
    """Look for what the selection means, keep it, and point the notes at it.

    An early end is as in sync. Raises UsageError, ConfigError, StoreError, DamageError; what was done before stays.
    """
    outcome = Outcome(context.report)
    context = replace(context, report=outcome.tell)
    with context.stop.heeded():
        scan = scan_notes(context.config, context.archive)
        found = find_lost(context, selection)
        done = rescue(context, found.plan, context.config.rescue.max_requests, tell)
        new = [article.folder for article in done.articles]
        finish(context, linking_to(context.archive, new), Rewriting(scan.paths))
        summary = outcome.summary(context.archive.links, notes_read=scan.notes)
        run_hooks(context, summary, new)
        add_internal_errors(context, summary)
    failed = bool(done.failed or done.troubled or found.unfit)  # a run whose requests are used up is none
    code = ExitCode.FAILURE if failed and not summary.exit_code else summary.exit_code
    summary.exit_code = context.stop.exit_code or code
    return RescueReport(found, done, summary)


def rescue_in_run(context: Context) -> Rescued:
    """What sync does of it, where [rescue] wayback wants it. Raises ConfigError, StoreError."""
    settings = context.config.rescue
    if not settings.wayback or context.stop.requested:
        return Rescued()
    return rescue(context, find_lost(context).plan, settings.max_requests)
