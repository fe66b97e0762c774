"""Audio and video files, small but whole."""

from __future__ import annotations

_FRAME = bytes.fromhex("fffb9064")  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes
_FRAME_BYTES = 417


def mp3(seconds: float = 0.5, tagged: bool = False) -> bytes:
    """A silent MP3; `tagged` puts an ID3 tag before it."""
    frames = (_FRAME + bytes(_FRAME_BYTES - len(_FRAME))) * max(1, round(seconds * 44_100 / 1152))
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x0aTIT2\x00\x00\x00\x00\x00\x00" if tagged else b""
    return tag + frames


def mp4(payload: bytes = b"film", size: int = 0) -> bytes:
    """Bytes with the boxes of an MP4; padded to about `size` bytes."""
    data = payload + bytes(max(0, size - len(payload)))
    return _box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2mp41") + _box(b"mdat", data) + _box(b"moov", bytes(100))


def _box(name: bytes, data: bytes) -> bytes:
    return (len(data) + 8).to_bytes(4) + name + data
