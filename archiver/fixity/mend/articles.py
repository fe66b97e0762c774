"""Mend article folders: derived files from the capture, article.json from the capture, a capture from the network."""

from __future__ import annotations

import gzip
import logging
import re
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archiver.archive.archive import Archive
from archiver.archive.coverage import with_coverage
from archiver.archive.quarantine import Quarantine
from archiver.archive.record import Existing, StoredFiles, make_record, not_fetched
from archiver.archive.usage import same_but_for_typos
from archiver.archive.versions import all_versions, article_of
from archiver.errors import DamageError, ImageError, PageError
from archiver.fixity.mend.log import Cure, Mended
from archiver.fixity.survey import Survey
from archiver.media.imagefile import inspect_inlined
from archiver.models import Article, ArticleRecord, Capture, ImageRef, LossCode, Provenance, StoredImage, UrlKind
from archiver.notes.originals import original_url
from archiver.render.record import article_json, parse_article_json
from archiver.store.articles import replace_file
from archiver.store.integrity import read_index
from archiver.store.layout import CATALOGUE, OLD_RECORD, RECORD, SLIM_CAPTURE, TEXT, id_of, target_of
from archiver.store.lines import LinkEntry
from archiver.store.sums import is_listed
from archiver.wechat import urls
from archiver.wechat.page import read_page

log = logging.getLogger(__name__)

_UNKNOWN = "not known any more after damage to article.json"

_CAPTURED = re.compile(r'"captured_at": "([0-9T:+.-]+)"')


class Folder:
    """An article's folder and which of its files can be trusted: those that SHA256SUMS confirms, and those whose line
    there was damaged rather than they."""

    def __init__(self, found: Survey, folder: str, names: set[str]) -> None:
        self.folder = folder
        parent, _, name = folder.rpartition("/")
        listed = found.sums[parent].of(name) if parent in found.sums else {}
        there = {file: found.read(f"{folder}/{file}") for file in sorted(names) if is_listed(file)}
        self.files = {file: data for file, data in there.items() if data is not None}
        self.is_version = OLD_RECORD in names or OLD_RECORD in listed
        self.article = article_of(folder) if self.is_version else folder
        self.id = id_of(self.article)
        self.record_name = OLD_RECORD if self.is_version else RECORD
        self.listed = bool(listed)
        self.trusted = {
            file for file, data in self.files.items() if file in listed and same_but_for_typos(data, listed[file])
        }
        self.unlisted = self.files.keys() - listed.keys()

    def record(self) -> ArticleRecord | None:
        """What article.json, or version.json, says, if it can be trusted or no line of SHA256SUMS speaks against it."""
        if self.record_name not in self.trusted | self.unlisted:
            return None
        try:
            record = parse_article_json(self.files[self.record_name].decode(), self.folder)
        except (DamageError, UnicodeDecodeError):
            return None
        return record if record.id == self.id else None

    def page(self, url: str) -> Article | None:
        """The article of the capture, on the same condition."""
        if SLIM_CAPTURE not in self.trusted | self.unlisted:
            return None
        try:
            page = read_page(gzip.decompress(self.files[SLIM_CAPTURE]), url)
        except (OSError, EOFError, zlib.error, PageError):
            return None
        if not isinstance(page, Article) or urls.article_id(page.biz, page.mid, page.idx, url) != self.id:
            return None
        return page


def mend_folder(found: Survey, folder: Folder, quarantine: Quarantine) -> Mended | None:
    """Mend an article, or an earlier version of one, from what its folder holds; what was done, or None: it needs the
    network."""
    record = folder.record()
    url = record.url if record else known_url(found, folder.article)
    page = folder.page(url)
    if page is None:
        return None
    done = Mended(folder.folder, Cure.DERIVED_REMADE)
    if record is None:
        record = _record_of(found, folder, page, url)
        done = Mended(folder.folder, Cure.RECORD_REMADE, file=folder.record_name)
    # The files of a version were written for the article's folder, and lie just as deep.
    files = found.archive.derived_files(replace(record, folder=folder.article), page)
    files[SLIM_CAPTURE] = folder.files[SLIM_CAPTURE]
    if done.code is Cure.RECORD_REMADE:
        record = with_coverage(record, files)
        files |= found.archive.derived_files(replace(record, folder=folder.article), page)
    files[folder.record_name] = article_json(record).encode()
    # Of a version, whatever is intact stays byte for byte: it may come from an archiver that wrote other files.
    intact = folder.trusted if folder.is_version else folder.trusted & {RECORD}
    files |= {name: folder.files[name] for name in intact}
    write_files(found.archive, folder, files, quarantine)
    return done


