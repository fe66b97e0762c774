"""Runs to paragraphs, and TeX that is safe in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archiver.render.escape import guard_line
from archiver.render.inline import Run
from archiver.render.text import printable

_STARTS_RULE_OR_FENCE = re.compile(r"([*_~])\1\1")


def paragraphs(runs: list[Run]) -> Iterator[list[Run]]:
    """The runs of each paragraph: two line breaks in a row part them."""
    paragraph: list[Run] = []
    for i, run in enumerate(runs):
        if run.line_break and only_space(runs, i):
            yield paragraph
            paragraph = []
        else:
            paragraph.append(run)
    yield paragraph


def only_space(runs: list[Run], i: int) -> bool:
    """Whether nothing but white space stands between the break at `i` and the next one."""
    for run in map(runs.__getitem__, range(i + 1, len(runs))):  # a slice would copy what is left, for each break
        if run.line_break:
            return True
        if run.ready or run.text.strip():
            return False
    return False


def tex_source(source: str) -> str:
    """TeX that Markdown, where it knows no formulas, cannot take for HTML, a link, or code: a backtick would pair with
    one that follows the formula."""
    text = re.sub(r"(?<!\\)\$", r"\\$", printable(source))
    text = text.replace("<", r"\lt ").replace(">", r"\gt ").replace("](", "] (").replace("`", "‘")
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


def lines_of_one_paragraph(tex: str) -> str:
    """Lines behind the first of a paragraph, of which none begins another block: one that is indented far belongs to
    what is before it."""
    return "\n".join(f"    {line.lstrip()}" if _starts_block(line.lstrip()) else line for line in tex.split("\n"))


def _starts_block(line: str) -> bool:
    return guard_line(line) != line or bool(_STARTS_RULE_OR_FENCE.match(line))
