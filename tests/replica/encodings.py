"""Content-encodings, as servers write them."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Mapping

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=1, mtime=0)


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=3))


def _zstd(data: bytes) -> bytes:
    return bytes(zstd.compress(data))


ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip, "br": _brotli, "zstd": _zstd, "deflate": zlib.compress,
}  # fmt: skip
