"""The text of a page that is searched: found in pages as they are written here without a parser, and as by one."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.render import plain
from archiver.render.links import LocalFiles
from archiver.render.sanitize import safe_fragment
from tests.work import calls

WRITTEN = [
    *("<p>", "</p>", '<p class="s1 card">', '<a href="x" title=\'"\'>', "</a>", "<br/>", "<hr/>", "<pre>", "</pre>"),
    *('<span class="missing">', '<span class="missing"/>', "</span>", '<img src="a&gt;b"/>', "<wbr/>", "<P>", "</P>"),
]
OTHER = ["<br>", '<p title="a>b">', '<p title="<b>', '">', "<script>", "</script>", "<!-- x -->", "<p x>", "</p x>"]
TEXTS = ["甲", " ", "\n", "&lt;", "&amp;amp;", "&nbsp;", "&notit;", "a\n b", "&"]


def by_parser(body: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "_taken", lambda *_: False)
        return plain.fragment_text(body)


@given(st.lists(st.sampled_from([*WRITTEN, *TEXTS]), max_size=12).map("".join))
def test_what_is_written_here_is_read_as_by_a_parser(body: str) -> None:
    assert plain.fragment_text(body) == by_parser(body)


@given(st.lists(st.sampled_from([*WRITTEN, *TEXTS, *OTHER, "<", ">", '"', "'", "/"]), max_size=12).map("".join))
def test_what_others_write_is_read_as_by_a_parser(body: str) -> None:
    assert plain.fragment_text(body) == by_parser(body)


@given(st.lists(st.sampled_from([*WRITTEN, *TEXTS, *OTHER, "<svg>", "<text>", "</svg>"]), max_size=12).map("".join))
def test_every_body_that_is_made_here_needs_no_parser(body: str) -> None:
    made = safe_fragment(body, LocalFiles("", {}))
    assert calls(lambda: plain.fragment_text(made), HTMLParser.feed) == [0]
    assert plain.fragment_text(made) == by_parser(made)


def test_a_tag_that_comes_again_is_not_read_again() -> None:
    plain._read.cache_clear()
    assert calls(lambda: plain.fragment_text('<p class="s1">甲<br/></p>' * 100), plain._ATTRIBUTE.findall) == [3]
