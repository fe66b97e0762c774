"""How long building, searching and opening take: `python -m benchmarks.reader [ARTICLES] [FOLDER]`.

Makes an archive of made-up articles, of which the text is like writing in how words recur, and prints a table. Needs
the development install; Chromium is used where there is one.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from archiver.folding import fold
from archiver.reader.build import build_site
from archiver.reader.query import parse_query
from archiver.reader.search import search
from archiver.rewriting.scan import scan_notes
from tests.reader.library import Library, queries, random_articles, save, texts_of

SEARCHES = 40
_FIRST_RESULTS = (
    "async (text) => { let n = 0; for await (const _ of search(parse(text))) if (++n === 20) break; return n; }"
)


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that the action takes, and its result."""
    begin = time.perf_counter()
    result = action()
    return time.perf_counter() - begin, result


def make(folder: Path, count: int) -> Library:
    """An archive of that many articles, without its site; the notes name one article in three."""
    library = Library(folder)
    articles = random_articles(count + 1, paragraphs=20)
    with library.open() as archive:
        for number, made in enumerate(islice(articles, count)):
            save(archive, made)
            library.made.append(made)
            if number % 3 == 0:
                note = library.root / "notes" / f"{number // 30:05}.md"
                with note.open("a", encoding="utf-8") as file:
                    file.write(f"1. [{made.title}]({made.url})   {':star:' * (number % 4)}\n")
        scan_notes(library.config, archive)
    library.extra = next(articles)
    return library


def building(library: Library) -> None:
    """From scratch, with one article more, with nothing new, and after the catalogue was lost."""
    with library.open() as archive:
        seconds, built = timed(lambda: build_site(library.config, archive, everything=True))
        print(f"build from scratch            {seconds:8.2f} s   {len(built.updated):6,} files")
        seconds, built = timed(lambda: build_site(library.config, archive, everything=True))
        print(f"build, all compared           {seconds:8.2f} s   {len(built.updated):6,} files")
        seconds, built = timed(lambda: build_site(library.config, archive, look=True))
        print(f"build, all looked at          {seconds:8.2f} s   {len(built.updated):6,} files")
        assert library.extra
        save(archive, library.extra)
        library.made.append(library.extra)
        seconds, built = timed(lambda: build_site(library.config, archive))
        print(f"build with one new article    {seconds:8.2f} s   {len(built.updated):6,} files")
        seconds, built = timed(lambda: build_site(library.config, archive))
        print(f"build with nothing new        {seconds:8.4f} s   {len(built.updated):6,} files")
    (library.archive / "catalogue.db").unlink()

    def rebuild() -> None:
        with library.open() as archive:
            scan_notes(library.config, archive)

    print(f"catalogue rebuilt             {timed(rebuild)[0]:8.2f} s")


def sizes(library: Library) -> None:
    """Of texts and indexes."""
    text = sum(len(fold(line).encode()) for made in library.made for line in texts_of(made))
    index = sum(path.stat().st_size for path in (library.archive / "site/search").iterdir())
    catalogue = (library.archive / "catalogue.db").stat().st_size
    first = sum((library.archive / name).stat().st_size for name in ("index.html", "site/reader.css", "site/reader.js"))
    print(f"text {text / 1e6:.1f} MB, catalogue.db {catalogue / 1e6:.1f} MB (texts and full-text index)")
    print(f"static index {index / 1e6:.1f} MB = {index / text:.0%} of the text; first page {first / 1e3:.0f} kB")


def line(name: str, seconds: Sequence[float]) -> None:
    slow = sorted(seconds)[int(len(seconds) * 0.95)]
    print(f"{name:<30}{statistics.median(seconds) * 1e3:8.1f} ms median {slow * 1e3:9.1f} ms p95")


def searching(library: Library) -> None:
    """The catalogue's search: the first 20 results with snippets, for terms of each length."""
    with library.open() as archive:
        for length in range(1, 7):
            times = []
            for term in queries(library, length, SEARCHES):
                query = parse_query(f'"{term}"')
                times.append(timed(partial(search, archive.catalogue, query, 20))[0])
            line(f"search, {length} characters", times)


def static_searching(library: Library) -> None:
    """The static search in Chromium from disk: until the first 20 results, or all where there are fewer."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    browser_path = next(filter(None, map(shutil.which, names)), None)
    if browser_path is None:
        print("no Chromium on PATH: the static search is not timed")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page()
        seconds, _ = timed(lambda: page.goto((library.archive / "index.html").as_uri()))
        print(f"first page opens in           {seconds * 1e3:8.0f} ms")
        for length in range(1, 7):
            times = []
            for term in queries(library, length, 8):
                page.goto((library.archive / "site/search.html").as_uri())
                page.wait_for_function("() => files.has('index') && !!window.archiverSearch")
                times.append(timed(partial(page.evaluate, _FIRST_RESULTS, f'"{term}"'))[0])
            line(f"static search, {length} characters", times)
        browser.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary)
        seconds, library = timed(lambda: make(folder, count))
        print(f"{count:,} articles made in {seconds:.0f} s")
        building(library)
        sizes(library)
        searching(library)
        static_searching(library)


if __name__ == "__main__":
    main()
