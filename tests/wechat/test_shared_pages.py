"""Real pages outside the project: every datum that independent readers found in them."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from archiver.dom import parse
from archiver.models import Album, Article, Kind, Refusal
from archiver.wechat.albums import read_album
from archiver.wechat.jsdata import read_cgi, read_globals
from archiver.wechat.meta import PageData, read_meta
from archiver.wechat.page import read_page
from archiver.wechat.slim import slim
from archiver.wechat.source import decode_page, read_source

PAGES = Path(__file__).parents[2] / ".." / "shared" / "pages"
URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="the real pages (../shared/pages) are not here")

EXPECTED = json.loads((PAGES / "expected.json").read_text("utf-8")) if PAGES.is_dir() else {}
ARTICLES = [name for name, page in EXPECTED.items() if page.get("kind") not in (None, "album", "fragment")]
STATES = [name for name, page in EXPECTED.items() if "state" in page]
DATA = ("account", "author", "biz", "mid", "idx", "sn")


@cache
def page(name: str) -> bytes:
    return gzip.decompress((PAGES / f"{name}.html.gz").read_bytes())


@cache
def article(name: str) -> Article:
    found = read_page(page(name), URL)
    assert isinstance(found, Article), found
    return found


@cache
def body(name: str) -> BeautifulSoup:
    """The body without the cards, whose lines are ours and not the author's."""
    soup = BeautifulSoup(article(name).body, "lxml")
    for card in soup.select("[data-card]"):
        card.decompose()
    return soup


@pytest.mark.parametrize("name", ARTICLES)
def test_metadata(name: str) -> None:
    expected, found = EXPECTED[name], article(name)
    assert {key: getattr(found, key) for key in DATA if key in expected} == {
        key: expected[key] for key in DATA if key in expected
    }
    assert found.published_at is not None
    assert found.published_at.timestamp() == expected["published"]
    if found.kind is Kind.TEXT and len(expected["title"]) > 50:
        assert len(found.title) <= 50  # the "title" of an untitled text is its whole text
        assert expected["title"].startswith(found.title.removesuffix("…"))
    else:
        assert found.title == expected["title"]


@pytest.mark.parametrize("name", ARTICLES)
def test_kind(name: str) -> None:
    assert article(name).kind.value == EXPECTED[name]["kind"]


@pytest.mark.parametrize("name", ARTICLES)
def test_whose_text_it_is_stays_said(name: str) -> None:
    # Two pages of 2020 are articles that were taken over from another account.
    said = re.search(r'<p data-card="repost">(.*)</p>', article(name).body)
    taken_over = EXPECTED[name]["kind"] == "repost" or "The following article is from" in page(name).decode(
        "utf-8", "replace"
    )
    assert bool(said) == taken_over


@pytest.mark.parametrize("name", ARTICLES)
def test_body(name: str) -> None:
    expected, soup = EXPECTED[name], body(name)
    counted = {
        "text_chars": len(re.sub(r"\s", "", soup.get_text())),
        "tables": len(soup.select("table")),
        "svg": len(soup.select("svg")),
        "pre": len(soup.select("pre")),
        "links": len(soup.select("a[href]")),
        "inlined_images": len(soup.select('img[src^="data:"]')),
    }
    if article(name).kind not in (Kind.PICTURE, Kind.VIDEO):
        counted["img_tags"] = len(soup.select("img"))
    assert counted == counted | {key: expected[key] for key in counted if key in expected}


@pytest.mark.parametrize("name", [name for name in ARTICLES if "images" in EXPECTED[name]])
def test_images(name: str) -> None:
    keys = {image.url: image.key for image in article(name).images}
    shown = [keys[str(img["src"])] for img in body(name).select("img")]
    assert list(dict.fromkeys(shown)) == EXPECTED[name]["images"]


@pytest.mark.parametrize("name", ARTICLES)
def test_every_url_that_the_body_shows_is_one_of_the_images(name: str) -> None:
    urls = {image.url for image in article(name).images}
    soup = BeautifulSoup(article(name).body, "lxml")
    for tag in soup.find_all(["img", "image"]):
        assert str(tag.get("src") or tag.get("href")) in urls
    for tag in soup.find_all(style=re.compile(r"url\(")):
        assert all(url in urls for url in re.findall(r'url\("([^"]*)"\)', str(tag["style"])))
    assert len({image.key for image in article(name).images}) == len(article(name).images)


@pytest.mark.parametrize("name", [name for name in ARTICLES if "background_images" in EXPECTED[name]])
def test_background_images(name: str) -> None:
    keys = {image.url: image.key for image in article(name).images}
    styles = [str(tag["style"]) for tag in body(name).find_all(style=True)]
    shown = {keys[url] for style in styles for url in re.findall(r'url\("([^"]*)"', style)}
    assert len(shown) == EXPECTED[name]["background_images"]


@pytest.mark.parametrize("name", [name for name in ARTICLES if {"audio", "music", "video"} & EXPECTED[name].keys()])
def test_recordings(name: str) -> None:
    cards = [str(tag["data-card"]) for tag in BeautifulSoup(article(name).body, "lxml").select("[data-card]")]
    expected = EXPECTED[name]
    assert {kind: cards.count(kind) for kind in ("audio", "music", "video") if kind in expected} == {
        kind: expected[kind] for kind in ("audio", "music", "video") if kind in expected
    }


@pytest.mark.parametrize("name", [name for name in ARTICLES if "item_show_type" in EXPECTED[name]])
def test_item_show_type(name: str) -> None:
    source = read_source(decode_page(page(name)))
    scripts = source.data_scripts()
    data = PageData(parse(source.html), read_cgi(scripts), read_globals(scripts))
    assert read_meta(data).show_type == EXPECTED[name]["item_show_type"]


def test_every_key_of_expected_json_is_compared() -> None:
    compared = {"kind", "item_show_type", "title", "account", "author", "published", "biz", "mid", "idx", "sn"}
    compared |= {"text_chars", "img_tags", "images", "background_images", "inlined_images", "tables", "svg", "pre"}
    compared |= {"links", "audio", "music", "video", "state", "items"}
    notes = {"bytes", "note"}  # about the file
    assert set().union(*map(set, EXPECTED.values())) <= compared | notes


def test_the_album_is_a_list() -> None:
    (name,) = [name for name, page in EXPECTED.items() if page.get("kind") == "album"]
    album = read_album(
        page(name), "https://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&album_id=3329839945947119618"
    )
    assert isinstance(album, Album)
    expected = EXPECTED[name]
    known = {"title": album.title, "account": album.account}
    assert known == {key: expected.get(key, value) for key, value in known.items()}
    assert (album.id, album.count, len(album.articles)) == ("3329839945947119618", 104, expected["items"])
    assert isinstance(read_page(page(name), "https://mp.weixin.qq.com/mp/appmsgalbum?album_id=1"), Refusal)


@pytest.mark.parametrize("name", STATES)
def test_states(name: str) -> None:
    found = read_page(page(name), URL)
    assert isinstance(found, Refusal)
    assert found.status.value == EXPECTED[name]["state"]


@pytest.mark.parametrize("name", list(EXPECTED))
def test_slim_loses_nothing(name: str) -> None:
    slimmed = slim(page(name))
    assert read_page(slimmed, URL) == read_page(page(name), URL)
    assert slim(slimmed) == slimmed


def test_slim_pages_of_today_are_small() -> None:
    today = [name for name in ARTICLES if re.search("-202[56]", name)]
    sizes = sorted(len(gzip.compress(slim(page(name)), 9)) for name in today)
    assert sizes[len(sizes) // 2] <= 60_000
