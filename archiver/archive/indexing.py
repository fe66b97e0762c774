"""The catalogue as the index of the text files: what it says of records, and of images that only notes show."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from archiver.archive.boundary import Boundary
from archiver.errors import DamageError, InternalError, StoreError
from archiver.models import ArticleRecord, StoredImage, UrlKind
from archiver.render.record import parse_article_json
from archiver.render.text import one_line, title_of
from archiver.store.articles import ArticleFolders
from archiver.store.catalogue import Catalogue, FileStamp
from archiver.store.files import disk_errors
from archiver.store.fulltext import Text
from archiver.store.layout import OLD_RECORD, PAGE, RECORD
from archiver.store.lines import DAMAGED_AT_SOURCE, LinkEntry
from archiver.wechat import images, urls

log = logging.getLogger(__name__)

MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}


def refresh(
    catalogue: Catalogue, folders: ArticleFolders, links: Iterable[LinkEntry], boundary: Boundary, *, texts: bool = True
) -> None:
    """Bring the index up to what the text files say, with or without the pages' `texts`. What cannot be indexed for a
    reason that nobody foresaw is left out.

    Raises DamageError for an article.json that is wrong.
    """
    stale = catalogue.stale(folders.records(), folders.has_file)
    if stale:
        with catalogue.together():
            for folder, modified, size in stale:
                state = f"{modified} {size}"
                if boundary.waits("article", folder, "index", state=state):
                    continue
                with suppress(InternalError), boundary.deferring("article", folder, "index", state=state):
                    _index_again(catalogue, folders, (folder, modified, size), texts=texts)
    for entry in links:
        if entry.kind is UrlKind.IMAGE:
            with suppress(InternalError), boundary.item("link", entry.url, "index"):
                index_image(catalogue, entry)


def _index_again(catalogue: Catalogue, folders: ArticleFolders, stale: tuple[str, int, int], *, texts: bool) -> None:
    folder, modified, size = stale
    record = read_record(folders, folder)
    other = catalogue.folder_of_id(record.id)
    if other and other != folder:
        duplicates = f"{folder} and {other} are the same article ({record.id})"
        raise DamageError(f"{duplicates}: archiver verify --repair makes them one")
    with catalogue.together():
        index_article(catalogue, folders, record, (modified, size), texts=texts)


def index_article(
    catalogue: Catalogue,
    folders: ArticleFolders,
    record: ArticleRecord,
    file: FileStamp,
    *,
    texts: bool | str = True,
) -> None:
    """Index an article, with or without its text, which is read from its page where it is not given; `file` is the
    stamp of its article.json."""
    if texts is True:
        texts = _page_text(folders.path(record.folder) / PAGE)
    text = None if texts is False else text_of(record, texts)
    known_as = list(dict.fromkeys((*canonical_urls(record), *record.aliases)))
    catalogue.put_article(record, known_as, file, link_targets(record), text)
    for version in record.versions:
        _index_version(catalogue, folders, version.folder)


def _index_version(catalogue: Catalogue, folders: ArticleFolders, folder: str) -> None:
    """Index the images of an earlier version. That its record is damaged, or the disk refuses it, keeps no run from
    its work: verify tells."""
    path = folders.path(folder) / OLD_RECORD
    try:
        with disk_errors(path, "read"):
            there = path.is_file()
        shown = read_record(folders, folder, OLD_RECORD).images if there else ()
    except (DamageError, StoreError) as error:
        log.warning("%s", error)
        return
    for image in shown:
        if image.path:
            catalogue.put_image(image)


def index_image(catalogue: Catalogue, entry: LinkEntry) -> None:
    """Index the image that a line of links.jsonl tells of, if it does."""
    key = images.image_key(entry.url) if entry.kind is UrlKind.IMAGE and entry.target else None
    if key and catalogue.image(key) is None:
        catalogue.put_image(note_image(key, entry))


def read_record(folders: ArticleFolders, folder: str, name: str = RECORD) -> ArticleRecord:
    """What article.json (or a file like it) says. Raises StoreError or DamageError."""
    try:
        text = folders.read(folder, name).decode()
    except UnicodeDecodeError as error:
        raise DamageError(f"{folder}/{name} is not UTF-8") from error
    return parse_article_json(text, folder, name)


def canonical_urls(record: ArticleRecord) -> list[str]:
    """The canonical URLs under which an article is known."""
    return list(dict.fromkeys(urls.canonical_url(url) for url in (record.url, *record.aliases)))


def _page_text(page: Path) -> str:
    from archiver.render.plain import page_text  # a run that indexes nothing parses nothing

    with disk_errors(page, "read"):
        return page_text(page.read_text("utf-8", "replace") if page.is_file() else "")


def text_of(record: ArticleRecord, body: str) -> Text:
    """What search finds of an article whose page has a `body` of that text."""
    byline = "\n".join(dict.fromkeys((one_line(record.account), one_line(record.author))))
    return Text(title_of(record.title), byline, body)


def link_targets(record: ArticleRecord) -> dict[str, str]:
    """Canonical URLs that the article links to -> the id of the article there, where a long URL tells it."""
    targets = {}
    for url in record.links:
        ids = urls.url_ids(url)
        known = {"biz", "mid", "idx"} <= ids.keys()
        targets[url] = urls.article_id(ids["biz"], ids["mid"], ids["idx"], url) if known else ""
    return targets


def note_image(key: str, entry: LinkEntry) -> StoredImage:
    """The image behind an image URL of the notes, as links.jsonl has it."""
    name = PurePosixPath(entry.target)
    media_type = MEDIA_TYPES.get(name.suffix.removeprefix("."))
    image = StoredImage(key, entry.url, entry.target, name.stem, media_type, entry.width or None, entry.height or None)
    return replace(image, damaged_at_source=entry.reason == DAMAGED_AT_SOURCE, via=entry.via)
