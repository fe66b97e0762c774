"""Inline styles and addresses through their allow-lists."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.render.css import background_urls, is_bold, safe_style
from archiver.render.links import relative, safe_url


def local(url: str) -> str:
    return "../images/a.png" if url == "https://mmbiz.qpic.cn/a" else ""


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: rgb(1, 2, 3); FONT-SIZE:16px", "color: rgb(1, 2, 3); font-size: 16px"),
        ("margin: 10px auto -16px; letter-spacing: 1px", "margin: 10px auto -16px; letter-spacing: 1px"),
        ("color: red !important", "color: red"),
        ("background: url('https://mmbiz.qpic.cn/a') no-repeat", 'background: url("../images/a.png") no-repeat'),
        ("background-image: linear-gradient(90deg, red, blue)", "background-image: linear-gradient(90deg, red, blue)"),
        ("height: 30px", "height: 30px; width: auto"),
        ("opacity: 0.6", "opacity: 0.6"),
        ("display: flex", "display: flex"),
        # refused
        ("background: url(https://evil.example/x)", ""),
        ("background: u\\72l(https://evil.example/x)", ""),
        ("background-image: image-set('https://evil.example/x' 1x)", ""),
        ("list-style: url(https://mmbiz.qpic.cn/a)", ""),
        ("position: fixed; top: 0; z-index: 9", ""),
        ("po\\73ition: absolute", ""),
        ("margin-top: -9999px", ""),
        ("text-indent: -999em", ""),
        ("transform: translate(-5000px)", ""),
        ("visibility: hidden; opacity: 0; display: none", ""),
        ("color: transparent", ""),
        ("color: rgba(0, 0, 0, 0)", ""),
        ("width: expression(alert(1))", ""),
        ("behavior: url(x); -moz-binding: url(x)", ""),
        ("@import 'https://evil.example/x'", ""),
        ("color: red} body {display: none", ""),
    ],
)
def test_safe_style(style: str, kept: str) -> None:
    assert safe_style(style, local) == kept


@given(st.text(":;(){}\\/'\"!@#url -abc01px%,\n", max_size=60))
def test_safe_style_is_stable_and_stays_in_its_attribute(style: str) -> None:
    once = safe_style("color: red; " + style + "; background: url(https://evil.example/x)", local)
    assert "evil" not in once
    assert "{" not in once
    assert safe_style(once, lambda url: url) == once


def test_background_urls_and_bold() -> None:
    assert background_urls("background: red url(a) , url('b'); list-style: url(c)") == ("a", "b")
    assert [is_bold(f"font-weight: {value}") for value in ("bold", "700", "normal", "400")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (" HTTPS://example.org/中 文", "HTTPS://example.org/%E4%B8%AD%20%E6%96%87"),
        ('http://example.org/"><script>', "http://example.org/%22%3E%3Cscript%3E"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("java\nscript:alert(1)", ""),
        ("\x01javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org/", ""),
        ("file:///etc/passwd", ""),
        ("http://[", ""),
        ("http:", ""),
    ],
)
def test_safe_url(url: str, safe: str) -> None:
    assert safe_url(url) == safe


names = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="/"), min_size=1).filter(
    lambda name: name not in (".", "..")
)


@given(st.lists(names, max_size=4).map("/".join), st.lists(names, min_size=1, max_size=4).map("/".join))
def test_relative_leads_there(folder: str, path: str) -> None:
    way = relative(folder, path)
    assert not set(way) & set(" ()<>\"'?#\\:&`*[]|")
    assert posixpath.normpath(posixpath.join("/" + folder, unquote(way))) == posixpath.normpath("/" + path)
