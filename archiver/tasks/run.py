"""One way in and one way out for all commands: open the archive, see what is due, ask for it, finish the run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import field, replace

from archiver.archive.albums import refresh_albums
from archiver.archive.archive import Archive
from archiver.archive.boundary import Boundary
from archiver.archive.context import SYSTEM_CLOCK, Clock, Context, tell_nobody
from archiver.archive.finalise import finalise
from archiver.archive.forgotten import end_forgetting, is_forgetting, tell_of_unfinished, unfinished
from archiver.archive.form import form_of
from archiver.archive.open_archive import open_archive, view_archive
from archiver.archive.reparse import refresh_links
from archiver.config import Config
from archiver.due.mirrors import Mirrors
from archiver.due.plan import Plan, Target
from archiver.errors import ExitCode, InternalError, StoreError
from archiver.events import ItemFailed, ItemWaits, Planned, Report, Summary
from archiver.gathering.incomplete import File, incomplete_articles, missing_files, visits
from archiver.gathering.link_entries import enter_unlisted
from archiver.gathering.recheck import second_looks
from archiver.gathering.session import Gathered, gather
from archiver.models import ArticleRecord, ImageRef
from archiver.models.values import dataclass
from archiver.reader.build import build_site
from archiver.rewriting.memory import NoteMemory
from archiver.rewriting.preview import Look, follow_moves, look_at_notes
from archiver.rewriting.rewrite import rewrite_notes
from archiver.rewriting.rewrites import Rewrite, Rewriting
from archiver.rewriting.scan import Scan, scan_notes
from archiver.stop import Stop
from archiver.store.catalogue import Catalogue
from archiver.store.guard import remove_note_leftovers
from archiver.store.layout import FORGETTING, GITIGNORE, README, SITE
from archiver.tasks.further import further_targets
from archiver.tasks.only import Choice, Only
from archiver.tasks.planning import added_links, image_test, lost_copies, plan_for
from archiver.tasks.publishing import write_gitignore
from archiver.tasks.uncollected import uncollected

log = logging.getLogger(__name__)


@contextmanager
def open_run(
    config: Config,
    report: Report = tell_nobody,
    *,
    clock: Clock = SYSTEM_CLOCK,
    stop: Stop | None = None,
    wait: bool = False,
) -> Iterator[Context]:
    """The archive opened for a run that may write; what a run left that was killed is cleared up or finished.

    `wait`: for another run that holds it. Raises LockedError, StoreError, DamageError.
    """
    with open_archive(config.archive_root, form_of(config), wait=wait, now=clock.now) as archive:
        remove_note_leftovers(config.notes_root, archive.journal.named())
        archive.settle_images()
        context = Context(config, archive, clock, report, stop or Stop())
        _finish_forgetting(context)
        yield context


def finish_forgotten(config: Config, *, wait: bool = False) -> None:
    """Delete what was to be forgotten and is still there, if anything is, for a command that works on closed archives.

    Raises what `open_run` does.
    """
    root = config.archive_root
    with Catalogue(None) as catalogue:
        left = unfinished(Archive(root, catalogue, on_damage=_pass_over, boundary=Boundary(root, keep=False)))
    if left or (root / FORGETTING).exists():
        with open_run(config, wait=wait):
            pass


def _pass_over(_file: str, _line: int, _what: str) -> None:
    """A damaged line is for others to tell of."""


def _finish_forgetting(context: Context) -> None:
    """Erase what a command has left that was to forget it and was interrupted."""
    archive = context.archive
    folders = unfinished(archive)
    if not folders and not is_forgetting(archive):
        return
    from archiver.tasks.erase import erase

    try:
        erase(context, folders)
        finish(context)
        end_forgetting(archive)
    except StoreError as error:
        log.warning("what is forgotten could not be deleted (%s): %s", error, ", ".join(folders))
    else:
        log.warning("what was left of something forgotten is deleted now: %s", ", ".join(folders) or "nothing")


@contextmanager
def view_run(
    config: Config, report: Report = tell_nobody, *, clock: Clock = SYSTEM_CLOCK, texts: bool = False
) -> Iterator[Context]:
    """The archive opened to look only: nothing is written, and it need not exist. `texts`: as in `view_archive`.
    Raises StoreError, DamageError."""
    with view_archive(config.archive_root, texts=texts) as archive:
        tell_of_unfinished(archive)
        yield Context(config, archive, clock, report)


@dataclass(frozen=True, slots=True)
class Due:
    """What the next run asks for at its start, before it knows a single page, and what that was found from.

    Beside what `plan` names that is, for the articles in `incomplete`, the pages in `visits`, and in `files` the images
    and audio that they lack and that need no page, each with the folder of an article. `lost` are articles whose copies
    somebody deleted; `look` is what the notes have shown.
    """

    scan: Scan
    plan: Plan
    incomplete: tuple[ArticleRecord, ...] = ()
    visits: tuple[Target, ...] = ()
    files: tuple[tuple[File, str], ...] = ()
    lost: tuple[Target, ...] = ()
    look: Look = field(default_factory=Look)

    def __bool__(self) -> bool:
        return bool(self.plan or self.incomplete)

    @property
    def pages(self) -> tuple[Target, ...]:
        """The pages of articles to load in this run."""
        pages = tuple({target.url: target for target in (*self.plan.articles, *self.visits)}.values())
        return pages[: self.plan.limit] if self.plan.limit else pages

    @property
    def planned(self) -> Planned:
        """How much it is."""
        videos, completions = len(self.plan.videos), len(self.incomplete) - len(self.visits)
        files = len(self.plan.images) + videos + len(self.files)
        media = videos + sum(not isinstance(file, ImageRef) for file, _ in self.files)
        return Planned(len(self.pages) + len(self.plan.albums), files, media, completions + videos)

    @property
    def settled(self) -> Mapping[str, Rewrite]:
        """The notes of which it is known that there is nothing to do in them."""
        return {} if self else self.look.settled

    def limited(self, pages: int) -> Due:
        """The same with at most so many pages of articles (0: all)."""
        return replace(self, plan=replace(self.plan, limit=pages))

    def only_images(self) -> Due:
        """The images that notes show, and nothing else."""
        return Due(self.scan, Plan((), self.plan.images), look=self.look)


@uncollected()
def due(context: Context, only: Only | None = None) -> Due:
    """What is due, for sync, its dry run, status, init and repair alike; with `only` the part that it means.

    Asks for nothing, and writes at most which notes were moved. Raises UsageError, ConfigError, StoreError,
    DamageError; a note that cannot be read is among `scan.errors`.
    """
    config, archive = context.config, context.archive
    memory = NoteMemory(config, archive, context.now, keep=not archive.read_only)
    scan = scan_notes(config, archive, memory)
    follow_moves(context, scan)
    look = look_at_notes(config, archive, scan)
    lost = lost_copies(archive) if config.archive.publish == "all" else []
    scan.targets += [*added_links(archive), *look.targets, *lost]
    scan.targets += further_targets(context)
    choice = Choice(context, scan, only) if only else None
    targets = list(filter(choice.takes, scan.targets)) if choice else scan.targets
    plan = plan_for(context, targets, look.broken, memory.articles)
    again = second_looks(context)
    plan = replace(plan, articles=(*plan.articles, *(filter(choice.takes, again) if choice else again)))
    partial = incomplete_articles(archive, Mirrors(config.images.mirror_hosts), context.now())
    incomplete = tuple(filter(choice.takes_article, partial) if choice else partial)
    lost = list(filter(choice.takes, lost)) if choice else lost
    asked, has_image = {image.ref.key for image in plan.images}, image_test(archive, look.broken)
    files = missing_files(archive, incomplete, config.media, lambda key: key in asked or has_image(key))
    return Due(scan, plan, incomplete, tuple(visits(archive, incomplete).values()), tuple(files), tuple(lost), look)


def fetch(context: Context, found: Due) -> Gathered:
    """Tell how much is due, ask for it, and let what has come take the place of what was broken.

    Raises StoreError, ConfigError, BrowserMissingError.
    """
    for path in found.look.broken:
        context.archive.set_image_aside(path)
    context.report(found.planned)
    gathered = gather(context, found.plan, found.incomplete)
    context.archive.settle_images()
    return gathered


def _make(archive: Archive, path: str, make: Callable[[], object]) -> None:
    """Make what is made from all the rest. A fault of ours in it, which is tried again each time, is a failure of the
    run only where it is news."""
    archive.boundary.waits("site", path)
    with suppress(InternalError), archive.boundary.deferring("site", path):
        make()


def add_internal_errors(context: Context, summary: Summary) -> None:
    """Enter what went wrong in items for a reason that nobody foresaw, and what waits because of that."""
    boundary = context.archive.boundary
    errors = boundary.errors
    summary.attention += [
        ItemFailed(kind, name, str(error), error.report)
        for (kind, name), error in errors.items()
        if (kind, name) not in boundary.resting
    ]
    summary.attention += [ItemWaits(kind, name, until) for (kind, name), until in boundary.resting.items()]
    if boundary.failed and summary.exit_code == ExitCode.OK:
        summary.exit_code = ExitCode.FAILURE


def _rewrite(context: Context, notes: Rewriting) -> list[Rewrite]:
    if notes.memory:
        notes.memory.look_again()
    done = rewrite_notes(context, notes)
    if notes.memory and not any(found.changed for found in done):
        notes.memory.write()
    return done


def _remember_own(context: Context, notes: Rewriting | None, rewritten: Sequence[Rewrite]) -> None:
    """What a run finds out of notes is kept when it is done with those that it wrote, and with all that these lead to:
    else the next look would find each of them changed."""
    changed = [found for found in rewritten if found.changed]
    if changed and notes and notes.memory:
        from archiver.rewriting.own_changes import remember_own

        remember_own(context, notes.memory, changed)
        notes.memory.write()


def _index_notes(context: Context) -> None:
    from archiver.rewriting.noteindex import index_notes  # with the parser of notes

    index_notes(context.config, context.archive)


def finish(
    context: Context,
    linking: Iterable[str] = (),
    notes: Rewriting | None = None,
    *,
    everything: bool = False,
    refused: list[StoreError] | None = None,
) -> list[Rewrite]:
    """Finish a run, each step on what the one before has made: the lines that a killed run owes; the articles in the
    folders `linking`, whose links lead elsewhere now; the lists of albums; the notes; the overview; the offline reader.
    Returns the notes looked at.

    The reader's pages name the notes that link to articles: where no `notes` have been looked at and the catalogue is
    new, they are indexed before.

    `everything`: nothing is taken for up to date because it was so at the last run. Raises StoreError; with `refused`,
    which takes the errors, the steps behind the one that failed are taken all the same.
    """
    config, archive = context.config, context.archive
    rewritten: list[Rewrite] = []
    steps: list[Callable[[], object]] = [
        lambda: enter_unlisted(archive),
        lambda: refresh_links(archive, linking),
        lambda: refresh_albums(archive),
        lambda: rewritten.extend(_rewrite(context, notes) if notes else ()),
        lambda: _make(archive, README, lambda: finalise(archive, context.now())),
        lambda: _make(archive, GITIGNORE, lambda: write_gitignore(context)),
        lambda: _index_notes(context) if everything or not (notes or archive.catalogue.note_digests()) else None,
        lambda: _make(archive, SITE, lambda: build_site(config, archive, everything=everything)),
        lambda: _remember_own(context, notes, rewritten),
    ]
    for step in steps:
        try:
            step()
        except StoreError as error:
            if refused is None:
                raise
            refused.append(error)
    return rewritten
