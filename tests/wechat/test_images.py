"""Image URLs, their keys and requests; the hot-link placeholder."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.models import ImageFile, ImageRef
from archiver.wechat.images import (
    IMAGE_HOSTS,
    image_key,
    image_ref,
    image_requests,
    inlined_image,
    is_image_host,
    looks_like_placeholder,
)

ID = "jXQDbLkGBYUibAbC123"
URL = f"https://mmbiz.qpic.cn/sz_mmbiz_png/{ID}/640?wx_fmt=png&from=appmsg"


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"http://mmbiz.qlogo.cn/sz_mmbiz_png/{ID}/0?wx_fmt=png",
        f"//mmbiz.qpic.cn/sz_mmbiz_png/{ID}/640?wx_fmt=png&amp;tp=webp&amp;wxfrom=5#imgIndex=3",
        f"https://mmbiz.qpic.cn/sz_mmbiz_png/{ID}/0.png",
        f"https://mmbiz.qpic.cn/sz_mmbiz_png/{ID}/",
        f"https://mmbiz.qpic.cn/sz_mmbiz_png/{ID}",
    ],
)
def test_one_picture_has_one_key(url: str) -> None:
    assert image_key(url) == f"sz_mmbiz_png/{ID}"


def test_ids_are_case_sensitive() -> None:
    assert image_key(URL) != image_key(URL.lower())


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://mmsns.qpic.cn/mmsns/AbC/0", "mmsns/AbC"),
        ("https://wx.qlogo.cn/mmhead/AbC/132", "wx.qlogo.cn/mmhead/AbC/132"),
        ("https://res.wx.qq.com/t/wx_fed/we-emoji/2.png?x=1", "res.wx.qq.com/t/wx_fed/we-emoji/2.png"),
        ("https://example.com/mmbiz_png/AbC/640", "example.com/mmbiz_png/AbC/640"),
        ("https://mmbiz.qpic.cn/", None),
        ("javascript:alert(1)", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_other_keys(url: str, key: str | None) -> None:
    assert image_key(url) == key


def test_requests_drop_display_noise_and_keep_the_rest() -> None:
    noisy = (
        URL.replace("https", "http")
        + "&tp=webp&wxfrom=10005&wx_lazy=1&wx_co=1&retryload=1&randomid=x&watermark=1#imgIndex=1"
    )
    assert image_requests(noisy, "given") == (URL + "&watermark=1",)


def test_the_original_is_tried_first_and_falls_back() -> None:
    assert image_requests(URL, "original") == (URL.replace("/640", "/0"), URL)
    assert image_requests(URL.replace("/640", "/0"), "original") == (URL.replace("/640", "/0"),)
    emoji = "https://res.wx.qq.com/t/wx_fed/we-emoji/2.png"
    assert image_requests(emoji, "original") == (emoji,)


def test_hosts() -> None:
    assert all(is_image_host(host) for host in IMAGE_HOSTS)
    assert is_image_host("MMBIZ.qpic.cn")
    assert not is_image_host("mpvideo.qpic.cn")
    assert not is_image_host("qpic.cn.example.com")
    assert not is_image_host("")


def test_inlined_images_are_pictures_with_their_bytes_in_the_url() -> None:
    url = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    ref = image_ref(url)
    assert ref is not None
    assert ref.url == url
    assert ref.key.startswith("data/")
    assert inlined_image(url) == b"GIF89a\x01\x00\x01\x00\x00\x00\x00,"
    assert inlined_image("data:image/svg+xml,%3Csvg/%3E") == b"<svg/>"
    assert inlined_image("data:image/png;base64,A") is None
    assert inlined_image("https://mmbiz.qpic.cn/x") is None


def picture(size: int, width: int = 140, height: int = 140, media_type: str = "image/jpeg") -> ImageFile:
    return ImageFile(bytes(size), "0" * 64, media_type, "jpg", width, height)


def wanted(path: str, width: int | None = None, height: int | None = None) -> ImageRef:
    ref = image_ref(f"https://mmbiz.qpic.cn/{path}", width, height)
    assert ref is not None
    return ref


@pytest.mark.parametrize(
    ("ref", "file", "verdict"),
    [
        (wanted("mmbiz_png/a/640"), picture(2090), True),
        (wanted("mmbiz_png/a/640", 1080, 720), picture(2090), True),
        (wanted("mmbiz_png/a/640", 1080, 720), picture(9000), True),  # another encoding of the notice
        (wanted("mmbiz_jpg/a/640", 140, 140), picture(7000), False),  # promised to be that small
        (wanted("mmbiz_jpg/a/640", 140, 141), picture(7000), False),  # a rounded ratio
        (wanted("mmbiz_png/a/640"), picture(2400), True),
        (wanted("mmbiz_png/a/640"), picture(7000), False),  # a small photograph in a note
        (wanted("mmbiz_png/a/132"), picture(2400), False),
        (wanted("mmbiz_png/a/640"), picture(2090, 140, 139), False),
        (wanted("mmbiz_png/a/640", 1080, 720), picture(2111, 140, 140, "image/gif"), False),
        (wanted("mmbiz_png/a/640", 1080, 720), picture(70, 1, 1, "image/png"), False),
        (ImageRef("wx.qlogo.cn/mmhead/a/640", "https://wx.qlogo.cn/mmhead/a/640"), picture(3000), False),  # an avatar
    ],
)
def test_placeholder(ref: ImageRef, file: ImageFile, verdict: bool) -> None:
    assert looks_like_placeholder(ref, file) is verdict


pieces = st.sampled_from(
    [
        *["https://", "//", "mmbiz.qpic.cn", "/mmbiz_png/", "AbC", "/640", "?wx_fmt=png", "&tp=webp", "#imgIndex=1"],
        *["&amp;", "[", "%", " ", "data:image/png;base64,", "wx.qlogo.cn", '"', "\\", "\ud800", ":99999"],
    ]
)
urls = st.one_of(st.text(max_size=50), st.lists(pieces, max_size=8).map("".join))


@given(urls)
@example("HTTP://0/0?&")
def test_laws(url: str) -> None:
    (given_url,) = image_requests(url, "given")
    assert image_requests(given_url, "given") == (given_url,)
    assert image_key(given_url) == image_key(url)
    assert image_requests(url, "original")[-1] == given_url
    inlined_image(url)
