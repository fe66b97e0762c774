"""How much of the real pages stands in their copies, and whether the account of a page misses anything itself.

    python -m tests.real_coverage

prints a table of all pages in ../shared/pages: what Chromium shows of each, what its data and its template hold, what
is counted, and how much of that stands in article.md and index.html.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from archiver.coverage.html import shown_by
from archiver.coverage.match import matched, visible
from archiver.coverage.page import held
from archiver.models import Article, Kind
from archiver.models.coverage import ENOUGH, Counted, Coverage
from archiver.wechat.jsdata import read_cgi
from archiver.wechat.jsvalue import text
from archiver.wechat.page import read_page
from archiver.wechat.source import decode_page, read_source
from tests.page_copies import URL, Copy

PAGES = Path(__file__).parents[2] / "shared" / "pages"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
LEAST = 20  # characters of a source that is worth a comparison
# Text that a reader sees in the body, without the line numbers and players that are no words of the author.
_SHOWN = """() => {
  const body = document.querySelector("#js_content");
  if (!body || document.querySelector(".original_panel_content")) return "";
  for (let part = body; part; part = part.parentElement)
    part.style.cssText += ";visibility:visible!important;opacity:1!important;display:block!important";
  const frame = ".code-snippet__line-index, [data-formula], .video_iframe, .rich_media_tool";
  for (const part of body.querySelectorAll(frame)) part.remove();
  return body.innerText;
}"""


@dataclass(frozen=True, slots=True)
class Row:
    """One page: the characters of each source that there is, how many of them are counted, and its coverage. `losses`
    are those of the article, by what is lost."""

    name: str
    sources: dict[str, tuple[int, int]] = field(default_factory=dict)
    coverage: Coverage | None = None
    losses: tuple[str, ...] = ()

    @property
    def uncounted(self) -> list[str]:
        """The sources of which the account misses more than may be."""
        return [name for name, (there, counted) in self.sources.items() if counted < ENOUGH * there]


@contextmanager
def browser_page() -> Iterator[Page]:
    """A page of a browser in which no script runs, and which loads nothing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"], timeout=0)
        page = browser.new_context(java_script_enabled=False, offline=True).new_page()
        page.set_default_timeout(0)  # what never comes meets the timeout of the test
        yield page
        browser.close()


def rows(page: Page) -> Iterator[Row]:
    """All real pages that are articles."""
    for path in sorted(PAGES.glob("*.html.gz")):
        source = gzip.decompress(path.read_bytes())
        article = read_page(source, URL)
        if isinstance(article, Article):
            name = path.name.removesuffix(".html.gz")
            counted = held(source).text
            there = {name: words for name, words in _sources(page, source) if len(words) >= LEAST}
            if article.kind is Kind.TEXT:  # what such a page shows without scripts is the card of its account
                there.pop("browser", None)
            measured = {name: (len(words), matched(words, counted)) for name, words in there.items()}
            yield Row(name, measured, Copy(source).coverage(), tuple(loss.what for loss in article.losses))


def _sources(page: Page, source: bytes) -> Iterator[tuple[str, str]]:
    """What there is to read in a page, source by source, without the help of what is examined."""
    markup = decode_page(source)
    page.set_content(markup, wait_until="domcontentloaded")
    yield "browser", visible(page.evaluate(_SHOWN))
    parts = read_source(markup)
    for name, words in (
        ("data", text(read_cgi(parts.data_scripts()).get("content_noencode"))),
        ("template", parts.template("content_tpl")),
    ):
        page.set_content(f"<div id='js_content'>{words}</div>", wait_until="domcontentloaded")
        # The text of posts is plain: what looks like markup in it is text.
        shown = visible(page.evaluate(_SHOWN))
        yield name, shown if "<" in words else visible(shown_by(words).text)


def main() -> None:
    """Print the table."""
    heads = ("page", "browser", "data", "template", "counted", "article.md", "index.html", "lowest", "losses")
    print("| " + " | ".join(heads) + " |")
    print("|" + " --- |" * len(heads))
    with browser_page() as page:
        for row in rows(page):
            assert row.coverage
            there = [f"{row.sources[name][0]:,}" if name in row.sources else "" for name in heads[1:4]]
            share = row.coverage.shares[Counted.CHARACTERS]
            counts = [f"{count:,}" for count in (share.source, share.markdown, share.html)]
            cells = (row.name, *there, *counts, f"{row.coverage.lowest:.4f}", ", ".join(row.losses))
            print("| " + " | ".join(cells) + " |" + (f" misses {row.uncounted}" if row.uncounted else ""))


if __name__ == "__main__":
    main()
