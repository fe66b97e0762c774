"""The files of a segment's grams: the lines of its blocks, put together by what they are of.

A line is a key (the beginning of grams) and fields: each a letter, which tells block and kind, and signs. So blocks are
put together as text, and none is taken apart. What is put together waits on disk, a line of each at a time in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryFile

from archiver.reader.grams import unit

FULL = 64_000  # characters after which another file begins
KINDS = 4  # of fields: two, of bodies and of names
_PIECE = 1 << 16  # bytes that are read at once
_STAR = "\x1c"  # in place of a star, which could end the comment: white space, as `END` is
_FIRST, _ASCII, _BEYOND = 48, 44, 0xA1  # letters of fields are `0` to `[`, then those from ¡ on
_FILE = re.compile(r"archiver\w+\((?:\"[^\"]*\",)?\(\)=>\{/\*(.*)\*/\}\);\n", re.DOTALL)

Line = tuple[str, list[str]]  # a key and fields


@dataclass(frozen=True, slots=True)
class GramFile:
    """A file of grams: all from `first` on, up to the next file's."""

    first: str
    text: str


def letter(block: int, kind: int) -> str:
    """What a field of a block begins with."""
    number = KINDS * block + kind
    return chr(_FIRST + number if number < _ASCII else _BEYOND + number - _ASCII)


def gram_files(lines: Iterable[Line], most: int = FULL) -> Iterator[GramFile]:
    """Files of about `most` characters; what `unit` says belongs together is in one."""
    first, parts, size, last = "", list[str](), 0, ""
    for key, fields in lines:
        if (now := unit(key)) != last:
            if size > most:
                yield GramFile(first, "".join(parts))
                parts, size = [], 0
            first, last = (first if parts else now), now
        parts.append("\n" + "\t".join((key, *fields)))
        size += len(parts[-1])
    if parts:
        yield GramFile(first, "".join(parts))


def script(what: str, name: str | None, text: str) -> str:
    """A file's content: a call with a comment, which a browser need not take apart."""
    named = f'"{name}",' if name else ""
    return f"archiver{what}({named}()=>{{/*{text.replace('*', _STAR)}*/}});\n"


def held(content: str) -> str:
    """What the comment in such a file holds; nothing, if there is none."""
    match = _FILE.fullmatch(content)
    return match[1].replace(_STAR, "*") if match else ""


def lines_of(content: str) -> Iterator[Line]:
    """The lines of a file of grams."""
    for line in held(content).split("\n")[1:]:
        key, *fields = line.split("\t")
        yield key, fields


class Spool:
    """Runs of lines that wait on disk to be put together; each is in the order of its keys."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._runs: list[tuple[int, int]] = []

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, lines: Iterable[Line], letters: Mapping[str, str] | None = None) -> None:
        """A run; of its fields only those with one of the `letters`, which get others."""
        begin = self._file.seek(0, 2)
        for key, fields in lines:
            if letters is not None:
                fields = [letters[field[0]] + field[1:] for field in fields if field[0] in letters]
            if fields:
                self._file.write("\t".join((key, *fields)).encode() + b"\n")
        self._runs.append((begin, self._file.tell()))

    def merged(self) -> Iterator[Line]:
        """All lines of all runs, one of each key."""
        runs = [self._read(*run) for run in self._runs]
        for key, same in groupby(merge(*runs, key=itemgetter(0)), key=itemgetter(0)):
            yield key, sorted(field for _, fields in same for field in fields)

    def _read(self, at: int, end: int) -> Iterator[Line]:
        rest = b""
        while at < end:
            self._file.seek(at)
            data = rest + self._file.read(min(_PIECE, end - at))
            at += len(data) - len(rest)
            *whole, rest = data.split(b"\n")
            for line in whole:
                key, *fields = line.decode().split("\t")
                yield key, fields
