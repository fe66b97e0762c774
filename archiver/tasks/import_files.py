"""`archiver import`: articles out of files that other programs saved. Nothing is asked for unless the user says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from archiver.archive.boundary import Boundary
from archiver.archive.context import Context
from archiver.archive.indexing import canonical_urls
from archiver.archive.reparse import linking_to
from archiver.due.mirrors import Mirrors
from archiver.due.plan import Plan
from archiver.errors import ExitCode, ImportFileError, InternalError, UsageError
from archiver.gathering.incomplete import incomplete_articles, missing_files, visits
from archiver.gathering.link_entries import known_article, rescued
from archiver.importing.contents import pages_in
from archiver.importing.found import Found, Skipped, Why
from archiver.importing.taking import Outcome, Taken, Taking
from archiver.models import ArticleRecord
from archiver.rewriting.scan import Scan
from archiver.store.guard import check_room
from archiver.tasks.run import Due, fetch, finish

_NO_FAILURE = frozenset({Why.FORGOTTEN})


@dataclass(frozen=True, slots=True)
class Step:
    """A page was dealt with, in the file of that number, counted from 1, of how many."""

    number: int
    of: int
    result: Taken | Skipped


@dataclass(slots=True)
class Imported:
    """What became of all pages, and what gave none. `interrupted`: the run was ended before it had looked at all."""

    taken: list[Taken] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    interrupted: int = 0

    @property
    def copies(self) -> list[ArticleRecord]:
        """The copies that are new or have got further images."""
        kept = (Outcome.NEW, Outcome.COMPLETED)
        return [one.record for one in self.taken if one.record and one.outcome in kept]

    @property
    def exit_code(self) -> int:
        """That of the command."""
        failed = any(one.why not in _NO_FAILURE for one in self.skipped)
        return self.interrupted or (ExitCode.FAILURE if failed else ExitCode.OK)


def import_files(context: Context, paths: Sequence[Path], tell: Callable[[Step], None]) -> Imported:
    """Take the articles of files and folders into the archive; a context that only looks rehearses it. One page never
    stops the others. Raises UsageError, StoreError, DamageError, DiskFullError."""
    archive, done, taking = context.archive, Imported(), Taking(context)
    root = context.config.archive_root.resolve()
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        if path.resolve().is_relative_to(root):
            raise UsageError(f"{path} lies in the archive, whose articles are there already")
    for number, path in enumerate(paths, 1):
        for result in _results(context, taking, path):
            (done.skipped if isinstance(result, Skipped) else done.taken).append(result)  # type: ignore[arg-type]
            if isinstance(result, Taken) and result.record and not archive.read_only:
                _enter(context, result)
            tell(Step(number, len(paths), result))
            if context.stop.requested:
                break
        if context.stop.requested:
            break
    done.interrupted = context.stop.exit_code
    if any(one.record for one in done.taken) and not archive.read_only:
        new = [one.record.folder for one in done.taken if one.record and one.outcome is Outcome.NEW]
        finish(context, linking_to(archive, new))
    return done


def complete(context: Context, done: Imported) -> None:
    """Ask for the images that the imported copies lack, as a sync does. Raises StoreError, ConfigError,
    BrowserMissingError."""
    archive, config = context.archive, context.config
    mine = {record.folder for record in done.copies}
    mirrors = Mirrors(config.images.mirror_hosts)
    lacking = tuple(one for one in incomplete_articles(archive, mirrors, context.now()) if one.folder in mine)
    if not lacking:
        return
    files = missing_files(archive, lacking, config.media, lambda key: archive.image(key) is not None)
    pages = tuple(visits(archive, lacking).values())
    fetch(context, Due(Scan(), Plan((), ()), lacking, pages, tuple(files)))
    finish(context)
    done.taken = [_again(context, one) for one in done.taken]


def _again(context: Context, taken: Taken) -> Taken:
    """The same, with the article as it is now."""
    if taken.record is None or taken.outcome is Outcome.VERSION:
        return taken
    record = context.archive.record(taken.folder)
    return replace(taken, record=record, held=sum(image.path is not None for image in record.images))


def _results(context: Context, taking: Taking, path: Path) -> Iterator[Taken | Skipped]:
    archive, config = context.archive, context.config
    for found in _opened(archive.boundary, path):
        if isinstance(found, Skipped):
            yield found
            continue
        if not archive.read_only:
            check_room(config.archive_root, config.archive.min_free_mb)
        try:
            with archive.boundary.item("page", found.name, "import"):
                result = taking.take(found)
        except InternalError as error:
            result = Skipped(found.name, Why.FAILED, str(error))
        yield result
        if archive.boundary.halted("page"):
            return


def _opened(boundary: Boundary, path: Path) -> Found:
    """What `pages_in` finds; a fault of ours in it is that of the one file."""
    pages = pages_in(path)
    while True:
        try:
            with boundary.item("file", path.name, "import"):
                found = next(pages, None)
        except (InternalError, ImportFileError) as error:
            why = Why(error.why) if isinstance(error, ImportFileError) else Why.FAILED
            yield Skipped(path.name, why, str(error))
            return
        if found is None:
            return
        yield found


def _enter(context: Context, taken: Taken) -> None:
    """Let the lines of an article's URLs in links.jsonl lead to the copy. What the original was found to be like is
    kept, and nobody is asked for it earlier than for what was seen today. No note need ever name them."""
    record = taken.record
    if record is None or taken.outcome is Outcome.VERSION:
        return
    today, links = context.now().isoformat(timespec="seconds"), context.archive.links
    for url in canonical_urls(record):
        known = links.get(url)
        entry = rescued(known_article(url, record), known, record)
        added, reason = known is None or known.added, known.reason if known and entry.gone else entry.reason
        context.archive.put_links(replace(entry, reason=reason, checked=entry.checked if known else today, added=added))
