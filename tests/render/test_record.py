"""article.json: the round trip, the order of keys, and damage named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import DamageError
from archiver.models import ArticleRecord, Kind, Loss, LossCode, Status, StoredImage
from archiver.render.record import article_json, parse_article_json
from tests.render.samples import FOLDER, RECORD

texts = st.text(max_size=20) | st.just("\ud83d 孤")
sizes = st.none() | st.integers(0, 10**6)
offsets = st.integers(-12, 12).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.tuples(st.integers(0, 4 * 10**15), offsets).map(
    lambda pair: (datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=pair[0])).astimezone(pair[1])
)
stored = st.builds(
    StoredImage, key=texts, url=texts, path=texts, sha256=texts, media_type=texts, width=sizes, height=sizes
)
codes = st.none() | st.sampled_from(LossCode)
lost = st.builds(StoredImage, key=texts, url=texts, error=st.none() | texts, code=codes)
records = st.builds(
    ArticleRecord,
    id=texts, folder=st.just(FOLDER), status=st.sampled_from(Status), kind=st.sampled_from(Kind), url=texts,
    aliases=st.lists(texts, max_size=3).map(tuple), title=texts, account=texts, author=texts,
    published_at=st.none() | moments, biz=texts, mid=texts, idx=texts, sn=texts, digest=texts, cover=texts,
    images=st.lists(stored | lost, max_size=3).map(tuple),
    losses=st.lists(st.builds(Loss, texts, texts, texts, st.booleans(), codes), max_size=2).map(tuple),
    captured_at=moments, capture=st.dictionaries(texts, texts | st.integers() | st.booleans(), max_size=3),
)  # fmt: skip


@given(records)
def test_round_trip(record: ArticleRecord) -> None:
    text = article_json(record)
    assert parse_article_json(text, FOLDER) == record
    assert article_json(parse_article_json(text, FOLDER)) == text
    text.encode("utf-8")


def test_a_loss_has_a_code_unless_another_archiver_wrote_it() -> None:
    """Older ones knew none, newer ones may know more: the words beside it are read all the same."""
    losses = (Loss("image", "HTTP 404", code=LossCode.NOT_FOUND), Loss("video", "gone"))
    data = json.loads(article_json(replace(RECORD, losses=losses)))
    assert [loss.get("code") for loss in data["losses"]] == ["not-found", None]
    assert parse_article_json(json.dumps(data), FOLDER).losses == losses
    data["losses"][0]["code"] = "eaten-by-moths"
    assert parse_article_json(json.dumps(data), FOLDER).losses[0] == Loss("image", "HTTP 404")


def test_form() -> None:
    text = article_json(RECORD)
    data = json.loads(text)
    assert text.endswith("}\n")
    assert "样例" in text
    assert " ".join(data) == (
        "schema id status kind url aliases title account author published_at biz mid idx sn digest cover images "
        "media losses links captured_at capture"
    )
    assert data["published_at"] == "2022-03-05T00:30:00+08:00"
    assert datetime.fromisoformat(data["captured_at"]) == datetime(2022, 3, 4, 16, 30, tzinfo=UTC)
    assert list(data["images"][0]) == ["key", "url", "path", "sha256", "media_type", "width", "height"]
    assert data["images"][2] == {"key": "mmbiz_png/lost", "url": RECORD.images[2].url, "error": "HTTP 404"}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("schema", 2), ("schema", None), ("id", 1), ("title", None), ("status", "fine"), ("kind", None),
        ("aliases", "x"), ("aliases", [1]), ("published_at", "yesterday"), ("published_at", "2022-03-05T00:30:00"),
        ("captured_at", None), ("images", {}), ("images", [1]), ("images", [{"key": "k"}]),
        ("images", [{"key": "k", "url": "u", "path": "p", "sha256": "s", "media_type": "t", "width": True}]),
        ("media", [{}]), ("losses", [{"what": "x", "why": "y", "url": "", "body": "no"}]), ("capture", []),
        ("capture", {"a": 1.5}),
    ],
)  # fmt: skip
def test_damage_is_named(member: str, value: object) -> None:
    data = json.loads(article_json(RECORD)) | {member: value}
    with pytest.raises(DamageError) as caught:
        parse_article_json(json.dumps(data), FOLDER)
    assert FOLDER in str(caught.value)
    assert member in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000])
def test_no_record_at_all(text: str) -> None:
    with pytest.raises(DamageError, match=r"article\.json"):
        parse_article_json(text, FOLDER)
