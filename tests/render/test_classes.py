"""Styles as classes: a body looks as it does with its styles, and can be given them again."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

import pytest
import tinycss2
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, sync_playwright

from archiver.coverage.html import shown_by
from archiver.dom import inner_markup, parse
from archiver.dom.sheet import put_styles, sheet_in, styles_in
from archiver.models import Article, StoredImage
from archiver.render.contents import contents
from archiver.render.frame import put_frame
from archiver.render.html import render_html
from archiver.render.links import LocalFiles
from archiver.render.plain import page_body
from archiver.render.sanitize import safe_fragment
from archiver.wechat.page import read_page
from tests.render.safety import LOCAL, assert_safe
from tests.render.samples import IMAGES, ONE, RECORD, article
from tests.sampling import one_in

FIXTURES = Path(__file__).parent / "fixtures"
REAL = Path(__file__).parents[3] / "shared" / "pages"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
STYLES = f"""<section style="background: url({ONE}); width: 50%">甲</section>
<section style="background-image: url({ONE})"></section>
<p style="margin: 3px; text-align: justify">乙</p><p style="text-align: justify; margin: 3px">丙</p>
<h2 style="margin: 9px; font-size: 21px">题</h2><h2>二</h2><h2 style="font-size: 21px">三</h2>
<img src="{ONE}" style="width: 40px; height: 90px"><img src="{ONE}" style="height: 90px">
<blockquote style="padding: 1px; border-left: 9px solid red">
<p style="margin: 3px; text-align: justify">丁</p></blockquote>
<pre style="overflow: auto; white-space: pre-wrap"><code style="font-size: 30px; padding: 0">x</code></pre>
<section style="overflow-x: scroll; height: 40px"><p style="min-height: 200px; color: rgb(200, 0, 0)">高</p></section>
<svg style="color: red; width: 30px" viewBox="0 0 9 9"><rect width="9" height="9" style="opacity: 0.5"/></svg>
<table><tr><td style="padding: 0; border: 0">一</td><td style="min-width: 1em">二</td></tr></table>
<a href="https://a.cn/" style="text-decoration: none; color: green">链</a>
<font color="red" style="color: navy">字</font>"""


# All that a browser knows of how each element looks, and where it is.
LOOKS = """() => [...document.querySelectorAll("article, article *")].map(element => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  return [element.tagName, ...[...style].map(name => name + ": " + style.getPropertyValue(name)),
    [box.x, box.y, box.width, box.height].join(" ")].join("\\n"); })"""
STILL = "document.querySelectorAll('svg').forEach(one => { one.pauseAnimations(); one.setCurrentTime(0); })"
VIEWS = [("light", 360, "screen"), ("light", 1000, "screen"), ("dark", 1000, "screen"), ("light", 700, "print")]


def both(name: str) -> tuple[str, str]:
    """A page, and as it was at first, when its elements had their styles."""
    known: Mapping[str, StoredImage] = IMAGES
    if (REAL / name).is_file():
        read = read_page(gzip.decompress((REAL / name).read_bytes()), RECORD.url)
        assert isinstance(read, Article)
        known = {
            ref.url: StoredImage(ref.key, ref.url, f"images/ab/{n}.png", "0", "image/png", 640, 360)
            for n, ref in enumerate(read.images)
        }
    else:
        read = article(STYLES if name == "styles" else (FIXTURES / name).read_text("utf-8"))
    page = render_html(read, RECORD, known)
    old, _ = contents(safe_fragment(read.body, LocalFiles(RECORD.folder, known)))
    return page, put_frame(_without_sheet(page).replace(page_body(page)[1], f"\n{old}\n"), RECORD.folder)


def _without_sheet(page: str) -> str:
    return re.sub("<style data-body>.*?</style>\n", "", page, flags=re.DOTALL)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if BROWSER is None:
        pytest.skip("no Chromium on PATH: " + ", ".join(NAMES))
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"], timeout=0)
        yield running
        running.close()


MADE = ["styles", *(path.name for path in sorted(FIXTURES.glob("*.html")))]
ALL = [*MADE, *(path.name for path in sorted(REAL.glob("*.html.gz")) if re.match("article|picture|repost", path.name))]


@pytest.mark.parametrize("name", one_in(17, ALL))
def test_every_element_looks_as_with_its_style(browser: Browser, tmp_path: Path, name: str) -> None:
    pages = both(name)
    assert (' style="' in page_body(pages[1])[1]) >= (name == "styles")
    for scheme, width, media in VIEWS:
        found = []
        for n, page in enumerate(pages):
            file = tmp_path / str(n) / "index.html"
            file.parent.mkdir(exist_ok=True)
            file.write_text(page, "utf-8")
            view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
            view.set_default_timeout(0)
            view.emulate_media(media=media)  # type: ignore[arg-type]
            view.goto(file.as_uri())
            view.evaluate("[...document.images].forEach(image => { image.loading = 'eager'; })")
            view.wait_for_function("() => [...document.images].every(image => image.complete)")
            # Drawings that move stand still, all at the same moment.
            view.evaluate(STILL)
            found.append((view.evaluate(LOOKS), view.screenshot()))
            view.close()
        for new, old in zip(found[0][0], found[1][0], strict=True):
            assert new.split("\n") == old.split("\n"), (scheme, width, media)
        assert found[0][1] == found[1][1], (scheme, width, media)


def test_a_style_that_somebody_puts_there_is_not_obeyed(browser: Browser, tmp_path: Path) -> None:
    page, old = both("styles")
    file = tmp_path / "index.html"
    colours = []
    for text in (page, old):
        file.write_text(
            text.replace('<article class="body">', '<article class="body" style="color: rgb(1, 2, 3)">'), "utf-8"
        )
        view = browser.new_page()
        view.set_default_timeout(0)
        view.goto(file.as_uri())
        colours.append(view.evaluate("getComputedStyle(document.querySelector('article')).color"))
        view.close()
    assert colours == ["rgb(31, 35, 41)", "rgb(1, 2, 3)"]  # a page as it was at first has to be obeyed


@pytest.mark.parametrize("name", ALL)
def test_a_body_can_be_given_its_styles_again(name: str) -> None:
    page, old = both(name)
    styles = styles_in(page)
    assert len(set(styles.values())) == len(styles)
    assert list(styles) == [f"s{n}" for n in range(1, len(styles) + 1)]
    tree, whole = (parse(f"<body>{page_body(text)[1]}</body>").find("body") for text in (page, old))
    assert tree
    assert whole
    assert not any("style" in tag.attrs for tag in tree.elements())
    assert (len(styles) > 0) == any(tag.get("style") for tag in whole.elements())
    put_styles(tree, styles)
    assert inner_markup(tree) == inner_markup(whole)
    assert shown_by(page_body(page)[1], styles) == shown_by(page_body(old)[1])


def test_a_frame_made_anew_keeps_the_sheet() -> None:
    page, old = both("styles")
    assert put_frame(page, RECORD.folder) == page
    assert put_frame(page.replace('<meta name="generator"', '<meta name="maker"'), RECORD.folder) == page
    assert sheet_in(old) is None
    assert "'unsafe-inline'" in old
    assert "'unsafe-inline'" not in page
    assert put_frame(old, RECORD.folder) == old


def test_each_style_stands_once() -> None:
    page, _ = both("styles")
    assert page.count("margin: 3px; text-align: justify") == 1
    assert page.count("text-align: justify; margin: 3px") == 1  # the order is kept: one may take the other back
    box = parse(page).select("article section")[0]
    assert box.get_attribute_list("class") == ["backdrop", "image", "s1"]
    assert f"{LOCAL}ab/" in styles_in(page)["s1"]


SHARDS = [
    "'",
    '"',
    "</style>",
    "<!--",
    "*/",
    "/",
    "/**/",
    "*",
    "{",
    "}",
    ")",
    "(",
    "\\",
    ";",
    "!",
    "@",
    "url(",
    "a",
    " ",
]
SHARDS += ["<p>", "&", "\n", "#", "calc(1px", "\\3c ", "rgb(0,0,0)", ","]


NAMED = st.sampled_from(["font-family: ", "margin: ", "color: ", ""])
VALUES = st.lists(st.sampled_from(SHARDS), max_size=8).map("".join)


@given(st.lists(st.tuples(NAMED, VALUES), min_size=1, max_size=4))
def test_no_style_reaches_beyond_its_rule(pieces: list[tuple[str, str]]) -> None:
    style = "; ".join(name + value for name, value in pieces)
    body = "".join(f'<p style="{escape(text)}">字</p>' for text in (style, "color: rgb(4, 5, 6)"))
    page = render_html(article(body), RECORD, IMAGES)
    soup = BeautifulSoup(page, "lxml")
    assert_safe(soup)
    sheet = soup.find_all("style")[2].get_text()
    rules = tinycss2.parse_stylesheet(sheet, skip_whitespace=True)
    assert tinycss2.serialize(rules[-1].content).replace(" ", "") == "color:rgb(4,5,6)"
    last = soup.select("article p")[-1]
    assert last.get_attribute_list("class") == [f"s{len(rules)}"]
    assert list(styles_in(page)) == [f"s{n}" for n in range(1, len(rules) + 1)]
