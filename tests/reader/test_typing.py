"""The search box in Chromium: results while one types, never in the middle of a composition, filters, arrows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.reader.library import Library, random_articles
from tests.reader.serving import serving
from tests.reader.three import NOTES, ONE, THREE, TWO
from tests.reader.watching import Open


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("typing"))
    library.add([ONE, TWO, THREE, *random_articles(3, seed=3)], NOTES)
    return library


@pytest.fixture(scope="module", params=["disk", pytest.param("server", marks=pytest.mark.slow)])
def base(request: pytest.FixtureRequest, library: Library) -> Iterator[str]:
    if request.param == "disk":
        yield library.archive.as_uri() + "/"
        return
    with serving(library) as address:
        yield address


def names(page: Page) -> list[str]:
    return page.locator("#results .name").all_inner_texts()


def test_results_come_while_one_types(base: str, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(base + "site/search.html")
        page.keyboard.type("第二")
        expect(page.locator("#state")).to_have_text("共 1 篇")
        assert names(page) == ["第二篇"]
        assert page.locator("#results mark").count() + page.locator("#results .name").count() >= 1
        page.keyboard.press("Backspace")
        page.keyboard.press("Backspace")
        page.keyboard.type("第三篇")
        page.keyboard.press("Enter")
        expect(page.locator("#results .name")).to_have_text("第三篇")
        assert page.evaluate("decodeURIComponent(location.search)") == "?q=第三篇"
        page.reload()
        expect(page.locator("#results .name")).to_have_text("第三篇")
        watched.assert_calm(base)


def test_nothing_is_searched_in_the_middle_of_a_composition(base: str, watch: Open) -> None:
    """Through the debugger, as an input method composes: letters stand in the box that nobody wants to find."""
    with watch() as watched:
        page = watched.page
        page.goto(base + "site/search.html")
        page.evaluate(
            "() => { window.asked = [];"
            " new MutationObserver(() => asked.push(document.querySelector('main input').value))"
            ".observe(document.querySelector('#state'), { childList: true, characterData: true, subtree: true }); }"
        )
        keyboard = page.context.new_cdp_session(page)
        for text in ("d", "di", "di e", "di er"):
            keyboard.send(
                "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
            )
        assert page.input_value("main input[type=search]") == "di er"
        page.evaluate("() => new Promise((done) => setTimeout(done, 3 * QUICK))")
        assert page.evaluate("asked") == []
        keyboard.send("Input.insertText", {"text": "第二"})
        expect(page.locator("#results .name")).to_have_text("第二篇")
        assert set(page.evaluate("asked")) == {"第二"}


def test_filters_are_pressed_and_taken_away(base: str, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(base + "site/search.html?q=%E7%AC%AC")
        expect(page.locator("#results .name")).to_have_count(3)
        page.get_by_role("button", name="有评分").click()
        expect(page.locator("#results .name")).to_have_count(2)
        assert page.input_value("main input[type=search]") == "第 stars:1"
        on = page.locator(".chip[aria-pressed=true]")
        expect(on).to_have_text("stars:1 ×")
        page.get_by_role("button", name="不完整").click()
        expect(page.locator("#results .name")).to_have_count(1)
        page.get_by_role("button", name="去掉 stars:1").click()
        page.get_by_role("button", name="去掉 is:partial").click()
        expect(page.locator("#results .name")).to_have_count(3)
        expect(on).to_have_count(0)
        page.fill("main input[type=search]", "第 lang:zh http://a")
        expect(page.locator("#chips .soft")).to_have_text("没有 lang: 这种筛选")


def test_arrows_lead_through_the_results_and_back(base: str, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(base + "site/search.html?q=%E7%AC%AC")
        expect(page.locator("#results .name")).to_have_count(3)
        page.focus("main input[type=search]")
        for key, focused in (("ArrowDown", "第三篇"), ("ArrowDown", "第二篇"), ("ArrowUp", "第三篇"), ("ArrowUp", "")):
            page.keyboard.press(key)
            assert page.evaluate("document.activeElement.textContent") == focused
        assert page.evaluate("document.activeElement.name") == "q"
