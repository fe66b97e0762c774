"""`archiver report`: the page of an archived article in disguise, for who can mend the program. Asks no network."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archiver.archive import captures
from archiver.archive.context import Context
from archiver.archive.internal_report import program_version
from archiver.archive.record import StoredFiles, read_from_page, with_files
from archiver.coverage.measure import measured
from archiver.errors import UsageError
from archiver.export.output import check_target
from archiver.models import Article, ArticleRecord, StoredImage
from archiver.models.media import StoredMedia
from archiver.render.html import render_html
from archiver.render.markdown import render_markdown
from archiver.store.files import write_atomic
from archiver.store.layout import IMAGES, MEDIA, month_folder
from archiver.tasks.forget import find_article
from archiver.wechat.disguise.page import disguised
from archiver.wechat.page import read_page

DEFAULT_NAME = "archiver-report.zip"
PAGE, ACCOUNT = "page.html", "report.json"
_SCHEMA = 1
_MARK = b"archiver report"  # the comment at the zip's end: by it an earlier report is known
_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip can name
_FOLDER = f"{month_folder('')}/report"
_SAID = ("title", "account", "author", "published_at", "biz", "mid", "idx", "sn", "digest", "cover")


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that was written: to which file, of how many bytes, about an article at which address in disguise;
    `differs`: what is not read of the disguise as it is of the page."""

    file: Path
    size: int
    url: str
    differs: tuple[str, ...]


def report_article(context: Context, given: str, out: Path) -> Reported:
    """Write what a bug report needs of an archived article, which the user names by URL, id, folder or a file in it.

    Raises UsageError, StoreError, DamageError, or PageError for a page that cannot be disguised.
    """
    archive = context.archive
    if out.resolve().is_relative_to(archive.root.resolve()):
        raise UsageError(f"{out} lies in the archive, which is archiver's own: name a place outside with -o")
    check_target(out, _MARK, force=False)
    record = archive.record(find_article(archive, given))
    if not archive.has_capture(record):
        raise UsageError(
            f"{record.folder} has no capture of its page ([archive] capture), so there is nothing to report"
        )
    data, url, differs = make_report(record, captures.page_of(archive.folders, record))
    write_atomic(out, data)
    return Reported(out, len(data), url, differs)


def make_report(record: ArticleRecord, page: bytes) -> tuple[bytes, str, tuple[str, ...]]:
    """The bytes of a report on the article in `record`, whose captured page is `page`; its address in disguise, and
    what is not read as of the page. Equal ones give equal bytes. Raises DamageError, PageError."""
    before = _account(record, page, record.url)
    made = disguised(page, record.url)
    after = _account(record, made.page, made.url)
    differs = tuple(name for name in before if before[name] != after.get(name))
    about = {
        "schema": _SCHEMA,
        "archiver": program_version(),
        "url": made.url,
        "capture": dict(sorted(record.capture.items())),
        "read": before,
        "differs": list(differs),
    }
    text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    return _packed({ACCOUNT: text.encode(), PAGE: made.page}), made.url, differs


def _account(record: ArticleRecord, page: bytes, url: str) -> dict[str, Any]:
    """What the parser makes of a page, and how much of it would stand in the article's files: nothing of its words."""
    article = read_page(page, url)
    if not isinstance(article, Article):
        return {"status": article.status.value}
    reading = article.reading
    return {
        "kind": article.kind.value,
        "item_show_type": reading.item_show_type if reading else None,
        "has": [name for name in _SAID if getattr(article, name)],
        "images": len(article.images),
        "media": dict(sorted(Counter(ref.kind.value for ref in article.media).items())),
        "losses": [[loss.what, loss.code.value if loss.code else None] for loss in article.losses],
        "sources": {datum: list(places) for datum, places in sorted((reading.sources if reading else {}).items())},
        "unknown": len(reading.unknown) if reading else 0,
        "coverage": _coverage(record, article, page),
    }


def _coverage(record: ArticleRecord, article: Article, page: bytes) -> dict[str, list[int]]:
    """How much of the page stands in the files, as they would be if everything had come."""
    images = [
        StoredImage(ref.key, ref.url, f"{IMAGES}/00/{n:064x}.png", f"{n:064x}", "image/png", 640, 480)
        for n, ref in enumerate(article.images)
    ]
    media = [
        StoredMedia(ref.kind, ref.key, ref.url, f"{MEDIA}/00/{n:064x}.mp4", f"{n:064x}", "video/mp4", 1)
        for n, ref in enumerate(article.media)
    ]
    read = read_from_page(article) | with_files(article, StoredFiles(images, media))
    made = replace(record, folder=_FOLDER, url=article.url, aliases=(article.url,), versions=(), **read)
    by_url = {image.url: image for image in images}
    shown = (render_markdown(article, made, by_url), render_html(article, made, by_url))
    counted = measured(page, *shown, {image.path: image.url for image in images if image.path})
    return {what.value: [one.source, one.markdown, one.html] for what, one in counted.counts_shown().items()}


def _packed(files: dict[str, bytes]) -> bytes:
    """A zip, the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.comment = _MARK
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()
