"""Web archives: the pages of articles in WARC files, with the images in them. What is read has been checked against
the digests that a file gives.

A first look notes where the records are, a second one reads those that are wanted: what else is in a file costs no
memory.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from archiver.errors import ImportFileError, NetworkError, TooLargeError
from archiver.fetch.body import Body
from archiver.importing.claims import article_url
from archiver.importing.found import FileKind, Found, SavedPage, Skipped, Why
from archiver.importing.html_file import of_another_form
from archiver.importing.limits import MAX_IMAGE, MAX_PLAIN_PAGE, MAX_RECORDS
from archiver.wechat.images import KEPT, image_key, is_image_host
from archiver.wechat.source import decode_page

OWN_PAGES = "https://archiver.invalid/"  # as `export wacz` names the pages of archiver itself
_PAGES = ("text/html", "application/xhtml+xml")
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record is: its file and the byte at which it begins."""

    path: Path
    offset: int
    at: datetime
    url: str


@dataclass(slots=True)
class _Index:
    """What is where in the files of a web archive."""

    pages: list[_Place] = field(default_factory=list)
    own: list[_Place] = field(default_factory=list)  # pages that archiver made, where it exported one
    images: dict[str, _Place] = field(default_factory=dict)
    digests: dict[str, _Place] = field(default_factory=dict)  # of images: what a `revisit` record refers to

    def add(self, place: _Place, record: Any) -> None:
        """Note a record, if it is of a kind that is wanted."""
        kind, digest = record.rec_type, record.rec_headers.get_header("WARC-Payload-Digest") or ""
        key = image_key(place.url)
        if kind == "revisit":
            if key and digest in self.digests:
                self.images.setdefault(key, self.digests[digest])
            return
        media_type = _media_type(record)
        if kind not in ("response", "resource") or _status(record) != "200":
            return
        if media_type in _PAGES and article_url(place.url):
            self.pages.append(place)
        elif media_type in _PAGES and place.url.startswith(OWN_PAGES):
            self.own.append(place)
        elif key and (media_type.startswith("image/") or _is_of_images(place.url)):
            self.images.setdefault(key, place)
            if digest:
                self.digests.setdefault(digest, place)


def read_warcs(name: str, kind: FileKind, paths: Iterable[Path]) -> Found:
    """The pages of articles in the WARC files of one web archive, the newest first."""
    index, damaged = _Index(), []
    for path in paths:
        try:
            for place, record in _records(path):
                index.add(place, record)
        except ImportFileError as error:
            damaged.append(
                Skipped(f"{name}/{path.name}" if kind is FileKind.WACZ else name, Why(error.why), str(error))
            )
    images = {key: partial(_content, place, MAX_IMAGE) for key, place in index.images.items()}
    known: set[str] = set()
    for place in sorted(index.pages, key=lambda place: place.at, reverse=True):
        url = article_url(place.url)
        try:
            yield SavedPage(f"{name}/{url}", kind, url, _page(place), place.at, images)
        except ImportFileError as error:
            yield Skipped(f"{name}/{url}", Why(error.why), str(error))
        known.add(url)
    for place in index.own:
        try:
            text, url = of_another_form(decode_page(_page(place)), "")
        except ImportFileError as error:
            yield Skipped(f"{name}/{place.url}", Why(error.why), str(error))
            continue
        if url not in known:
            yield SavedPage(f"{name}/{place.url}", kind, url, text.encode("utf-8", "surrogatepass"), place.at, images)
    yield from damaged
    if not index.pages and not index.own and not damaged:
        yield Skipped(name, Why.NO_PAGE)


@contextmanager
def _warcio() -> Iterator[None]:
    """What warcio raises and prints, as one error. Raises ImportFileError."""
    try:
        from warcio.exceptions import ArchiveLoadFailed
        from warcio.statusandheaders import StatusAndHeadersParserException
    except ImportError as error:
        raise ImportFileError(Why.NEEDS_EXTRA, "the extra wacz") from error
    try:
        with redirect_stderr(io.StringIO()):
            yield
    except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError, OSError, zlib.error) as error:
        words = " ".join(str(error).split()) or type(error).__name__
        raise ImportFileError(Why.DAMAGED, words[:200]) from error


def _records(path: Path) -> Iterator[tuple[_Place, Any]]:
    """All records of a file, with their places. Raises ImportFileError."""
    with _warcio(), path.open("rb") as file:
        from warcio.archiveiterator import ArchiveIterator

        records = ArchiveIterator(file)
        for number, record in enumerate(records):
            if number >= MAX_RECORDS:
                raise ImportFileError(Why.TOO_MANY, f"more than {MAX_RECORDS:,} records")
            url = record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri") or ""
            yield _Place(path, records.get_record_offset(), _moment(record), url.strip("<>")), record


def _page(place: _Place) -> bytes:
    return _content(place, MAX_PLAIN_PAGE)


def _content(place: _Place, most: int) -> bytes:
    """The payload of a record, its encodings undone. Raises ImportFileError."""
    with _warcio(), place.path.open("rb") as file:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.bufferedreaders import ChunkedDataReader

        file.seek(place.offset)
        record = next(iter(ArchiveIterator(file, check_digests="raise")))
        said = record.http_headers.get_header if record.http_headers else lambda _name, default="": default
        # warcio leaves encoded what is written otherwise than it expects: findings/warcio-leaves-pages-encoded.sh
        sent = [coding.strip() for coding in said("transfer-encoding", "").lower().split(",")]
        stream = ChunkedDataReader(record.raw_stream) if sent[-1] == "chunked" else record.raw_stream
        raw = bytearray()
        while piece := stream.read(_PIECE):
            raw += piece
            if len(raw) > most:
                raise ImportFileError(Why.TOO_LARGE)
        if getattr(record.raw_stream, "limit", 0):
            raise ImportFileError(Why.DAMAGED, "a record is cut off")
    return _decoded(bytes(raw), ",".join([said("content-encoding", ""), *sent[:-1]]), most)


def _decoded(raw: bytes, encoding: str, most: int) -> bytes:
    """Some write what they have decoded already under the headers that it had before."""
    body = Body(encoding, most)
    try:
        body.feed(raw)
        return body.close()
    except TooLargeError as error:
        raise ImportFileError(Why.TOO_LARGE) from error
    except NetworkError as error:
        if raw[:64].lstrip()[:1] == b"<":
            return raw
        raise ImportFileError(Why.DAMAGED, str(error)) from error


def _status(record: Any) -> str:
    """That of the answer; a `resource` is one that came without."""
    if record.rec_type == "resource":
        return "200"
    return record.http_headers.get_statuscode() if record.http_headers else ""


def _media_type(record: Any) -> str:
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    said = headers.get_header("Content-Type") if headers else ""
    return (said or "").partition(";")[0].strip().lower()


def _moment(record: Any) -> datetime:
    said = record.rec_headers.get_header("WARC-Date") or record.rec_headers.get_header("archive-date") or ""
    for read in (datetime.fromisoformat, partial(_strptime, "%Y%m%d%H%M%S")):
        try:
            moment = read(said)
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return datetime(1970, 1, 1, tzinfo=UTC)


def _strptime(form: str, said: str) -> datetime:
    return datetime.strptime(said, form).replace(tzinfo=UTC)


def _is_of_images(url: str) -> bool:
    return url.startswith(KEPT) or is_image_host(url.partition("://")[2].partition("/")[0])
