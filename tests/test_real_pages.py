"""Real pages outside the project through both engines, a whole night, and `archiver reparse`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.fetch.browser import BrowserEngine
from archiver.fetch.chromium import Chromium
from archiver.fetch.engine import HttpEngine
from archiver.fetch.find_browser import find_browser
from archiver.fetch.settings import network_settings
from archiver.models import Article
from archiver.wechat.page import READY, read_page
from archiver.wechat.urls import is_page_host, is_script_host
from tests.replica import Replica
from tests.world import LONG, World

PAGES = Path(__file__).parents[2] / "shared" / "pages"
pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="the real pages (../shared/pages) are not here")

EXPECTED = json.loads((PAGES / "expected.json").read_text("utf-8")) if PAGES.is_dir() else {}
ARTICLES = [name for name, page in EXPECTED.items() if page.get("kind") not in (None, "album", "fragment")]


# One of every kind and of every template of articles, whose scripts run in the quick tests.
QUICK = (
    "article-2018-background-image", "article-2022", "picture-2018", "picture-2025-b", "repost-2025",
    "text-2025-titled", "video-2019",
)  # fmt: skip


@pytest.fixture(scope="module")
def real() -> Iterator[tuple[Replica, dict[str, str]]]:
    with Replica() as running:
        yield running, running.serve_folder(PAGES)


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, real: tuple[Replica, dict[str, str]]
) -> Iterator[tuple[BrowserEngine, HttpEngine]]:
    world = World(tmp_path_factory.mktemp("engines"), real[0])
    settings = network_settings(world.config)
    with (
        BrowserEngine(Chromium(find_browser(None)), settings, is_page_host, is_script_host) as browser,
        HttpEngine(settings, is_page_host) as http,
    ):
        yield browser, http


# Slow, because `fetch/test_engines.py` compares the captures of each engine with the bytes of the pages themselves.
# A fragment does not end as a page does: it is taken for one that was cut off.
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in EXPECTED if not name.startswith("fragment")])
def test_both_engines_capture_the_same(
    engines: tuple[BrowserEngine, HttpEngine], real: tuple[Replica, dict[str, str]], name: str
) -> None:
    url = real[1][name]
    browser, http = (engine.capture(url) for engine in engines)
    assert browser.body == http.body
    assert len(browser.body) == EXPECTED[name]["bytes"]


# A browser believes the page's label: of GB18030 bytes under a UTF-8 one it makes characters that cannot be undone.
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in ARTICLES if "gb18030" not in name],
)
def test_a_page_after_its_own_scripts_reads_the_same(
    engines: tuple[BrowserEngine, HttpEngine],
    real: tuple[Replica, dict[str, str]],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Picture posts never show what READY waits for, and all others do so, however long this machine takes for it.
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", 1 if EXPECTED[name]["kind"] == "picture" else LONG)
    url = real[1][name]
    rendered = read_page(engines[0].capture_rendered(url, READY).body, url)
    plain = read_page(engines[1].capture(url).body, url)
    assert isinstance(rendered, Article)
    assert isinstance(plain, Article)
    for fact in ("kind", "title", "account", "author", "published_at", "biz", "mid", "idx", "sn"):
        assert getattr(rendered, fact) == getattr(plain, fact), fact
    assert [image.key for image in rendered.images] == [image.key for image in plain.images]


# Slow, because the golden tree `pages` is such a night, and `wechat/test_shared_pages.py` reads the same facts.
@pytest.mark.slow
def test_a_night_with_all_of_them(tmp_path: Path, replica: Replica) -> None:
    world = World(tmp_path, replica)
    urls = replica.serve_folder(PAGES)
    world.note("a.md", "\n".join(f"- [{name}]({url})" for name, url in urls.items() if not name.startswith("wall")))
    world.sync()
    records = {record["url"]: record for record in world.articles()}
    assert set(records) == {urls[name] for name in ARTICLES}
    for name in ARTICLES:
        record, expected = records[urls[name]], EXPECTED[name]
        assert {key: record[key] for key in ("kind", "account", "biz", "mid")} == {
            key: expected[key] for key in ("kind", "account", "biz", "mid")
        }
        shown = [image["key"] for image in record["images"]]
        assert set(expected.get("images", [])) <= set(shown)
    for name, page in EXPECTED.items():
        if "state" in page and not name.startswith("wall"):
            assert world.links()[urls[name]]["status"] == page["state"]
    before = world.tree()
    replica.clear_requests()
    done = world.cli("reparse")
    assert done.stdout == f"0 changed, {len(ARTICLES)} unchanged, 0 without capture, 0 failed\n"
    assert (world.tree(), replica.requests) == (before, [])
