"""Print local pages as PDF with Chromium, which gets no network for it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from playwright.sync_api import Browser, Error

from archiver.errors import BrowserError
from archiver.fetch.chromium import Chromium, closing_playwright, first_line, launch, sender

CREATOR = b"/Creator (archiver)"
_FOOT = (
    '<div style="font: 10px sans-serif; width: 100%; text-align: center; color: #777">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)
# A4, in inches.
_PAPER = {
    "paperWidth": 8.27,
    "paperHeight": 11.69,
    "marginTop": 0.7,
    "marginBottom": 0.75,
    "marginLeft": 0.65,
    "marginRight": 0.65,
}
_PORTION = 4_000_000  # bytes of a PDF that are in memory at a time
_HEAD = 4_096  # bytes: what a PDF says of itself is its first object
_DATE = re.compile(rb"(?<=Date \(D:)\d{14}(?=[+-]\d\d'\d\d'\))")
_CHROMIUM = b"/Creator (Chromium)"


class Printer:
    """A Chromium that prints."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def print(self, page: Path, file: BinaryIO, at: datetime) -> None:
        """Print the HTML file `page` with bookmarks for its headings, and page numbers. Lazy images are not waited for.
        The PDF says that it was made `at` that time, so that the same page gives the same bytes.

        Raises BrowserError.
        """
        context = self._browser.new_context(java_script_enabled=False, locale="zh-CN", accept_downloads=False)
        try:
            shown = context.new_page()
            shown.goto(page.as_uri(), wait_until="load", timeout=0)
            send = sender(context.new_cdp_session(shown))
            options = {"printBackground": True, "generateTaggedPDF": True, "generateDocumentOutline": True}
            furniture = {"displayHeaderFooter": True, "headerTemplate": "<span></span>", "footerTemplate": _FOOT}
            answer = send("Page.printToPDF", {**_PAPER, **options, **furniture, "transferMode": "ReturnAsStream"})
            while True:
                portion = send("IO.read", {"handle": answer["stream"], "size": _PORTION})
                data = base64.b64decode(portion["data"]) if portion.get("base64Encoded") else portion["data"].encode()
                file.write(data if file.tell() else settled(data, at))
                if portion["eof"]:
                    break
        except Error as error:
            raise BrowserError(f"the browser does not print: {first_line(error)}") from error
        finally:
            if self._browser.is_connected():
                context.close()


def settled(data: bytes, at: datetime) -> bytes:
    """The beginning of a PDF of Chromium's with another time and maker, which take as many bytes."""
    stamp = at.astimezone(UTC).strftime("%Y%m%d%H%M%S").encode()
    return _DATE.sub(stamp, data[:_HEAD]).replace(_CHROMIUM, CREATOR) + data[_HEAD:]


@contextmanager
def printing(chromium: Chromium) -> Iterator[Printer]:
    """A printer for the length of a `with` block. Raises BrowserMissingError where Chromium does not start."""
    with closing_playwright() as playwright:
        browser = launch(playwright, chromium, None)
        try:
            yield Printer(browser)
        finally:
            if browser.is_connected():
                browser.close()
