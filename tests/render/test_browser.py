"""A rendered page in a real Chromium, opened as a file, without a network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from archiver.reader.assets import asset
from archiver.render.html import render_html
from archiver.render.sitemap import ASSETS
from archiver.store.files import write_atomic
from tests.render.samples import IMAGES, ONE, RECORD, TWO, article

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH: " + ", ".join(NAMES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_opens_from_disk(tmp_path: Path, scheme: str) -> None:
    body = "".join(path.read_text(encoding="utf-8") for path in sorted(FIXTURES.glob("*.html")))
    body += f'<table><tr><td><p>{"长" * 200}</p><img src="{ONE}"></td></tr></table>'
    folder = tmp_path / RECORD.folder
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(render_html(article(body), RECORD, IMAGES), encoding="utf-8")
    for url in (ONE, TWO):
        path = IMAGES[url].path
        assert path
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (640, 360), "teal").save(tmp_path / path, format="PNG" if path.endswith("png") else "GIF")
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="90" height="30"/></svg>'
    (tmp_path / str(IMAGES[TWO].path)).write_text(svg, encoding="utf-8")
    for path in ASSETS:
        write_atomic(tmp_path / path, asset(path))
    requests: list[str] = []
    noise: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"], timeout=0)
        view = browser.new_page(viewport={"width": 360, "height": 20_000}, color_scheme=scheme)  # type: ignore[arg-type]
        view.set_default_timeout(0)  # what never comes meets the timeout of the test
        view.on("request", lambda request: requests.append(request.url))
        view.on("console", lambda message: noise.append(message.text))
        view.on("dialog", lambda dialog: noise.append(dialog.message))
        view.goto((folder / "index.html").as_uri())
        view.wait_for_function("() => [...document.images].every(image => image.complete)")
        widths = view.evaluate("[...document.images].map(image => image.naturalWidth)")
        assert len(widths) >= 3
        assert all(widths)
        assert view.locator("h1").count() == 1
        assert view.evaluate("document.documentElement.scrollWidth") <= 360
        cell = view.locator(".layout").last.bounding_box()
        assert cell
        assert cell["width"] <= 360 - 2 * 16  # nothing of it is cut off at the column's edge
        header, article_box = view.locator("header").bounding_box(), view.locator("article").bounding_box()
        assert header
        assert article_box
        assert header["y"] + header["height"] <= article_box["y"]
        browser.close()
    assert noise == []
    assert requests
    assert all(url.startswith("file:") for url in requests)
    assert len([url for url in requests if "/images/" in url]) == 2


# The elements that hold text themselves, with the luminance of their ink and of the paper behind it.
LUMINANCES = """() => [...document.querySelectorAll("article *")].filter(element =>
    [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())).map(element => {
  const linear = part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const luminance = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  let behind = element;
  while (behind && getComputedStyle(behind).backgroundColor.endsWith(", 0)")) behind = behind.parentElement;
  return [element.textContent, luminance(getComputedStyle(element).color),
    luminance(getComputedStyle(behind || document.documentElement).backgroundColor)]; })"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH: " + ", ".join(NAMES))
def test_text_can_be_read_in_the_dark_whatever_its_author_chose(tmp_path: Path) -> None:
    styles = ["color: #000", "color: rgb(30, 107, 184)", "background: #ff3b86; color: #fff", "background: #fff"]
    styles += ["background-color: #282c34; color: #abb2bf", "background: linear-gradient(#fff, #eee); color: #333"]
    names = ("p", "section", "span", "strong", "code", "blockquote", "td")
    body = "".join(
        f'<table><tr><td style="{style}">x</td></tr></table>' if name == "td" else f'<{name} style="{style}">x</{name}>'
        for style in styles
        for name in names
    )
    body += '<pre style="background-color: #fafafa; color: #383a42"><code>x</code></pre><p data-card="vote">投票</p>'
    (tmp_path / "index.html").write_text(render_html(article(body), RECORD, IMAGES), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"], timeout=0)
        view = browser.new_page(color_scheme="dark")
        view.set_default_timeout(0)
        view.goto((tmp_path / "index.html").as_uri())
        found = view.evaluate(LUMINANCES)
        browser.close()
    assert len(found) == len(styles) * len(names) + 2
    for text, ink, paper in found:
        assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 4.5, (text, ink, paper)
