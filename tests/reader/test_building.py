"""The static site: only what changed is written, and all of it."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from archiver.errors import StoreError
from archiver.reader import arounds
from archiver.reader.assets import asset
from archiver.reader.pages import Page, Pages
from archiver.render.sitemap import account_page, month_page, note_page
from archiver.store.articles import replace_file
from archiver.store.manifest import set_builder
from archiver.store.sums import parse_sums
from tests.reader.library import Library, random_articles
from tests.reader.three import TWO, article, content, made, names


def test_nothing_new_writes_nothing(library: Library) -> None:
    before = library.files()
    assert library.build(everything=False).updated == []
    assert library.build(everything=True).updated == []
    assert library.files() == before


def test_a_new_article_touches_only_the_pages_it_is_on(library: Library) -> None:
    folders = library.folders()
    built = library.add([made("新的", 2, 8, "丙")])
    new = library.folders()["新的"]
    search = {path for path in built.updated if path.startswith("site/search/")}
    assert {"site/search/index.js", "site/search/filters.js"} < search
    assert (
        len(search) <= 8
    )  # index, filters, names, grams and texts: the last three twice where it is the last of a file
    assert set(built.updated) - search == {
        "index.html", "site/months.html", "site/accounts.html", "site/status.html",
        month_page("articles/2026/02"), account_page("丙"),
        "articles/2026/02/README.md", f"{new}/index.html",
        # Its neighbours in time.
        f"{folders['第二篇']}/index.html", f"{folders['第三篇']}/index.html",
    } - ({f"{new}/index.html"} - set(built.updated))  # fmt: skip
    ways = [way.get_text() for way in article(library, "新的").select(".ways a")]
    assert ["第二篇" in ways[0], "第三篇" in ways[1]] == [True, True]


def test_a_new_article_makes_no_page_it_is_not_on(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to find it as it was: so that its cost does not grow with the archive."""
    rendered: list[str] = []
    render = Pages.render

    def noted(self: Pages, template: str, path: str, title: str, **values: object) -> Page:
        rendered.append(path)
        return render(self, template, path, title, **values)

    monkeypatch.setattr(Pages, "render", noted)
    library.add([made("新的", 2, 8, "丙")])
    assert sorted(rendered) == sorted(
        [
            "index.html", "site/months.html", "site/accounts.html", "site/status.html",
            month_page("articles/2026/02"), account_page("丙"),
        ]
    )  # fmt: skip
    rendered.clear()
    library.add([made("评过星的", 2, 10, "丙")], {"新.md": f"{made('评过星的', 2, 10).url} ★★\n"})
    assert {"site/rated.html", "site/notes.html", note_page("新.md")} <= set(rendered)
    assert note_page("散记.md") not in rendered


def test_a_note_that_changes_touches_what_it_names(library: Library) -> None:
    before = library.files()
    built = library.add([], {"散记.md": f"\n\n又见 {TWO.url} ★★★★★\n"})
    assert f"{library.folders()['第二篇']}/index.html" in built.updated
    assert not [path for path in built.updated if library.folders()["第一篇"] in path]
    assert names(library, "site/rated.html") == ["第二篇", "第三篇"]
    (library.root / "notes/散记.md").unlink()
    gone = library.build(everything=False)
    assert gone.removed == [note_page("散记.md")]
    assert len(article(library, "第二篇").select(".backlinks li")) == 1
    assert library.files().keys() == before.keys() - {"notes/散记.md", f"archive/{note_page('散记.md')}"}


def test_an_article_that_goes_leaves_no_trace(library: Library) -> None:
    folder = library.archive / library.folders()["第一篇"]
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    library.build(everything=False)
    assert names(library, "index.html") == ["第三篇", "第二篇"]
    assert names(library, account_page("甲")) == ["第三篇"]
    for path in (month_page("articles/2026/01"), "articles/2026/01/README.md"):
        assert not (library.archive / path).exists()
    assert not list(library.archive.glob("site/search/2026-01-*.js"))
    assert not [path for path in library.archive.glob("site/search/*.js") if "第一篇" in path.read_text("utf-8")]
    assert article(library, "第二篇").select_one("a[rel=prev]") is None
    assert "2026-01" not in (library.archive / "articles/2026/02/README.md").read_text("utf-8")
    left = library.files()
    library.build(everything=True)
    assert library.files() == left


