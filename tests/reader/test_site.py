"""The static site: what is on it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag

from archiver.reader.assets import asset
from archiver.reader.pages import FIRST, PART, Pages
from archiver.render.month import MAX_BYTES, MonthRow, month_readmes
from archiver.render.sitemap import account_page, month_page, note_page, older_page
from archiver.store.catalogue import Catalogue, NoteLink
from tests.reader.library import Library, in_index_only
from tests.reader.three import COVER, TWO, article, made, names, soup
from tests.world import broken, destinations


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
    row = soup(library, "site/notes.html").select_one(".shelves li")
    assert row is not None
    assert "1 篇" in row.get_text()
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
        (library.archive / path).write_text("<script src=reader.js> a part of a longer list")
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
