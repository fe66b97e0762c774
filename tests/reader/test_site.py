"""The static site: what is on it."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag

from archiver.config import config_text
from archiver.dom.sheet import element
from archiver.models import Status, UrlKind
from archiver.reader.assets import asset
from archiver.reader.current import SiteNotes
from archiver.reader.pages import FIRST, PART, Pages
from archiver.render.frame import head
from archiver.render.month import MAX_BYTES, MonthRow, month_readmes
from archiver.render.sitemap import LIST_SCRIPTS, account_page, month_page, note_page, older_page
from archiver.store.catalogue import Catalogue, NoteLink
from archiver.store.layout import DARK_STYLE, READER_STYLE, UI_STYLE
from archiver.store.lines import LinkEntry, append_lines
from tests.reader.library import Library, in_index_only
from tests.reader.three import COVER, TWO, article, made, names, soup
from tests.world import broken, destinations

LIST_STYLES = (READER_STYLE, UI_STYLE, DARK_STYLE)


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
    assert len(page.encode()) <= 50_000
    assert sum(len(asset(path)) for path in (*LIST_STYLES, *LIST_SCRIPTS)) <= 30_000


def test_the_page_of_a_note_shows_the_note(library: Library) -> None:
    """Its links lead to the pages of articles, whether it was rewritten or not; nothing in it runs or loads."""
    folder = library.folders()["第一篇"]
    text = (
        "---\ntitle: 前面\n---\n# 一月\n\n"
        f"看 [甲](../archive/{folder}/article.md)、<{TWO.url}> :star: 和 [别处](https://example.org/a)。\n\n"
        "![自己的图](a.png) ![外图](https://example.org/b.png) <script>alert(1)</script>\n"
        '<p style="color:red" onclick="x()">红</p>\n'
    )
    library.add([], {"一月.md": text})
    page = soup(library, note_page("一月.md"))
    note = page.select_one(".note .theirs")
    assert note is not None
    ways = [str(link["href"]) for link in note.select("a")]
    assert [unquote(way).rpartition("/articles/")[2] for way in ways[:2]] == [
        f"{library.folders()[title].removeprefix('articles/')}/index.html" for title in ("第一篇", "第二篇")
    ]
    assert ways[2:] == ["https://example.org/a"]
    assert "前面" not in note.get_text()
    assert all(word in note.get_text() for word in ("一月", "★", "自己的图", "外图", "红"))
    assert not note.select("img, script, [style], [onclick]")
    assert names(library, note_page("一月.md")) == ["第一篇", "第二篇"]
    (library.root / "config.toml").write_text(
        config_text({"notes": {"root": "notes"}, "archive": {"show_notes": False}})
    )
    library.build(everything=False)
    assert not soup(library, note_page("一月.md")).select(".note")


def test_a_long_note_is_cut_and_its_articles_go_on_on_other_pages(tmp_path: Path) -> None:
    count, most = 1100, 60_000 + 130_000
    articles = [made(f"文 {n:04}", 1 + n % 12, 1 + n % 28, digest="摘" * 60) for n in range(count)]
    text = "".join(f"- [一篇叫做 {one.title} 的文章]({one.url})\n" for one in articles)
    (tmp_path / "notes").mkdir()
    (tmp_path / "archive").mkdir()
    (tmp_path / "notes/长.md").write_text(text, "utf-8")
    with Catalogue(None) as catalogue:
        in_index_only(articles, catalogue)
        links = [NoteLink(number, number, "article", one.url, "", 0) for number, one in enumerate(articles, 1)]
        catalogue.put_note("长.md", "x", links)
        pages = Pages(catalogue, SiteNotes("../notes", are_shown=True), tmp_path / "archive").note("长.md")
    path = note_page("长.md")
    assert [page.path for page in pages] == [path, *(older_page(path, n) for n in range(1, count // PART))]
    assert [title for page in pages for title in re.findall('class="name"><a [^>]*><bdi>(文 [0-9]{4})', page.text)] == [
        one.title for one in articles
    ]
    assert max(len(page.text.encode()) for page in pages) < most
    assert "笔记太长" in pages[0].text
    assert not any('class="note"' in page.text for page in pages[1:])
    assert older_page(path, 2).rpartition("/")[2] in pages[1].text


def test_the_status_page_follows_links_that_change_alone(library: Library) -> None:
    gone = LinkEntry("https://mp.weixin.qq.com/s/gone", UrlKind.ARTICLE, Status.DELETED, "发布者删除")
    assert library.build(everything=False).updated == []
    append_lines(library.archive / "links.jsonl", [asdict(gone)])
    assert "site/" not in library.cli("verify").stdout  # behind, not damaged
    assert library.build(everything=False).updated == ["site/status.html"]
    assert "发布者删除" in soup(library, "site/status.html").get_text()
    assert library.build(everything=False).updated == []


@pytest.mark.parametrize("sheet", [None, ".s1:not(#_){color:red}\n"])
def test_pages_of_older_versions_get_the_frame_of_today(library: Library, sheet: str | None) -> None:
    """Without `reparse`: as they were once, with an inline script's policy, no <main>, and another style. The styles of
    their bodies stay, whether in a sheet or at each element."""
    folder = library.folders()["第一篇"]
    path = library.archive / folder / "index.html"
    now = path.read_text("utf-8")
    title = now.partition("<title>")[2].partition("</title>")[0]
    body = now[now.index("<header>") :]
    own = "" if sheet is None else element(sheet)
    above = f"<!DOCTYPE html>\n<html>\n<head>\n<title>{title}</title>\n<style>old</style>{own}\n</head>\n<body>\n"
    path.write_text(above + body.replace("</main>\n<footer>", "<footer>"), "utf-8")
    library.build()
    assert path.read_text("utf-8") == head(folder, title, sheet) + body
    assert "index.html" not in library.cli("verify").stdout


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
