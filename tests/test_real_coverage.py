"""What Chromium shows of real pages is what the account of them counts.

The page's own scripts are off and its body is made visible, so that nothing but the author's work is compared.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from archiver.coverage.match import matched, visible
from archiver.coverage.page import held
from archiver.models.coverage import ENOUGH
from archiver.wechat.source import decode_page

PAGES = Path(__file__).parents[2] / "shared" / "pages"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
# Text that a reader sees in the body, without the line numbers and players that are no words of the author.
SHOWN = """() => {
  const body = document.querySelector("#js_content");
  if (!body || document.querySelector(".original_panel_content")) return "";
  for (let part = body; part; part = part.parentElement)
    part.style.cssText += ";visibility:visible!important;opacity:1!important;display:block!important";
  const frame = ".code-snippet__line-index, [data-formula], .video_iframe, .rich_media_tool";
  for (const part of body.querySelectorAll(frame)) part.remove();
  return body.innerText;
}"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PAGES.is_dir(), reason="the real pages (../shared/pages) are not here"),
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH: " + ", ".join(NAMES)),
]


def shown(page: Page, source: bytes) -> str:
    page.set_content(decode_page(source), wait_until="domcontentloaded")
    return visible(page.evaluate(SHOWN))


def test_what_a_browser_shows_is_counted() -> None:
    lacking, compared = {}, 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"], timeout=0)
        page = browser.new_context(java_script_enabled=False, offline=True).new_page()
        page.set_default_timeout(0)  # what never comes meets the timeout of the test
        for path in sorted(PAGES.glob("*.html.gz")):
            source = gzip.decompress(path.read_bytes())
            seen, counted = shown(page, source), held(source).text
            # A page of text or of a repost holds a stand-in there.
            if len(seen) < 20 or path.name.startswith(("text-", "state-", "wall-", "album-")):
                continue
            compared += 1
            if matched(seen, counted) < ENOUGH * len(seen):
                lacking[path.name] = (len(seen), matched(seen, counted), len(counted))
        browser.close()
    assert compared >= 10
    assert lacking == {}
