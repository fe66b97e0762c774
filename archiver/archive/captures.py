"""What is kept of a page as the server sent it.

slim   all data and the DOM, without library scripts and styles; committed with the article
full   the exact bytes beside it; kept out of git, covered by no checksum, and nothing misses it
none   neither: the article cannot be derived again
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from archiver.errors import DamageError
from archiver.models import Article, ArticleRecord, Capture
from archiver.models.values import dataclass
from archiver.store.layout import FULL_CAPTURE, SLIM_CAPTURE

if TYPE_CHECKING:
    from archiver.coverage.html import Shown
    from archiver.store.articles import ArticleFolders

CaptureMode = Literal["slim", "full", "none"]


@dataclass(frozen=True, slots=True)
class Packed:
    """What is kept of a page in `mode`: `files` by name; and what it holds, for its coverage."""

    mode: CaptureMode
    files: Mapping[str, bytes]
    held: Shown


@dataclass(frozen=True, slots=True)
class PackedCapture(Capture):
    """A capture that is packed already."""

    packed: Packed | None = None


def pack(body: bytes, mode: CaptureMode) -> Packed:
    """What is kept of a page."""
    from archiver.archive.packing import gzipped
    from archiver.coverage.page import held
    from archiver.wechat.slim import slim

    slimmed = slim(body)
    kept = {} if mode == "none" else {SLIM_CAPTURE: gzipped(slimmed)}
    if mode == "full":
        kept[FULL_CAPTURE] = gzipped(body)
    return Packed(mode, kept, held(slimmed))


def with_packed(capture: Capture, packed: Packed) -> PackedCapture:
    """The capture with what is kept of it."""
    return PackedCapture(**{field.name: getattr(capture, field.name) for field in fields(Capture)}, packed=packed)


def packed(capture: Capture, mode: CaptureMode) -> Packed:
    """What is kept of a capture, packed now where that is not done yet."""
    known = capture.packed if isinstance(capture, PackedCapture) else None
    return known if known and known.mode == mode else pack(capture.body, mode)


def stored(folder: Path) -> list[str]:
    """Names of the captures that an article's folder has, the one to read first."""
    return [name for name in (SLIM_CAPTURE, FULL_CAPTURE) if (folder / name).is_file()]


def files(folders: ArticleFolders, folder: str) -> dict[str, bytes]:
    """The captures that an article's folder has, by name. Raises StoreError."""
    return {name: folders.read(folder, name) for name in stored(folders.path(folder))}


def unpack(folders: ArticleFolders, folder: str, name: str) -> bytes:
    """The page in a capture. Raises StoreError or DamageError."""
    import gzip  # a run that reads no capture does without

    try:
        return gzip.decompress(folders.read(folder, name))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DamageError(f"{folder}/{name} is damaged: {error}") from error


def read(folders: ArticleFolders, record: ArticleRecord) -> Article:
    """The article as its stored capture has it. Raises StoreError or DamageError."""
    from archiver.wechat.page import read_page  # a run that reads no page does without

    page = read_page(page_of(folders, record), record.url)
    if not isinstance(page, Article):
        raise DamageError(f"{record.folder}/{_name(folders, record)} holds no article any more: {page.reason}")
    return page


def page_of(folders: ArticleFolders, record: ArticleRecord) -> bytes:
    """The page as it is stored. Raises StoreError or DamageError."""
    return unpack(folders, record.folder, _name(folders, record))


def _name(folders: ArticleFolders, record: ArticleRecord) -> str:
    return next(iter(stored(folders.path(record.folder))), SLIM_CAPTURE)