def write_files(archive: Archive, folder: Folder, files: Mapping[str, bytes], quarantine: Quarantine) -> None:
    """Write what differs, keeping what stood there, and bring SHA256SUMS up to date. Raises StoreError."""
    for name, data in sorted(files.items()):
        if folder.files.get(name) != data:
            quarantine.keep(f"{folder.folder}/{name}")
            replace_file(archive.root, f"{folder.folder}/{name}", data)
    archive.folders.sums.refresh(folder.folder)


def known_url(found: Survey, folder: str) -> str:
    """An address of the article in `folder`, as links.jsonl or else the journal has it; empty: none is known."""
    for entry in found.archive.links:
        if entry.kind is UrlKind.ARTICLE and entry.target == folder:
            return entry.url
    for note in found.archive.journal.notes():
        last = found.archive.journal.last(note)
        for edit in last.edits if last else ():
            url = original_url(edit)
            if edit.target == target_of(f"{folder}/{TEXT}") and urls.clean_url(url):
                return urls.request_url(url)
    return ""


def _provenance(entry: LinkEntry) -> Provenance | None:
    """The web archive that a copy came from, as its line says."""
    host = urlsplit(entry.via).hostname
    try:
        return Provenance(host, datetime.fromisoformat(entry.archived), entry.via) if host else None
    except ValueError:
        return None


def _record_of(found: Survey, folder: Folder, page: Article, url: str) -> ArticleRecord:
    """article.json as the capture, links.jsonl and the damaged file together tell it."""
    damaged = folder.files.get(folder.record_name, b"").decode("utf-8", "replace")
    said = _CAPTURED.search(damaged)
    link_entries = [entry for entry in found.archive.links if entry.target == folder.article]
    moment = said[1] if said else next((entry.checked for entry in link_entries if entry.checked), "")
    try:
        captured = datetime.fromisoformat(moment)
    except ValueError:
        captured = datetime(1970, 1, 1, tzinfo=UTC)
    source = None if folder.is_version else next(filter(None, map(_provenance, link_entries)), None)
    body = gzip.decompress(folder.files[SLIM_CAPTURE])
    capture = Capture(url, page.url, 200, body, captured, "unknown", provenance=source)
    known = _known_images(found)
    stored = [_stored(found, ref, known.get(ref.key, "")) for ref in page.images]
    media = [not_fetched(ref) for ref in page.media]
    aliases = [entry.url for entry in link_entries]
    versions = all_versions(found.archive.folders, folder.folder)
    existing = Existing(folder.folder, aliases, versions)
    return make_record(page, capture, url, StoredFiles(stored, media), existing)


def _known_images(found: Survey) -> dict[str, str]:
    """Key of an image -> its file, as the other articles, links.jsonl and (where it is intact) the index tell."""
    known = dict(found.archive.catalogue.index_rows().images)
    try:
        index = read_index(found.archive.root / CATALOGUE).images
        # A damaged article.json may name a file that never was.
        known |= {key: path for key, path in index.items() if known.get(key) not in found.files}
    except sqlite3.DatabaseError as error:
        log.info("%s cannot help: %s", CATALOGUE, error)
    return known


def _stored(found: Survey, ref: ImageRef, path: str) -> StoredImage:
    """The image as article.json has it, read from its file; the next sync asks for one that is not there."""
    try:
        file = inspect_inlined((found.read(path) if path in found.files else None) or b"")
    except ImageError:
        return StoredImage(ref.key, ref.url, error=_UNKNOWN, code=LossCode.UNKNOWN)
    return StoredImage(ref.key, ref.url).kept_in(file, path)
