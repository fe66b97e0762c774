"""The notes against the archive: every local link leads to a file, and every link that was written is still there."""

from __future__ import annotations

import os
import posixpath
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archiver.archive.usage import blobs_in
from archiver.config import Config
from archiver.due.plan import KINDS, targets_of
from archiver.errors import NoteError
from archiver.fixity.crosscheck import check_usage, named_blobs
from archiver.fixity.survey import Survey
from archiver.models import UrlKind
from archiver.models.findings import Finding, FindingCode
from archiver.models.rewrites import LOCAL, Rewritten
from archiver.notes.find import find
from archiver.notes.originals import original_url
from archiver.notes.schemes import is_http
from archiver.notes.undo import recorded_target
from archiver.store.catalogue import sha256
from archiver.store.layout import ARTICLES, IMAGES, LINKS, target_of
from archiver.store.notefiles import read_note
from archiver.store.notewalk import find_notes
from archiver.wechat import urls


@dataclass(slots=True)
class _Note:
    """A note's relative links as (line, destination, path from the archive's root), and what of it was seen."""

    path: str
    data: bytes
    local: list[tuple[int, str, str]] = field(default_factory=list)

    def say(self, found: Survey, line: int, code: FindingCode, url: str = "") -> None:
        found.add(Finding(f"notes:{self.path}:{line}", code, url=url))


def check_notes(config: Config, found: Survey) -> None:
    """Check the notes both ways, and which images nothing names. Raises ConfigError."""
    named, seen = named_blobs(found), set()
    root = config.notes_root
    for path in find_notes(root, config.notes.include, config.notes.exclude, config.archive_root):
        seen.add(path)
        try:
            note = _Note(path, read_note(root, path))
            named |= blobs_in(note.data)
            with found.checking(f"notes:{path}"):
                _look_at(config, found, note)
        except NoteError as error:
            # One that was never rewritten may be in an encoding of its own: that is no damage, and sync tells it.
            ours = found.archive.journal.last(path) is not None
            code = FindingCode.REWRITTEN_NOTE_UNREADABLE if ours else FindingCode.NOTE_UNREADABLE
            found.add(Finding(f"notes:{path}", code, error=str(error)))
    for path in found.archive.journal.notes():
        if path not in seen and not (root / path).is_file():  # it may be passed over now
            found.add(Finding(f"notes:{path}", FindingCode.NOTE_GONE))
    check_usage(found, named)


def _look_at(config: Config, found: Survey, note: _Note) -> None:
    """Check one note. Raises NoteError."""
    links = find(note.data, every=True).links
    for _, target in targets_of(note.path, links):
        if found.archive.links.get(target.url) is None:
            line = int(target.where.rpartition(":")[2])
            note.say(found, line, FindingCode.NOTE_LINK_NEW, target.url)
    local = (link for link in links if not is_http(link.url))
    note.local = [(link.line, link.url, _inside(config, note.path, link.url)) for link in local]
    _check_note(config, found, note)


def _inside(config: Config, note: str, url: str) -> str:
    """The path from the archive's root to which a note's relative URL leads; empty where it leads elsewhere."""
    folder = (config.notes_root / note).parent.as_posix()
    place = posixpath.normpath(posixpath.join(folder, unquote(urlsplit(url).path)))
    archive = config.archive_root.as_posix()
    return place.removeprefix(f"{archive}/") if place.startswith(f"{archive}/") else ""


def _check_note(config: Config, found: Survey, note: _Note) -> None:
    for line, url, inside in note.local:
        if inside and inside not in found.files and not _is_folder(found.archive.root / inside):
            note.say(found, line, FindingCode.NOTE_LINK_BROKEN, url)
    last = found.archive.journal.last(note.path)
    current = [last] if last else []
    recorded = {edit.target for entry in current for edit in entry.edits}
    for edit in (edit for entry in current for edit in entry.edits):
        _check_original(found, note, original_url(edit))
    if current and sha256(note.data) not in (current[-1].after, current[-1].before):
        _check_edited(config, found, note, current[-1].edits)
    for line, url, inside in note.local:
        if inside.startswith((f"{ARTICLES}/", f"{IMAGES}/")) and not recorded_target(url, recorded):
            # A link may well be the owner's own, but not where nothing at all is known of any note.
            known = any(found.archive.journal.notes())
            note.say(found, line, FindingCode.NOTE_LINK_UNKNOWN if known else FindingCode.NOTE_LINK_FORGOTTEN, url)


def _check_original(found: Survey, note: _Note, original: str) -> None:
    """What the journal says was replaced must have a line in links.jsonl: it was archived under that URL."""
    if urls.classify(original) not in KINDS - {UrlKind.VIDEO}:
        return
    url = urls.canonical_url(original)
    if found.archive.links.get(url) is None:
        found.add(Finding(LINKS, FindingCode.ORIGINAL_WITHOUT_LINE, url=url, file=note.path))


def _check_edited(config: Config, found: Survey, note: _Note, edits: Sequence[Rewritten]) -> None:
    """A note that is no longer as it was left: which of the links that were written are gone or elsewhere."""
    nowhere = [line for line, url, inside in note.local if not inside and not _leads(config, note.path, url)]
    wrote = [edit.target for edit in sorted(edits, key=lambda edit: edit.offset)]
    there = [target for _, url, inside in note.local if (target := _target(url, inside)) in wrote]
    left = Counter(there)
    gone = [edit.shown for edit in edits if edit.occurrence >= left[edit.target]]
    for path in gone:
        if nowhere:
            note.say(found, nowhere[0], FindingCode.OUR_LINK_DAMAGED, path)
        else:
            note.say(found, 1, FindingCode.OUR_LINK_GONE, path)
    if not gone and there[: len(wrote)] != wrote:
        note.say(found, 1, FindingCode.OUR_LINKS_MOVED)


def _target(url: str, inside: str) -> str:
    """What the journal would say that a link leads to, given its URL and the path in the archive where it has one."""
    return target_of(inside) + url[len(url.partition("#")[0]) :] if inside else LOCAL + unquote(url)


def _leads(config: Config, note: str, url: str) -> bool:
    """Whether a relative destination of a note leads to a file or folder, or is none."""
    path = unquote(urlsplit(url).path)
    if not path or urlsplit(url).scheme:
        return True
    return os.path.exists(Path((config.notes_root / note).parent, path))  # noqa: PTH110  # see _is_folder


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  # Path.is_dir raises below a folder that may not be read
