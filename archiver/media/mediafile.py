"""Bytes of an audio or video file -> MediaFile: the type read from the bytes, and proof that they are whole, as far as
the format tells. No file, no network."""

from __future__ import annotations

import hashlib

from archiver.amounts import counted
from archiver.errors import BrokenMediaError, MediaError
from archiver.models.media import MediaFile

# (offset, bytes at it, media type, extension); MP3 without a tag begins with a frame's eleven set bits.
_SIGNATURES = (
    (0, b"ID3", "audio/mpeg", "mp3"),
    (0, b"OggS", "audio/ogg", "ogg"),
    (0, b"#!AMR", "audio/amr", "amr"),
    (0, b"\x02#!SILK_V3", "audio/silk", "silk"),
    (0, b"#!SILK_V3", "audio/silk", "silk"),
    (8, b"WAVE", "audio/wav", "wav"),
    (0, b"\x1aE\xdf\xa3", "video/webm", "webm"),
    (0, b"FLV\x01", "video/x-flv", "flv"),
)
_AUDIO_BRANDS = (b"M4A ", b"M4B ")
_LARGEST_TAG = 50_000_000


def inspect_media(data: bytes) -> MediaFile:
    """Read the type of `data` from its bytes.

    Raises MediaError (no known audio or video file) or BrokenMediaError (cut off).
    """
    found = _type(data)
    if found is None:
        what = (
            "nothing"
            if not data
            else "a text"
            if data.lstrip()[:1] in b"<{["
            else f"{counted(len(data), 'byte')} of no known type"
        )
        raise MediaError(f"no audio or video: {what} came instead")
    media_type, extension = found
    if not _is_whole(data, extension):
        raise BrokenMediaError(f"the file is cut off after {counted(len(data), 'byte')}")
    return MediaFile(data, hashlib.sha256(data).hexdigest(), media_type, extension)


def _type(data: bytes) -> tuple[str, str] | None:
    if data[4:8] == b"ftyp":
        return ("audio/mp4", "m4a") if data[8:12] in _AUDIO_BRANDS else ("video/mp4", "mp4")
    for offset, mark, media_type, extension in _SIGNATURES:
        if data.startswith(mark, offset):
            return media_type, extension
    if len(data) > 4 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0:  # ADTS: sync word, layer 0
        return "audio/aac", "aac"
    if _frame_length(data, 0):
        return "audio/mpeg", "mp3"
    return None


def _is_whole(data: bytes, extension: str) -> bool:
    if extension in ("mp4", "m4a"):
        return _boxes_end(data)
    if extension == "wav":
        return len(data) >= int.from_bytes(data[4:8], "little") + 8
    if extension == "mp3":
        return _first_frame_fits(data)
    return True


def _boxes_end(data: bytes) -> bool:
    """Whether the top-level boxes of an MP4 end where the file does, and its index (`moov`) is among them."""
    position, names = 0, set()
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4])
        names.add(data[position + 4 : position + 8])
        if size == 1:
            size = int.from_bytes(data[position + 8 : position + 16])
        elif size == 0:  # to the end of the file
            size = len(data) - position
        if size < 8 or position + size > len(data):
            return False
        position += size
    return b"moov" in names


def _first_frame_fits(data: bytes) -> bool:
    """Whether an MP3 has a frame behind its tag, and all the bytes that its Xing header, if any, promises."""
    start = 0
    if data.startswith(b"ID3") and len(data) >= 10:
        sizes = data[6:10]
        start = 10 + min(_LARGEST_TAG, sizes[0] << 21 | sizes[1] << 14 | sizes[2] << 7 | sizes[3])
    start += len(data[start:]) - len(data[start:].lstrip(b"\0")) if data[start : start + 1] == b"\0" else 0
    length = _frame_length(data, start)
    if not length or start + length > len(data):
        return False
    for mark in (b"Xing", b"Info"):
        at = data.find(mark, start, start + 64)
        if at >= 0 and data[at + 7] & 2:
            place = at + 8 + (4 if data[at + 7] & 1 else 0)
            return len(data) - start >= int.from_bytes(data[place : place + 4])
    return True


_BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1, layer III, kbit/s
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2 and 2.5
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def _frame_length(data: bytes, at: int) -> int:
    """Bytes of the MP3 frame (layer III) at `at`; 0 where there is none."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or not 0 < bitrate < 15 or rate == 3:
        return 0
    kilobits = _BITRATES[3 if version == 3 else 2][bitrate]
    return (144 if version == 3 else 72) * kilobits * 1000 // _RATES[version][rate] + (head[2] >> 1 & 1)
