"""A real Chromium that may load nothing but files, or one local server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Request, sync_playwright

from tests.reader.library import Library
from tests.reader.three import NOTES, ONE, THREE, TWO
from tests.reader.watching import Open, Watched

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Three articles and two notes."""
    library = Library(tmp_path)
    library.add([ONE, TWO, THREE], NOTES)
    return library


@pytest.fixture(scope="module")  # an open Playwright forbids another one in its thread
def browser() -> Iterator[Browser]:
    if BROWSER is None:
        pytest.skip("no Chromium on PATH: " + ", ".join(NAMES))
    with sync_playwright() as playwright:
        # Everything but this machine is out of reach, whatever a page tries.
        arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        launched = playwright.chromium.launch(executable_path=BROWSER, args=arguments, timeout=0)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def watch(browser: Browser) -> Open:
    """`with watch(width=360, color_scheme="dark") as watched: watched.page.goto(…)`."""

    @contextmanager
    def opened(width: int = 1280, height: int = 900, **options: Any) -> Iterator[Watched]:
        options.setdefault("locale", "zh-CN")
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(0)  # what never comes meets the timeout of the test
        watched = Watched(context.new_page())

        def failed(request: Request) -> None:
            if request.failure != "net::ERR_ABORTED":  # the page was left before the image came
                watched.noise.append(f"failed: {request.url} {request.failure}")

        def heard(dialog: Dialog) -> None:
            watched.noise.append(dialog.message)
            dialog.dismiss()

        context.on("request", lambda request: watched.requests.append(request.url))
        context.on("requestfailed", failed)
        context.on("console", lambda message: watched.noise.append(message.text))
        context.on("weberror", lambda error: watched.noise.append(str(error.error)))
        context.on("dialog", heard)
        context.on("page", lambda page: watched.noise.append(f"opened {page.url}"))
        context.on("download", lambda download: watched.noise.append(f"download {download.url}"))
        yield watched
        context.close()

    return opened
