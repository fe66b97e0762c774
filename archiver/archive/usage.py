"""Which stored files a text names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Set

from archiver.store.layout import BLOB_IN_BYTES

_DIGEST = 64  # hexadecimal digits of a SHA-256
_DIGITS = re.compile(rb"[0-9A-Fa-f]{%d,}" % _DIGEST)


def blobs_in(data: bytes) -> set[str]:
    """Paths, relative to the archive's root, of the stored images, audio and video files whose names occur in `data`.

    The names are so long that nothing else looks like them: this finds them in Markdown, HTML and JSON alike, in links
    that were escaped, and in text that no parser takes for a link.
    """
    return {match[0].decode("ascii") for match in BLOB_IN_BYTES.finditer(data)}


def digests_in(data: bytes, known: Set[str]) -> set[str]:
    """Those of the SHA-256 digests `known` (lower case) that occur in `data`, whatever stands around them.

    Wider than `blobs_in`, for who must not miss a name: the path may be written with backslashes, in capitals or as
    %2F, whose F looks like one more digit, and the text may be UTF-16, which has a NUL beside each digit.
    """
    found: set[str] = set()
    for text in {data, data.replace(b"\0", b"")}:
        for match in _DIGITS.findall(text):
            digits = match.decode("ascii").lower()
            found |= known & {digits[i : i + _DIGEST] for i in range(len(digits) - _DIGEST + 1)}
    return found


def same_but_for_typos(data: bytes, sha: str) -> bool:
    """Whether `sha` is the SHA-256 of `data`, but for at most two wrong digits.

    Other bytes have another hash in nearly all of its 64 digits: so few can only mean that the checksum was damaged.
    """
    digits = zip(hashlib.sha256(data).hexdigest(), sha, strict=True)
    return sum(ours != theirs for ours, theirs in digits) <= 2
