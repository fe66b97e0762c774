"""Hand-written pages of all eras, kinds and states: each `x.html` is read to exactly `x.json` beside it.

`UPDATE_GOLDEN=1` writes the files anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from archiver.models import Article, Refusal
from archiver.wechat.page import read_page
from archiver.wechat.slim import slim

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.html"))
URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


def as_json(found: Article | Refusal) -> dict[str, object]:
    """What `read_page` returned, in the shape of the golden files; the body line by line."""
    if isinstance(found, Refusal):
        return {"state": found.status.value, "reason": found.reason}
    return {
        "kind": found.kind.value,
        **{name: getattr(found, name) for name in ("title", "account", "author", "biz", "mid", "idx", "sn")},
        "published_at": found.published_at.isoformat() if found.published_at else None,
        "digest": found.digest,
        "cover": found.cover,
        "images": [[image.key, image.url, image.width, image.height] for image in found.images],
        "losses": [[loss.what, loss.why, loss.url, loss.body] for loss in found.losses],
        "media": [[ref.key, ref.title, [[s.url, s.size] for s in ref.sources], ref.body] for ref in found.media],
        "body": found.body.splitlines(),
    }


def test_there_are_fixtures() -> None:
    assert len(FIXTURES) >= 15


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixture(path: Path) -> None:
    golden = path.with_suffix(".json")
    found = as_json(read_page(path.read_bytes(), URL))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert found == json.loads(golden.read_text("utf-8"))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_slim_loses_nothing(path: Path) -> None:
    page = path.read_bytes()
    assert read_page(slim(page), URL) == read_page(page, URL)
    assert slim(slim(page)) == slim(page)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_body_is_neutral(path: Path) -> None:
    found = read_page(path.read_bytes(), URL)
    if isinstance(found, Article):
        for trace in ("<script", "<!--", "onclick", "data-src", "SECRET", "evil.example", "javascript:", "leaf="):
            assert trace not in found.body
        assert all(image.url.replace("&", "&amp;") in found.body or image.key == found.cover for image in found.images)
