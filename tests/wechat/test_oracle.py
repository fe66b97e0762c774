"""`window.cgiDataNew` as the page itself builds it in Chromium, without a network, is what the tokenizer reads."""

from __future__ import annotations

import gzip
import json
import math
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Route, sync_playwright

from archiver.models import Article
from archiver.wechat.jsdata import read_cgi
from archiver.wechat.page import read_page
from archiver.wechat.source import decode_page, read_source

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.html"))
SHARED = sorted((Path(__file__).parents[2] / ".." / "shared" / "pages").glob("*.html.gz"))
# Of the real pages one of each kind and era is quick, and those with code. The golden tree `pages` has all of them.
KINDS = (
    "article-2017-gb18030", "article-2020-links", "article-2025-code", "picture-2018", "picture-2025-a", "repost-2025",
    "state-deleted", "text-2025-titled", "video-2019",
)  # fmt: skip
CODE = ("article-2020-code-rendered", "article-2025-code", "article-2026-table-code", "repost-2024-pre-blocks")
URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH: " + ", ".join(NAMES))

# undefined, NaN and functions have no JSON: the reader gives None for them.
READ = """() => JSON.stringify(window.cgiDataNew === undefined ? null : window.cgiDataNew,
  (key, value) => value === undefined || typeof value === 'function' || Number.isNaN(value) ? null : value)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield running
        running.close()


def real(quick: Sequence[str]) -> list[Any]:
    """All real pages, or None where they are not at hand; slow but for those of these names."""
    return [
        pytest.param(path, marks=() if path.name.removesuffix(".html.gz") in quick else pytest.mark.slow)
        for path in SHARED
    ] or [None]


# The text of each outermost code block as a browser lays it out; WeChat's snippet has one element for each line.
SHOWN = """() => {
  const body = document.querySelector('#js_content');
  if (!body) return [];
  body.style.visibility = 'visible';
  const blocks = [...body.querySelectorAll('pre')].filter(pre => !pre.parentElement.closest('pre'));
  for (const pre of blocks)
    for (const code of pre.querySelectorAll('code')) { code.style.display = 'block'; code.style.whiteSpace = 'pre'; }
  return blocks.map(pre => {
    pre.style.whiteSpace = 'pre';
    const codes = [...pre.querySelectorAll('code')];
    if (codes.length < 2) return pre.innerText;
    const lines = codes.map(code => code.innerText.replace(/\\n$/, ''));
    return lines.filter(line => !/^counter\\(line/.test(line)).join('\\n');  // a style's text that leaked
  });
}"""


def lines(text: str) -> list[str]:
    plain = text.replace("\xa0", " ").replace("\u200b", "").strip("\n")
    return [line.rstrip() for line in plain.split("\n")]


def built(browser: Browser, page: bytes) -> Any:
    """What the page's inline scripts make of `cgiDataNew`; nothing but the page itself is answered."""
    return evaluated(browser, page, READ, scripts=True)


def evaluated(browser: Browser, page: bytes, expression: str, *, scripts: bool) -> Any:
    context = browser.new_context(locale="zh-CN", java_script_enabled=scripts)
    view = context.new_page()

    def answer(route: Route) -> None:
        if route.request.url == URL:
            route.fulfill(body=page, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    view.route("**/*", answer)
    view.goto(URL, wait_until="domcontentloaded")
    found = view.evaluate(expression)
    context.close()
    return json.loads(found) if isinstance(found, str) else found


def comparable(value: Any) -> Any:
    """Whole numbers are one thing in JavaScript, whatever their type is in Python."""
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value


def read(page: bytes) -> Any:
    return comparable(read_cgi(read_source(decode_page(page)).data_scripts()))


def test_both_dialects_are_among_the_fixtures() -> None:
    with_data = [path.read_text("utf-8", "replace") for path in FIXTURES if read(path.read_bytes())]
    assert sum("JsDecode(" in page for page in with_data) >= 3
    assert sum("JsDecode(" not in page for page in with_data) >= 2


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixtures(browser: Browser, path: Path) -> None:
    page = path.read_bytes()
    assert read(page) == comparable(built(browser, page) or {})


@pytest.mark.parametrize("path", real(KINDS), ids=lambda path: path.name if path else "none")
def test_real_pages(browser: Browser, path: Path | None) -> None:
    if path is None:
        pytest.skip("the real pages (../shared/pages) are not here")
    page = gzip.decompress(path.read_bytes())
    assert read(page) == comparable(built(browser, page) or {})


def assert_same_code(browser: Browser, page: bytes) -> None:
    """Every line and indent of every code block is what Chromium shows of the page, scripts not run."""
    article = read_page(page, URL)
    if not isinstance(article, Article) or "<pre" not in article.body:
        return
    shown = [lines(text) for text in evaluated(browser, page, SHOWN, scripts=False)]
    ours = [lines(pre.get_text()) for pre in BeautifulSoup(article.body, "lxml").select("pre")]
    assert ours
    assert [code for code in ours if code not in shown] == []
    assert len(ours) <= len(shown)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_code_of_fixtures(browser: Browser, path: Path) -> None:
    assert_same_code(browser, path.read_bytes())


@pytest.mark.parametrize("path", real(CODE), ids=lambda path: path.name if path else "none")
def test_code_of_real_pages(browser: Browser, path: Path | None) -> None:
    if path is None:
        pytest.skip("the real pages (../shared/pages) are not here")
    assert_same_code(browser, gzip.decompress(path.read_bytes()))
