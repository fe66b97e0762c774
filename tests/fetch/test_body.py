"""What comes encoded is decoded strictly, piece by piece, and what is not whole is known to be so."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import NetworkError, TooLargeError
from archiver.fetch.body import Body, check_whole
from tests.replica import encodings

PAGE = b"".join(b"<p>%d</p>" % (n * 7919 % 1000) for n in range(1500))


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "two members": ("x-gzip", lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:])),
    "zlib": ("deflate", zlib.compress),
    "deflate": ("Deflate", raw_deflate),
    "br": ("br", encodings.ENCODERS["br"]),
    "zstd": ("zstd", encodings.ENCODERS["zstd"]),
    "two frames": ("zstd", lambda data: encodings.ENCODERS["zstd"](data[:99]) + encodings.ENCODERS["zstd"](data[99:])),
    "both": ("gzip, br", lambda data: encodings.ENCODERS["br"](gzip.compress(data))),
}


def decode(encoding: str, data: bytes, step: int = 1000, max_bytes: int = 10**7) -> bytes:
    body = Body(encoding, max_bytes)
    for start in range(0, len(data), step):
        body.feed(data[start : start + step])
    return body.close()


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("step", [1, 7, 1000, 10**6])
def test_whole_and_cut(name: str, step: int) -> None:
    encoding, encode = ENCODERS[name]
    whole = encode(PAGE)
    assert decode(encoding, whole, step) == PAGE
    for cut in (0, 1, 5, len(whole) // 2, len(whole) - 1):
        with pytest.raises(NetworkError, match="cut off"):
            decode(encoding, whole[:cut], step)


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("wrong", [PAGE, b"\x00" * 100, b"{}" * 20])
def test_what_is_not_so_encoded(name: str, wrong: bytes) -> None:
    with pytest.raises(NetworkError):
        decode(ENCODERS[name][0], wrong)


@pytest.mark.parametrize("name", ENCODERS)
def test_a_bomb_is_left_early(name: str) -> None:
    encoding, encode = ENCODERS[name]
    bomb = encode(bytes(5_000_000))
    with pytest.raises(TooLargeError):
        decode(encoding, bomb, 10**6, max_bytes=10**5)


@pytest.mark.parametrize("step", [1, 9, 500, 10**6])
@pytest.mark.parametrize("name", ENCODERS)
def test_few_bytes_that_stand_for_many(name: str, step: int) -> None:
    """Each of them fills several pieces."""
    encoding, encode = ENCODERS[name]
    page = b"<p>" + b"x" * 3_000_000 + b"</p>"
    assert decode(encoding, encode(page), step) == page


@pytest.mark.parametrize("step", [1, 10**6])
@pytest.mark.parametrize("name", [name for name in ENCODERS if "br" not in name and name != "both"])
def test_what_follows_the_end_is_passed_over(name: str, step: int) -> None:
    encoding, encode = ENCODERS[name]
    assert decode(encoding, encode(PAGE) + b"\r\n<!-- x -->", step) == PAGE


@pytest.mark.parametrize("encoding", ["", "identity", "utf-8", "none", "gzip, utf-8"])
def test_without_an_encoding_that_is_known(encoding: str) -> None:
    assert decode(encoding, PAGE) == PAGE
    assert decode(encoding, b"") == b""


@given(st.binary(max_size=3000), st.sampled_from(sorted(ENCODERS)), st.integers(1, 400))
def test_any_bytes_come_back(data: bytes, name: str, step: int) -> None:
    encoding, encode = ENCODERS[name]
    assert decode(encoding, encode(data), step) == data


def test_whole_pages() -> None:
    check_whole(b"<!DOCTYPE html><html></HTML>\n\n")
    check_whole(b"<html></html><!-- /head><html></html>--> ")
    check_whole(b' {"base_resp": {"ret": 0}}')
    for cut in (b"", b"<html><body>", b'{"base_resp": {"ret": 0}', b"<html>" + b"</html>".ljust(5000)):
        with pytest.raises(NetworkError, match="cut off"):
            check_whole(cut)
