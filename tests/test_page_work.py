"""What is done once for a page, from its bytes to its count, and no more often."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.coverage.html import shown_by, shown_in
from archiver.coverage.match import _matched as matched_at_length
from archiver.coverage.match import matched
from archiver.coverage.page import held
from archiver.coverage.pieces import has_all
from archiver.coverage.scripts import LITERAL, string_of
from archiver.dom import Tag, parse
from archiver.wechat import jsdata, source
from archiver.wechat.jsdata import read_globals
from archiver.wechat.jsstring import decode_string
from archiver.wechat.meta import PageData
from archiver.wechat.page import _attribution, read_page
from archiver.wechat.slim import slim
from tests.work import LINEAR, calls, growth, lines_run

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
FIXTURES = Path(__file__).parent / "wechat" / "fixtures"
PAGE = (FIXTURES / "article-2026-plain-strings.html").read_bytes()
PARTS = re.findall(
    r"\S+", r"\ \\ x u 3 c 5c \x3c \x5c \u4e00 \ud83d \u{1f600} { } \n \r \" \0 甲 a \x33 \x00 \x \u \t \x0a"
)


def test_a_page_that_is_read_is_slimmed_without_being_taken_apart_again() -> None:
    def read_and_slim(first: bytes, second: bytes) -> None:
        read_page(first, URL)
        read_page(second, URL)
        assert slim(first) == slim(bytes(bytearray(first)))

    assert calls(lambda: read_and_slim(PAGE, PAGE + b" "), source.parts_of) == [3]
    for n in range(100):  # pages that nobody keeps
        read_page(PAGE + b" " * n, URL)
    assert len(source._remembered) < 20


def test_of_a_body_that_a_page_has_twice_one_is_counted() -> None:
    words = "".join(
        f'<p style="a:b">第{n}段，&nbsp;说 &lt;一些&gt; 话<img data-src="https://x/{n}"></p>' for n in range(9)
    )
    data = words.replace("<", r"\x3c").replace("'", r"\x27")
    page = f"""<div id="js_content">{words}</div><script>window.cgiDataNew = {{content_noencode: '{data}'}}</script>"""
    assert len(held(page.encode()).images) == 9
    assert calls(lambda: held(page.encode()), shown_by, shown_in) == [0, 2]  # the second looks for the reposter's words
    fuller = page.replace(r"\x3cp style", r"\x3cp>又有一段\x3c/p>\x3cp style", 1)
    assert calls(lambda: held(fuller.encode()), shown_by, shown_in) == [1, 2]
    assert "又有一段" in held(fuller.encode()).text


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*PARTS, "\n", "\r", "\0"]), max_size=12).map("".join))
def test_escapes_mean_what_they_mean_one_by_one(inner: str) -> None:
    def one_by_one(found: re.Match[str]) -> str:
        return decode_string(f'"{found[0]}"')

    escape = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|\r\n|.)", re.DOTALL)
    meant = escape.sub(one_by_one, inner)
    assert decode_string(f'"{inner}"').replace("\ufffd", "") == meant.replace("\ufffd", "").replace("\ud83d", "")
    found = re.fullmatch(LITERAL, f"'{inner}'", re.DOTALL)
    if found and "{" not in inner and "\r" not in inner and r"\r" not in inner and r"\0" not in inner:
        assert string_of(found).replace("\ud83d", "") == meant.replace("\ufffd", "")


@pytest.mark.parametrize("escape", [r"\x3c", "\\\\", r"\n", r"\/"])
def test_to_read_escapes_grows_with_their_number(escape: str) -> None:
    assert growth(lambda size: decode_string(f"'{escape * size}'"), 1000) < LINEAR
    many = "".join(f"\\u{0x4E00 + n:04x}" for n in range(2000))
    assert decode_string(f"'{many}'") == "".join(chr(0x4E00 + n) for n in range(2000))


def test_bytes_are_taken_apart_as_their_text_is() -> None:
    edges = [
        "<script",
        "<style",
        "</script",
        "</SCRIPT",
        "</style",
        "<!--",
        "-->",
        ">",
        "甲",
        "\u3000",
        "\xa0",
        " ",
        "x",
    ]
    spaces = [chr(code) for code in range(0x3001) if chr(code).isspace()]
    random = Random(1)
    for _ in range(3000):
        text = "".join(random.choice([*edges, random.choice(spaces)]) for _ in range(random.randrange(16)))
        assert source.parts_of(text.encode()) == list(source.split_source(text)), text
    for body in (
        b"<script>\xff</script>",
        b"<style>\xff</style>",
        b"<!-- \xff -->",
        b"<p>\xff",
        "甲<p>".encode("gb18030"),
    ):
        assert source.parts_of(body) == list(source.split_source(source.decode_page(body)))


def test_only_lines_that_assign_what_is_known_are_read() -> None:
    others = "".join(f"var x{n} = '{n}', y == {n};\n" for n in range(1000))
    script = f"{others}var biz\n = 'A' || 'B'; var mid = '1';\n{others}"
    assert read_globals([script]) == {"biz": "A", "mid": "1"}
    assert calls(lambda: read_globals([script]), jsdata._ASSIGNED.match) == [2]
    assert calls(lambda: jsdata.holds_assignments(others), jsdata._IS_KNOWN.search) == [0]
    assert jsdata.holds_assignments(script)
    assert growth(lambda size: read_globals(["var biz = '' " * size + " " * size + "= "]), 1000) < LINEAR


def test_names_that_are_assigned_to_are_found_as_by_reading_all() -> None:
    def by_reading_all(script: str) -> list[tuple[str, int]]:
        found, position = [], 0
        while match := jsdata._ASSIGNED.match(script, position):
            position = match.end()
            named = jsdata._OWNED.fullmatch(match["name"])
            if named and named["name"] in jsdata._KNOWN:
                found.append((named["name"], position))
        return found

    parts = [*"'\"\\$_=;x\n \u3000", "==", "=\n", "biz", "msg_title", "d.title", "window.", "// ", "var ", "'a'"]
    random, some = Random(2), 0
    for _ in range(10_000):
        script = "".join(random.choice(parts) for _ in range(random.randrange(1, 20)))
        found = [(name, position) for _, name, position in jsdata._assigned(script)]
        assert found == by_reading_all(script), script
        some += bool(found)
    assert some > 900


def test_a_panel_is_looked_for_where_there_is_one() -> None:
    page = "<title>x</title><div id=js_content>甲</div><script>var biz = 'MQ==', mid = '1';</script>"
    panel = f"<div class=original_panel><a href='https://mp.weixin.qq.com/s/{'B' * 22}'>x</a></div>{page}"
    for markup, looked in ((page, 0), (panel, 1)):
        data = PageData(parse(markup), {}, {})
        assert calls(partial(_attribution, data), Tag.select_one) == [looked]
        assert ("BBBB" in _attribution(data)) is bool(looked)


@pytest.mark.parametrize("more", [0, 1_500_000])
def test_images_of_megabytes_keep_their_addresses(more: int) -> None:
    """Together they are more than the parser takes for one; that is put aside."""
    images = [f"data:image/png;base64,{letter * (1_500_000 + more)}" for letter in "AB"]
    page = "".join(f'<img src="{image}">' for image in images)
    assert [tag["src"] for tag in parse(page).find_all("img")] == images


def test_what_has_all_plainly_has_it_by_the_long_way() -> None:
    """In texts of few letters, where much can be taken for something else, and with much put in between."""
    random, plain = Random(3), 0
    for _ in range(1500):
        letters = "甲乙丙丁戊己庚辛壬癸abcdefghijklmnopqrstuvwxyz"[: random.choice((2, 5, 12, 36))]
        wanted = "".join(random.choices(letters, k=random.randrange(1, 150)))
        there = "图" + wanted
        for _ in range(random.randrange(1, 6)):
            at = random.randrange(1, len(there) + 1)
            there = there[:at] + random.choice(["（图片）", wanted[:at][-20:], letters, letters[0]]) + there[at:]
        if has_all(wanted, there):
            plain += 1
            assert matched_at_length(wanted, there) == len(wanted), (wanted, there)
    assert plain > 200


def test_a_copy_with_marks_in_between_is_counted_at_a_glance() -> None:
    words = "".join(chr(0x4E00 + 7 * n) for n in range(2000))
    copy = "！".join(words[at : at + 200] for at in range(0, 2000, 200))
    assert matched(f"甲{words}", copy) == 2000
    assert matched(words, f"甲{copy}") == 2000
    assert lines_run(lambda: matched(words, f"甲{copy}")) < lines_run(lambda: matched(f"甲{words}", copy)) / 5
