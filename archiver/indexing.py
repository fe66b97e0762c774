"""What the catalogue says of records and of pictures that only notes show."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from archiver.models import ArticleRecord, StoredImage
from archiver.render.plain import page_text
from archiver.render.text import one_line, title_of
from archiver.store.fulltext import Text
from archiver.store.lines import LinkEntry
from archiver.wechat import urls

MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}


def canonical_urls(record: ArticleRecord) -> list[str]:
    """The canonical URLs under which an article is known."""
    return list(dict.fromkeys(urls.canonical_url(url) for url in (record.url, *record.aliases)))


def text_of(record: ArticleRecord, page: Path) -> Text:
    """What search finds of an article: what its page shows. Raises OSError."""
    html = page.read_text("utf-8", "replace") if page.is_file() else ""
    byline = "\n".join(dict.fromkeys((one_line(record.account), one_line(record.author))))
    return Text(title_of(record.title), byline, page_text(html))


def link_targets(record: ArticleRecord) -> dict[str, str]:
    """Canonical URLs that the article links to -> the id of the article there, where a long URL tells it."""
    targets = {}
    for url in record.links:
        ids = urls.url_ids(url)
        known = {"biz", "mid", "idx"} <= ids.keys()
        targets[url] = urls.article_id(ids["biz"], ids["mid"], ids["idx"], url) if known else ""
    return targets


def note_image(key: str, entry: LinkEntry) -> StoredImage:
    """The picture behind an image URL of the notes, as links.jsonl has it."""
    name = PurePosixPath(entry.target)
    media_type = MEDIA_TYPES.get(name.suffix.removeprefix("."))
    return StoredImage(key, entry.url, entry.target, name.stem, media_type, entry.width or None, entry.height or None)
