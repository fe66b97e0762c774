"""A note as it would be if nothing had ever been rewritten in it: where every rewrite and every restore begins."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import unquote

from archiver.archive.archive import Archive
from archiver.models import Edit, Form, Link, Status, UrlKind
from archiver.models.rewrites import Rewritten
from archiver.models.values import dataclass
from archiver.notes.apply import provable
from archiver.notes.escapes import escape_destination
from archiver.notes.find import find
from archiver.notes.schemes import is_http
from archiver.notes.splice import new_spans, splice
from archiver.notes.text import decode
from archiver.notes.undo import Undo, edits_to_undo
from archiver.store.catalogue import sha256
from archiver.store.layout import ARTICLE_FOLDER, ARTICLE_ID, ARTICLES
from archiver.wechat import urls


@dataclass(frozen=True, slots=True)
class Original:
    """`data` is the note without its rewrites, `links` how many they were, `unsure` the offsets in `data` of URLs that
    are not certain to be what the user wrote. `ambiguous` and `gone` are those of notes.undo.Undo; `records` is what
    was rewritten, `places` the offsets in `data` at which. `lost` are the links (in the note as it is) whose copy is no
    longer in the archive."""

    data: bytes
    links: int = 0
    records: tuple[Rewritten, ...] = ()
    unsure: frozenset[int] = frozenset()
    ambiguous: tuple[Rewritten, ...] = ()
    gone: tuple[Rewritten, ...] = ()
    lost: tuple[Link, ...] = ()
    places: frozenset[int] = frozenset()


def original_of(archive: Archive, note: str, data: bytes, *, past: bool = False) -> Original:
    """Take back, in memory, all that the journal says of a note whose bytes are `data`, wherever it was moved.

    A link to an article that the archive does not hold any more, and of which links.jsonl knows the URL, gets that URL
    even if no rewrite of it was recorded. `past`: `data` may be an older version of the note, in which there still is
    what was taken back since. Raises NoteError.
    """
    records, unchanged = _recorded(archive, note, sha256(data), past=past)
    undo = edits_to_undo(data, records, edited=not unchanged, url_of=url_of_target(archive)) if records else Undo(())
    certain = (unchanged and undo.exact) or not undo.edits
    good = frozenset(undo.edits) if certain else provable(data, undo.edits, backwards=True)
    edits = [edit for edit in undo.edits if edit in good]
    base = splice(data, edits)
    places = {new.start for new in new_spans(edits)}
    unsure = {new.start for edit, new in zip(edits, new_spans(edits), strict=True) if edit in undo.unsure}
    lost = _lost(archive, base)
    if lost:
        encoding = decode(base).encoding
        put_back = [Edit(link.span, spelled(url, link.form).encode(encoding)) for link, url in lost]
        good = provable(base, put_back)
        done = [edit for edit in put_back if edit in good]
        unsure = {_shifted(offset, done) for offset in unsure} | {span.start for span in new_spans(done)}
        places = {_shifted(offset, done) for offset in places}
        base = splice(base, done)
    return Original(
        data=base,
        links=len(edits),
        records=records,
        unsure=frozenset(unsure),
        ambiguous=undo.ambiguous,
        gone=undo.gone,
        lost=tuple(link for link, _ in lost),
        places=frozenset(places),
    )


def _recorded(archive: Archive, note: str, digest: str, *, past: bool) -> tuple[tuple[Rewritten, ...], bool]:
    """What the journal says that was rewritten in a note, and whether `digest` is that of the note right after it."""
    entry, unchanged = archive.journal.current(note, digest)
    if entry is None and (entry := archive.journal.undone(note)):
        unchanged = entry.after == digest
    records = entry.edits if entry else ()
    if past and not unchanged:
        there = {edit.target for edit in records}
        more = archive.journal.past(note).items()
        records = (*records, *(edit for target, edit in more if target not in there))
    return records, unchanged


def url_of_target(archive: Archive) -> Callable[[str], str | None]:
    """A function that tells the URL of what is archived: given the id of an article, or a path relative to the
    archive's root."""

    def url_of(target: str) -> str | None:
        folder = archive.catalogue.folder_of_id(target) if ARTICLE_ID.fullmatch(target) else None
        if folder and archive.folders.has(folder):
            return urls.canonical_url(archive.record(folder).url)
        path = target.partition("#")[0]
        return min((entry.url for entry in archive.links if entry.target == (folder or path)), default=None)

    return url_of


def _lost(archive: Archive, data: bytes) -> Sequence[tuple[Link, str]]:
    """The links to articles that were archived once and are not there any more, with the articles' URLs."""
    if f"{ARTICLES}/".encode() not in data:
        return []
    known: dict[str, str] | None = None
    found = []
    for link in find(data, every=True).links:
        inside = None if is_http(link.url) else ARTICLE_FOLDER.search(posixpath.normpath(unquote(link.url)))
        if not inside or archive.has_article(inside[0]):
            continue
        if known is None:
            known = _forgotten(archive)
        if inside[0] in known:
            found.append((link, known[inside[0]]))
    return found


def _forgotten(archive: Archive) -> dict[str, str]:
    """Folder -> URL of the articles that links.jsonl knows to have been archived, the shortest URL of each."""
    known: dict[str, str] = {}
    for entry in archive.links:
        if entry.kind is UrlKind.ARTICLE and entry.target and entry.status is Status.REFUSED:
            known[entry.target] = min(known.get(entry.target, entry.url), entry.url, key=lambda url: (len(url), url))
    return known


def spelled(url: str, form: Form) -> str:
    """A URL as a destination in a link of that form."""
    return escape(url) if form is Form.HTML else escape_destination(url)


def _shifted(offset: int, edits: Sequence[Edit]) -> int:
    ordered = sorted(edits, key=lambda edit: edit.span.start)
    return offset + sum(len(e.new) - (e.span.end - e.span.start) for e in ordered if e.span.end <= offset)
