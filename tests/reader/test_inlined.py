"""The search page from disk holds its scripts and styles, and its policy lets no others of a page run."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import pytest
from bs4 import BeautifulSoup

from archiver.reader.assets import asset
from archiver.reader.pages import POLICY, Pages
from archiver.render import sitemap
from archiver.store.catalogue import Catalogue
from archiver.store.layout import DARK_STYLE, EARLY_SCRIPT, READER_STYLE, UI_STYLE


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    with Catalogue(None) as catalogue:
        return BeautifulSoup(Pages(catalogue).search().text, "lxml")


def text_of(page: BeautifulSoup, name: str) -> list[str]:
    return [str(tag.string) for tag in page.find_all(name) if not tag.get("src")]


def test_it_holds_what_is_written_by_hand(page: BeautifulSoup) -> None:
    """Nothing of them ends the element they are in."""
    scripts = ["\n".join(asset(path).decode() for path in paths) for paths in sitemap.SEARCH_SCRIPTS]
    assert text_of(page, "script") == scripts
    styles = [asset(path).decode() for path in (READER_STYLE, UI_STYLE, DARK_STYLE)]
    assert text_of(page, "style") == ["\n".join(styles[:2]), styles[2]]


def test_nothing_stands_before_what_asks_for_the_index(page: BeautifulSoup) -> None:
    """It comes while the browser reads styles and scripts."""
    assert asset("ahead.js").decode() in page.find_all(["script", "style", "link"])[0].get_text()


def test_what_chooses_the_colours_stands_behind_the_styles(page: BeautifulSoup) -> None:
    """It changes those that are there."""
    styles_and_script = page.head.find_all(["script", "style"])[1:] if page.head else []
    assert [tag.name for tag in styles_and_script] == ["style", "style", "script"]
    assert styles_and_script[-1].string == asset(EARLY_SCRIPT).decode()


def test_its_policy_names_them_by_checksums(page: BeautifulSoup) -> None:
    (meta,) = page.find_all("meta", {"http-equiv": "Content-Security-Policy"})
    policy = str(meta["content"])
    for name, directive in (("script", "script-src"), ("style", "style-src")):
        for text in text_of(page, name):
            checksum = f" 'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            assert checksum in policy.partition(directive)[2].partition(";")[0]
            policy = policy.replace(checksum, "")
    assert policy == POLICY