def test_the_site_made_at_once_is_the_site_grown(tmp_path: Path) -> None:
    grown, whole = Library(tmp_path / "grown"), Library(tmp_path / "whole")
    articles = list(random_articles(30, seed=3, days=90))
    notes = {f"{n}.md": f"[x]({one.url}) {':star:' * (n % 6)}" for n, one in enumerate(articles[::3])}
    for number, (path, text) in enumerate(notes.items()):
        grown.add(articles[number * 3 : number * 3 + 3], {path: text})
    whole.add(articles, notes)

    assert content(grown) == content(whole)


def test_what_was_lost_or_spoilt_is_made_again(library: Library) -> None:
    before = content(library)
    (library.archive / "site/reader.css").unlink()
    spoilt = (library.archive / "site/months.html").read_bytes()
    (library.archive / "site/months.html").write_bytes(spoilt[: len(spoilt) // 2])
    (library.archive / "site/month/1999-01.html").write_bytes(spoilt)
    assert library.build(everything=False).updated == []  # a sync does not look
    built = library.build(everything=False, look=True)
    assert built.updated == ["site/months.html", "site/reader.css"]
    assert built.removed == ["site/month/1999-01.html"]
    assert content(library) == before
    for lost in ("index.html", "articles/2026/01/README.md", f"{library.folders()['第二篇']}/index.html"):
        (library.archive / lost).rename(library.root / "lost")
        built = library.build(everything=False, look=True)
        assert (built.updated == [lost]) == (built.outdated == []), lost
        (library.root / "lost").replace(library.archive / lost)


def test_what_was_spoilt_unseen_is_made_again_on_demand(library: Library) -> None:
    path = library.archive / "site/months.html"
    good, stat = path.read_bytes(), path.stat()
    path.write_bytes(good.replace(b"2026", b"1997"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert library.build(everything=False, look=True).updated == []
    assert library.cli("build", "--all").returncode == 0
    assert path.read_bytes() == good


def test_a_site_of_another_version_is_made_again(library: Library) -> None:
    (library.archive / "site/months.html").write_text('<meta name="generator" content="archiver">older')
    scripts = [library.archive / "site" / name for name in ("folding.js", "grams.js", "search.js")]
    for script in scripts:  # files of their own once; search.html holds them
        script.write_bytes(asset(script.name))
    with library.open() as archive:
        set_builder(archive.catalogue.db, "an older version")
    built = library.build(everything=False)
    assert built.updated == ["site/months.html"]
    assert built.removed == [f"site/{script.name}" for script in scripts]
    assert not any(script.exists() for script in scripts)
    assert library.build(everything=False).updated == []


def test_a_build_that_dies_leaves_checksums_that_come_true(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHA256SUMS is written before the pages it lists; the next build writes those."""

    def dying(root: Path, path: str, data: bytes) -> None:
        if path == f"{library.folders()['第三篇']}/index.html":
            raise StoreError("the light went out")
        replace_file(root, path, data)

    with monkeypatch.context() as patch:
        patch.setattr(arounds, "replace_file", dying)
        with pytest.raises(StoreError):
            library.add([made("新的", 2, 8, "丙")])
    library.build(everything=False)
    for sums in library.archive.glob("articles/*/*/SHA256SUMS"):
        for path, sha in parse_sums(sums.read_bytes()).sums.items():
            assert hashlib.sha256((sums.parent / path).read_bytes()).hexdigest() == sha, path
    assert "新的" in article(library, "第三篇").select(".ways a")[0].get_text()


def test_a_page_of_an_older_version_is_made_again(library: Library) -> None:
    folder = library.archive / library.folders()["第二篇"]
    page = folder / "index.html"
    old = '<html><meta name="generator" content="archiver">an old page</html>'
    page.write_text(old, "utf-8")
    assert library.build().outdated == [library.folders()["第二篇"]]  # its capture holds no article
    assert page.read_text("utf-8") == old
    capture = (
        "<html><head><meta property='og:title' content='第二篇'></head><body><h1 id='activity-name'>第二篇</h1>"
        "<span id='js_name'>乙</span><div id='js_content'><p>从存档里再读出来的正文，足够长。</p></div>"
        "<script>var biz = 'MzA5MDAwMDAwMQ=='; var mid = '1'; var idx = '1'; var ct = '1770494400';</script></body>"
    )
    (folder / "capture.html.gz").write_bytes(gzip.compress(capture.encode()))
    assert library.build().outdated == []
    assert "从存档里再读出来" in page.read_text("utf-8")
    assert article(library, "第二篇").select_one("a[rel=prev]") is not None
