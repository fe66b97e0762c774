"""How much of an article's page stands in its files, for article.json."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import replace

from archiver.models import ArticleRecord
from archiver.models.coverage import Coverage
from archiver.store.layout import FULL_CAPTURE, PAGE, SLIM_CAPTURE, TEXT


def counted(record: ArticleRecord, files: Mapping[str, bytes]) -> Coverage | None:
    """What of the capture among an article's `files` stands in its article.md and index.html; None where there is no
    capture that can be read."""
    from archiver.coverage.measure import measured

    packed = files.get(SLIM_CAPTURE) or files.get(FULL_CAPTURE)
    try:
        page = gzip.decompress(packed) if packed else b""
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return None
    if not page or TEXT not in files or PAGE not in files:
        return None
    images = {image.path: image.url for image in record.images if image.path}
    return measured(page, files[TEXT].decode(errors="replace"), files[PAGE].decode(errors="replace"), images)


def with_coverage(record: ArticleRecord, files: Mapping[str, bytes]) -> ArticleRecord:
    """The record with how much of its page stands in these files."""
    return replace(record, coverage=counted(record, files))
