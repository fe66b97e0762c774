"""Deep nesting and long runs: no RecursionError, and no time that grows with the square of the size."""

from __future__ import annotations

import pytest

from archiver.notes.apply import apply
from tests.notes.support import rewrite

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"
CASES = {
    "tags": ("<div>" * 5000 + f"\n\n[a]({U})\n\n" + "</div>" * 5000, 1),
    "quotes": ("> " * 5000 + U, 1),
    "brackets": ("[" * 5000 + "a" + "]" * 5000 + f"({U})", 1),
    "images": ("![" * 5000 + "a" + f"]({U})" * 5000, 1),
    "emphasis": ("*a " * 5000 + U + " b*" * 5000, 1),
    "glued": (f"<div>\n</div>\n[a]({U})\n" * 2000, 2000),
    "bare URLs": (f"{U} " * 2000, 2000),
    "emphasis and URLs": (f"*a* {U} " * 2000, 2000),
    "anchors": (f"<a href='{U}'>" * 2000, 2000),
    "open comments": (f"<p><!-- x\n\n{U}\n\n" * 2000, 0),
    "definitions": ("".join(f"[r{n}]: {U}\n" for n in range(2000)), 2000),
    "open quotes": ('<a b="' * 20000, 0),
    "open destination": ("[a](https://x.example/" + "(" * 50000, 0),
    "references": ("https://x.example/" + "&amp;" * 20000, 0),
    "parentheses": ("https://x.example/" + ")" * 50000, 0),
    "backslashes": ("https://x.example/" + "\\" * 50000, 0),
}


@pytest.mark.timeout(60)  # measured: under 1 s each; the square of these sizes takes minutes
@pytest.mark.parametrize(("text", "count"), CASES.values(), ids=CASES.keys())
def test_deep_or_long_note(text: str, count: int) -> None:
    after, changes = rewrite(text.encode())
    assert len(changes) == count
    assert apply(text.encode(), changes).data == after
