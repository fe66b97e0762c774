"""Each fixture `x.html` (a neutral body) renders to the Markdown beside it. `UPDATE_GOLDEN=1` writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archiver.render.markdown import body_markdown
from tests.render.samples import PICTURES

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.html"))


def test_there_are_fixtures() -> None:
    assert len(FIXTURES) >= 9


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_golden_markdown(path: Path) -> None:
    markdown = body_markdown(path.read_text(encoding="utf-8"), PICTURES) + "\n"
    golden = path.with_suffix(".md")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(markdown, encoding="utf-8")
    assert markdown == golden.read_text(encoding="utf-8")
