"""A capture's bytes as gzip: one stream, the same bytes for the same page."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator

# Of real pages, 9 takes twice the time for 1 % less.
_LEVEL = 7
# Images written into the page, as long as what deflate looks back at. Nothing in base64 comes a second time: to
# look for it takes three quarters of the time of such a page, and makes the file larger.
_MARK = b"base64,"
_MEMORY = 9  # the most: the larger its blocks, the less is said of each
_INLINED = re.compile(rb"base64,[A-Za-z0-9+/=]{32768,}")
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate; no name, no time, no system


def gzipped(data: bytes) -> bytes:
    """`data` compressed."""
    inlined = list(_inlined(data))
    if not inlined:
        return gzip.compress(data, compresslevel=_LEVEL, mtime=0)
    text, done = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), 0
    parts = [_HEADER]
    for start, end in inlined:
        parts += (text.compress(data[done:start]), text.flush(zlib.Z_FULL_FLUSH), _coded(data[start:end]))
        done = end
    parts += (text.compress(data[done:]), text.flush())
    parts += (number.to_bytes(4, "little") for number in (zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return b"".join(parts)


def _inlined(data: bytes) -> Iterator[tuple[int, int]]:
    """Where those images begin and end."""
    at = data.find(_MARK)
    while at >= 0:
        found = _INLINED.match(data, at)
        end = found.end() if found else at + len(_MARK)
        if found:
            yield at, end
        at = data.find(_MARK, end)


def _coded(data: bytes) -> bytes:
    """A part of a stream, in which signs are shorter the more there are of them, and no stretch is looked for."""
    coder = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, _MEMORY, zlib.Z_HUFFMAN_ONLY)
    return coder.compress(data) + coder.flush(zlib.Z_SYNC_FLUSH)
