"""Whether an image is whole: our verdict is what Chromium draws to the last row.

`load` and `decode()` succeed on half a file, so the rows that were drawn are looked at.
"""

from __future__ import annotations

import base64
import shutil

import pytest
from playwright.sync_api import sync_playwright

from archiver.errors import ImageError
from archiver.media.imagefile import inspect_image
from tests.media import files

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
FILES = [*files.whole(), *files.cut(), *files.endless()]
# Whether the first and last row of an image, drawn on nothing, are there: of a BMP the last one comes first. The images
# are noise; what a decoder fills in is of one colour.
DRAWN = """async data => {
  const image = new Image();
  image.src = "data:application/octet-stream;base64," + data;
  if (!await new Promise(done => { image.onload = () => done(true); image.onerror = () => done(false); })) return false;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return [0, canvas.height - 1].every(y => {
    const row = pen.getImageData(0, y, canvas.width, 1).data;
    const shades = new Set(row.filter((value, i) => i % 4 === 0));
    return row.every((value, i) => i % 4 !== 3 || value === 255) && shades.size > 9;
  });
}"""


def is_whole(data: bytes) -> bool:
    try:
        inspect_image(data)
    except ImageError:
        return False
    return True


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH: " + ", ".join(NAMES))
def test_our_verdict_is_what_a_browser_draws() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"], timeout=0)
        page = browser.new_page()
        page.set_default_timeout(0)  # what never comes meets the timeout of the test
        drawn = {name: page.evaluate(DRAWN, base64.b64encode(data).decode()) for name, data in FILES}
        browser.close()
    assert len(drawn) >= 40
    assert {name: is_whole(data) for name, data in FILES} == drawn
    assert [name for name, _ in files.whole() if not drawn[name]] == []
    assert [name for name, _ in files.cut() if drawn[name]] == []
    assert {drawn[name] for name, _ in files.endless()} == {True, False}
