"""An archive whose every text wants to run or to break the layout: nothing runs, nothing is asked, all is in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from archiver.models import Loss, Status, UrlKind
from archiver.reader.inlined import inlined
from archiver.render import sitemap
from archiver.store.layout import DARK_STYLE
from archiver.store.lines import LinkEntry, append_lines
from tests.reader.library import Library, Made
from tests.reader.serving import serving
from tests.reader.watching import Open, Watched
from tests.replica.spec import ImageSpec, short_token

EVIL = (
    "</title></script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover='alert(3)' {{7*7}} {% raw %}"
    " ${alert(4)} <!--around--><!--/around--> ]]> \u202e倒过来\u2066 \u200b\x07 javascript:alert(5) \\u003cscript> "
    "--></style><svg/onload=alert(6)>"
)
LONG_WORD = "长" * 400 + "W" * 600
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60" onload="alert(7)"><script>alert(8)</script>'
    b'<image href="https://evil.example/x.png"/><rect width="90" height="60"/></svg>'
)
DRAWING = replace(ImageSpec.named("evil", bucket="mmbiz_svg"), data=SVG, alt=EVIL)
BODY = (
    "<script>alert(9)</script><img src=x onerror=alert(10)><a href='javascript:alert(11)'>点</a>"
    "<iframe srcdoc='<script>alert(12)</script>'></iframe><p style='position:fixed;inset:0;background:url(https://evil.example/y)'>盖</p>"
    "<form action=https://evil.example><input name=q></form>"
    "<meta http-equiv=refresh content='0;url=https://evil.example'>"
    "<base href=https://evil.example/><link rel=stylesheet href=https://evil.example/z.css><h2>"
    + EVIL.replace("<", "&lt;")
    + "</h2><h2>二</h2><h2>三</h2><div style='width:9000px'>宽</div><pre>"
    + "x" * 3000
    + "</pre>"
)
NOTE = "坏 \"'<img src=x onerror=alert(13)>&{{7*7}}.md"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("hostile"))
    evil = Made(
        EVIL, [EVIL, LONG_WORD], account=EVIL + "号", author=EVIL, html=BODY, images=[DRAWING], digest=EVIL,
        losses=[Loss("video", EVIL, "javascript:alert(14)")], published=datetime(2026, 3, 1, tzinfo=UTC),
        token=short_token("evil"),
    )  # fmt: skip
    wide = Made(LONG_WORD, [LONG_WORD], account="号" * 200, digest=LONG_WORD, token=short_token("wide"))
    library.add([evil, wide], {NOTE: f"[{EVIL}]({evil.url}) :star: [x]({wide.url})\n"})
    links = [
        LinkEntry(f"https://mp.weixin.qq.com/s/{EVIL}", UrlKind.ARTICLE, Status.DELETED, EVIL),
        LinkEntry("javascript:alert(15)", UrlKind.ARTICLE, Status.PENDING, LONG_WORD),
    ]
    append_lines(library.archive / "links.jsonl", [asdict(link) for link in links])
    return library


@pytest.fixture(params=["disk", "server"])
def base(request: pytest.FixtureRequest, library: Library) -> Iterator[str]:
    if request.param == "disk":
        yield library.archive.as_uri() + "/"
    else:
        with serving(library) as address:
            yield address


def html_files(library: Library) -> list[str]:
    patterns = ("*.html", "site/**/*.html", "articles/**/*.html")
    found = [path for pattern in patterns for path in library.archive.glob(pattern)]
    return sorted(path.relative_to(library.archive).as_posix() for path in found)


def provoke(page: Page) -> None:
    """Hover, focus and click what is there, short of leaving the page."""
    page.evaluate(
        "for (const one of document.querySelectorAll('*'))"
        " for (const name of ['mouseover', 'focus', 'error', 'load', 'toggle'])"
        " one.dispatchEvent(new Event(name, {bubbles: true}))"
    )
    for image in page.locator("article.body img").all():
        image.click(force=True)
        page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_nothing_runs_and_the_layout_holds(library: Library, base: str, watch: Open, width: int) -> None:
    files = html_files(library)
    assert len(files) == 14
    with watch(width=width) as watched:
        page = watched.page
        for path in files:
            page.goto(base + quote(path))
            provoke(page)
            page.wait_for_timeout(20)  # a moment in which it could have run
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            scripts = page.evaluate("[...document.scripts].map((script) => [script.src, script.text])")
            own = inlined((), DARK_STYLE, sitemap.SEARCH_SCRIPTS)
            assert {text for _, text in scripts} <= {"", own.ahead, own.early, *own.scripts}, path
            assert all(source.startswith(base + "site/") for source, text in scripts if not text), path
            assert "49" not in page.inner_text("h1")
            covered = page.evaluate(
                "(() => { document.querySelector('h1').scrollIntoView({behavior: 'instant'});"
                " const h = document.querySelector('h1').getBoundingClientRect();"
                " const at = document.elementFromPoint(h.left + 5, h.top + 5);"
                " return !at.closest('h1, header, main'); })()"
            )
            assert not covered, path
        watched.assert_calm(base)


def test_the_status_page_links_only_to_the_web(library: Library, watch: Open) -> None:
    with serving(library) as base, watch() as watched:
        watched.page.goto(base + "site/status.html")
        assert "javascript:alert(15)" in watched.page.inner_text("main")
        ways = watched.page.locator(".links a").evaluate_all("all => all.map((one) => one.href)")
        assert [way[:31] for way in ways] == ["https://mp.weixin.qq.com/s/%3C/"]
        watched.assert_calm(base)


def test_search_shows_it_as_text(library: Library, base: str, watch: Open) -> None:
    for asked in ("alert(1)", "<script>", '"onerror=alert(2)"', "倒过来"):
        with watch() as watched:
            watched.page.goto(base + "site/search.html?q=" + quote(asked))
            watched.page.wait_for_selector("#results .name")
            assert watched.page.locator("#results script, #results img[onerror]").count() == 0
            assert "<script>alert(1)" in watched.page.inner_text("#results .name >> nth=0")
            watched.assert_calm(base)


def test_a_drawing_opened_by_itself_runs_nothing_on_the_server(library: Library, watch: Open) -> None:
    (drawing,) = library.archive.glob("images/*/*.svg")
    assert b"alert(8)" in drawing.read_bytes()  # kept as it was
    with serving(library) as base, watch() as watched:
        watched.page.goto(base + drawing.relative_to(library.archive).as_posix())
        # The policy stops the foreign image and the scripts.
        watched.until(lambda: "failed: https://evil.example/x.png csp" in watched.noise)
        watched.until(lambda: any("Blocked script execution" in line for line in watched.noise))
        assert not [line for line in watched.noise if line in ("7", "8")]


def test_the_watcher_sees_what_runs(watch: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The traps of these tests do close."""
    bad = tmp_path_factory.mktemp("bad") / "bad.html"
    bad.write_text("<script>alert('ran'); console.log('said'); new Image().src = 'https://evil.example/x'</script>")
    with watch() as watched:
        watched.page.goto(bad.as_uri())
        watched.until(lambda: {"ran", "said"} <= set(watched.noise))
        with pytest.raises(AssertionError):
            Watched.assert_calm(watched, "file:")
