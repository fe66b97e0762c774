"""One key in a note's front matter that names the local copy of what the front matter links to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archiver.models import Edit, Span
from archiver.notes.metadata import front_matter_end
from archiver.notes.text import decode

KEY = "archived_copy"
_LINE = re.compile(rb'^archived_copy(?:: | = )"([^"\r\n]*)"(?:\r?\n|\Z)', re.MULTILINE)
_TAKEN = re.compile(r"^[ \t\"']*archived_copy\b", re.MULTILINE)
_BLOCK = re.compile(r"(?:[ \t]*(?:#.*)?\r?\n)*[^\s#{\[\-:&*!|>'\"%@`][^:\r\n]*:(?:[ \t]|\r?\n)")
_FENCES = re.compile(r"(---|\+\+\+)[ \t]*\r?\n")
_LAST_LINE = re.compile(r"[^\r\n]*(?:\r?\n)?\Z")


def added_key(data: bytes, path: str) -> Edit | None:
    """Return the edit that adds the key with a path to the front matter of a note, which has to have one.

    In YAML it comes last, in TOML first, where no table has begun. None where the key is there already or the front
    matter is no block of keys. Raises NoteError if the note cannot be decoded.
    """
    note = decode(data)
    source = note.text.encode()
    text = source[: front_matter_end(source)].decode()
    fence = _FENCES.match(text)
    if not fence or _TAKEN.search(text):
        return None
    end = "\r\n" if "\r\n" in fence[0] else "\n"
    last = _LAST_LINE.search(text.rstrip("\r\n"))
    if fence[1] == "+++":
        place, line = fence.end(), f'{KEY} = "{path}"{end}'
    elif last and _BLOCK.match(text, fence.end()):
        place, line = last.start(), f'{KEY}: "{path}"{end}'
    else:
        return None
    offset = note.bom + len(text[:place].encode(note.encoding))
    return Edit(Span(offset, offset), line.encode(note.encoding))


def keys(source: bytes) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Yield the path of each such key in the front matter of a note, its range and that of its line."""
    for match in _LINE.finditer(source, 0, front_matter_end(source)):
        yield match[1].decode(errors="replace"), match.span(1), match.span()
