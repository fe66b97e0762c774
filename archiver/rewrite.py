"""Point the notes at the archived copies, and take that back."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from archiver.archive import Archive
from archiver.config import Config
from archiver.errors import ConfigError, NoteError
from archiver.events import NoteDone, Report
from archiver.models import Form, Link, UrlKind
from archiver.notes.apply import apply
from archiver.notes.find import find_links
from archiver.notes.rewrite import plan
from archiver.notes.splice import splice
from archiver.notes.undo import Rewritten, edits_to_undo, record
from archiver.render.links import relative
from archiver.scan import index_note
from archiver.store.catalogue import sha256
from archiver.store.journal import JournalEntry
from archiver.store.notefiles import read_note, replace_note
from archiver.wechat import images, urls


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A note as it is and as it would be, with what changes."""

    path: str
    before: bytes
    after: bytes
    edits: tuple[Rewritten, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """A note that was given its originals back; `unsure` are lines about what was not certain, for the user."""

    path: str
    links: int
    unsure: tuple[str, ...] = ()


def rewrite_notes(
    config: Config,
    archive: Archive,
    paths: Iterable[str],
    again: Collection[str],
    now: Callable[[], datetime],
    report: Report,
) -> None:
    """Rewrite those of the notes for which the archive has something new. Each is written at most once.

    A note that cannot be rewritten safely is left as it was and reported. Raises StoreError for the journal.
    """
    for path in paths:
        if archive.journal.is_restored(path) and path not in again:
            continue
        try:
            found = plan_note(config, archive, path)
            if found is None:
                continue
            edits = tuple(asdict(edit) for edit in found.edits)
            entry = JournalEntry(path, "rewrite", sha256(found.before), sha256(found.after), _iso(now()), edits)
            archive.journal.add(entry)
            replace_note(config.notes_root, path, found.before, found.after)
            index_note(config, archive, path, found.after)
        except NoteError as error:
            report(NoteDone(path, 0, str(error)))
        else:
            report(NoteDone(path, len(found.edits)))


def plan_note(config: Config, archive: Archive, path: str) -> Rewrite | None:
    """What rewriting a note would do now; None if nothing. Raises NoteError."""
    before = read_note(config.notes_root, path)
    folder = (config.notes_root / path).parent
    targets: dict[str, str] = {}  # path in the note -> path in the archive

    def target_of(link: Link) -> str | None:
        target = archived_copy(archive, link)
        if target is None:
            return None
        way = relative_url(folder, archive.root / target)
        targets[way] = target
        return way

    modes = config.rewrite
    changes = plan(find_links(before), target_of, data=before, article_mode=modes.articles, image_mode=modes.images)
    applied = apply(before, changes)
    if not applied.changes:
        return None
    return Rewrite(path, before, applied.data, record(before, applied.changes, targets.__getitem__))


def archived_copy(archive: Archive, link: Link) -> str | None:
    """What the archive has for a link: an image file or an article.md, relative to the archive's root."""
    kind = urls.classify(link.url)
    if kind is UrlKind.ARTICLE:
        folder = archive.article_folder(urls.canonical_url(link.url))
        return f"{folder}/article.md" if folder else None
    if kind is UrlKind.IMAGE:
        key = images.image_key(link.url)
        image = archive.picture(key) if key else None
        return image.path if image else None
    return None


def relative_url(folder: Path, target: Path) -> str:
    """Relative URL from a folder to a file. Raises ConfigError where there is none (another drive on Windows)."""
    if folder.anchor != target.anchor:
        raise ConfigError(f"notes ({folder}) and archive ({target}) must be on the same drive to link to each other")
    return relative(folder.relative_to(folder.anchor).as_posix(), target.relative_to(target.anchor).as_posix())


def restore_notes(
    config: Config, archive: Archive, paths: Sequence[str], now: Callable[[], datetime], report: Report
) -> list[Restored]:
    """Give notes (paths relative to the notes folder; none: all) their original links back.

    A note that was not touched since gets its exact bytes back; in one edited by hand each link that still leads to a
    copy gets its original. Notes that cannot be restored are reported. Raises StoreError for the journal.
    """
    done = []
    for path in paths or list(archive.journal.notes()):
        try:
            restored = _restore(config, archive, path, now)
        except NoteError as error:
            report(NoteDone(path, 0, str(error)))
        else:
            report(NoteDone(path, restored.links))
            done.append(restored)
    return done


def _restore(config: Config, archive: Archive, path: str, now: Callable[[], datetime]) -> Restored:
    entries = archive.journal.standing(path)
    if not entries:
        raise NoteError("holds no rewritten links")
    before = data = read_note(config.notes_root, path)
    if sha256(data) == entries[-1].before:
        entries.pop()  # the last run died before it wrote the note
    links, unsure = 0, []
    for entry in reversed(entries):
        edited = sha256(data) != entry.after
        undo = edits_to_undo(data, [_rewritten(edit) for edit in entry.edits], edited=edited)
        unsure += [f"{path}: {item.original or item.new} may not be where it was" for item in undo.ambiguous]
        unsure += [f"{path}: {item.original or item.new} is no longer in the note" for item in undo.gone]
        data = splice(data, undo.edits)
        links += len(undo.edits)
    if data != before:
        replace_note(config.notes_root, path, before, data)
        index_note(config, archive, path, data)
    # After the note: a note that could not be written stays restorable, and one that was written is known by its bytes.
    archive.journal.add(JournalEntry(path, "restore", sha256(before), sha256(data), _iso(now())))
    return Restored(path, links, tuple(unsure))


def _rewritten(value: dict[str, object]) -> Rewritten:
    return Rewritten(**{**value, "form": Form(str(value["form"]))})  # type: ignore[arg-type]


def note_path(config: Config, given: str) -> str:
    """The note that the user named (relative to where they are), as a path relative to the notes folder.

    Raises ConfigError when it is outside of that folder.
    """
    path = Path(os.path.normpath(Path.cwd() / given))
    for candidate in (path, path.resolve()):
        if candidate.is_relative_to(config.notes_root):
            return candidate.relative_to(config.notes_root).as_posix()
    raise ConfigError(f"{given} is not in the notes folder {config.notes_root}")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
