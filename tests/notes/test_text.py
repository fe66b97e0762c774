"""Bytes to text and back."""

from __future__ import annotations

import pytest

from archiver.errors import NoteError
from archiver.notes.text import decode


@pytest.mark.parametrize(
    ("data", "text", "encoding", "bom"),
    [
        (b"", "", "utf-8", 0),
        ("中文\r\nx\ry".encode(), "中文\r\nx\ry", "utf-8", 0),
        (b"\xef\xbb\xbf" + "中".encode(), "中", "utf-8", 3),
        ("中文𠀀é\r\n".encode("gb18030"), "中文𠀀é\r\n", "gb18030", 0),
    ],
)
def test_decode(data: bytes, text: str, encoding: str, bom: int) -> None:
    note = decode(data)
    assert (note.text, note.encoding, note.bom) == (text, encoding, bom)
    offset = note.offset_map()
    for index in range(len(text) + 1):
        assert offset(len(text[:index].encode())) == bom + len(text[:index].encode(encoding))


@pytest.mark.parametrize("data", [b"\xff\xfea\xff", b"caf\xe9 x", "中文".encode("gb18030") + b"\xff"])
def test_other_encodings_are_refused_with_advice(data: bytes) -> None:
    with pytest.raises(NoteError, match=r"neither UTF-8 nor GB18030.*save it as UTF-8"):
        decode(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_by_name(encoding: str) -> None:
    with pytest.raises(NoteError, match="UTF-16"):
        decode("[x](https://x.example/)".encode(encoding))
