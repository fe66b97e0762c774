"""Audio and video files: the type is read from the bytes, and what is cut off is told."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import BrokenMediaError, MediaError
from archiver.media.mediafile import inspect_media
from tests.replica.media import mp3, mp4

WAVE = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)


@pytest.mark.parametrize(
    ("data", "media_type", "extension"),
    [
        (mp3(), "audio/mpeg", "mp3"),
        (mp3(tagged=True), "audio/mpeg", "mp3"),
        (mp4(), "video/mp4", "mp4"),
        (mp4().replace(b"isom\x00", b"M4A \x00", 1), "audio/mp4", "m4a"),
        (WAVE, "audio/wav", "wav"),
        (b"#!AMR\n" + bytes(20), "audio/amr", "amr"),
        (b"\x02#!SILK_V3" + bytes(20), "audio/silk", "silk"),
        (b"OggS" + bytes(20), "audio/ogg", "ogg"),
        (b"\x1aE\xdf\xa3" + bytes(20), "video/webm", "webm"),
        (b"\xff\xf1\x50\x80" + bytes(20), "audio/aac", "aac"),
    ],
)
def test_types(data: bytes, media_type: str, extension: str) -> None:
    found = inspect_media(data)
    assert (found.media_type, found.extension, found.data) == (media_type, extension, data)


@pytest.mark.parametrize("data", [mp4()[:-1], mp4(size=5000)[:3000], mp4()[:40], mp3()[:300], WAVE[:-1]])
def test_what_is_cut_off(data: bytes) -> None:
    with pytest.raises(BrokenMediaError):
        inspect_media(data)


def test_a_film_without_its_index_is_cut_off() -> None:
    with pytest.raises(BrokenMediaError):
        inspect_media(mp4()[:-108])


def test_an_mp3_that_promises_more_than_there_is() -> None:
    header = b"Xing" + (3).to_bytes(4) + (20).to_bytes(4) + (len(mp3(1)) + 100).to_bytes(4)
    data = mp3(1)
    with pytest.raises(BrokenMediaError):
        inspect_media(data[:36] + header + data[36 + len(header) :])


@pytest.mark.parametrize(
    "data", [b"", b"<!DOCTYPE html><p>busy", b'{"ret": -1}', b"\x00" * 50, b"GIF89a", b"\xff\xd8\xff\xe0"]
)
def test_what_is_no_sound_or_film(data: bytes) -> None:
    with pytest.raises(MediaError) as error:
        inspect_media(data)
    assert not error.value.retry


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda tail: mp4()[:60] + tail)))
def test_any_bytes(data: bytes) -> None:
    try:
        file = inspect_media(data)
    except MediaError:
        return
    assert file.data == data
    assert file.sha256 == hashlib.sha256(data).hexdigest()
