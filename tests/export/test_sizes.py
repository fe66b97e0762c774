"""What exports cost: memory by the kilobyte and not by the archive, and books in proportion to their articles."""

from __future__ import annotations

import gc
import io
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from archiver.export.job import Step
from archiver.render import sitemap
from archiver.tasks.serving import ServedExports
from tests.builders import an_image
from tests.export.exporting import export
from tests.reader.library import Library, random_articles, save
from tests.work import LINEAR, growth

MANY, FEW = 250, 50


def filled(root: Path, count: int, paragraphs: int) -> Library:
    """A library in which every tenth article has an image of its own."""
    library = Library(root)
    with library.open() as archive:
        for number, made in enumerate(random_articles(count, paragraphs=paragraphs)):
            images = [] if number % 10 else [an_image(f"image {number}")]
            save(archive, replace(made, images=images, account="小号" if number % 5 else "大号"))
    return library


def peak(call: Callable[[], object]) -> int:
    """Bytes that Python holds at the most while `call` runs, beyond those before it."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _collect(step: Step) -> None:
    """Rings of objects are garbage, whenever Python comes to look for them."""
    if step.number % 20 == 0:
        gc.collect()


@pytest.mark.slow
def test_exports_that_stream_hold_one_article_at_a_time(tmp_path: Path) -> None:
    """Of each article no more stays than its place in the list, and in a zip its names."""
    library = filled(tmp_path / "library", MANY, paragraphs=30)
    for kind, kept in (("jsonl", 500), ("csv", 500), ("md", 3_000)):
        out = tmp_path / f"out.{kind}"
        export(library, kind, out, newest=1)  # what is loaded once is loaded
        few, many = (peak(partial(export, library, kind, out, newest=n, tell=_collect)) for n in (FEW, MANY))
        assert many - few < kept * (MANY - FEW), kind
    assert (tmp_path / "out.jsonl").stat().st_size > 7_000 * MANY


def test_a_book_costs_what_its_articles_do(tmp_path: Path) -> None:
    """It is made anew for each request, so that it is never old."""
    library = filled(tmp_path / "library", 25, paragraphs=4)
    exports = ServedExports(library.archive, library.archive / "catalogue.db")

    def book(articles: int) -> None:
        page = sitemap.account_page("大号" if articles == 5 else "小号").rpartition("/")[2]
        with io.BytesIO() as file:
            assert exports.book(f"opds/account/{page.removesuffix('.html')}.epub", file)

    assert growth(book, 5) < LINEAR
