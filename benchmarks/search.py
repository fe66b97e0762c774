"""Search: the catalogue's, and the one from disk in Chromium, with what their indexes take and what they find.

    python -m benchmarks.search [ARTICLES …]

The texts are those of `benchmarks.texts`. Peers of the catalogue: a bare FTS5 trigram index of the same texts, which
finds nothing shorter than three characters, and tantivy; of the search from disk: Pagefind. Each term is asked of both,
ratios of times are medians over terms. Ours has to find all of what is there and nothing else; a peer that does not is
void.
"""

from __future__ import annotations

import itertools
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from archiver.archive.record import StoredFiles, make_record
from archiver.fetch.find_browser import find_browser
from archiver.reader.assets import asset
from archiver.reader.pages import Page, Pages
from archiver.reader.query import parse_query
from archiver.reader.search import search
from archiver.reader.search_index import SearchIndex
from archiver.render import sitemap
from archiver.store.catalogue import Catalogue
from archiver.store.fulltext import Text
from archiver.store.searching import matching
from benchmarks.asked import LENGTHS, Answers, articles, terms
from benchmarks.pairs import FailedCommandError, compared, judged
from benchmarks.places import MissingPeerError
from benchmarks.results import Rows, keep
from benchmarks.search_peers import Pagefind, by_tantivy
from tests.reader.library import Made, _capture, read

ASKED, DRAWN = 40, 10  # terms of each length
ROUNDS, MANY = 3, 1000  # the catalogue is filled so often, unless there are more articles than so many
RIGHT = 99.9  # per cent of what is there, and of what is told
_DRAWN = """new MutationObserver(() => {
  const state = document.querySelector("#state");
  if (state && !window.drawnAt && /^(共|没有|已找到)/.test(state.textContent))
    requestAnimationFrame(() => { window.drawnAt = performance.now(); });
}).observe(document, { subtree: true, childList: true, characterData: true })"""


def cpu(call: Callable[[], Any]) -> float:
    """Seconds of CPU."""
    start = time.process_time()
    call()
    return time.process_time() - start


def fill(catalogue: Catalogue, made: Sequence[Made]) -> dict[str, int]:
    """Put articles into a catalogue, in one transaction as a rebuild does; the number of each by its folder."""
    folders = {}
    with catalogue.together():
        for number, one in enumerate(made):
            record = make_record(read(one), _capture(one), one.url, StoredFiles([]))
            text = Text(one.title, one.account, "\n".join(one.paragraphs))
            catalogue.put_article(record, [one.url], (0, 0), {}, text)
            folders[record.folder] = number
    assert len(folders) == len(made)
    return folders


def trigrams(made: Sequence[Made]) -> None:
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


def quality(about: str, ours: dict[str, set[int]], answers: Answers) -> Rows:
    """Rows of recall and precision by length of a term; ours has to have both."""
    recall, precision = answers.judge(ours)
    assert min(recall + precision) == 100, (recall, precision)
    named = f"{about}: {{}} for 1 · 2 · 3 · 4 · 5 · 6 Chinese characters"
    return {
        named.format("recall"): {"unit": "%", "ours": recall},
        named.format("precision"): {"unit": "%", "ours": precision},
    }


def beside(rows: Rows, theirs: dict[str, set[int]], answers: Answers, peer: str) -> str:
    """Put a peer's recall and precision into the rows of ours; why it is void, or nothing."""
    shares = answers.judge(theirs)
    for row, share in zip(rows.values(), shares, strict=True):
        row |= {"theirs": share, "peer": peer}
    wrong = [f"{name} {min(share):.0f} %" for name, share in zip(("recall", "precision"), shares, strict=True)]
    return ", ".join(told for told, share in zip(wrong, shares, strict=True) if min(share) < RIGHT)


