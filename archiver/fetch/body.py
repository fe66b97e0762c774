"""The bytes of an answer: its content-encodings undone, and whether it is whole.

Where an encoding breaks off, requests and Chromium both take that for the end; where it is none, Chromium has an empty
page. So plain HTTP decodes here, strictly; and of a page, which Chromium hands out decoded, the end is looked for.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import brotli

from archiver.amounts import counted, size
from archiver.errors import NetworkError, TooLargeError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"  # as Chromium says
_PIECE = 1 << 18  # at most so many bytes come from a decoder at once: a few compressed ones can stand for gigabytes
_TAIL = 4096  # all pages seen, walls and WeChat's other answers included, end with </html> within their last 20 bytes
_DAMAGED = (zlib.error, brotli.error, zstd.ZstdError)


class _Decoder(Protocol):
    """Undoes one encoding. `at_end`: whether what came so far is complete."""

    @property
    def at_end(self) -> bool: ...

    def feed(self, data: bytes) -> Iterator[bytes]: ...


class _Frames:
    """An encoding of one frame after the other, each of which begins with `magic` (empty: there is only one). `make`
    makes what decodes a frame, `pieces` asks it. What follows the last frame is passed over, as browsers do."""

    def __init__(self, make: Callable[[], Any], pieces: Callable[[Any, bytes], Iterator[bytes]], magic: bytes) -> None:
        self._make, self._pieces, self._magic = make, pieces, magic
        self._frame = make()
        self.at_end = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not (self.at_end and not self._begins(data)):
            yield from self._pieces(self._frame, data)
            self.at_end = self._frame.eof
            if not self.at_end:
                return
            data, self._frame = self._frame.unused_data, self._make()

    def _begins(self, data: bytes) -> bool:
        return bool(self._magic) and self._magic.startswith(data[: len(self._magic)])


def _inflate(frame: Any, data: bytes) -> Iterator[bytes]:
    """For zlib's decoders, which hand input back that they had no room for."""
    piece = None
    while piece is None or ((data or len(piece) == _PIECE) and not frame.eof):
        piece = frame.decompress(data, _PIECE)
        data = frame.unconsumed_tail
        yield piece


def _unzstd(frame: Any, data: bytes) -> Iterator[bytes]:
    """For zstd's, which keep it."""
    yield frame.decompress(data, _PIECE)
    while not (frame.eof or frame.needs_input):
        yield frame.decompress(b"", _PIECE)


def _gzip() -> _Frames:
    return _Frames(lambda: zlib.decompressobj(31), _inflate, b"\x1f\x8b")


def _zstd() -> _Frames:
    return _Frames(zstd.ZstdDecompressor, _unzstd, b"\x28\xb5\x2f\xfd")


class _Deflate:
    """deflate: with zlib's head, as it should be, or without, as some servers send it."""

    def __init__(self) -> None:
        self._head = b""
        self._frames: _Frames | None = None

    @property
    def at_end(self) -> bool:
        return self._frames is not None and self._frames.at_end

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._frames is None:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            has_head = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._frames = _Frames(lambda: zlib.decompressobj(15 if has_head else -15), _inflate, b"")
        yield from self._frames.feed(data)


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def at_end(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self.at_end:
            return
        piece = self._stream.process(data, output_buffer_limit=_PIECE)
        # brotli 1.2.1 says that it takes more input while it still holds output: only an empty piece is its last word.
        while piece:
            yield piece
            piece = b"" if self.at_end else self._stream.process(b"", output_buffer_limit=_PIECE)


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _zstd,
}


class Body:
    """Collects the bytes of an answer and undoes what its Content-Encoding header says. One with an encoding that
    nobody knows is taken as it is, as browsers do."""

    def __init__(self, encoding: str, max_bytes: int) -> None:
        self._encoding = encoding
        names = [name for name in encoding.lower().replace(",", " ").split() if name != "identity"]
        known = all(name in _DECODERS for name in names)
        self._decoders = [_DECODERS[name]() for name in reversed(names)] if known else []
        self._max_bytes = max_bytes
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """Take further bytes. Raises TooLargeError, or NetworkError where they are not so encoded."""
        try:
            for piece in self._decoded(data, 0):
                self._bytes += piece
                if len(self._bytes) > self._max_bytes:
                    raise TooLargeError(f"larger than {size(self._max_bytes)}")
        except _DAMAGED as error:
            raise NetworkError(f"the answer is not encoded as it says ({self._encoding})") from error

    def close(self) -> bytes:
        """The whole. Raises NetworkError where an encoding is not at its end."""
        if not all(decoder.at_end for decoder in self._decoders):
            size = f"{counted(len(self._bytes), 'byte')}"
            raise NetworkError(f"the answer is cut off within its encoding ({self._encoding}), after {size}")
        return bytes(self._bytes)

    def _decoded(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._decoders):
            yield data
            return
        for piece in self._decoders[depth].feed(data):
            yield from self._decoded(piece, depth + 1)


def check_whole(body: bytes) -> None:
    """Raises NetworkError for a page, or an answer in JSON, that is cut off: a proxy may pass on a part as the whole,
    and Chromium does not say that an encoding broke off."""
    start = body[:64].lstrip()
    if start.startswith((b"{", b"[")) and _is_json(body):
        return
    if b"</html" not in body[-_TAIL:].lower():
        raise NetworkError(f"the page is cut off after {counted(len(body), 'byte')}")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
