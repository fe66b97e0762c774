"""How much of an article's page stands in its files, for article.json."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from archiver.models import ArticleRecord
from archiver.models.coverage import Coverage, lacking
from archiver.store.layout import FULL_CAPTURE, PAGE, SLIM_CAPTURE, TEXT

if TYPE_CHECKING:
    from archiver.coverage.html import Shown

Held: TypeAlias = "Shown | None"  # what was found in a page, where that was done already


def counted(record: ArticleRecord, files: Mapping[str, bytes], held: Held = None) -> Coverage | None:
    """What of the page stands in the article.md and index.html among an article's `files`: of what a page was found to
    have `held`, or else of what the capture among them holds. None where there is no capture that can be read."""
    from archiver.coverage.measure import compared

    if TEXT not in files or PAGE not in files:
        return None
    held = held or _held(files)
    if held is None:
        return None
    images = {image.path: image.url for image in record.images if image.path}
    return compared(held, files[TEXT].decode(errors="replace"), files[PAGE].decode(errors="replace"), images)


def _held(files: Mapping[str, bytes]) -> Held:
    import gzip  # a run that reads no capture does without

    from archiver.coverage.page import held

    packed = files.get(SLIM_CAPTURE) or files.get(FULL_CAPTURE)
    try:
        page = gzip.decompress(packed) if packed else b""
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return None
    return held(page) if page else None


def with_coverage(record: ArticleRecord, files: Mapping[str, bytes], held: Held = None) -> ArticleRecord:
    """The record with how much of its page stands in these files; see `counted`."""
    return replace(record, coverage=counted(record, files, held))


def derived_and_counted(
    record: ArticleRecord,
    derive: Callable[[ArticleRecord], Mapping[str, bytes]],
    kept: Mapping[str, bytes],
    held: Held = None,
) -> tuple[ArticleRecord, dict[str, bytes]]:
    """The record with how much of its page stands in the files that `derive` makes of it, and those, with what is
    `kept` of its captures."""
    files = {**derive(record), **kept}
    found = with_coverage(record, files, held)
    if lacking(found.coverage) != lacking(record.coverage):  # the page tells its readers
        files |= derive(found)
    return found, files
