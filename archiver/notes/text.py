"""A note's bytes as text, and the way back from text to bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from archiver.errors import NoteError
from archiver.models.values import dataclass

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class NoteText:
    """A decoded note: `text` has no byte order mark, `encoding` is a Python codec name, `bom` a length in bytes."""

    text: str
    encoding: str
    bom: int

    def offset_map(self) -> Callable[[int], int]:
        """Return a function from byte offsets in `text.encode("utf-8")` to byte offsets in the note's file.

        Offsets must lie between characters.
        """
        if self.encoding == "utf-8":
            return lambda offset: offset + self.bom
        utf8 = list(accumulate((len(char.encode()) for char in self.text), initial=0))
        file = list(accumulate((len(char.encode(self.encoding)) for char in self.text), initial=self.bom))
        return lambda offset: file[bisect_right(utf8, offset) - 1]


def decode(data: bytes) -> NoteText:
    """Decode the bytes of a note: UTF-8 with or without byte order mark, else GB18030.

    GB18030 is accepted only where encoding the text again gives the same bytes, so that nothing outside an edit can
    change. Line ends stay as they are. Raises NoteError for any other encoding, such as UTF-16.
    """
    if b"\0" in data:
        raise NoteError("the note is UTF-16, or no text: save it as UTF-8")
    bom = len(_UTF8_BOM) if data.startswith(_UTF8_BOM) else 0
    try:
        return NoteText(data[bom:].decode("utf-8"), "utf-8", bom)
    except UnicodeDecodeError as error:
        place = error.start + bom
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if not text or text.encode("gb18030") != data:
        raise NoteError(f"the note is neither UTF-8 nor GB18030 (first odd byte at offset {place}): save it as UTF-8")
    return NoteText(text, "gb18030", 0)


def may_hold(data: bytes, needles: Sequence[bytes]) -> bool:
    """Tell, without parsing, whether one of the ASCII `needles` (say, host names) occurs in the note's bytes at all.

    Case does not count; the needles are in lower case. A host name with character references is not noticed. Of UTF-16,
    in which no needle can be seen, it is said that it may, so that `decode` gets to refuse it by name.
    """
    folded = data.lower()
    return b"\0" in data or data.startswith(_UTF16_BOMS) or any(needle in folded for needle in needles)