class Bench:
    """What is measured at one size. Peers that are missing leave their rows without them."""

    def __init__(self, count: int, root: Path) -> None:
        self.root = root
        self.made = articles(count)
        self.answers = Answers.of(self.made)
        self.size = sum(len(line.encode()) for one in self.made for line in (one.title, *one.paragraphs))
        self.about = f"{count:,} articles"
        self.count = count
        self.lacking: list[str] = []
        self.folders: dict[str, int] = {}
        self.catalogue = Catalogue(root / "catalogue.db")

    def try_peer(self, call: Callable[[], None]) -> None:
        try:
            call()
        except (MissingPeerError, FailedCommandError, subprocess.SubprocessError) as error:
            self.lacking.append(str(error))

    def _filled(self, catalogue: Catalogue) -> tuple[float, float]:
        """Seconds of CPU of ours and of the bare index."""
        begun = time.process_time()
        self.folders = fill(catalogue, self.made)
        return time.process_time() - begun, cpu(lambda: trigrams(self.made))

    def in_catalogue(self) -> Rows:
        """The catalogue: filled, asked, and its size; beside trigrams and tantivy."""
        filled = [self._filled(self.catalogue)]
        for _ in range(ROUNDS - 1 if self.count <= MANY else 0):
            with tempfile.TemporaryDirectory() as folder, Catalogue(Path(folder, "catalogue.db")) as another:
                filled.append(self._filled(another))
        asked = [term for length in LENGTHS for term in terms(self.made, length, ASKED, chinese=True)]
        took = {term: cpu(partial(search, self.catalogue, parse_query(f'"{term}"'), 20)) * 1000 for term in asked}
        found = {t: {self.folders[folder] for folder in matching(self.catalogue, [t], [])} for t in asked}
        right = quality(f"catalogue search, {self.about}", found, self.answers)
        p95 = sorted(took.values())[int(len(took) * 0.95)]
        stored = (self.root / "catalogue.db").stat().st_size / self.size
        fts5 = {"peer": f"FTS5 trigram, SQLite {sqlite3.sqlite_version}"} | compared(filled)
        rows: Rows = {
            f"catalogue filled, {self.about}": {
                "unit": "s CPU", "series": "catalogue filled", "size": self.count,
                **fts5, **judged(fts5["ratio"], "≤", 1.3, "ratio"),
            },
            f"catalogue search with snippets, {self.about}, p95": {
                "unit": "ms CPU", "ours": p95, **judged(p95, "≤", 10)
            },
            f"catalogue, {self.about}": {"unit": "× the text", "ours": stored, **judged(stored, "≤", 1.5)},
        }  # fmt: skip

        def tantivy() -> None:
            with tempfile.TemporaryDirectory() as folder:
                theirs = by_tantivy(Path(folder), self.made, asked)
            peer = {"peer": theirs.version()}
            if void := beside(right, theirs.found, self.answers, theirs.version()):
                peer["void"] = void
            size = theirs.bytes / self.size
            rows[f"catalogue filled, {self.about}, beside tantivy"] = {
                "unit": "s CPU", **compared([(ours, theirs.seconds) for ours, _ in filled]), **peer
            }  # fmt: skip
            rows[f"catalogue search with snippets, {self.about}, median"] = {
                "unit": "ms CPU", **compared([(took[term], theirs.took[term]) for term in asked]), **peer
            }  # fmt: skip
            rows[f"catalogue, {self.about}"] |= {"theirs": size, "ratio": stored / size, **peer}

        self.try_peer(tantivy)
        return rows | right

    def from_disk(self) -> Rows:
        """The search from disk: its index, and its answers in Chromium; beside Pagefind."""
        begun = time.process_time()
        index = write(self.root, self.catalogue) / self.size
        built = time.process_time() - begun
        rows: Rows = {
            f"index for search from disk built, {self.about}": {
                "unit": "s CPU", "ours": built, "series": "index for search from disk built", "size": self.count
            },
            f"index for search from disk, {self.about}": {
                "unit": "× the text", "ours": index, **judged(index, "≤", 1.5)
            },
        }  # fmt: skip
        asked = [term for length in LENGTHS for term in terms(self.made, length, DRAWN, chinese=True)]
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            pagefind: list[Pagefind] = []
            self.try_peer(lambda: pagefind.append(self._pagefind(Path(folder), rows)))
            address = stack.enter_context(pagefind[0].served()) if pagefind else ""
            playwright = stack.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=find_browser(None), args=["--no-sandbox"])
            own, other = browser.new_page(), browser.new_page()
            own.add_init_script(_DRAWN)
            pairs, found, theirs = [], {}, {}
            for term in asked:
                mine, found[term] = self._ask(own, term)
                if pagefind:
                    taken, theirs[term] = pagefind[0].ask(other, address, term)
                    pairs.append((mine, taken))
                else:
                    pairs.append((mine, mine))
            browser.close()
        return rows | self._drawn([mine for mine, _ in pairs], found, (pairs, theirs) if pagefind else None)

    def _pagefind(self, folder: Path, rows: Rows) -> Pagefind:
        site = Pagefind(folder, self.made)
        built = f"index for search from disk built, {self.about}"
        peer = {"peer": site.version()}
        rows[built] |= compared([(rows[built]["ours"], site.build().cpu)]) | peer
        size = f"index for search from disk, {self.about}"
        rows[size] |= compared([(rows[size]["ours"], site.bytes / self.size)]) | peer
        return site

    def _ask(self, tab: Tab, term: str) -> tuple[float, set[int]]:
        tab.goto("about:blank")
        tab.goto((self.root / "site/search.html").as_uri() + "?q=" + quote(f'"{term}"'))
        tab.wait_for_function("() => window.drawnAt > 0")
        drawn = float(tab.evaluate("window.drawnAt"))
        return drawn, {self.folders[folder] for folder in tab.evaluate("text => archiverSearch(text)", f'"{term}"')}

    def _drawn(self, ours: list[float], found: dict[str, set[int]], peer: Any) -> Rows:
        """Rows of the times until results are drawn, and of what was found."""
        right = quality(f"search from disk, {self.about}", found, self.answers)
        middle = statistics.median(ours)
        rows: Rows = {
            f"search from disk, {self.about}, median": {
                "unit": "ms from navigation", "ours": middle, **judged(middle, "≤", 100)
            },
            f"search from disk, {self.about}, worst": {
                "unit": "ms from navigation", "ours": max(ours), **judged(max(ours), "≤", 500)
            },
        }  # fmt: skip
        if peer:
            pairs, theirs = peer
            version = Pagefind.version()
            void = beside(right, theirs, self.answers, version)
            first = f"search from disk, {self.about}, median"
            rows[first] |= compared(pairs) | {"peer": version} | ({"void": void} if void else {})
        return rows | right


def main() -> None:
    lacking = []
    for count in [int(value) for value in sys.argv[1:]] or [1000, 10_000]:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(count, Path(folder))
            with bench.catalogue:
                rows = bench.in_catalogue() | bench.from_disk()
        keep("W5", rows)
        for name, row in rows.items():
            print(f"{name:<60} {row['ours']} {row['unit']} {row.get('theirs', '')}", flush=True)
        lacking += bench.lacking
    if lacking:
        sys.exit("\n".join(lacking))


if __name__ == "__main__":
    main()
