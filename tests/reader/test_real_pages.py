"""Search over the text of real pages, where they are at hand: `../shared` beside the project."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from archiver.folding import fold
from archiver.models import Article, Capture
from archiver.reader.query import parse_query
from archiver.reader.search import search
from archiver.render.plain import page_text
from archiver.render.text import title_of
from archiver.wechat.page import read_page
from tests.reader.library import NOW, Library
from tests.reader.sizes import index_size, text_size
from tests.reader.watching import Open

PAGES = Path(__file__).parents[3] / "shared" / "pages"
needs_shared = pytest.mark.skipif(not PAGES.is_dir(), reason="the folder of real pages is not here")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Every real page that holds an article, without its images."""
    library = Library(tmp_path_factory.mktemp("real"))
    with library.open() as archive:
        for path in sorted(PAGES.glob("*.html.gz")):
            data = gzip.decompress(path.read_bytes())
            url = f"https://mp.weixin.qq.com/s/{path.name[:22]:A<22}".replace(".", "_")
            page = read_page(data, url)
            if isinstance(page, Article):
                archive.save(page, Capture(url, url, 200, data, NOW, "http"), url, ())
    library.build()
    return library


@pytest.fixture(scope="module")
def texts(library: Library) -> dict[str, list[str]]:
    """Folder -> the folded lines of an article: title, account, author and its page's text."""
    found = {}
    with library.open() as archive:
        for folder in library.folders().values():
            record = archive.record(folder)
            text = page_text((library.archive / folder / "index.html").read_text("utf-8"))
            lines = [title_of(record.title), record.account, record.author, *text.split("\n")]
            found[folder] = list(map(fold, lines))
    return found


def some_terms(found: dict[str, list[str]], length: int, count: int) -> list[str]:
    some = random.Random(length)
    lines = [line for lines in found.values() for line in lines if len(line) >= length]
    terms: list[str] = []
    while len(terms) < count:
        line = some.choice(lines)
        start = some.randrange(len(line) - length + 1)
        term = line[start : start + length]
        if len(terms) % 4 == 3:
            term = "".join(some.sample(term, length))
        if fold(term) == term and term and '"' not in term and "“" not in term and "”" not in term:
            terms.append(term)
    return terms


@needs_shared
@pytest.mark.parametrize("length", [2, 4, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 3, 5, 6))])
def test_recall_and_precision_are_one(library: Library, texts: dict[str, list[str]], watch: Open, length: int) -> None:
    assert len(texts) >= 20
    with library.open() as archive, watch() as watched:
        watched.page.goto((library.archive / "site/search.html").as_uri())
        watched.page.wait_for_function("() => files.has('index') && !!window.archiverSearch")
        for number, term in enumerate(some_terms(texts, length, 200)):
            expected = {folder for folder, lines in texts.items() if any(term in line for line in lines)}
            results = search(archive.catalogue, parse_query(f'"{term}"'), 1000)
            assert {hit.item.folder for hit in results.hits} == expected, term
            if number < 12:
                assert set(watched.page.evaluate("text => archiverSearch(text)", f'"{term}"')) == expected, term
        watched.assert_calm("file:")


@needs_shared
def test_the_index_is_at_most_half_as_large_again_as_the_text(library: Library) -> None:
    assert index_size(library) <= 1.5 * text_size(library)
