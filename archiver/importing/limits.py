"""How much of a file that a stranger made is read. Sizes are in bytes, and count while they stream."""

from __future__ import annotations

from typing import BinaryIO

from archiver.amounts import size
from archiver.errors import ImportFileError
from archiver.importing.found import Why

MAX_PAGE = 256_000_000  # a page with its images in it; SingleFile writes some of 100 MB
MAX_PLAIN_PAGE = 32_000_000  # a page without them, as in a web archive
MAX_IMAGE = 50_000_000
MAX_FILE = 20_000_000_000  # a web archive or zip; what is in it is not read at once
MAX_UNPACKED = 50_000_000_000  # all that is read out of one zip
MAX_PARTS = 200_000  # files of a folder or zip, parts of an MHTML file
MAX_RECORDS = 5_000_000  # of a WARC
_PIECE = 1_000_000


def read_up_to(stream: BinaryIO, most: int) -> bytes:
    """All that comes from `stream`. Raises ImportFileError where that is more than `most`."""
    pieces: list[bytes] = []
    left = most + 1
    while left > 0 and (piece := stream.read(min(_PIECE, left))):
        pieces.append(piece)
        left -= len(piece)
    if left <= 0:
        raise ImportFileError(Why.TOO_LARGE, f"larger than {size(most)}")
    return b"".join(pieces)
