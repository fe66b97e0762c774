"""No inline style is read twice, however often an editor writes it."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import tinycss2

from archiver.render import css


class Style(str):
    """A style that can be told from others of the same text."""


def test_no_style_is_parsed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = tinycss2.parse_blocks_contents

    def counted(style: str, **how: Any) -> Any:
        parsed.append(style)
        return parse(style, **how)

    monkeypatch.setattr(tinycss2, "parse_blocks_contents", counted)
    styles = [
        f"color: rgb({n}, 0, 0); font-weight: bold; background: url(https://mmbiz.qpic.cn/a/{n})" for n in range(9)
    ]
    for _ in range(50):
        for style in styles:
            assert css.is_bold(style)
            assert not css.is_block(style)
            assert len(css.background_urls(style)) == 1
            assert css.safe_style(style, str.lower).startswith("color: rgb(")
    assert sorted(parsed) == sorted(styles)


def test_a_very_long_style_is_not_remembered() -> None:
    kept = weakref.WeakSet[Style]()

    def ask() -> None:
        style = Style(f"color: red; --x: {'y' * 30_000}")
        kept.add(style)
        assert css.safe_style(style, str) == "color: red"
        assert css.is_bold(style) is None

    ask()
    gc.collect()
    assert list(kept) == []
