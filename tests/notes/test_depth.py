"""Deep nesting and long runs: no RecursionError, and no work that grows with the square of the size."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archiver.notes.apply import apply
from tests.notes.support import rewrite
from tests.work import LINEAR, growth

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"
CASES: dict[str, tuple[int, Callable[[int], str], int]] = {  # the size, a note of size n, the links in it (-1: n)
    "tags": (5000, lambda n: "<div>" * n + f"\n\n[a]({U})\n\n" + "</div>" * n, 1),
    "quotes": (5000, lambda n: "> " * n + U, 1),
    "brackets": (5000, lambda n: "[" * n + "a" + "]" * n + f"({U})", 1),
    "images": (5000, lambda n: "![" * n + "a" + f"]({U})" * n, 1),
    "emphasis": (5000, lambda n: "*a " * n + U + " b*" * n, 1),
    "glued": (2000, lambda n: f"<div>\n</div>\n[a]({U})\n" * n, -1),
    "bare URLs": (2000, lambda n: f"{U} " * n, -1),
    "emphasis and URLs": (2000, lambda n: f"*a* {U} " * n, -1),
    "anchors": (2000, lambda n: f"<a href='{U}'>" * n, -1),
    "open comments": (2000, lambda n: f"<p><!-- x\n\n{U}\n\n" * n, 0),
    "definitions": (2000, lambda n: "".join(f"[r{m}]: {U}\n" for m in range(n)), -1),
    "open quotes": (20000, lambda n: '<a b="' * n, 0),
    "open destination": (50000, lambda n: "[a](https://x.example/" + "(" * n, 0),
    "references": (20000, lambda n: "https://x.example/" + "&amp;" * n, 0),
    "parentheses": (50000, lambda n: "https://x.example/" + ")" * n, 0),
    "open tags": (2000, lambda n: "{% raw %} " * n + "\n\n" + "{% endif %} " * n, 0),
    "closed tags": (2000, lambda n: "{% a %}\n\n" * n + "x\n\n{% enda %}\n\n" * n, 0),
    "open statements": (2000, lambda n: "export const a = {\n\n" * n, 0),
    "open comments of Obsidian": (2000, lambda n: "%% a\n\n" * n, 0),
    "backslashes": (50000, lambda n: "https://x.example/" + "\\" * n, 0),
}
each_case = pytest.mark.parametrize(("size", "note", "links"), CASES.values(), ids=CASES.keys())


@each_case
def test_deep_or_long_note(size: int, note: Callable[[int], str], links: int) -> None:
    text = note(size).encode()
    after, changes = rewrite(text)
    assert len(changes) == (size if links < 0 else links)
    assert apply(text, changes).data == after


@each_case
def test_the_work_grows_with_the_size(size: int, note: Callable[[int], str], links: int) -> None:
    notes = {n: note(n).encode() for n in (size // 40, size // 10)}
    assert growth(lambda n: rewrite(notes[n]), size // 40) <= LINEAR
