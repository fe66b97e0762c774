"""Ten thousand articles: search still finds exactly what looking everywhere finds, and one more costs as little."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.reader.query import parse_query
from archiver.reader.search import search
from tests.reader.library import NOW, Library, oracle, queries, random_articles
from tests.reader.sizes import index_size, text_size
from tests.reader.watching import Open

ARTICLES = 10_000
MOST_READ = 400  # articles that the static search may have to read for one term here


@pytest.mark.slow
def test_ten_thousand_articles(tmp_path_factory: pytest.TempPathFactory, watch: Open) -> None:
    library = Library(tmp_path_factory.mktemp("ten-thousand"))
    *articles, late = random_articles(ARTICLES + 1, seed=10)
    late = replace(late, captured=NOW + timedelta(hours=1))  # what is new goes into the last segment
    library.add(articles)
    folders = library.folders()
    assert len(folders) == ARTICLES
    assert index_size(library) <= 1.8 * text_size(library)  # random letters; real Chinese takes less than 1.4
    with library.open() as archive, watch() as watched:
        watched.page.goto((library.archive / "site/search.html").as_uri())
        watched.page.wait_for_function("() => files.has('index') && !!window.archiverSearch")
        for length in range(1, 7):
            opened = 0
            for term in queries(library, length, 40, seed=11):
                expected = {folders[title] for title in oracle(library, term)}
                found = search(archive.catalogue, parse_query(f'"{term}"'), ARTICLES)
                assert {hit.item.folder for hit in found.hits} == expected, term
                if len(expected) <= MOST_READ and opened < 5:
                    opened += 1
                    assert set(watched.page.evaluate("text => archiverSearch(text)", f'"{term}"')) == expected, term
        watched.assert_calm("file:")
        assert (library.archive / "index.html").stat().st_size <= 50_000
    before = library.files()
    built = library.add([late])
    assert len(built.updated) <= 14 + 8  # pages, and files of the search
    assert library.build(everything=False).updated == []
    after = library.files()
    changed = {path for path, content in after.items() if before.get(path) != content}
    assert len([path for path in changed if path.startswith("archive/site/")]) <= 10 + 8
    assert sum(len(after[path][0]) for path in changed if "/site/search/" in path) < 0.03 * index_size(library)
