"""The table of contents of a long article."""

from __future__ import annotations

import re
from html import escape, unescape

from archiver.render.text import one_line

FEWEST = 3  # headings; below that there is nothing to look over

# In what the sanitiser wrote, elements are well-formed and headings hold no headings.
_HEADING = re.compile(r"<h([2-6])((?: [^>]*)?)>(.*?)</h\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MOST_LETTERS = 80


def contents(body: str) -> tuple[str, str]:
    """A sanitised body with an `id` on each heading, and a list of links to them; (body, "") where it has few.

    In the body `<` and `>` stand only for tags, as its serialiser writes them.
    """
    rows: list[tuple[int, str]] = []

    def number(match: re.Match[str]) -> str:
        level, attributes, inner = match.groups()
        text = one_line(unescape(_TAG.sub(" ", inner)))
        if not text:
            return match[0]
        rows.append((int(level), text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"))
        return f'<h{level} id="s{len(rows)}"{attributes}>{inner}</h{level}>'

    numbered = _HEADING.sub(number, body)
    if len(rows) < FEWEST:
        return body, ""
    top = min(level for level, _ in rows)
    lines = "\n".join(
        f'<li class="level{min(level - top, 2)}"><a href="#s{n}">{escape(text)}</a></li>'
        for n, (level, text) in enumerate(rows, 1)
    )
    return numbered, f'<details class="contents">\n<summary>目录</summary>\n<ol>\n{lines}\n</ol>\n</details>\n'
