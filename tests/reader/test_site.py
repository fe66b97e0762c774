"""The static site: what is on it, and that only what changed is written."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag

from archiver.errors import StoreError
from archiver.models import Loss
from archiver.reader import site
from archiver.reader.assets import asset
from archiver.reader.pages import FIRST, PART, Pages
from archiver.render.month import MAX_BYTES, MonthRow, month_readmes
from archiver.render.sitemap import account_page, month_page, note_page, older_page
from archiver.store.catalogue import Catalogue, NoteLink
from archiver.store.files import write_atomic
from archiver.store.sums import parse_sums
from archiver.store.written import set_builder
from tests.reader.library import Library, Made, in_index_only, random_articles
from tests.replica.spec import ImageSpec, short_token
from tests.world import broken, destinations

COVER = ImageSpec.named("cover")


def made(title: str, month: int, day: int, account: str = "甲", **more: object) -> Made:
    moment = datetime(2026, month, day, 20, tzinfo=UTC)  # already the next day in Beijing
    return Made(title, account=account, published=moment, token=short_token(title), **more)  # type: ignore[arg-type]


ONE = made("第一篇", 1, 5, images=[COVER], digest="摘要一", author="林深")
TWO = made("第二篇", 2, 7, "乙", losses=[Loss("video", "没有地址")])
THREE = made("第三篇", 2, 9)
NOTES = {
    "2026/二月.md": f"# 二月\n\n1. [b]({TWO.url})   :star::star:\n2. [c]({THREE.url}) ⭐⭐⭐ 好 [a]({ONE.url})\n",
    "散记.md": f"又见 {TWO.url} 。\n",
}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path)
    library.add([ONE, TWO, THREE], NOTES)
    return library


def content(library: Library) -> dict[str, bytes]:
    """The files of the archive and the notes, without machine state."""
    return {path: data for path, (data, _) in library.files().items() if not path.endswith("catalogue.db")}


def soup(library: Library, path: str) -> BeautifulSoup:
    return BeautifulSoup((library.archive / path).read_text("utf-8"), "lxml")


def names(library: Library, path: str) -> list[str]:
    return [name.get_text() for name in soup(library, path).select(".items .name")]


def article(library: Library, title: str) -> BeautifulSoup:
    return soup(library, f"{library.folders()[title]}/index.html")


def test_every_link_of_every_page_leads_to_a_file(library: Library) -> None:
    pages = [
        *library.archive.glob("*.html"),
        *library.archive.glob("site/**/*.html"),
        *library.archive.glob("articles/**/*.html"),
    ]
    assert len(pages) > 14
    for page in pages:
        found = BeautifulSoup(page.read_text("utf-8"), "lxml").select("[href], [src], [action]")
        ways = [str(tag.get("href") or tag.get("src") or tag.get("action")) for tag in found]
        for way in ways:
            if not way.startswith(("#", "https://mp.weixin.qq.com/")):
                assert (page.parent / unquote(way)).is_file(), (page, way)
        assert not [way for way in ways if way.startswith(("/", "file:"))]


def test_lists_by_date_account_note_and_rating(library: Library) -> None:
    assert names(library, "index.html") == ["第三篇", "第二篇", "第一篇"]
    assert names(library, month_page("articles/2026/02")) == ["第三篇", "第二篇"]
    assert names(library, account_page("甲")) == ["第三篇", "第一篇"]
    assert names(library, note_page("2026/二月.md")) == ["第二篇", "第三篇", "第一篇"]
    assert names(library, "site/rated.html") == ["第三篇", "第二篇"]
    assert names(library, "site/status.html") == ["第二篇"]
    first = soup(library, "index.html").select_one(".items > li:last-child")
    assert isinstance(first, Tag)
    assert all(word in first.get_text() for word in ("甲", "2026-01-06", "摘要一"))
    assert first.select_one("img.cover[alt='']") is not None
    rated = soup(library, "site/rated.html").select(".items .stars")
    assert [star["aria-label"] for star in rated] == ["3 星", "2 星"]
    shelf = soup(library, "site/notes.html").select_one(".shelves li")
    assert shelf is not None
    assert "1 篇" in shelf.get_text()
    assert "3 篇" in soup(library, "site/notes.html").get_text()


def test_an_article_tells_what_is_around_it(library: Library) -> None:
    page = article(library, "第二篇")
    older, newer = page.select_one("a[rel=prev]"), page.select_one("a[rel=next]")
    assert older is not None
    assert newer is not None
    assert "第一篇" in older.get_text()
    assert "第三篇" in newer.get_text()
    rows = [" ".join(row.get_text(" ").split()) for row in page.select(".backlinks li")]
    assert rows == ["2026/二月.md 第 3 行 ★★", "散记.md 第 1 行"]
    header = page.select_one("header")
    assert header is not None
    assert all(word in header.get_text() for word in ("乙", "2026-02-08", "存档不完整", "没有地址"))
    assert TWO.url in [link["href"] for link in header.select("a")]
    assert article(library, "第三篇").select_one("a[rel=next]") is None


def test_a_long_article_has_contents(tmp_path: Path) -> None:
    library = Library(tmp_path)
    body = "<h2>一 &lt;b&gt;</h2><p>x</p><h3>小节</h3><p>x</p><h2>二</h2><p>x</p>"
    library.add([made("长文", 1, 1, html=body), made("短文", 1, 2, html="<h2>一</h2>")])
    page = article(library, "长文")
    links = page.select(".contents a")
    assert [link.get_text() for link in links] == ["一 <b>", "小节", "二"]
    assert all(page.select_one(str(link["href"])) is not None for link in links)
    assert not article(library, "短文").select(".contents")


def test_nothing_new_writes_nothing(library: Library) -> None:
    before = library.files()
    assert library.build(everything=False).written == []
    assert library.build(everything=True).written == []
    assert library.files() == before


def test_a_new_article_touches_only_the_pages_it_is_on(library: Library) -> None:
    folders = library.folders()
    built = library.add([made("新的", 2, 8, "丙")])
    new = library.folders()["新的"]
    assert set(built.written) == {
        "index.html", "site/months.html", "site/accounts.html", "site/status.html",
        month_page("articles/2026/02"), account_page("丙"), "site/search/2026-02.js", "site/search/2026-02.text.js",
        "articles/2026/02/README.md", f"{new}/index.html",
        # Its neighbours in time.
        f"{folders['第二篇']}/index.html", f"{folders['第三篇']}/index.html",
    } - ({f"{new}/index.html"} - set(built.written))  # fmt: skip
    ways = [way.get_text() for way in article(library, "新的").select(".ways a")]
    assert ["第二篇" in ways[0], "第三篇" in ways[1]] == [True, True]


def test_a_note_that_changes_touches_what_it_names(library: Library) -> None:
    before = library.files()
    built = library.add([], {"散记.md": f"\n\n又见 {TWO.url} ★★★★★\n"})
    assert f"{library.folders()['第二篇']}/index.html" in built.written
    assert not [path for path in built.written if library.folders()["第一篇"] in path]
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
    for path in (month_page("articles/2026/01"), "site/search/2026-01.js", "articles/2026/01/README.md"):
        assert not (library.archive / path).exists()
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
    (library.archive / "site/months.html").write_text("spoilt")
    (library.archive / "site/month/1999-01.html").write_text("stray")
    assert library.build(everything=False).written == []  # a sync does not look
    built = library.build(everything=False, look=True)
    assert built.written == ["site/months.html"]
    assert built.removed == ["site/month/1999-01.html"]
    assert content(library) == before
    for lost in ("index.html", "articles/2026/01/README.md", f"{library.folders()['第二篇']}/index.html"):
        (library.archive / lost).rename(library.root / "lost")
        built = library.build(everything=False, look=True)
        assert (built.written == [lost]) == (built.outdated == []), lost
        (library.root / "lost").replace(library.archive / lost)


def test_what_was_spoilt_unseen_is_made_again_on_demand(library: Library) -> None:
    path = library.archive / "site/months.html"
    good, stat = path.read_bytes(), path.stat()
    path.write_bytes(good.replace(b"2026", b"1997"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert library.build(everything=False, look=True).written == []
    assert library.cli("build", "--all").returncode == 0
    assert path.read_bytes() == good


def test_a_site_of_another_version_is_made_again(library: Library) -> None:
    (library.archive / "site/months.html").write_text("as an older version made it")
    with library.open() as archive:
        set_builder(archive.catalogue.db, "an older version")
    assert library.build(everything=False).written == ["site/months.html"]
    assert library.build(everything=False).written == []


def test_a_build_that_dies_leaves_checksums_that_come_true(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHA256SUMS is written before the pages it lists; the next build writes those."""

    def dying(path: Path, data: bytes) -> None:
        if path.name == "index.html" and path.parent.name in library.folders()["第三篇"]:
            raise StoreError("the light went out")
        write_atomic(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(site, "write_atomic", dying)
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
    page.write_text("<html>an old page</html>", "utf-8")
    assert library.build().outdated == [library.folders()["第二篇"]]  # its capture holds no article
    assert page.read_text("utf-8") == "<html>an old page</html>"
    capture = (
        "<html><head><meta property='og:title' content='第二篇'></head><body><h1 id='activity-name'>第二篇</h1>"
        "<span id='js_name'>乙</span><div id='js_content'><p>从存档里再读出来的正文，足够长。</p></div>"
        "<script>var biz = 'MzA5MDAwMDAwMQ=='; var mid = '1'; var idx = '1'; var ct = '1770494400';</script></body>"
    )
    (folder / "capture.html.gz").write_bytes(gzip.compress(capture.encode()))
    assert library.build().outdated == []
    assert "从存档里再读出来" in page.read_text("utf-8")
    assert article(library, "第二篇").select_one("a[rel=prev]") is not None


def test_long_lists_come_in_parts() -> None:
    count = 2 * PART + 30
    with Catalogue(None) as catalogue:
        in_index_only([made(f"文 {n:03}", 3, 1 + n % 28) for n in range(count - 1)], catalogue)
        before = Pages(catalogue).account("甲")
        in_index_only([made("最新", 4, 1)], catalogue)
        pages = Pages(catalogue)
        after = pages.account("甲")
        first = pages.home()
    assert [page.path for page in after] == [account_page("甲"), account_page("甲").replace(".html", ".1.html")]
    assert [page.text.count('class="name"') for page in before] == [count - 1 - PART, PART]
    assert [page.text.count('class="name"') for page in after] == [count - PART, PART]
    assert before[1] == after[1]
    assert len(set(re.findall("文 [0-9]{3}", "".join(page.text for page in after)))) == count - 1
    assert first.text.count('class="name"') == FIRST


def test_a_list_that_gets_shorter_leaves_no_part(library: Library) -> None:
    page = account_page("乙")
    left = [older_page(page, 1), older_page(page, 2)]
    for path in left:
        (library.archive / path).write_text("a part of a longer list")
    assert library.add([made("又一篇", 2, 8, "乙")]).removed == left


def test_the_first_page_of_1000_articles_is_light() -> None:
    """With titles and abstracts as long as WeChat lets them be, and a cover each."""
    articles = [
        made("题" * 56 + f"{n:08}", 1 + n % 12, 1 + n % 28, "号" * 20 + str(n % 90), digest="摘" * 120, images=[COVER])
        for n in range(1000)
    ]
    with Catalogue(None) as catalogue:
        in_index_only(articles, catalogue)
        links = [NoteLink(1, 0, "article", one.url, "", 5) for one in articles[:300]]
        for number, link in enumerate(links):
            catalogue.put_note(f"2026/{'笔记' * 12} {number:04}.md", str(number), [link])
        page = Pages(catalogue).home().text
    assert page.count("<img") == FIRST
    assert page.count("★★★★★") >= 12
    assert len(page.encode()) + sum(len(asset(f"site/{name}")) for name in ("reader.css", "reader.js")) <= 100_000


def test_github_finds_its_way(library: Library) -> None:
    home = library.archive / "README.md"
    february, january = (library.archive / f"articles/2026/0{n}/README.md" for n in (2, 1))
    assert [broken(path) for path in (home, february, january)] == [[], [], []]
    assert "[第三篇](" in february.read_text("utf-8")
    assert "⭐⭐⭐" in february.read_text("utf-8")
    assert "../../../README.md" in destinations(february)
    assert "../01/README.md" in destinations(february)
    assert "../02/README.md" in destinations(january)
    assert {unquote(way) for way in destinations(home)} >= {"articles/2026/02/README.md", "articles/2026/01/README.md"}
    for folder in library.folders().values():
        assert "../README.md" in destinations(library.archive / folder / "article.md")


def test_a_months_index_is_bounded() -> None:
    rows = [
        MonthRow(f"articles/2026/03/{'长' * 30}{n}", "题" * 300, "号" * 90, "2026-03-01", True, 5) for n in range(900)
    ]
    files = month_readmes("articles/2026/03", rows, "articles/2026/02", "")
    assert list(files)[:2] == ["README.md", "README-2.md"]
    assert all(len(text.encode()) < MAX_BYTES + 2000 for text in files.values())
    assert sum(len(re.findall(r"(?m)^\| 2026", text)) for text in files.values()) == len(rows)
    assert "README-2.md" in files["README.md"]
