"""`make pictures`: every screen of the reader, and examples/reader.png, which the READMEs show, of the demo.

    python -m tests.replica.screens [FOLDER]    the screens go to FOLDER, or else to .demo/screens

Every screen comes on a desktop and a phone, light, sepia and dark, in Chinese and English. Look at them after a change
of the reader, and commit examples/reader.png if it is another one.
"""

from __future__ import annotations

import io
import itertools
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.replica import demo

MOST_BYTES = 150_000  # of an image that is committed
EXAMPLE = demo.PROJECT / "examples/reader.png"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SIZES = {"desktop": (900, 700), "phone": (390, 700)}
THEMES = ("light", "sepia", "dark")
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
_GAP, _GREY = 12, (208, 212, 220)


@dataclass(frozen=True, slots=True)
class Look:
    """How a screen is looked at: one of SIZES, THEMES and LANGUAGES."""

    size: str
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.size}-{self.theme}-{self.language}"


LOOKS = [Look(*each) for each in itertools.product(SIZES, THEMES, LANGUAGES)]


def screens(archive: Path) -> Mapping[str, str]:
    """The reader's pages by name: their addresses below the archive."""

    def one(pattern: str) -> str:
        return quote(max(archive.glob(pattern)).relative_to(archive).as_posix())

    return {
        "home": "index.html",
        **{name: f"site/{name}.html" for name in ("months", "accounts", "notes", "rated", "status", "mine", "search")},
        "found": f"site/search.html?q={quote('链接 stars:2')}",
        "note": one("site/note/*.html"),
        "account": one("site/account/*.html"),
        "article": one("articles/2026/03/*小经验*/index.html"),
        "settings": one("articles/2026/03/*小经验*/index.html") + "#settings",
        "highlights": one("articles/2026/03/*小经验*/index.html") + "#highlights",
    }


def show(page: Page, address: str) -> None:
    """Open a screen as a person would have it: something is read, liked and highlighted."""
    page.goto("about:blank")  # or a dialog would stay open where only the fragment is another
    page.goto(address)
    page.evaluate("archiverState.ready")
    wanted = address.partition("#")[2]
    if page.locator("[data-do=favourite]").count() and not page.locator("mark.highlight").count():
        page.keyboard.press("f")
        page.evaluate(
            "() => { const text = document.querySelector('article.body p').firstChild, range = document.createRange();"
            " range.selectNodeContents(text); addHighlight(range); }"
        )
    if wanted:
        page.locator(f"[data-do={wanted}]").click()
    if "?q=" in address:
        page.wait_for_selector("#results mark")


def looked_at(
    browser: Browser, archive: Path, look: Look, names: Iterator[str] | None = None
) -> Iterator[tuple[str, bytes]]:
    """(name, PNG) of the screens."""
    width, height = SIZES[look.size]
    scheme: Literal["dark", "light"] = "dark" if look.theme == "dark" else "light"
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=LANGUAGES[look.language], color_scheme=scheme
    )
    page = context.new_page()
    page.goto((archive / "index.html").as_uri())
    page.evaluate("theme => archiver.set('theme', theme)", look.theme)
    addresses = screens(archive)
    show(page, f"{archive.as_uri()}/{addresses['article']}")  # so that lists have something to tell
    for name in names or addresses:
        show(page, f"{archive.as_uri()}/{addresses[name]}")
        yield name, page.screenshot()
    context.close()


def example(browser: Browser, archive: Path) -> bytes:
    """The image of the READMEs: the first page, and search on a phone in the dark."""
    looks = ((Look("desktop", "light", "zh"), "home"), (Look("phone", "dark", "zh"), "found"))
    parts = [
        Image.open(io.BytesIO(data)).convert("RGB")
        for look, name in looks
        for _, data in looked_at(browser, archive, look, iter([name]))
    ]
    width = sum(part.width for part in parts) + _GAP * (len(parts) - 1)
    whole, left = Image.new("RGB", (width, max(part.height for part in parts)), _GREY), 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width + _GAP
    file = io.BytesIO()
    whole.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(file, "PNG", optimize=True)
    return file.getvalue()


def main(folder: Path, archive: Path, image: Path = EXAMPLE) -> int:
    """Write all images; returns the exit code."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        print("no Chromium on PATH: " + ", ".join(BROWSERS))
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for look in LOOKS:
            for name, data in looked_at(browser, archive, look):
                (folder / f"{name}-{look}.png").write_bytes(data)
        image.write_bytes(example(browser, archive))
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} screens in {folder}, and {image}: {image.stat().st_size:,} bytes")
    return 0 if image.stat().st_size <= MOST_BYTES else 1


if __name__ == "__main__":
    made = demo.PROJECT / ".demo"
    if not (made / "archive/index.html").is_file() and demo.main(made):
        sys.exit(1)
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else made / "screens", made / "archive"))
