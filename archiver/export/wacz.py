"""A web archive (WACZ 1.1.1) for replay: each article's page with its images, and the page that the server sent.

An archive keeps the bodies of answers and not their headers, so all records are `resource`. WeChat's own page is there
as evidence under its URL: without its scripts it shows little. What the list of pages names is archiver's page, under a
URI of its own, with its images under theirs. Ids, dates and order come from the articles.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from archiver.errors import DamageError, StoreError, UsageError
from archiver.export.body import web_url
from archiver.export.html import MEDIA_TYPES, copy, head
from archiver.export.job import Job
from archiver.export.source import ExportArticle
from archiver.export.zips import Zip
from archiver.render.text import title_of
from archiver.store.layout import BLOB, id_of

COMMENT = "archiver export wacz"
BASE = "https://archiver.invalid/"  # a name that nobody can have
_WARC, _PAGES = "archive/data.warc.gz", "pages/pages.jsonl"
_CDX, _IDX = "indexes/index.cdx.gz", "indexes/index.idx"
_POLICY = "object-src 'none'; base-uri 'none'"  # what replays a page puts scripts of its own into it
_SPACE = uuid.UUID("0e4c5f1b-6c5e-5f7e-8d0a-7f1d3c8a9b42")


@dataclass(frozen=True, slots=True)
class _Record:
    uri: str
    media_type: str
    date: datetime
    data: bytes


@dataclass(slots=True)
class _Made:
    """The records of an article, what the list of pages says of it, and where its images are: path -> URI or ""."""

    records: list[_Record]
    line: str
    names: dict[str, str]


@dataclass(slots=True)
class _Maker:
    job: Job
    inside: Mapping[str, str]
    names: dict[str, str] = field(default_factory=dict)  # of the articles that are in it

    def make(self, article: ExportArticle) -> _Made:
        record, at = article.record, article.record.captured_at
        found: list[_Record] = []
        names = dict[str, str]()

        def image(path: str) -> str:
            if path not in self.names and path not in names:
                names[path] = self._image(article, path, found)
            return self.names.get(path) or names.get(path, "")

        section = copy(self.job, article, image, dict(self.inside))
        for path in article.shown:  # the cover, too, which no page need show
            image(path)
        page = f"{head(title_of(record.title), _POLICY)}{section}</body>\n</html>\n".encode()
        uri = self.inside[record.folder]
        found.append(_Record(uri, "text/html; charset=utf-8", at, page))
        if (capture := self._capture(record.folder)) is not None and web_url(record.url):
            found.append(_Record(web_url(record.url), "text/html", at, capture))
        line = {
            "id": record.id,
            "url": uri,
            "ts": _iso(at),
            "title": title_of(record.title),
            "text": self.job.source.text(record.folder),
        }
        return _Made(found, json.dumps(line, ensure_ascii=False), names)

    def _image(self, article: ExportArticle, path: str, found: list[_Record]) -> str:
        data = self.job.blob(path) if BLOB.fullmatch(path) else None
        media_type = MEDIA_TYPES.get(path.rpartition(".")[2], "")
        if data is None or not media_type:
            return ""
        stored = article.shown.get(path)
        address = web_url(stored.url) if stored else ""
        uri = address if address.startswith("http") else f"{BASE}{path}"
        found.append(_Record(uri, media_type, article.record.captured_at, data))
        return uri

    def _capture(self, folder: str) -> bytes | None:
        try:
            return self.job.source.capture(folder)
        except (StoreError, DamageError) as error:
            self.job.missing[f"{folder}/capture"] = str(error)
            return None


def export_wacz(job: Job, file: BinaryIO) -> None:
    """A WACZ of the job's articles. Raises UsageError where the programs that it is made with are not installed."""
    try:
        from cdxj_indexer.main import CDXJIndexer
        from warcio.warcwriter import WARCWriter
    except ImportError as error:
        raise UsageError(f"wacz needs the extra wacz, see docs/exporting.md ({error})") from error
    maker = _Maker(job, {folder: f"{BASE}{id_of(folder)}/" for folder in job.folders})
    lines = ['{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}']
    latest = datetime(1970, 1, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder, Zip(file, COMMENT) as made:
        warc = Path(folder) / "data.warc.gz"
        with warc.open("wb") as out:
            writer = WARCWriter(out, gzip=True, warc_version="1.1")
            for article, pages in job.make(maker.make):
                for record in pages.records:
                    _write(writer, record)
                lines.append(pages.line)
                maker.names |= pages.names
                latest = max(latest, article.record.captured_at)
        index, blocks = io.StringIO(), io.BytesIO()
        CDXJIndexer(
            index, str(warc), sort=True, compress=blocks, data_out_name="index.cdx.gz", digest_records=True
        ).process_all()
        parts = {_CDX: blocks.getvalue(), _IDX: index.getvalue().encode(), _PAGES: "\n".join([*lines, ""]).encode()}
        resources = [_resource(_WARC, *made.add_file(_WARC, warc))]
        for name, data in parts.items():
            made.add(name, data)
            resources.append(_resource(name, hashlib.sha256(data).hexdigest(), len(data)))
        _describe(made, job.title, resources, latest)


def _write(writer: Any, record: _Record) -> None:
    name = f"{record.uri} {_iso(record.date)} {hashlib.sha256(record.data).hexdigest()}"
    headers = {"WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(_SPACE, name)}>", "WARC-Date": _iso(record.date)}
    writer.write_record(
        writer.create_warc_record(
            record.uri,
            "resource",
            payload=io.BytesIO(record.data),
            length=len(record.data),
            warc_content_type=record.media_type,
            warc_headers_dict=headers,
        )
    )


def _resource(path: str, sha256: str, size: int) -> dict[str, str | int]:
    return {"name": path.rpartition("/")[2], "path": path, "hash": f"sha256:{sha256}", "bytes": size}


def _describe(made: Zip, title: str, resources: list[dict[str, str | int]], latest: datetime) -> None:
    """What is in the file, and the checksum of that."""
    described = {
        "profile": "data-package",
        "resources": resources,
        "title": title,
        "created": _iso(latest),
        "wacz_version": "1.1.1",
        "software": "archiver",
    }
    text = json.dumps(described, ensure_ascii=False, indent=2).encode()
    made.add("datapackage.json", text)
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(text).hexdigest()}"}
    made.add("datapackage-digest.json", json.dumps(digest, indent=2))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
