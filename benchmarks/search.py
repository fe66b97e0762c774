"""Search: the catalogue's, and the one from disk in Chromium, with what their indexes take.

    python -m benchmarks.search [ARTICLES]

Needs `wordfreq` (benchmarks/requirements.txt) beside the development install. The text is of words as frequent as in
real Chinese and English, in no order: that has more pairs of letters than writing, so the indexes are rather larger.
The peer is a bare FTS5 trigram index of the same texts, which finds nothing shorter than three characters.
"""

from __future__ import annotations

import itertools
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import sync_playwright
from wordfreq import get_frequency_dict

from archiver.archive.record import StoredFiles, make_record
from archiver.folding import fold
from archiver.reader.assets import asset
from archiver.reader.pages import Page, Pages
from archiver.reader.query import parse_query
from archiver.reader.search import search
from archiver.reader.search_index import SearchIndex
from archiver.render import sitemap
from archiver.store.catalogue import Catalogue
from archiver.store.fulltext import Text
from benchmarks.results import keep
from tests.reader.library import NOW, Made, _capture, read

_DRAWN = """new MutationObserver(() => {
  const state = document.querySelector("#state");
  if (state && !window.drawnAt && /^(共|没有|已找到)/.test(state.textContent))
    requestAnimationFrame(() => { window.drawnAt = performance.now(); });
}).observe(document, { subtree: true, childList: true, characterData: true })"""


def articles(count: int) -> list[Made]:
    """Articles of about 1,800 characters, the same every time."""
    words, weights = _words("zh", "large")
    foreign, foreign_weights = _words("en", "small")
    some = random.Random(7)
    made = []
    for number in range(count):
        theme = some.choices(words, cum_weights=weights, k=60)
        lines = []
        for _ in range(max(2, int(some.lognormvariate(0, 0.6) * 14))):
            line: list[str] = []
            for _ in range(some.randint(10, 90)):
                kind = some.random()
                if kind < 0.05:
                    line += some.choices(foreign, cum_weights=foreign_weights)
                else:
                    line += [some.choice(theme)] if kind < 0.2 else some.choices(words, cum_weights=weights)
                line.append("，" if some.random() < 0.08 else "")
            lines.append("".join(line) + "。")
        moment = NOW - timedelta(minutes=some.randint(0, 1500 * 1440))
        account = f"公众号{some.randint(1, max(3, count // 20))}"
        title = "".join(some.choices(theme, k=5))
        made.append(Made(f"{title} {number}", lines, account=account, published=moment, token=f"T{number:021d}"))
    return made


def _words(language: str, size: str) -> tuple[list[str], list[float]]:
    found = {w: f for w, f in get_frequency_dict(language, wordlist=size).items() if w.isascii() == (language == "en")}
    return list(found), list(itertools.accumulate(found.values()))


def terms(made: list[Made], length: int, count: int) -> Iterator[str]:
    """Runs of letters of the texts; of every fifth the letters in another order."""
    some = random.Random(length)
    while count:
        one = some.choice(made)
        line = fold(some.choice([one.title, *one.paragraphs]))
        start = some.randrange(max(1, len(line) - length + 1))
        term = line[start : start + length]
        if count % 5 == 0:
            term = "".join(some.sample(term, len(term)))
        if len(term) == length and fold(term) == term and not set(term) & set('"“”'):
            count -= 1
            yield term


def cpu(call: Callable[[], Any]) -> float:
    """Seconds of CPU."""
    start = time.process_time()
    call()
    return time.process_time() - start


def fill(catalogue: Catalogue, made: list[Made]) -> None:
    """Put articles into a catalogue, in one transaction as a rebuild does."""
    with catalogue.together():
        for one in made:
            record = make_record(read(one), _capture(one), one.url, StoredFiles([]))
            text = Text(one.title, one.account, "\n".join(one.paragraphs))
            catalogue.put_article(record, [one.url], (0, 0), {}, text)


def trigrams(made: list[Made]) -> None:
    """The same texts in a bare index."""
    with sqlite3.connect(":memory:") as db:
        db.execute("create virtual table t using fts5(title, body, tokenize='trigram')")
        db.executemany("insert into t values (?, ?)", ((one.title, "\n".join(one.paragraphs)) for one in made))
    db.close()


def write(root: Path, catalogue: Catalogue) -> int:
    """Write the search of the site, and say how many bytes its index has."""
    size = 0
    pages = [Pages(catalogue).search()]
    found = SearchIndex(catalogue, lambda _: None).files(set(), everything=True)
    for page in itertools.chain(pages, found):
        assert isinstance(page, Page)
        (root / page.path).parent.mkdir(parents=True, exist_ok=True)
        size += (root / page.path).write_text(page.text, "utf-8") and len(page.text.encode())
    for path in sitemap.ASSETS:
        (root / path).write_bytes(asset(path))
    return size


def drawn(root: Path, made: list[Made]) -> list[float]:
    """Milliseconds from the navigation until the first results are drawn, with snippets, in a fresh page."""
    found = []
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, names)))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.add_init_script(_DRAWN)
        for length in range(1, 7):
            for term in terms(made, length, 10):
                page.goto("about:blank")
                page.goto((root / "site/search.html").as_uri() + "?q=" + quote(f'"{term}"'))
                page.wait_for_function("() => window.drawnAt > 0")
                found.append(float(page.evaluate("window.drawnAt")))
        browser.close()
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    made = articles(count)
    size = sum(len(line.encode()) for one in made for line in (one.title, *one.paragraphs))
    about = f"{count:,} articles"
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        with Catalogue(root / "catalogue.db") as catalogue:
            ours, theirs = cpu(lambda: fill(catalogue, made)), cpu(lambda: trigrams(made))
            asked = [parse_query(f'"{term}"') for length in range(1, 7) for term in terms(made, length, 40)]
            searches = sorted(cpu(lambda q=query: search(catalogue, q, 20)) * 1000 for query in asked)
            begin = time.process_time()
            index = write(root, catalogue)
            built = time.process_time() - begin
        stored = (root / "catalogue.db").stat().st_size
        times = drawn(root, made)
    p95 = searches[int(len(searches) * 0.95)]
    middle = statistics.median(times)
    rows = {
        f"catalogue filled, {about}": {
            "unit": "s CPU", "ours": ours, "theirs": theirs, "peer": f"FTS5 trigram, SQLite {sqlite3.sqlite_version}",
            "ratio": ours / theirs, "target": "ratio ≤ 1.3", "met": ours / theirs <= 1.3,
        },
        f"catalogue search with snippets, {about}, p95": {
            "unit": "ms CPU", "ours": p95, "target": "≤ 10", "met": p95 <= 10,
        },
        f"catalogue, {about}": {
            "unit": "× the text", "ours": stored / size, "target": "≤ 1.5", "met": stored / size <= 1.5,
        },
        f"search from disk, {about}, median": {
            "unit": "ms from navigation", "ours": middle, "target": "≤ 100", "met": middle <= 100,
        },
        f"search from disk, {about}, worst": {
            "unit": "ms from navigation", "ours": max(times), "target": "≤ 500", "met": max(times) <= 500,
        },
        f"index for search from disk, {about}": {
            "unit": "× the text", "ours": index / size, "target": "≤ 1.5", "met": index / size <= 1.5,
        },
        f"index for search from disk built, {about}": {"unit": "s CPU", "ours": built},
    }  # fmt: skip
    keep(rows)
    for name, row in rows.items():
        print(f"{name:<60} {row['ours']:10.2f} {row['unit']}")


if __name__ == "__main__":
    main()
