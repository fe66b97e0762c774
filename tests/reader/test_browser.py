"""Every page and control of the reader in Chromium: from disk without a network, and from the server."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from archiver.models import Loss
from archiver.render.sitemap import account_page, month_page, note_page
from tests.reader import axe
from tests.reader.axe import axe_or_skip, axe_script, findings
from tests.reader.library import Library, Made
from tests.reader.serving import serving
from tests.reader.watching import Open
from tests.replica.spec import ImageSpec, short_token

PICTURES = [ImageSpec.named(f"p{n}", 800, 500, alt=f"第 {n} 张") for n in range(3)]
LONG = Made(
    "一篇有图有目录的长文",
    ["开头一段，说说扩散模型。", *["中间的话。" * 30] * 8],
    author="林深",
    published=datetime(2026, 3, 5, tzinfo=UTC),
    html="<h2>第一节</h2><p>" + "话" * 900 + "</p><h2>第二节</h2><pre>" + "code " * 90 + "</pre><h2>第三节</h2>"
    "<table><tr><th>甲</th><th>乙</th></tr><tr><td>1</td><td>2</td></tr></table>",
    images=PICTURES,
    losses=[Loss("video", "没有地址", "https://mp.weixin.qq.com/s/video")],
    digest="一段摘要。",
    token=short_token("long"),
)
DAYS = [datetime(2026, 2, 1 + n, tzinfo=UTC) for n in range(4)]
OTHERS = [
    Made(f"短文 {n}", ["短短的扩散。"], f"号{n % 2}", published=day, token=short_token(f"s{n}"))
    for n, day in enumerate(DAYS)
]
NOTE = "# 笔记\n\n" + "".join(f"{n}. [x]({one.url}) {':star:' * n}\n" for n, one in enumerate([LONG, *OTHERS], 1))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("read"))
    library.add([LONG, *OTHERS], {"2026/三月.md": NOTE})
    return library


@dataclass(frozen=True, slots=True)
class Way:
    """How the reader is reached: `base` ends with a slash."""

    base: str
    served: bool

    def to(self, path: str) -> str:
        return self.base + quote(path)


# Each way, each width and each scheme has its turn in the quick tests.
QUICK = (("disk", 360, "dark"), ("server", 1280, "light"))


@pytest.fixture(scope="module", params=["disk", "server"])
def way(request: pytest.FixtureRequest, library: Library) -> Iterator[Way]:
    if request.param == "disk":
        yield Way(library.archive.as_uri() + "/", served=False)
    else:
        with serving(library) as address:
            yield Way(address, served=True)


def pages(library: Library) -> dict[str, str]:
    folders = library.folders()
    return {
        "home": "index.html",
        "months": "site/months.html",
        "accounts": "site/accounts.html",
        "notes": "site/notes.html",
        "rated": "site/rated.html",
        "status": "site/status.html",
        "mine": "site/mine.html",
        "search": "site/search.html",
        "month": month_page("articles/2026/02"),
        "account": account_page("号1"),
        "note": note_page("2026/三月.md"),
        "article": f"{folders[LONG.title]}/index.html",
        "short article": f"{folders['短文 1']}/index.html",
    }


@pytest.mark.parametrize(
    ("way", "width", "scheme"),
    [
        pytest.param(*each, marks=() if each in QUICK else pytest.mark.slow)
        for each in itertools.product(("disk", "server"), (360, 1280), ("light", "dark"))
    ],
    indirect=["way"],
)
def test_every_page_is_calm_and_fits(library: Library, way: Way, watch: Open, width: int, scheme: str) -> None:
    script, _ = axe_script()  # a test of its own tells when it is not there
    with watch(width=width, color_scheme=scheme) as watched:
        page = watched.page
        for name, path in pages(library).items():
            page.goto(way.to(path))
            assert page.locator("h1").count() == 1, name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert page.evaluate("document.documentElement.lang") == "zh-CN"
            if script:
                page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
                assert findings(page, script) == [], name
        watched.assert_calm(way.base)


def test_axe_was_there() -> None:
    """So that a run without it is seen, and why."""
    assert "axe" in axe_or_skip()


def test_a_run_without_axe_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axe, "_CACHE", tmp_path / "axe")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no npm on PATH" in axe_script.__wrapped__()[1]
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho registry is down >&2\nexit 1\n")
    npm.chmod(0o755)
    assert "registry is down" in axe_script.__wrapped__()[1]


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_search_results_and_lightbox_are_accessible(library: Library, way: Way, watch: Open, scheme: str) -> None:
    script = axe_or_skip()
    with watch(color_scheme=scheme) as watched:
        watched.page.goto(way.to("site/search.html") + "?q=" + quote("扩散"))
        watched.page.wait_for_selector("#results mark")
        assert findings(watched.page, script) == []
        watched.page.goto(way.to(pages(library)["article"]))
        watched.page.locator("article.body img").first.click()
        watched.page.wait_for_selector("dialog.lightbox[open]")
        assert findings(watched.page, script) == []
        watched.assert_calm(way.base)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name || ''"))


def test_by_keyboard_alone(library: Library, way: Way, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(way.to("index.html"))
        page.keyboard.press("Tab")
        assert focused(page) == "跳到正文"
        page.keyboard.press("Enter")
        # From the main part on: what is incomplete, the sort order, then the first article.
        page.keyboard.press("Tab")
        assert focused(page) == "1 篇不完整"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "select"
        page.keyboard.press("Tab")
        assert focused(page) == LONG.title
        page.keyboard.press("j")
        assert focused(page) == "短文 3"
        page.keyboard.press("k")
        assert focused(page) == LONG.title
        page.keyboard.press("Enter")
        page.wait_for_selector("article.body")
        page.wait_for_load_state()
        page.keyboard.press("p")  # the older one
        page.wait_for_function("() => document.title === '短文 3'")
        page.wait_for_load_state()
        page.keyboard.press("n")
        page.wait_for_function("title => document.title === title", arg=LONG.title)
        page.wait_for_load_state()  # the title is there before the script is
        page.keyboard.press("u")
        page.wait_for_selector(".items")
        page.wait_for_load_state()
        page.keyboard.press("/")
        page.keyboard.type("扩散")
        page.keyboard.press("Enter")
        page.wait_for_selector("#state:has-text('共')")  # no script: old Playwrights may meet the page's policy
        assert page.inner_text("#state") == "共 5 篇"
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_selector("article.body")
        expect(page).to_have_title(LONG.title)
        watched.assert_calm(way.base)


def test_every_stop_of_the_tab_key_can_be_seen(library: Library, way: Way, watch: Open) -> None:
    with watch(width=360) as watched:
        page = watched.page
        for name, least in (("home", 5), ("article", 5), ("search", 2)):
            page.goto(way.to(pages(library)[name]))
            seen = set()
            for _ in range(60):
                page.keyboard.press("Tab")
                stop = page.evaluate(
                    "(() => { const at = document.activeElement; if (at === document.body) return null;"
                    " const box = at.getBoundingClientRect(), style = getComputedStyle(at);"
                    " return [at.outerHTML.slice(0, 200), box.width * box.height, style.outlineStyle]; })()"
                )
                if stop is None or stop[0] in seen:
                    break
                seen.add(stop[0])
                assert stop[1] > 0, stop
                assert stop[2] != "none", stop
            assert len(seen) >= least, name


def test_pictures_large(library: Library, way: Way, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(way.to(pages(library)["article"]))
        first = page.locator("article.body img").first
        first.focus()
        page.keyboard.press("Enter")
        box = page.locator("dialog.lightbox")
        expect(box.locator("p")).to_have_text("1 / 3　第 0 张")
        page.keyboard.press("ArrowRight")
        expect(box.locator("img")).to_have_attribute("alt", "第 1 张")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        expect(box.locator("p")).to_have_text("3 / 3　第 2 张")
        page.keyboard.press("+")
        expect(box).to_have_class(re.compile("large"))
        page.keyboard.press("Escape")
        expect(box).to_be_hidden()
        expect(page.locator("article.body img[alt='第 2 张']")).to_be_focused()
        page.locator("article.body img").nth(1).click()
        box.get_by_role("button", name="下一张").click()
        box.get_by_role("button", name="关闭").click()
        expect(box).to_be_hidden()
        watched.assert_calm(way.base)


def test_sorting(library: Library, way: Way, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(way.to(pages(library)["note"]))
        shown = page.locator(".items .name")
        assert shown.all_inner_texts() == [LONG.title, "短文 0", "短文 1", "短文 2", "短文 3"]
        page.select_option("select", "stars")
        assert shown.all_inner_texts() == ["短文 3", "短文 2", "短文 1", "短文 0", LONG.title]
        page.select_option("select", "newest")
        assert shown.all_inner_texts() == [LONG.title, "短文 3", "短文 2", "短文 1", "短文 0"]
        page.select_option("select", "oldest")
        assert shown.first.inner_text() == "短文 0"
        page.select_option("select", "given")
        assert shown.nth(1).inner_text() == "短文 0"


def test_the_note_itself_opens(library: Library, way: Way, watch: Open) -> None:
    with watch() as watched:
        watched.page.goto(way.to(pages(library)["note"]))
        watched.page.get_by_role("link", name="打开笔记").click()
        expect(watched.page.locator("body")).to_contain_text("# 笔记")


def test_without_script_everything_can_be_read(library: Library, way: Way, watch: Open) -> None:
    with watch(java_script_enabled=False) as watched:
        page = watched.page
        page.goto(way.to("index.html"))
        assert not page.locator("select").is_visible()
        page.get_by_role("link", name=LONG.title).click()
        assert "扩散模型" in page.inner_text("article.body")
        page.locator("summary").click()
        page.get_by_role("link", name="第二节").click()
        expect(page).to_have_url(re.compile("#s2$"))
        page.locator("a[rel=prev]").click()
        expect(page).to_have_title("短文 3")
        page.locator("a.account").click()
        page.wait_for_selector(".items .name")
        expect(page.locator(".items .name")).to_have_count(2)
        watched.assert_calm(way.base)


def test_printed_without_what_is_for_the_screen(library: Library, way: Way, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(way.to(pages(library)["article"]))
        page.emulate_media(media="print")
        assert [page.locator(part).is_visible() for part in (".top", ".ways", "article.body", "h1")] == [
            False, False, True, True,
        ]  # fmt: skip


def test_status_from_disk_is_as_full_as_the_servers(library: Library, way: Way, watch: Open) -> None:
    with watch() as watched:
        watched.page.goto(way.to("site/status.html"))
        said = watched.page.inner_text("main")
    assert all(word in said for word in ("不完整的文章（1）", "笔记里的链接", "最近的运行", LONG.title))
