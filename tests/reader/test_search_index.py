"""The index of the static search on disk: brought up to the archive step by step, it is what a new one would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from archiver.archive.record import StoredFiles, make_record
from archiver.reader import grams, search_plan
from archiver.reader.pages import Page
from archiver.reader.search_index import INDEX, SearchIndex
from archiver.store.catalogue import Catalogue
from archiver.store.fulltext import Text
from tests.reader.library import NOW, Made, _capture, random_articles, read
from tests.work import calls

Files = dict[str, bytes]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of a few articles, in blocks of fewer."""
    for name, value in {"SMALLEST": 1, "BLOCK": 2, "LARGEST": 4, "STEP": 1}.items():
        monkeypatch.setattr(search_plan, name, value)


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with Catalogue(None) as made:
        yield made


def put(catalogue: Catalogue, made: Made, number: int) -> str:
    """Into the catalogue, as kept after the others; its folder."""
    capture = replace(_capture(made), captured_at=NOW + timedelta(hours=number))
    record = make_record(read(made), capture, made.url, StoredFiles([]))
    with catalogue.together():
        text = Text(made.title, "\n".join(filter(None, (made.account, made.author))), "\n".join(made.paragraphs))
        catalogue.put_article(record, [made.url], (0, 0), {}, text)
    return record.folder


def build(catalogue: Catalogue, files: Files, marked: Sequence[str], *, everything: bool = False) -> list[str]:
    """As `Site` does; the paths that were written."""
    kept, written = set(), []
    for page in SearchIndex(catalogue, files.get).files(set(marked), everything=everything):
        kept.add(page if isinstance(page, str) else page.path)
        if isinstance(page, Page):
            written.append(page.path)
            files[page.path] = page.text.encode()
    for path in files.keys() - kept:
        del files[path]
    return written


def anew(catalogue: Catalogue) -> Files:
    files: Files = {}
    build(catalogue, files, [], everything=True)
    return files


@pytest.mark.usefixtures("small")
def test_step_by_step_it_becomes_what_a_new_one_is(catalogue: Catalogue) -> None:
    files: Files = {}
    folders = []
    for number, made in enumerate(random_articles(40, paragraphs=2)):
        folders.append(put(catalogue, made, number))
        build(catalogue, files, folders[-1:])
        if number % 5 == 0 or number == 39:
            assert files == anew(catalogue)
    for folder in folders[3:40:9]:
        with catalogue.together():
            catalogue.drop_article(folder, [])
        build(catalogue, files, [folder])
        assert files == anew(catalogue)


@pytest.mark.usefixtures("small")
def test_grams_of_a_block_are_made_once(catalogue: Catalogue) -> None:
    """Segments that are put together take over what stands in their files."""
    files: Files = {}
    made_of = []
    for number, made in enumerate(random_articles(60, paragraphs=1)):
        build_one = partial(build, catalogue, files, [put(catalogue, made, number)])
        made_of += calls(build_one, SearchIndex._block)
    assert max(made_of) <= 2
    (all_of_them,) = calls(lambda: anew(catalogue), SearchIndex._block)
    assert all_of_them > 8


@pytest.mark.usefixtures("small")
def test_what_is_damaged_is_made_of_the_texts(catalogue: Catalogue) -> None:
    files: Files = {}
    for number, made in enumerate(random_articles(20, paragraphs=1)):
        put(catalogue, made, number)
    build(catalogue, files, [], everything=True)
    whole = dict(files)
    damaged = next(path for path in sorted(files) if path.endswith(".1.js"))
    files[damaged] = files[damaged].replace(b"\n", b"\nx", 1)
    assert damaged in build(catalogue, files, [], everything=True)
    assert files == whole
    assert [path for path in build(catalogue, files, []) if path.endswith(".1.js")] == []


def test_an_index_of_an_older_form_becomes_one_of_this(catalogue: Catalogue) -> None:
    for number, made in enumerate(random_articles(5, paragraphs=1)):
        put(catalogue, made, number)
    row = '["new","123456789abc",5,"",[["一\x1f","123456789abc"]]]'
    files = {
        INDEX: f'archiverIndex({{"segments":[\n{row}\n],"batches":[]}});\n'.encode(),
        "site/search/names.js": b'archiverNames("",``);\n',
        "site/search/new.1.js": 'archiverGrams("new.1",`\n一\t8P}S`);\n'.encode(),
    }
    build(catalogue, files, [])
    assert files == anew(catalogue)
    assert "site/search/names.js" not in files


def test_letters_that_are_apart_stand_in_the_script() -> None:
    assert list(grams.common())[:4] == list("，的。、")
