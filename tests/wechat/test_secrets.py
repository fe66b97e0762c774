"""Credentials are taken out of text that is kept as it was written, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.wechat.secrets import SECRETS, lacks_secrets, without_secrets
from archiver.wechat.suspicious import glued, refusal
from archiver.wechat.urls import canonical_url, clean_url, request_url

LONG = "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=1&idx=1&sn=ab"
VALUES = st.text("ABCxyz019_-=%", min_size=1, max_size=30).map(lambda text: f"SECRET{text}")


def markdown(url: str) -> str:
    return url.replace("&", "\\&").replace("_", "\\_")


def html(url: str) -> str:
    return url.replace("&", "&amp;")


def wrapped(url: str) -> str:
    return "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=SECRET&target_url=" + quote(url, safe="")


def wrapped_twice(url: str) -> str:
    return "https://mp.weixin.qq.com/mp/verify?target_url=" + quote(quote(url, safe=""), safe="")


@pytest.mark.parametrize("written", [str, markdown, html, wrapped, wrapped_twice])
@given(st.lists(st.tuples(st.sampled_from(sorted(SECRETS)), VALUES), min_size=1, max_size=4), st.booleans())
def test_no_value_is_left(written: Callable[[str], str], secrets: list[tuple[str, str]], last: bool) -> None:
    extra = "".join(f"&{name}={value}" for name, value in secrets)
    url = LONG + extra if last else LONG.replace("&mid", extra + "&mid")
    text = f"看 [这里]({written(url)})，{written(url)} 完"
    found = without_secrets(text)
    assert "SECRET" not in found
    assert without_secrets(found) == found
    assert lacks_secrets(found)
    for kept in (canonical_url(url), request_url(url), clean_url(url) or ""):
        assert "SECRET" not in kept


@given(st.text(max_size=60))
def test_other_text_stays(text: str) -> None:
    plain = f"https://example.org/?key=1&uin=2 {text.replace('weixin', '')}"
    assert without_secrets(plain) == plain
    assert without_secrets(f"{LONG}&monkey=1&api_key=2&keys=3") == f"{LONG}&monkey=1&api_key=2&keys=3"


def test_glued() -> None:
    one = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
    assert glued(one) == 0
    assert glued(one * 3) == 3
    assert glued(f"{one}，http://example.org/") == 2
    assert glued(wrapped(LONG)) == 0
    assert glued("https://mp.weixin.qq.com/mp/verify?target_url=https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA") == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=M", "account"),
        ("https://mp.weixin.qq.com/mp/homepage?__biz=M&hid=1", "account"),
        ("https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x", "verification"),
        ("https://mp.weixin.qq.com/s?sn=ab", "names the article"),
        ("https://mp.weixin.qq.com/cgi-bin/home", "no article"),
        (LONG, ""),
        ("https://mp.weixin.qq.com/mp/appmsgalbum?album_id=1", ""),
        ("https://res.wx.qq.com/a.js", ""),
        ("https://example.org/", ""),
        ("https://[::1/", ""),
    ],
)
def test_refused_by_name(url: str, words: str) -> None:
    assert words in refusal(url)
    assert bool(words) == bool(refusal(url))
