"""`make pictures`: every screen of the reader, and the images of the READMEs, of the demo.

    python -m tests.replica.screens [FOLDER]    the screens go to FOLDER, or else to .demo/screens

Every screen comes on a desktop and a phone, light, sepia and dark, in Chinese and English. Look at them after a change
of the reader, and commit the images in examples/ if they are other ones.
"""

from __future__ import annotations

import io
import itertools
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.replica import demo
from tests.replica.github_view import note_page

MOST_BYTES = 150_000  # of an image that is committed
EXAMPLES = demo.PROJECT / "examples"
NOTE = "2026-03-07.md"
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


def examples(browser: Browser, archive: Path) -> Mapping[str, bytes]:
    """The images of the READMEs by name: a note on GitHub before and after, the note beside an article, and the reader
    with its first page and search on a phone in the dark."""
    looks = ((Look("desktop", "light", "zh"), "home"), (Look("phone", "dark", "zh"), "found"))
    reader = [data for look, name in looks for _, data in looked_at(browser, archive, look, iter([name]))]
    page = browser.new_page(viewport={"width": 640, "height": 820}, locale="zh-CN", color_scheme="light")
    given, kept = demo.PROJECT / "examples/notes" / NOTE, archive.parent / "notes" / NOTE
    before, after = (_shot(page, note_page(note, now)) for note, now in ((given, "before"), (kept, "after")))
    page.goto(f"{archive.as_uri()}/{screens(archive)['article']}")
    copy = page.screenshot()
    page.close()
    return {
        "github.png": side_by_side([before, after]),
        "result.png": side_by_side([after, copy]),
        "reader.png": side_by_side(reader),
    }


def _shot(page: Page, document: str) -> bytes:
    """PNG of an HTML document that may show local images, as only one from the disk may."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "note.html")
        file.write_text(document, "utf-8")
        page.goto(file.as_uri())
        return page.screenshot()


def side_by_side(images: Sequence[bytes]) -> bytes:
    """PNGs as one, of few colours, so that it is small."""
    parts = [Image.open(io.BytesIO(data)).convert("RGB") for data in images]
    width = sum(part.width for part in parts) + _GAP * (len(parts) - 1)
    whole, left = Image.new("RGB", (width, max(part.height for part in parts)), _GREY), 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width + _GAP
    file = io.BytesIO()
    whole.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(file, "PNG", optimize=True)
    return file.getvalue()


def main(folder: Path, archive: Path, into: Path = EXAMPLES) -> int:
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
        made = examples(browser, archive)
        browser.close()
    for name, data in made.items():
        (into / name).write_bytes(data)
    sizes = ", ".join(f"{name} {len(data):,} bytes" for name, data in made.items())
    print(f"{len(list(folder.glob('*.png')))} screens in {folder}; in {into}: {sizes}")
    return 0 if all(len(data) <= MOST_BYTES for data in made.values()) else 1


if __name__ == "__main__":
    made = demo.PROJECT / ".demo"
    if not (made / "archive/index.html").is_file() and demo.main(made):
        sys.exit(1)
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else made / "screens", made / "archive"))
