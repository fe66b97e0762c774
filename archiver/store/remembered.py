"""Machine state that only saves work: what can be found out again at any time. It may be deleted, and is not believed
where anything about it is odd."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archiver.errors import StoreError
from archiver.store.files import write_atomic
from archiver.store.guard import is_inside

log = logging.getLogger(__name__)

TICK = 2_000_000_000  # ns: the coarsest clock of a file system, that of FAT


def is_settled(look: Sequence[int], moment: int) -> bool:
    """Whether a file that looks so (`notewalk.look_at`) had not been changed just before it was read, at `moment` (ns):
    else it may have been changed since, and look the same."""
    return bool(look) and max(look[1], look[2]) < moment - TICK


def recall(root: Path, path: str, maker: str) -> Any:
    """What `remember` was given last for that `path` in the archive at `root` by the same `maker`; None where it is not
    there, or not as it was written."""
    try:
        if not is_inside(root, path):
            return None
        check, _, data = (root / path).read_bytes().partition(b"\n")
        if check.decode("ascii") != _check(data, maker):
            return None
        return json.loads(data)
    except (OSError, ValueError, RecursionError):
        return None


def remember(root: Path, path: str, maker: str, value: Any) -> None:
    """Keep a value of JSON for the next run; where the disk refuses it, that run has more to do."""
    data = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    try:
        if is_inside(root, path):
            write_atomic(root / path, _check(data, maker).encode("ascii") + b"\n" + data)
    except StoreError as error:
        log.warning("%s", error)


def _check(data: bytes, maker: str) -> str:
    return hashlib.sha256(maker.encode("utf-8", "surrogateescape") + b"\0" + data).hexdigest()


@cache
def program_print(libraries: tuple[str, ...] = ()) -> str:
    """Tells this program, with those of its libraries, from every other state of it: another one may find out other
    things of the same files."""
    digest = hashlib.sha256(_own_print())
    for name in libraries:
        spec = find_spec(name)
        digest.update(_look(spec.origin) if spec and spec.origin else b"")
    return digest.hexdigest()


@cache
def _own_print() -> bytes:
    found = [sys.version.encode(), *map(_look, _code(Path(__file__).parents[1]))]
    return hashlib.sha256(b"\n".join(found)).digest()


def _code(folder: Path | str) -> Iterator[str]:
    with os.scandir(folder) as listed:
        for entry in sorted(listed, key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                yield entry.path
            elif "." not in entry.name and entry.name != "__pycache__":
                yield from _code(entry.path)


def _look(file: str) -> bytes:
    try:
        found = os.stat(file)  # noqa: PTH116  # a Path for each of hundreds takes longer than the disk
    except OSError:
        return file.encode("utf-8", "surrogateescape")
    return f"{file} {found.st_size} {found.st_mtime_ns}".encode("utf-8", "surrogateescape")
