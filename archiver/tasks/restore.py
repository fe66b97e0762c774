"""Give notes their original links back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.config import Config
from archiver.errors import InternalError, NoteChangedError, NoteError, UsageError
from archiver.events import NoteDone
from archiver.models.remarks import Remark
from archiver.models.rewrites import JournalEntry, Rewritten
from archiver.rewriting.moves import follow_notes
from archiver.rewriting.noteindex import index_notes, leads_into_archive, links_into_archive
from archiver.rewriting.origins import Original, original_of, url_of_target
from archiver.rewriting.orphans import Orphans, Taken, readdress, restore_orphans
from archiver.rewriting.rewrite import TRIES
from archiver.store.catalogue import sha256
from archiver.store.notefiles import check_note, read_note, replace_note
from archiver.store.notewalk import find_notes
from archiver.tasks.named import no_note
from archiver.tasks.run import finish
from archiver.wechat.secrets import lacks_secrets


class Unsure(StrEnum):
    """What the user should look at in a note that was restored; `url` is the link that is meant."""

    AMBIGUOUS = "ambiguous"  # it may not be what stood there
    GONE = "gone"  # it is no longer in the note
    FROM_OTHER_NOTE = "from-other-note"  # it was restored as another note had it
    APPENDED_LINK = "appended-link"  # likewise: a link that was appended was taken away
    WITHOUT_CREDENTIALS = "without-credentials"  # they are never kept
    APPENDED_UNKNOWN = "appended-unknown"  # a link that looks as if it had been appended was taken away
    ADDRESS = "address"  # it is the URL of what is archived: the journal does not say what stood there
    COPY_GONE = "copy-gone"  # its copy is gone, its URL was put back
    STILL_LOCAL = "still-local"  # it leads to `file` in the archive, and nothing says what stood there


@dataclass(frozen=True, slots=True, order=True)
class UnsureLink(Remark):
    """A link to look at; `path` is that of the note, with `:line` where that is known."""

    code: Unsure


@dataclass(frozen=True, slots=True)
class Restored:
    """A note that was given its originals back, or would be; `unsure` is what was not certain.

    `unknown`: it was not, since the journal knows nothing of it; without `unsure` it holds no link to a copy.
    """

    path: str
    links: int
    unsure: tuple[UnsureLink, ...] = ()
    unknown: bool = False


def restore_notes(context: Context, paths: Sequence[str]) -> list[Restored]:
    """Give notes (paths of notes or folders, relative to the notes folder; none: all) their original links back.

    A note that was not touched since gets its exact bytes back; in one edited by hand each link that still leads to a
    copy gets its original, also one that was moved there from another note. Notes that cannot be restored are reported.
    Where the archive is open to look only, nothing is written: so would it be. Raises UsageError for what is
    no note, StoreError for the journal.
    """
    config, archive, report = context.config, context.archive, context.report
    digests, leading = _look(config)
    follow_notes(context, digests, leading)
    unknown = [path for path in sorted(leading) if archive.journal.last(path) is None]
    orphans = Orphans(context, digests, sorted(leading))  # before any note is changed
    done = []
    for path in _named(config, archive, paths, unknown):
        try:
            with archive.boundary.item("note", path, "restore"):
                restored = _restore(context, path, orphans)
        except (NoteError, InternalError) as error:
            report(NoteDone(path, 0, str(error)))
            continue
        if not restored.unknown:
            report(NoteDone(path, restored.links))
        elif not restored.unsure:
            if path in paths:
                report(NoteDone(path, 0, "holds no rewritten links"))
            continue
        done.append(restored)
    if not archive.read_only:
        index_notes(config, archive)  # those too that a run had restored when it was killed
        finish(context)
    return done


def _look(config: Config) -> tuple[dict[str, str], set[str]]:
    """The SHA-256 of every note that can be read, and the notes that may lead into the archive."""
    digests, rewritten = {}, set()
    for path in find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root):
        try:
            data = read_note(config.notes_root, path)
        except NoteError:
            continue  # no note that was rewritten, or one that is reported when it is to be restored
        digests[path] = sha256(data)
        if leads_into_archive(data):
            rewritten.add(path)
    return digests, rewritten


def _named(config: Config, archive: Archive, paths: Sequence[str], leading: Sequence[str]) -> list[str]:
    """The notes to restore: those given, and those in the folders given; all that are still there where none is.

    That is the notes that were rewritten, and those that may lead into the archive although nothing is known of it.
    Raises UsageError for what names no note.
    """
    everything = [note for note in archive.journal.notes() if (config.notes_root / note).is_file()]
    everything += [note for note in leading if note not in everything]
    if not paths:
        return everything
    named: dict[str, None] = {}
    for path in paths:
        below = everything if path == "." else [note for note in everything if note.startswith(f"{path}/")]
        if not below and not _is_known(config, archive, path):
            raise UsageError(f"there is no note {path}: {no_note(config, path)}")
        named |= dict.fromkeys(below or [path])
    return list(named)


def _is_known(config: Config, archive: Archive, path: str) -> bool:
    return (config.notes_root / path).is_file() or archive.journal.last(path) is not None


def _restore(context: Context, path: str, orphans: Orphans) -> Restored:
    """Restore one note; read it again when somebody else wrote it meanwhile."""
    for _ in range(TRIES - 1):
        try:
            return _try_restoring(context, path, orphans)
        except NoteChangedError:
            continue
    return _try_restoring(context, path, orphans)


def _try_restoring(context: Context, path: str, orphans: Orphans) -> Restored:
    config, archive = context.config, context.archive
    before = read_note(config.notes_root, path)
    unknown = archive.journal.last(path) is None
    original = original_of(archive, path, before)
    taken = restore_orphans(original.data, orphans.records.get(path, ()), url_of_target(archive))
    lost = readdress(context, path, taken.data, orphans)
    data, at = lost.data, context.now().isoformat(timespec="seconds")
    if unknown and data == before:
        return Restored(path, 0, tuple(_still_local(config, path, before)), unknown=True)
    if not archive.read_only:
        if data != before:
            check_note(config.notes_root, path)
        entry = JournalEntry(path, "restore", sha256(before), sha256(data), at)
        if unknown:
            archive.journal.add(entry)  # nothing else would tell that the user wants it as it will be
        if data != before:
            replace_note(config.notes_root, path, before, data)
        if not unknown:
            # After the note: a run that dies in between leaves a note that the journal takes for one never written.
            archive.journal.add(entry)
    given_back = (*original.records, *orphans.records.get(path, ()))
    unsure = (*_unsure(path, original, taken, lost), *_emptied(path, given_back), *_still_local(config, path, data))
    return Restored(path, original.links + len(taken.originals) + len(lost.originals), unsure)


def _unsure(path: str, original: Original, taken: Taken, lost: Taken) -> Iterator[UnsureLink]:
    """What the user should look at in a note that was restored."""
    for item in original.ambiguous:
        yield UnsureLink(path, Unsure.AMBIGUOUS, url=item.shown)
    for item in original.gone:
        yield UnsureLink(path, Unsure.GONE, url=item.shown)
    for line, url in taken.originals:
        yield UnsureLink(f"{path}:{line}", Unsure.FROM_OTHER_NOTE if url else Unsure.APPENDED_LINK, url=url)
    for line, url in lost.originals:
        yield UnsureLink(f"{path}:{line}", Unsure.ADDRESS if url else Unsure.APPENDED_UNKNOWN, url=url)
    for link in original.lost:
        yield UnsureLink(f"{path}:{link.line}", Unsure.COPY_GONE, url=link.url)


def _emptied(path: str, given_back: Sequence[Rewritten]) -> Iterator[UnsureLink]:
    """The links that lost credentials; one whose parameters were empty had none."""
    for item in given_back:
        if item.emptied and lacks_secrets(item.original):
            yield UnsureLink(path, Unsure.WITHOUT_CREDENTIALS, url=item.original)


def _still_local(config: Config, path: str, data: bytes) -> list[UnsureLink]:
    """The links that lead into the archive after a restore: somebody wrote them by hand or brought them from another
    note, or the journal has lost what it knew."""
    links = links_into_archive(config, path, data)
    return [UnsureLink(f"{path}:{link.line}", Unsure.STILL_LOCAL, file=link.target) for link in links]
