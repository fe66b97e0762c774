"""A terminal gets lines that are broken between words, and nothing else gets them broken."""

from __future__ import annotations

import os

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.cli.output import broken
from archiver.cli.wrapping import indent_of, width_of
from tests.builders import article
from tests.terminals import terminal
from tests.world import World

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


def lines(text: str, columns: int) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in broken([(text, {})], columns)]


def _may_go_on(line: str, columns: int) -> bool:
    """Whether the last word of a line would fit into the next one, which has that many columns."""
    return width_of(line.split()[-1]) <= columns


@example("- : : ", 1)
@given(st.text(st.sampled_from("ab 中。《:-\u0301\u200b"), max_size=60), st.integers(1, 30))
def test_nothing_but_space_is_lost_and_words_stay_whole(text: str, columns: int) -> None:
    found = lines(text, columns)
    assert "".join("".join(found).split()) == "".join(text.split())
    for line in found:
        assert width_of(line) <= columns or len(line.split()) <= 2 or not _may_go_on(line, columns - indent_of(text))
    for word in text.split():
        if word.isascii():
            assert any(word in line for line in found)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Keep it in a private repository, or not", ["Keep it in a private", "repository, or not"]),
        ("  a title: it was deleted by its author", ["  a title: it was", "    deleted by its", "    author"]),
        ("notes:    1 of 1 rewritten, 2 failed", ["notes:    1 of 1", "          rewritten,", "          2 failed"]),
        ("一篇很长的文章，它的标题里没有空格", ["一篇很长的文章，它的", "标题里没有空格"]),
        ("他说：「今天天气好，」《山》", ["他说：「今天天气", "好，」《山》"]),
        (f"archive:  {URL}", [f"archive:  {URL}"]),
        ("ok    last sync: none yet here", ["ok    last sync: none", "                 yet here"]),
        ("ok    network.ca_bundle_of: x y", ["ok    network.ca_bundle_of:", "      x y"]),
        ("见 /home/我的笔记/文章/一篇很长.md 吧", ["见 /home/我的笔记/文章/一篇很长.md", "吧"]),
        (f"see also the page {URL} today", [f"see also the page {URL}", "today"]),
    ],
)
def test_where_a_line_is_broken(text: str, shown: list[str]) -> None:
    assert lines(text, 20) == shown


def test_styles_go_on_behind_a_break() -> None:
    found = list(broken([("one two ", {}), ("three four", {"bold": True})], 13))
    assert found == [[("", {}), ("one two ", {}), ("three", {"bold": True})], [("", {}), ("four", {"bold": True})]]


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_a_narrow_terminal_gets_whole_words_and_a_pipe_whole_lines(world: World) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一篇'))})")
    with terminal(world, "init", "notes", given={"COLUMNS": "40"}) as shown:
        assert shown.wait() == 0
    said = shown.undrawn.splitlines()
    at = said.index("In your notes, 1 link to WeChat articles")
    assert said[at : at + 2] == ["In your notes, 1 link to WeChat articles", "and 0 images of WeChat's are not local."]
    assert all(len(line) <= 40 or " " not in line.strip() for line in said if "archiver" not in line), said
    assert "Committed to a public repository it republishes them." in world.cli("init", "notes").stdout
