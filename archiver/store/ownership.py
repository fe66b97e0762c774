"""Tells what archiver made from what somebody else did, so that nothing is written over the latter."""

from __future__ import annotations

import json
import re
from itertools import chain, count, islice
from pathlib import Path

from archiver.errors import NotAnArchiveError
from archiver.store.files import disk_errors
from archiver.store.layout import (
    ARCHIVE,
    ARTICLES,
    CATALOGUE,
    CATALOGUE_CHECKSUM,
    DEPTHS,
    GITATTRIBUTES,
    HOME,
    JOURNAL,
    LAST_REPORT,
    LINKS,
    LOCK,
    LOCK_OWNER,
    PACE,
    READER_STATE,
    README,
    RECORD,
)

# Each is in files of one kind that archiver makes, of this version or an earlier one, and in hardly any other.
_SIGNATURES = (
    b"Generated: changes to this file are lost.",
    b"](../../../site/month/",
    b"| Published | Account | Article | Rating |",
    b'<meta name="generator" content="archiver">',
    b"default-src 'none'; ",
    b"reader.css",
    b"reader.js",
    b"offline reader",
    b"On every page of the archive.",
    b"archiver's reader: ",
    b"Search without a server.",
    b"archiver/reader/grams.py",
    *(b"archiverMonth", b"archiverText", b'"folder":"articles/'),
    *(b"archiverIndex(", b"archiverNames(", b"archiverGrams(", b"archiverFilters("),
    *(b"*.jsonl merge=union", f"{CATALOGUE}*".encode()),
)
# Where these are, it is an archive, or somebody else's folder; of the others what the user made of them stays.
_TAKEN = (*DEPTHS, HOME, LINKS, JOURNAL, READER_STATE, CATALOGUE, LOCK, LOCK_OWNER)
_HEAD = 4096  # bytes that tell enough


def is_ours(data: bytes, new: bytes = b"") -> bool:
    """Whether archiver made a file that holds `data`, be it damaged or of an earlier version; `new` is what it would
    write there now. Only a text that has nothing of either is somebody else's."""
    if not data.strip() or b"\0" in data or any(signature in data for signature in _SIGNATURES):
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    lines = [line for line in data.splitlines() if line.strip()]
    known = set(new.splitlines())
    return 2 * sum(line in known for line in lines) >= len(lines)


def is_archive(root: Path) -> bool:
    """Whether archiver made the folder `root` into an archive. Raises StoreError."""
    with disk_errors(root, "look at"):
        return root.is_dir() and (
            any(_has_lines(root / name) for name in (LINKS, JOURNAL))
            or any(start.match(_head(root / name)) for name, start in _BEGINNINGS.items())
            or ((root / LOCK).is_file() and not (root / LOCK).stat().st_size)
            or any(islice((root / ARTICLES).glob(f"*/*/*/{RECORD}"), 1))
            or any(islice((root / ARTICLES).glob(f"*/*/{RECORD}"), 1))
        )


_BEGINNINGS = {
    GITATTRIBUTES: re.compile(rb"\* -text\n\*\.jsonl merge=union\n"),
    README: re.compile(rb"# Archive\n\nLocal copies of the WeChat articles"),
    LAST_REPORT: re.compile(rb"# Last sync\n"),
    CATALOGUE_CHECKSUM: re.compile(rb"[0-9a-f]{128}( \d+)?\Z"),
    PACE: re.compile(rb'\{"requests": \d+, "clean": '),
}


def refuse_foreign(root: Path) -> None:
    """Raise NotAnArchiveError where `root` is no archive, and holds what has the name of a file or folder of one."""
    with disk_errors(root, "look at"):
        taken = [name for name in _TAKEN if _is_there(root / name)] if root.is_dir() else []
    if taken and not is_archive(root):
        raise NotAnArchiveError(root, taken)


def free_path(folder: Path) -> str:
    """The first of `archive`, `wechat-archive`, `wechat-archive-2` … that is not there in `folder`, is empty, or is an
    archive: a folder that holds other things is somebody's. Raises StoreError."""
    names = (f"wechat-{ARCHIVE}{f'-{number}' if number > 1 else ''}" for number in count(1))
    return next(name for name in chain([ARCHIVE], names) if _is_free(folder / name))


def _is_free(root: Path) -> bool:
    with disk_errors(root, "look at"):
        if not root.is_dir():
            return not root.exists() and not root.is_symlink()
        return not any(root.iterdir()) or is_archive(root)


def _is_there(path: Path) -> bool:
    """Whether there is a file, or a folder that holds something."""
    return any(path.iterdir()) if path.is_dir() and not path.is_symlink() else path.exists() or path.is_symlink()


def _has_lines(path: Path) -> bool:
    """Whether a .jsonl file begins with an object about a URL or a note."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        for line in islice(file, 3):
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict) and {"url", "note"} & value.keys():
                return True
    return False


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(_HEAD)
