"""Give notes their original links back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.errors import ConfigError, NoteChangedError, NoteError
from archiver.events import NoteDone, Report
from archiver.models.rewrites import JournalEntry
from archiver.reader.build import build_site
from archiver.rewriting.moves import follow_notes
from archiver.rewriting.origins import Original, original_of, url_of_target
from archiver.rewriting.orphans import Orphans, Taken, readdress, restore_orphans
from archiver.rewriting.rewrite import TRIES
from archiver.rewriting.scan import Scan, index_note, leads_into_archive, links_into_archive
from archiver.store.catalogue import sha256
from archiver.store.notefiles import find_notes, read_note, replace_note
from archiver.wechat.secrets import lacks_secrets


@dataclass(frozen=True, slots=True)
class Restored:
    """A note that was given its originals back; `unsure` are lines about what was not certain, for the user.

    `unknown`: it was not, since the journal knows nothing of it; without `unsure` it holds no link to a copy.
    """

    path: str
    links: int
    unsure: tuple[str, ...] = ()
    unknown: bool = False


def restore_notes(
    config: Config, archive: Archive, paths: Sequence[str], now: Callable[[], datetime], report: Report
) -> list[Restored]:
    """Give notes (paths of notes or folders, relative to the notes folder; none: all) their original links back.

    A note that was not touched since gets its exact bytes back; in one edited by hand each link that still leads to a
    copy gets its original, also one that was moved there from another note. Notes that cannot be restored are reported.
    Raises StoreError for the journal.
    """
    scan = _look(config)
    follow_notes(config, archive, scan, now())
    unknown = [path for path in sorted(scan.rewritten) if archive.journal.last(path) is None]
    orphans = Orphans(config, archive, scan.digests, sorted(scan.rewritten))
    done = []
    for path in _named(config, archive, paths, unknown):
        try:
            restored = _restore(config, archive, path, orphans, now)
        except NoteError as error:
            report(NoteDone(path, 0, str(error)))
            continue
        if not restored.unknown:
            report(NoteDone(path, restored.links))
        elif not restored.unsure:
            if path in paths:
                report(NoteDone(path, 0, "holds no rewritten links"))
            continue
        done.append(restored)
    archive.journal.fold()
    build_site(config, archive)
    return done


def _look(config: Config) -> Scan:
    """The SHA-256 of every note that can be read, and the notes that may lead into the archive; nothing else."""
    scan = Scan()
    for path in find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root):
        try:
            data = read_note(config.notes_root, path)
        except NoteError:
            continue  # no note that was rewritten, or one that is reported when it is to be restored
        scan.digests[path] = sha256(data)
        if leads_into_archive(data):
            scan.rewritten.add(path)
    return scan


def _named(config: Config, archive: Archive, paths: Sequence[str], leading: Sequence[str]) -> list[str]:
    """The notes to restore: those given, and those in the folders given; all that are still there where none is.

    That is the notes that were rewritten, and those that may lead into the archive although nothing is known of it.
    """
    everything = [note for note in archive.journal.notes() if (config.notes_root / note).is_file()]
    everything += [note for note in leading if note not in everything]
    if not paths:
        return everything
    named: dict[str, None] = {}
    for path in paths:
        below = everything if path == "." else [note for note in everything if note.startswith(f"{path}/")]
        named |= dict.fromkeys(below or [path])
    return list(named)


def _restore(config: Config, archive: Archive, path: str, orphans: Orphans, now: Callable[[], datetime]) -> Restored:
    """Restore one note; read it again when somebody else wrote it meanwhile."""
    for _ in range(TRIES - 1):
        try:
            return _try_restoring(config, archive, path, orphans, now)
        except NoteChangedError:
            continue
    return _try_restoring(config, archive, path, orphans, now)


def _try_restoring(
    config: Config, archive: Archive, path: str, orphans: Orphans, now: Callable[[], datetime]
) -> Restored:
    before = read_note(config.notes_root, path)
    unknown = archive.journal.last(path) is None
    original = original_of(archive, path, before)
    taken = restore_orphans(original.data, orphans.records.get(path, ()), url_of_target(archive))
    lost = readdress(config, archive, path, taken.data, orphans)
    data, at = lost.data, now().isoformat(timespec="seconds")
    if unknown and data == before:
        return Restored(path, 0, tuple(_still_local(config, path, before)), unknown=True)
    if data != before:
        replace_note(config.notes_root, path, before, data)
        index_note(config, archive, path, data)
    # After the note: a run that dies in between leaves a note that the journal takes for one that was never written.
    archive.journal.add(JournalEntry(path, "restore", sha256(before), sha256(data), at))
    unsure = (*_unsure(path, original, taken, lost), *_still_local(config, path, data))
    return Restored(path, original.links + len(taken.originals) + len(lost.originals), unsure)


def _unsure(path: str, original: Original, taken: Taken, lost: Taken) -> Iterator[str]:
    """Tell what the user should look at in a note that was restored."""
    for item in original.ambiguous:
        yield f"{path}: {item.shown} may not be what stood there"
    for item in original.gone:
        yield f"{path}: {item.shown} is no longer in the note"
    for line, url in taken.originals:
        yield f"{path}:{line}: {url or 'an appended link'} was restored as another note had it"
    for line, url in lost.originals:
        known = f"{url} is the URL of what is archived" if url else "an appended link was taken away"
        yield f"{path}:{line}: {known}: the journal does not say what stood there"
    for url in (*(item.original for item in original.records), *(url for _, url in taken.originals)):
        if lacks_secrets(url):
            yield f"{path}: {url} was restored without its credentials, which are never kept"
    for link in original.lost:
        yield f"{path}:{link.line}: {link.url}: its copy is gone, its URL was put back"


def _still_local(config: Config, path: str, data: bytes) -> list[str]:
    """Tell the links that lead into the archive after a restore: somebody wrote them by hand or brought them from
    another note, or the journal has lost what it knew."""
    links = links_into_archive(config, path, data)
    return [f"{path}:{link.line}: leads to {link.target}, and nothing says what stood there" for link in links]


def note_path(config: Config, given: str) -> str:
    """The note or folder that the user named (relative to where they are), as a path relative to the notes folder.

    Raises ConfigError when it is outside of that folder.
    """
    path = Path(os.path.normpath(Path.cwd() / given))
    for candidate in (path, path.resolve()):
        if candidate.is_relative_to(config.notes_root):
            return candidate.relative_to(config.notes_root).as_posix()
    raise ConfigError(f"{given} is not in the notes folder {config.notes_root}")
