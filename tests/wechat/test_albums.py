"""Albums: the page, the portions of JSON, and what comes instead of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archiver.models import Album, AlbumArticle, Refusal, Status
from archiver.wechat.albums import Portion, album_id, joined, portion_url, read_album, read_portion
from archiver.wechat.urls import canonical_url, classify
from tests.replica.albums import AlbumSpec, album_json, album_page
from tests.replica.states import State, state_page

BIZ = "MzA5MDAwMDAwMQ=="
ARTICLES = [
    (
        f"第 {n} 篇 <&> '引'",
        f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid={1000 + n}&idx=1&sn=ab&chksm=cd#rd",
        1_767_225_600,
    )
    for n in range(31)
]
SPEC = AlbumSpec("3300000000000000001", "一个“合集” & 它", "测试号", ARTICLES)
URL = f"{SPEC.url}&is_reverse=1&scene=126&key=SECRET#wechat_redirect"


def album(url: str = URL) -> Album:
    found = read_album(album_page(SPEC), url)
    assert isinstance(found, Album), found
    return found


def test_the_page() -> None:
    found = album()
    assert (found.id, found.title, found.account) == (SPEC.id, SPEC.title, SPEC.account)
    assert (found.count, len(found.articles)) == (31, 10)
    assert found.articles[0] == AlbumArticle(
        "第 0 篇 <&> '引'",
        f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1000&idx=1&sn=ab&chksm=cd",
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert "SECRET" not in found.url


def test_without_its_data_the_page_still_shows_its_articles() -> None:
    page = album_page(SPEC).partition(b"<script>")[0]
    found = read_album(page, URL)
    assert isinstance(found, Album)
    assert (found.id, found.title, found.account, len(found.articles)) == (SPEC.id, SPEC.title, SPEC.account, 10)


def test_what_to_ask_for_next() -> None:
    found = album()
    assert portion_url(found, found.articles[-1]) == (
        f"https://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&__biz={BIZ}&album_id={SPEC.id}&count=20"
        "&begin_msgid=1009&begin_itemidx=1&is_reverse=1&f=json"
    )


def test_portions() -> None:
    first = read_portion(album_json(SPEC, 10))
    assert isinstance(first, Portion)
    assert (len(first.articles), first.more) == (20, True)
    last = read_portion(album_json(SPEC, 30))  # a single article, not in a list
    assert isinstance(last, Portion)
    assert (len(last.articles), last.more) == (1, False)
    whole = joined(album(), (*first.articles, *last.articles, *first.articles))
    assert [article.title for article in whole] == [title for title, _, _ in ARTICLES]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"{}", Status.REFUSED),
        (json.dumps({"base_resp": {"ret": -6}}).encode(), Status.REFUSED),
        (b"", Status.REFUSED),
        (b"[1, 2]", Status.REFUSED),
        (b"null", Status.REFUSED),
        (state_page(State.WALL), Status.WALL),
        (state_page(State.WALL_SHELL), Status.WALL),
    ],
)
def test_what_is_no_portion(answer: bytes, status: Status) -> None:
    found = read_portion(answer)
    assert isinstance(found, Refusal)
    assert found.status is status


@pytest.mark.parametrize(
    ("state", "status"),
    [(State.WALL, Status.WALL), (State.PARAMETER_ERROR, Status.MALFORMED), (State.VIOLATION, Status.VIOLATION)],
)
def test_what_is_no_album(state: State, status: Status) -> None:
    found = read_album(state_page(state), URL)
    assert isinstance(found, Refusal)
    assert found.status is status


def test_one_album_has_one_name() -> None:
    canonical = f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ}&action=getalbum&album_id={SPEC.id}"
    other = (
        f"http://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&amp;album_id={SPEC.id}&amp;__biz={BIZ}&uin=SECRET#x"
    )
    assert canonical_url(URL) == canonical_url(other) == canonical_url(canonical) == canonical
    assert classify(other) == "album"
    assert (album_id(other), album_id("https://mp.weixin.qq.com/mp/appmsgalbum?album_id=../x")) == (SPEC.id, "")


def test_half_a_surrogate_pair_in_a_title() -> None:
    """In the page's data as in the JSON of a further portion."""
    cut = json.dumps({"getalbum_resp": {"article_list": [{"url": SPEC.articles[0][1], "title": "半\ud83d个"}]}})
    portion = read_portion(cut.encode())
    assert isinstance(portion, Portion)
    assert [article.title for article in portion.articles] == ["半\ufffd个"]
    page = album_page(SPEC).decode().replace("一个", "半\\ud83d个")
    found = read_album(page.encode(), SPEC.url)
    assert isinstance(found, Album)
    assert found.title.startswith("半\ufffd个")
