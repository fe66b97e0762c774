"""The laws over the examples of the CommonMark and GFM specifications, with WeChat links put into them.

What a reader sees is taken from cmark-gfm, GitHub's own parser.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from archiver.notes.apply import Applied, apply
from archiver.notes.prove import prove
from archiver.notes.rewrite import ArticleMode
from archiver.notes.splice import splice
from archiver.notes.undo import edits_to_undo, record
from archiver.render.cmark import github_html
from tests.notes.support import ARTICLE, IMAGE, in_archive, rewrite

EXAMPLES = [
    text
    for texts in json.loads((Path(__file__).parent / "spec" / "examples.json").read_text("utf-8")).values()
    for text in texts
]
U = "https://mp.weixin.qq.com/s/Example-Token-00000001"
I = "https://mmbiz.qpic.cn/mmbiz_png/PictureOne/640?wx_fmt=png&from=appmsg"  # noqa: E741
_DESTINATION = re.compile(
    r"(?<=\]\()[^\s()<>]+|(?<=\]: )[^\s<>]+|https?://[\w.:/?=&%-]+|/ur[li]\d?|(?<=(?:ref|src)=\")[^\"]+"
)
VARIANTS: dict[str, Callable[[str], str]] = {
    "every destination": lambda text: _DESTINATION.sub(U, text),
    "link at the end": lambda text: f"{text.rstrip()} [x]({U})\n",
    "bare URL first": lambda text: f"{U} {text}",
    "autolink inside": lambda text: text.replace(" ", f" <{U}> ", 1),
    "line before": lambda text: f"[a]({U} 't')\n{text}",
    "line behind": lambda text: f"{text}![a]({I})\n",
    "words as links": lambda text: text.replace("foo", f"[foo]({U})"),
    "words as bare URLs": lambda text: text.replace("foo", U),
    "words as HTML": lambda text: text.replace("bar", f'<img src="{I}">'),
    "all lines": lambda text: "".join(f"{line.rstrip()} <a href='{U}'>x</a>{U}\n" for line in text.splitlines()),
}
MODES: tuple[ArticleMode, ...] = ("replace", "append")


def seen_on_github(text: str) -> str:
    """What GitHub shows, without our links and with our images under one name. A URL may be read on by GitHub."""
    ours = {unquote(url) for url in (U, I, ARTICLE, IMAGE)}
    soup = BeautifulSoup(github_html(text), "lxml")
    for tag in soup.find_all(["a", "img", "video", "source"]):
        url = unquote(str(tag.get("href" if tag.name == "a" else "src", ""))).strip()
        if tag.name == "a" and (url in ours or url.startswith((U, I))):
            tag.unwrap()
        elif url in ours:
            tag["src"] = "ours"
    return re.sub(r"\s+", " ", str(soup))


def check(text: str, mode: ArticleMode) -> Applied:
    data = text.encode()
    after, changes = rewrite(data, mode)
    assert splice(after, edits_to_undo(after, record(data, changes, in_archive)).edits) == data
    applied = apply(data, changes)
    prove(data, applied.data, [change.edit for change in applied.changes])
    if not applied.refused:
        assert applied.data == after
        assert rewrite(after, mode)[0] == after
    return applied


def notes(part: int, parts: int) -> Iterator[tuple[str, str]]:
    """Every example in every variant, or one part of them."""
    pairs = ((name, put_in(text)) for text in EXAMPLES for name, put_in in VARIANTS.items())
    return (pair for number, pair in enumerate(pairs) if number % parts == part)


def run(part: int, parts: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for _, text in notes(part, parts):
        for mode in MODES:
            applied = check(text, mode)
            counts["changes"] += len(applied.changes)
            counts["refused"] += len(applied.refused)
            before, after = seen_on_github(text), seen_on_github(applied.data.decode())
            if after.replace(" (archived)", "") == before:
                counts["same"] += 1
            elif _glued(before):
                counts["glued"] += 1
            else:
                assert _read_on(text), f"{text}\n--- {mode}\n{applied.data.decode()}"
                counts["read on"] += 1
    return counts


def _glued(before: str) -> bool:
    """Whether a Markdown link shows as text since it is glued to an HTML block: editors show it as a link."""
    return f"]({U}" in before or f"]({I.replace('&', '&amp;')})" in before


def _read_on(text: str) -> bool:
    """Whether GitHub takes into a bare URL what stands behind it and is none of a URL: a backslash, a code span."""
    anchors = BeautifulSoup(github_html(text), "lxml").find_all("a")
    urls = [unquote(str(tag.get("href", ""))) for tag in anchors]
    return any(url.startswith((U, I)) and url not in (U, I) for url in urls)


def test_examples_are_all_here() -> None:
    assert len(EXAMPLES) == 652 + 47


def test_laws_over_a_sample_of_the_examples() -> None:
    counts = run(3, 17)
    assert counts["changes"] > 500
    assert counts["refused"] < counts["changes"] / 50
    assert counts["same"] > 20 * (counts["glued"] + counts["read on"])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_laws_over_all_examples(part: int) -> None:
    counts = run(part, 4)
    assert counts["changes"] > 2000
    assert counts["refused"] < counts["changes"] / 50
    assert counts["same"] > 20 * (counts["glued"] + counts["read on"])
