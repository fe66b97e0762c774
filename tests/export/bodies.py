"""Bodies that try the content model of HTML: every element in every other, as pages have them and as none has."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from tests.reader.library import Made

_ALL = """
    a abbr address article aside b big blockquote br center cite code dd del details div dl dt em figcaption figure font
    footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main nav ol p pre rp rt ruby s section small span strike strong sub
    summary sup table tbody td tfoot th thead time tr tt u ul caption col colgroup svg g path text foreignobject use
"""
NAMES = re.findall(r"\w+", _ALL)
ATTRIBUTES = (
    *("", "", 'align="center"', 'dir="RTL"', 'lang="xx yy"', 'id="a b"', 'id="s1"', 'href="#s1"'),
    *(
        'href="https://a b/{}"',
        'href="http://[::1"',
        'href="https://例子.测试/路?q=%zz#x"',
        'href="javascript:alert(1)"',
    ),
    *('colspan="0"', 'colspan="3"', 'width="120%"', 'width="9"', 'start="-3"', 'start="4"', 'color="red"', 'value="x"'),
    *('viewBox="0 0 9 9"', 'd="M0 0h9"', 'xlink:href="#s1"', 'fill="url(#s1)"', 'data-tex="x &lt; y"'),
    *("onclick='x'", 'class="code-snippet"', 'data-card="vote"', 'style="color: red; background: url(x.png)"'),
    "style=\"position: fixed; font-family: '甲 乙', serif; margin: -3px; color: expression(1)\"",
)
TEXTS = ("文字", "a < b & c > d", " ", "\n", "]]>", "\x0b\ufffe", "&nbsp;", "😀", "<!-- c -->", "\u202e反")
PAGES = sorted((Path(__file__).parents[1] / "render/fixtures").glob("*.html"))


def body(some: random.Random, depth: int = 0) -> str:
    """A made-up piece of HTML."""
    parts = []
    for _ in range(some.randint(1, 5)):
        if depth > 6 or some.random() < 0.35:
            parts.append(some.choice(TEXTS))
            continue
        name = some.choice(NAMES)
        attributes = " ".join(some.choice(ATTRIBUTES) for _ in range(some.randint(0, 2)))
        parts.append(f"<{name} {attributes}>{body(some, depth + 1)}</{name}>")
    return "".join(parts)


def odd_articles(count: int, seed: int = 5) -> Iterator[Made]:
    """Articles with such bodies, and those of the fixtures of rendering."""
    some = random.Random(seed)
    for number in range(count):
        yield Made(f"第 {number} 篇", html=body(some), account=f"号{number % 3}", token=f"odd{number:019d}")
    for number, path in enumerate(PAGES):
        yield Made(path.stem, html=path.read_text("utf-8"), token=f"fixture{number:015d}")
