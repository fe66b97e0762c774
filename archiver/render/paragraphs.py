"""Runs to paragraphs, and TeX that is safe in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archiver.render.inline import Run
from archiver.render.text import printable


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
    """TeX that Markdown, where it knows no formulas, cannot take for HTML or a link."""
    text = re.sub(r"(?<!\\)\$", r"\\$", printable(source))
    text = text.replace("<", r"\lt ").replace(">", r"\gt ").replace("](", "] (")
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())
