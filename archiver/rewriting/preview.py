"""Look at the notes before anything is fetched: notes that moved, image links that do not show, what a repair does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from types import MappingProxyType

from archiver.amounts import counted
from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.config import Config
from archiver.due.plan import Target
from archiver.errors import InternalError, NoteError
from archiver.events import Notice, Report
from archiver.models import Link, UrlKind
from archiver.models.values import dataclass
from archiver.rewriting.bounded import is_deferred
from archiver.rewriting.diagnosis import Diagnosis, Verdict
from archiver.rewriting.late import late_planner
from archiver.rewriting.moves import enter, follow_notes
from archiver.rewriting.rewrites import Rewrite
from archiver.rewriting.scan import Scan
from archiver.wechat import urls

MOST_NOTICES = 20  # lines about images in the summary of a sync; `archiver repair` lists them all


@dataclass(frozen=True, slots=True)
class ImageFinding:
    """An image link in which something is or was wrong: where it stands, as the note has it, what, and whether it is
    cured."""

    path: str
    line: int
    url: str
    verdict: Verdict
    why: str
    cured: bool


def preview_repair(
    context: Context,
    scan: Scan,
    *,
    images_only: bool = False,
    again: Collection[str] = (),
    settled: Mapping[str, Rewrite] = MappingProxyType({}),
) -> tuple[list[ImageFinding], list[Rewrite]]:
    """What a repair would do, as far as it is known without asking anybody: writes nothing. `again`: notes that were
    restored and may be rewritten all the same; `settled` as `look_at_notes` has found it."""
    archive, memory = context.archive, None if images_only else scan.memory
    planner = late_planner(context.config, archive, images_only=images_only)
    planned = []
    for path in scan.paths:
        if path in again or not archive.journal.is_restored(path):
            if known := settled.get(path) or (memory.settled(path) if memory else None):
                planned.append(known)
                continue
            try:
                with archive.boundary.item("note", path, "plan"):
                    planned.append(planner().plan(path))
            except (NoteError, InternalError) as error:
                scan.errors.append((path, str(error)))
    return list(image_findings(planned)), [found for found in planned if found.changed]


def follow_moves(context: Context, scan: Scan) -> None:
    """Let the journal follow the notes that were moved or copied since, and the links in them; in memory alone where
    the archive is open to look only."""
    digests, memory, boundary = scan.digests, scan.memory, context.archive.boundary
    if memory:
        memory.digests, memory.leading = digests, scan.rewritten
    if memory and memory.is_followed(digests):
        context.archive.journal.settle(digests)
        return
    follow_notes(context, digests, scan.rewritten)
    from archiver.rewriting.orphans import orphaned_links  # with the parser of notes

    found = orphaned_links(context, digests, sorted(scan.rewritten))
    enter(context, found)
    failed = any(kind == "note" for kind, _ in (*boundary.errors, *boundary.resting))  # to be tried again
    if memory and not found and not failed:
        memory.follow(digests)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the notes before anything is fetched has shown: images to fetch because a local file that a note
    shows is not what it should be, those files of the archive (`broken`: paths in it) for which another is to come, and
    the notes in which there is nothing to do unless something is fetched."""

    targets: tuple[Target, ...] = ()
    broken: tuple[str, ...] = ()
    settled: Mapping[str, Rewrite] = field(default_factory=dict)


def look_at_notes(config: Config, archive: Archive, scan: Scan) -> Look:
    """Look at the notes before anything is fetched; only for `[rewrite] repair`. Changes nothing."""
    memory = scan.memory
    if not config.rewrite.repair:
        known = ((path, memory.settled(path)) for path in scan.paths) if memory else ()
        return Look(settled={path: found for path, found in known if found})
    planner = late_planner(config, memory.asked if memory else archive)
    targets: list[Target] = []
    broken: dict[str, None] = {}
    settled = {}
    for path in scan.paths:
        if archive.journal.is_restored(path) or is_deferred(config, archive, path):
            continue
        found = memory.settled(path) if memory else None
        if found is None:
            try:
                with archive.boundary.item("note", path, "plan"):
                    found = planner().plan(path)
            except (NoteError, InternalError):
                continue  # reported when the note is to be rewritten
            if memory:
                memory.settle(path, found)
        wanted = found.wanted if found.images else []  # asked once: there may be a hundred thousand notes
        if wanted:
            targets += [_target(path, link, diagnosis.wanted) for link, diagnosis in wanted]
            paths = (diagnosis.broken for _, diagnosis in wanted)
            broken |= {path: None for path in paths if path and (archive.root / path).is_file()}
        elif not found.changed:
            settled[path] = replace(found, before=b"", after=b"") if found.before else found
    return Look(tuple(targets), tuple(broken), settled)


def _target(path: str, link: Link, url: str) -> Target:
    wechat = urls.classify(url) is UrlKind.IMAGE
    plain = url.partition("#")[0]
    canonical, request = (urls.canonical_url(url), urls.request_url(url)) if wechat else (plain, plain)
    return Target(UrlKind.IMAGE, canonical, request, f"{path}:{link.line}", shown=True)


def image_findings(notes: Iterable[Rewrite]) -> Iterable[ImageFinding]:
    """What was wrong with the images of these notes, in the notes' order."""
    for note in notes:
        for link, found in note.images:
            yield ImageFinding(note.path, link.line, link.url, found.verdict, found.why, found.cured)


def tell_of_images(notes: Sequence[Rewrite], report: Report) -> None:
    """Report the local images that nothing cures; remote ones are reported where they are fetched."""
    lines = [
        Notice(note.path, link.line, link.url, _words(found))
        for note in notes
        for link, found in note.images
        if not found.cured and found.verdict not in (Verdict.REMOTE, Verdict.HOTLINK)
    ]
    for notice in lines[:MOST_NOTICES]:
        report(notice)
    if len(lines) > MOST_NOTICES:
        last = lines[MOST_NOTICES]
        more = counted(len(lines) - MOST_NOTICES, "more image does", "more images do")
        why = f"{more} not show: archiver repair --dry-run lists them"
        report(Notice(last.path, last.line, last.url, why))


def _words(found: Diagnosis) -> str:
    return f"the image does not show: {found.verdict}" + (f" ({found.why})" if found.why else "")
