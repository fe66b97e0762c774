"""What a person may choose, keeps and marks, in Chromium: from disk without a network, and from the server."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from archiver.models import Loss, LossCode
from archiver.reader.assets import asset
from archiver.reader.live import WORDS
from archiver.reader.pages import BAR
from archiver.render.losses import _REASONS, _THINGS
from archiver.store.layout import WORDS_SCRIPT
from archiver.store.lines import read_lines
from tests.reader.axe import axe_or_skip, findings
from tests.reader.library import Library, Made
from tests.reader.serving import serving
from tests.reader.watching import Open
from tests.replica.spec import short_token

RED, NAVY, GREY = "rgb(192, 0, 0)", "rgb(0, 0, 96)", "rgb(90, 90, 90)"
QUOTE = "墨色有浓有淡，纸色有新有旧"
LONG = Made(
    "Long one",
    [
        "开头一段。",
        *["同一句话，说了又说。" * 12] * 30,
        f"这里说到{QUOTE}，读的人各有所好。",
        *["后面的话。" * 20] * 30,
    ],
    "Field Notes",
    html=f'<p style="text-align: justify">看 <span style="color: {RED}">红字</span>、<span style="color: {NAVY}">深蓝'
    f'</span>、<span style="color: {GREY}">灰字</span>，<strong style="background-color: rgb(255, 240, 200); '
    f'color: {RED}">底色上的红字</strong>。</p>',
    losses=[
        Loss("video", "no address", code=LossCode.NO_ADDRESS),
        Loss("image", "HTTP 404", "https://mmbiz.qpic.cn/x", code=LossCode.NOT_FOUND),
    ],
    published=datetime(2026, 3, 5, tzinfo=UTC),
    token=short_token("long one"),
)
SHORT = Made(
    "Short one", ["说一句话。"], "Field Notes", published=datetime(2026, 3, 4, tzinfo=UTC), token=short_token("short")
)
NOTE = f"# 三月\n\n:star: 看 [一篇]({LONG.url}) :star::star:\n又 <{SHORT.url}>，还有 [别处](https://example.org/)\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("reading"))
    library.add([LONG, SHORT], {"2026/march.md": NOTE})
    return library


@pytest.fixture(params=["disk", pytest.param("server", marks=pytest.mark.slow)])
def base(request: pytest.FixtureRequest, library: Library) -> Iterator[str]:
    if request.param == "disk":
        yield library.archive.as_uri() + "/"
        return
    (library.archive / "reader-state.jsonl").unlink(missing_ok=True)
    with serving(library) as address:
        yield address


def article(library: Library, made: Made = LONG) -> str:
    return quote(f"{library.folders()[made.title]}/index.html")


def select(page: Page, text: str) -> None:
    """Select text in the article, as a mouse does."""
    page.evaluate(
        "text => { const range = rangeOf(document.querySelector('article.body'), { quote: text });"
        " const all = getSelection(); all.removeAllRanges(); all.addRange(range); }",
        text,
    )


def reopened(page: Page, address: str) -> None:
    page.goto("about:blank")
    page.goto(address)
    page.evaluate("archiverState.ready")


def test_what_is_chosen_holds_on_every_page(library: Library, base: str, watch: Open) -> None:
    with watch(color_scheme="dark") as watched:
        page = watched.page
        page.goto(base + article(library))
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        for theme, paper in (("light", "rgb(255, 255, 255)"), ("sepia", "rgb(246, 239, 223)"), ("dark", dark)):
            page.goto(base + article(library))
            page.keyboard.press("a")
            page.check(f"input[name=theme][value='{theme}']")
            page.keyboard.press("Escape")
            for path in (article(library), "index.html", "site/search.html"):
                page.goto(base + path)
                assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == paper, path
        page.goto(base + article(library))
        before = page.locator("article.body p").first.bounding_box()
        page.keyboard.press("a")
        for name, value in (("size", "150"), ("width", "wide"), ("face", "serif")):
            page.check(f"input[name={name}][value='{value}']")
        page.reload()
        after = page.locator("article.body p").first.bounding_box()
        assert before
        assert after
        assert after["height"] > 1.3 * before["height"]
        assert after["width"] > 1.2 * before["width"]
        assert "Song" in page.evaluate("getComputedStyle(document.querySelector('article.body p')).fontFamily")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        watched.assert_calm(base)


def test_where_i_was_what_i_like_and_what_i_have_read(library: Library, base: str, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        reopened(page, base + article(library))
        expect(page.locator(".meta")).to_contain_text("分钟")
        place = page.locator(f"p:has-text('{QUOTE}')")
        page.keyboard.press("f")
        place.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 80)")
        page.wait_for_function("() => document.querySelector('.progress').style.transform !== 'scaleX(0)'")
        reopened(page, base + article(library))
        page.get_by_role("button", name="回到上次读到的地方").click()
        page.wait_for_function("() => scrollY > 0")
        top = place.evaluate("one => one.getBoundingClientRect().top")
        assert -200 < top < 400
        expect(page.locator("[data-do=favourite]")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-do=read]")).to_have_attribute("aria-pressed", "false")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        expect(page.locator("[data-do=read]")).to_have_attribute("aria-pressed", "true")
        reopened(page, base + "index.html")
        expect(page.locator(".items > li").first).to_have_class("read liked")
        expect(page.locator(".items > li").last).not_to_have_class(re.compile("read|liked"))
        page.goto(base + article(library))
        page.evaluate("archiverState.ready")
        page.keyboard.press("m")
        expect(page.locator("[data-do=read]")).to_have_attribute("aria-pressed", "false")
        watched.assert_calm(base)


def test_highlights_outlive_a_reparse_and_go_along_as_markdown(library: Library, base: str, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        reopened(page, base + article(library))
        select(page, QUOTE)
        page.locator(".floating").click()
        expect(page.locator("mark.highlight")).to_have_text(QUOTE)
        # The text comes in other pieces now, and there is more before it.
        file = library.archive / library.folders()[LONG.title] / "index.html"
        old = file.read_text("utf-8")
        new = old.replace(QUOTE, f"<em>{QUOTE[:4]}</em>\n{QUOTE[4:]}").replace("开头一段", "开头另有一段")
        file.write_text(new, "utf-8")
        reopened(page, base + article(library))
        assert "".join(page.locator("mark.highlight").all_inner_texts()).replace("\n", "").replace(" ", "") == QUOTE
        file.write_text(old, "utf-8")
        reopened(page, base + "site/mine.html")
        expect(page.locator("#marked blockquote")).to_have_text(QUOTE)
        with page.expect_download() as coming:
            page.get_by_role("button", name="标注存为 Markdown").click()
        said = Path(coming.value.path()).read_text("utf-8")
        watched.noise.clear()  # the download
        folder = library.folders()[LONG.title]
        assert said.splitlines() == [
            "# 标注",
            "",
            f"## [Long one](../archive/{folder}/article.md)",
            "",
            "笔记：[2026/march.md](2026/march.md)",
            "",
            f"> {QUOTE}",
        ]
        page.locator("#marked a").click()
        page.wait_for_url(re.compile("/articles/.+/index.html"))  # and until it is loaded: a click does not wait
        page.evaluate("archiverState.ready")
        page.locator("[data-do=highlights]").click()
        page.get_by_role("button", name="删除").click()
        expect(page.locator("mark.highlight")).to_have_count(0)
        reopened(page, base + article(library))
        expect(page.locator("mark.highlight")).to_have_count(0)


def test_a_page_without_the_text_keeps_the_highlight_and_says_so(library: Library, watch: Open) -> None:
    base = library.archive.as_uri() + "/"
    with watch() as watched:
        page = watched.page
        reopened(page, base + article(library, SHORT))
        page.evaluate(
            "() => archiverState.put(here, 'highlight', { quote: '不在', before: '', after: '', at: 0 }, '0000000a')"
        )
        reopened(page, base + article(library, SHORT))
        page.locator("[data-do=highlights]").click()
        expect(page.locator(".quotes li")).to_contain_text("原文里已找不到")


def test_state_goes_from_one_browser_to_another(library: Library, tmp_path: Path, watch: Open) -> None:
    base = library.archive.as_uri() + "/"
    with watch() as watched:
        page = watched.page
        reopened(page, base + article(library))
        page.keyboard.press("f")
        select(page, QUOTE)
        page.locator(".floating").click()
        page.goto(base + "site/mine.html")
        page.evaluate("archiverState.ready")
        with page.expect_download() as coming:
            page.get_by_role("button", name="导出全部").click()
        file = tmp_path / "reader-state.jsonl"
        file.write_bytes(Path(coming.value.path()).read_bytes() + b'{"id":"../../x"}\nno json\n')
    with watch() as watched:
        page = watched.page
        reopened(page, base + "site/mine.html")
        expect(page.locator("#liked li")).to_have_count(0)
        page.set_input_files("input[type=file]", file)
        expect(page.locator("#said")).to_have_text(re.compile("导入 [34] 条，2 行看不懂。"))
        expect(page.locator("#liked li")).to_have_text(LONG.title)
        page.set_input_files("input[type=file]", file)
        expect(page.locator("#said")).to_have_text("导入 0 条，2 行看不懂。")  # once is enough
        expect(page.locator("#marked blockquote")).to_have_text(QUOTE)
        watched.assert_calm("file:")
    kept = [value for _, value in read_lines(file, lambda *_: None)]
    assert {one["what"] for one in kept if "what" in one} >= {"about", "favourite", "highlight"}


def test_chromium_has_one_store_for_all_files(library: Library, watch: Open) -> None:
    """What docs/reader.md says of pages from disk; another archive's state is another's all the same."""
    with watch() as watched:
        page = watched.page
        page.goto(library.archive.as_uri() + "/index.html")
        page.evaluate("localStorage.setItem('one', 'for all')")
        page.goto((library.root / "notes/2026/march.md").as_uri())
        assert page.evaluate("[localStorage.getItem('one'), self.origin]") == ["for all", "null"]


def contrast_of(page: Page, text: str) -> tuple[float, list[int]]:
    """What shades.js computes with, applied to what the browser has drawn."""
    found: list[list[float]] = page.evaluate(
        "text => { const node = Array.from(document.querySelectorAll('article.body :is(span, strong)'))"
        ".find((one) => one.textContent === text); const colour = colourOf(getComputedStyle(node).color);"
        " return [[contrast(colour, groundOf(node, new Map()))], colour]; }",
        text,
    )
    return found[0][0], [int(value) for value in found[1]]


def test_coloured_emphasis_is_seen_in_the_dark(library: Library, watch: Open) -> None:
    with watch(color_scheme="dark") as watched:
        page = watched.page
        page.goto(library.archive.as_uri() + "/" + article(library))
        for text, most in (("红字", 0), ("深蓝", 2), ("底色上的红字", 0)):
            contrast, colour = contrast_of(page, text)
            assert contrast >= 4.5, text
            assert max(colour[:3]) == colour[most] > min(colour[:3]) + 30, text  # of the hue that it had
        assert contrast_of(page, "灰字")[1] == [214, 216, 219, 1]  # the page's ink
        page.keyboard.press("a")
        page.check("input[name=theme][value=light]")
        assert contrast_of(page, "红字")[1] == [192, 0, 0, 1]


def test_without_scripts_all_text_has_one_ink_in_the_dark(library: Library, watch: Open) -> None:
    with watch(color_scheme="dark", java_script_enabled=False) as watched:
        watched.page.goto(library.archive.as_uri() + "/" + article(library))
        watched.page.screenshot()
        assert not watched.page.locator(".tools").is_visible()


def test_lines_of_phones_have_no_holes(library: Library, watch: Open) -> None:
    for width, aligned in ((599, "start"), (600, "justify")):
        with watch(width=width) as watched:
            watched.page.goto(library.archive.as_uri() + "/" + article(library))
            found = watched.page.evaluate(
                "Array.from(document.querySelectorAll('article.body, article.body p'),"
                " (one) => getComputedStyle(one).textAlign)"
            )
            assert set(found) == {aligned}


def test_on_paper_there_is_only_the_article(library: Library, watch: Open) -> None:
    with watch(color_scheme="dark") as watched:
        page = watched.page
        page.goto(library.archive.as_uri() + "/" + article(library))
        page.keyboard.press("a")
        page.check("input[name=theme][value=dark]")
        page.keyboard.press("Escape")
        page.emulate_media(media="print", color_scheme="light")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not any(page.locator(part).is_visible() for part in (".tools", ".progress", ".resume", ".top"))


# Two frames later, what was asked for is on the screen.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
HAN = re.compile("[\u3000-\u9fff\uff00-\uffef]+")
PAGES = (
    "index.html", "site/months.html", "site/accounts.html", "site/notes.html", "site/rated.html", "site/status.html",
    "site/search.html", "site/mine.html",
)  # fmt: skip


def own_words(page: Page) -> str:
    """What the page says that is not the archive's or the notes'."""
    said: str = page.evaluate(
        "() => { const copy = document.body.cloneNode(true);"
        " copy.querySelectorAll('article.body, .theirs, script, noscript, code').forEach((one) => one.remove());"
        " const labels = Array.from(copy.querySelectorAll('[aria-label], [title], [placeholder]'))"
        ".flatMap((one) => ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) || ''));"
        " return copy.textContent + ' ' + labels.join(' '); }"
    )
    return said


@pytest.mark.parametrize("locale", ["en-GB", pytest.param("fr", marks=pytest.mark.slow)])
def test_in_english_all_words_of_ours_are(library: Library, base: str, watch: Open, locale: str) -> None:
    note, month = (next((library.archive / "site" / kind).glob("*.html")) for kind in ("note", "month"))
    more = [quote(path.relative_to(library.archive).as_posix()) for path in (note, month)]
    with watch(locale=locale) as watched:
        page = watched.page
        for path in (*PAGES, *more, article(library), "site/search.html?q=" + quote("stars:1 说 after:x")):
            reopened(page, base + path)
            page.locator("[data-do=settings]").first.click()
            page.wait_for_selector("dialog.settings[open]")
            left = [found for found in HAN.findall(own_words(page)) if found not in ("中文", "说", "、")]
            assert left == [], path
            assert page.evaluate("[document.documentElement.lang, document.documentElement.style.visibility]") == [
                "en",
                "",
            ]
        watched.assert_calm(base)


def test_every_word_of_a_state_or_a_loss_has_an_english_one() -> None:
    said = asset(WORDS_SCRIPT).decode()
    wanted = {*WORDS.values(), *_REASONS.values(), *_THINGS.values(), *(name for name, _ in BAR)}
    assert {word for word in wanted if f'"{word}": "' not in said} == set()


@pytest.mark.parametrize(
    ("theme", "locale", "width"),
    [
        pytest.param(*each, marks=() if each == ("sepia", "zh-CN", 360) else pytest.mark.slow)
        for each in itertools.product(("light", "sepia", "dark"), ("zh-CN", "en-GB"), (360, 1280))
    ],
)
def test_every_page_is_accessible_and_nothing_moves(
    library: Library, watch: Open, theme: str, locale: str, width: int
) -> None:
    script, base = axe_or_skip(), library.archive.as_uri() + "/"
    note = next((library.archive / "site/note").glob("*.html")).relative_to(library.archive).as_posix()
    with watch(width=width, locale=locale, color_scheme="dark" if theme == "dark" else "light") as watched:
        page = watched.page
        page.goto(base + "index.html")
        page.evaluate("theme => archiver.set('theme', theme)", theme)
        page.add_init_script(
            "window.moved = []; new PerformanceObserver((list) => window.moved.push(...list.getEntries().map((one) =>"
            " one.value))).observe({ type: 'layout-shift', buffered: true });"
        )
        for path in (*PAGES, quote(note), article(library), "site/search.html?q=" + quote("说 is:partial")):
            reopened(page, base + path)
            page.evaluate(DRAWN)
            assert page.evaluate("window.moved") == [], path
            assert findings(page, script) == [], path
            page.locator("[data-do=settings]").first.click()
            assert findings(page, script) == [], path
            page.keyboard.press("Escape")
        page.goto(base + article(library))
        select(page, QUOTE)
        page.locator(".floating").click()
        page.locator("[data-do=highlights]").click()
        assert findings(page, script) == []
