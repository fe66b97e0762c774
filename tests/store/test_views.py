"""The views of catalogue.db, by sqlite3 alone and by Datasette, as docs/format.md promises and shows them."""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from archiver import Archive
from archiver.store.views import VIEWS
from tests.conditions import until
from tests.export.archive import filled
from tests.reader.library import Library, oracle, queries, random_articles
from tests.world import PROJECT

TEXT = (PROJECT / "docs/format.md").read_text("utf-8")
(FIND,) = re.findall(r"^```sql\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
(SETTINGS,) = re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
# What was promised with version 0.1; nothing is ever taken away here without a new number.
PROMISED = {
    "archive_articles": (
        "id folder url title account author date published_at kind status digest cover captured_at coverage letters"
        " stars"
    ),
    "archive_texts": "number article title byline body",
    "archive_accounts": "account articles first last",
    "archive_mentions": "note line article stars",
    "archive_links": "article url leads_to",
    "archive_images": "article position url path media_type width height error",
    "archive_urls": "url article",
}
RUNNING = re.compile(r"running on (http://\S+)")
SOME = [*random_articles(30, seed=3)]
TITLES = {made.title for made in SOME}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Articles that try what a query may get wrong, and some that are like real ones."""
    library = filled(tmp_path_factory.mktemp("library"))
    library.add(SOME)
    return library


def _some(library: Library) -> Library:
    """The same, with those alone of which all words are known."""
    return replace(library, made=SOME)


@contextmanager
def opened(library: Library) -> Iterator[sqlite3.Connection]:
    """The catalogue as another program opens it: to read."""
    path = library.archive / "catalogue.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        yield db


def test_the_views_have_the_promised_columns(library: Library) -> None:
    with opened(library) as db:
        found = {
            name: [column for (column, *_) in db.execute(f"select * from {name} limit 1").description]
            for (name,) in db.execute("select name from sqlite_master where type = 'view'").fetchall()
        }
    assert found.keys() == VIEWS.keys() == PROMISED.keys()
    for name, columns in PROMISED.items():
        assert set(columns.split()) <= set(found[name]), name
        assert found[name] == list(VIEWS[name].columns)


def test_the_views_say_what_the_archive_says(library: Library) -> None:
    with opened(library) as db, Archive.open(library.archive) as archive:
        listed = db.execute(
            "select id, folder, url, account, author, date, kind, status, stars from archive_articles"
        ).fetchall()
        articles = [archive.article(one.id) for one in archive.articles()]
        assert sorted(listed) == sorted(
            (a.id, a.folder, a.url, a.account, a.author, str(a.published or ""), a.kind, a.status, a.stars)
            for a in articles
        )
        assert dict(db.execute("select account, articles from archive_accounts").fetchall()) == {
            one.name: one.articles for one in archive.accounts()
        }
        mentions = [(m.note, m.line, a.id, m.stars) for a in articles for m in a.mentions]
        assert sorted(db.execute("select * from archive_mentions").fetchall()) == sorted(mentions)
        assert len(mentions) == 3
        images = [(a.id, n, i.url, i.path or "") for a in articles for n, i in enumerate(a.images)]
        assert sorted(db.execute("select article, position, url, path from archive_images").fetchall()) == sorted(
            images
        )
        links = [(a.id, url, archive.id_of(url) or "") for a in articles for url in a.links]
        assert db.execute("select * from archive_links").fetchall() == links
        assert len(links) == 1
        assert dict(db.execute("select url, article from archive_urls").fetchall()) == {
            url: a.id for a in articles for url in a.aliases
        }
        texts = dict(db.execute("select article, body from archive_texts").fetchall())
        assert texts == {a.id: a.text for a in articles}


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7, 12])
def test_the_query_finds_exactly_what_stands_there(library: Library, length: int) -> None:
    with opened(library) as db:
        for term in queries(_some(library), length, 12):
            found = {title for _, _, title, *_ in db.execute(FIND, {"q": term})}
            assert found & TITLES == oracle(_some(library), term), term


@pytest.mark.parametrize(
    ("term", "count"),
    [("", 0), ("  ", 0), ('"', 1), ("* OR a", 0), ("CMD|", 1), ("标签> & ", 1), ("第一段", 1), ("x' --", 0)],
)
def test_the_query_takes_any_text(library: Library, term: str, count: int) -> None:
    with opened(library) as db:
        assert len(db.execute(FIND, {"q": term}).fetchall()) == count


@contextmanager
def datasette(library: Library, folder: Path) -> Iterator[str]:
    """Datasette over the catalogue, with the settings of the document; its address."""
    settings, log = folder / "datasette.yaml", folder / "log"
    settings.write_text(SETTINGS, "utf-8")
    command = [sys.executable, "-m", "datasette", str(library.archive / "catalogue.db"), "--port", "0"]
    with log.open("wb") as file, subprocess.Popen([*command, "--metadata", str(settings)], stderr=file) as process:
        try:
            until(lambda: RUNNING.search(log.read_text()) or process.poll() is not None)
            yield RUNNING.findall(log.read_text())[0]
        finally:
            process.terminate()


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("datasette") is None, reason="pip install '.[foreign]'")
def test_datasette_shows_the_views_and_finds_chinese(library: Library, tmp_path: Path) -> None:
    before = (library.archive / "catalogue.db").read_bytes()
    with datasette(library, tmp_path) as address, requests.Session() as session:
        session.trust_env = False
        seen = json.loads(session.get(f"{address}/catalogue.json").content)
        assert {view["name"] for view in seen["views"]} == VIEWS.keys()
        assert [one["name"] for one in seen["tables"] if not one["hidden"]] == []
        for name in VIEWS:
            assert session.get(f"{address}/catalogue/{name}").status_code == 200, name
        for length in (1, 2, 3, 5, 9):
            for term in queries(_some(library), length, 6, seed=5):
                found = session.get(f"{address}/catalogue/find.json?q={quote(term)}&_shape=array").json()
                assert {row["title"] for row in found} & TITLES == oracle(_some(library), term), term
        for empty in ("", "?q=", "?q=%20"):
            page = session.get(f"{address}/catalogue/find{empty}")
            assert (page.status_code, "0 results" in page.text) == (200, True)
            assert '<input type="text" id="qp1" name="q"' in page.text
    assert (library.archive / "catalogue.db").read_bytes() == before
