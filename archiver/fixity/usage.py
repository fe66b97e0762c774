"""Which stored files a text names."""

from __future__ import annotations

import hashlib
import re

_BLOB = re.compile(rb"(?:images|media)/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]+")


def blobs_in(data: bytes) -> set[str]:
    """Paths, relative to the archive's root, of the stored pictures, sounds and films whose names occur in `data`.

    The names are so long that nothing else looks like them: this finds them in Markdown, HTML and JSON alike, in links
    that were escaped, and in text that no parser takes for a link.
    """
    return {match.decode("ascii") for match in _BLOB.findall(data)}


def same_but_for_typos(data: bytes, sha: str) -> bool:
    """Whether `sha` is the SHA-256 of `data`, but for at most two wrong digits.

    Other bytes have another hash in nearly all of its 64 digits: so few can only mean that the checksum was damaged.
    """
    digits = zip(hashlib.sha256(data).hexdigest(), sha, strict=True)
    return sum(ours != theirs for ours, theirs in digits) <= 2
