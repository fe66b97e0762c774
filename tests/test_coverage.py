"""How much of a page stands in its copy: all of it, and less as soon as anything is taken away."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from archiver.archive.coverage import derived_and_counted
from archiver.archive.record import StoredFiles, make_record
from archiver.archive.reparse import reparse
from archiver.cli.remark_texts import remark_text
from archiver.cli.run_texts import notice_line
from archiver.cli.texts import status_lines
from archiver.coverage.markdown import read_markdown
from archiver.coverage.match import matched, visible
from archiver.coverage.page import held
from archiver.events import Uncovered
from archiver.fixity.verify import verify
from archiver.models import Article, ArticleRecord, Capture
from archiver.models.coverage import ENOUGH, Counted, Coverage
from archiver.models.findings import FindingCode
from archiver.render.html import render_html
from archiver.tasks.run import open_run, view_run
from archiver.tasks.status import read_status
from archiver.wechat.page import read_page
from tests.builders import titled
from tests.page_copies import PICTURE, URL, Copy, page
from tests.render.samples import MOMENT
from tests.work import LINEAR, growth
from tests.world import World

SHARED = Path(__file__).parents[2] / "shared" / "pages"
FIXTURES = sorted((Path(__file__).parent / "wechat" / "fixtures").glob("*.html"))
CASES = sorted((Path(__file__).parent / "fixtures" / "pages").glob("*.html"))
DRAWING = '<svg viewBox="0 0 9 9"><path d="M{} 1"/></svg>'
BODY = f"""<p>第一段，说了一些话，有<a href="https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB">一条链接</a>。</p>
<p>第二段，又说了一些话，还有<a href="https://mp.weixin.qq.com/s/CCCCCCCCCCCCCCCCCCCCCC">另一条</a>。</p>
<p><img data-src="{PICTURE.format("A")}"></p><p>第三段在两张图之间，公式{DRAWING.format(1)}在里面。</p>
<p><img data-src="{PICTURE.format("B")}"></p>
<table><tr><td>名</td><td>值</td></tr><tr><td>甲</td><td>一</td></tr><tr><td>乙</td><td>二</td></tr></table>
<pre data-lang="python"><code>def f(x):</code><code>    return x * 2  # 注</code></pre>
<mpvoice name="课" voice_encode_fileid="Mz="></mpvoice>
<iframe class="video_iframe" data-mpvid="wxv_1"></iframe>
<p>最后一段。</p>"""


COPY = Copy(page(BODY))


def sample_record() -> ArticleRecord:
    return make_record(COPY.article, Capture(URL, URL, 200, b"", MOMENT, "http"), URL, StoredFiles([]))


def test_all_of_a_page_is_in_its_copy() -> None:
    shares = COPY.coverage().shares
    assert {what.value: (s.source, s.markdown, s.html) for what, s in shares.items()} == {
        "characters": (79, 79, 79),
        "links": (2, 2, 2),
        "images": (2, 2, 2),
        "tables": (1, 1, 1),
        "drawings": (1, 1, 1),
        "code": (1, 1, 1),
        "audio": (1, 1, 1),
        "video": (1, 1, 1),
    }


@pytest.mark.parametrize(
    ("pattern", "instead", "less"),
    [
        (r"\[([^\]]*)\]\(https[^)]*\)", r"\1", [Counted.LINKS]),
        (r"(?m)^\|.*\n", "", [Counted.TABLES, Counted.CHARACTERS]),
        (r"\| --- \| --- \|\n", "", [Counted.TABLES]),
        (r"第二段.*\n", "\n", [Counted.CHARACTERS, Counted.LINKS]),
        (r"(第一段.*)\n\n(第二段.*)\n", r"\2\n\n\1\n", [Counted.CHARACTERS, Counted.LINKS]),
        (r"!\[\]\([^)]*0\.png\)", "", [Counted.IMAGES]),
        (r"(!\[\][^\n]*0\.png\))((?s:.*))(!\[\][^\n]*1\.png\))", r"\3\2\1", [Counted.IMAGES]),
        (r"!\[\]\([^)]*\.svg\)", "", [Counted.DRAWINGS]),
        (r"```\w*\n", "", [Counted.CODE, Counted.CHARACTERS]),
        (r"return x", "", [Counted.CHARACTERS]),
        (r"\[音频：.*\n", "\n", [Counted.AUDIO]),
        (r"\[视频\].*\n", "\n", [Counted.VIDEO]),
    ],
)
def test_damage_to_the_markdown_is_seen(pattern: str, instead: str, less: list[Counted]) -> None:
    damaged = re.sub(pattern, instead, COPY.markdown)
    assert damaged != COPY.markdown
    shares = COPY.coverage(markdown=damaged).shares
    assert {what for what, share in shares.items() if share.markdown < share.source} == set(less)


@pytest.mark.parametrize(
    ("pattern", "instead", "less"),
    [
        (r"<a href=\"https[^>]*>([^<]*)</a>", r"\1", [Counted.LINKS]),
        (r"(?s)<table.*?</table>", "", [Counted.TABLES, Counted.CHARACTERS]),
        (r"<p>第二段.*?</p>", "", [Counted.CHARACTERS, Counted.LINKS]),
        (r"(?s)(<p>第一段.*?</p>)\n(<p>第二段.*?</p>)", r"\2\1", [Counted.CHARACTERS, Counted.LINKS]),
        (r"<img [^>]*0\.png[^>]*>", "", [Counted.IMAGES]),
        (r"(?s)<svg.*?</svg>", "", [Counted.DRAWINGS]),
        (r"(?s)<pre.*?</pre>", "", [Counted.CODE, Counted.CHARACTERS]),
        (r"(?s)<p class=\"card\"><audio.*?</p>", "", [Counted.AUDIO]),
    ],
)
def test_damage_to_the_page_is_seen(pattern: str, instead: str, less: list[Counted]) -> None:
    start = COPY.html.index("<article")
    damaged = COPY.html[:start] + re.sub(pattern, instead, COPY.html[start:])
    assert damaged != COPY.html
    shares = COPY.coverage(html=damaged).shares
    assert {what for what, share in shares.items() if share.html < share.source} == set(less)


@pytest.mark.parametrize(
    "path", [*CASES, *(p for p in FIXTURES if p.with_suffix(".md").is_file())], ids=lambda p: p.stem
)
def test_pages_of_all_kinds_are_covered(path: Path) -> None:
    coverage = Copy(path.read_bytes()).coverage()
    assert coverage.lowest >= ENOUGH, coverage


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages (../shared/pages) are not here")
def test_real_pages_are_covered() -> None:
    low = {}
    for path in sorted(SHARED.glob("*.html.gz")):
        source = gzip.decompress(path.read_bytes())
        if isinstance(read_page(source, URL), Article):
            coverage = Copy(source).coverage()
            if coverage.lowest < ENOUGH:
                low[path.name] = coverage
    assert low == {}


def test_text_in_data_alone_is_counted() -> None:
    words = "只在数据里的一段话。" * 9
    cgi = f"<script>window.cgiDataNew = {{ content_noencode: JsDecode('\\x3cp\\x3e{words}\\x3c/p\\x3e') }};</script>"
    copy = Copy(page("<p>替身</p>") + cgi.encode())
    assert copy.coverage().shares[Counted.CHARACTERS].source == len(words)
    assert copy.coverage(markdown="替身").lowest == 0.0


@pytest.mark.parametrize(
    ("wanted", "there", "count"),
    [
        ("甲乙丙丁", "甲乙丙丁", 4),
        ("甲乙丙丁", "前甲乙，丙丁后", 4),
        ("甲乙丙丁", "丙丁甲乙", 2),
        ("甲乙丙丁" * 30, "", 0),
        ("一二三四五六七八九十" + "甲" * 9, "甲" * 9 + "一二三四五六七八九十", 10),
        ("ａｂ\u200bｃ　１", "abc1", 4),
    ],
)
def test_a_match_keeps_the_order(wanted: str, there: str, count: int) -> None:
    assert matched(visible(wanted), visible(there)) == count


def test_counting_grows_with_the_page() -> None:
    def count(size: int) -> None:
        Copy(page("<p>一段话，<b>说</b>了些什么<a href='https://example.com'>看</a></p>" * size)).coverage()

    assert growth(count, 100) < LINEAR


def test_a_synced_article_says_how_much_of_it_is_there(world: World) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(titled('有公式', BODY))})")
    world.sync()
    (record,) = world.articles()
    shares: dict[str, Any] = record["coverage"]
    assert shares["characters"]["source"] > 70
    assert all(
        share["source"] == share["markdown"] == share["html"] for what, share in shares.items() if what != "images"
    )
    drawn = [image for image in record["images"] if image["url"].startswith("data:image/svg")]
    assert (world.archive / drawn[0]["path"]).is_file()


def damaged(world: World) -> str:
    """Sync an article, and let its article.md lack a part of what article.json says that it has; its folder."""
    world.note("a.md", f"[x]({world.replica.add_article(titled('会损坏', BODY))})")
    world.sync()
    (folder,) = world.article_folders()
    return folder.relative_to(world.archive).as_posix()


def test_verify_counts_again_where_asked(world: World) -> None:
    folder = damaged(world)
    path = world.archive / folder / "article.md"
    assert verify(world.config, coverage=True) == []
    path.write_text(path.read_text("utf-8").replace("最后一段。", ""), "utf-8")
    codes = [finding.code for finding in verify(world.config, coverage=True)]
    assert codes == [FindingCode.COVERAGE_DIFFERS, FindingCode.CHECKSUM]
    assert [finding.code for finding in verify(world.config)] == [FindingCode.CHECKSUM]


def lowered(world: World) -> str:
    """An article of which article.json says that it lacks a part; its folder."""
    folder = damaged(world)
    path = world.archive / folder / "article.json"
    record = json.loads(path.read_text("utf-8"))
    record["coverage"]["characters"]["markdown"] = 40
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return folder


def test_people_are_told_of_an_article_that_lacks_a_part(world: World) -> None:
    folder = lowered(world)
    summary = world.sync()
    (told,) = [notice for notice in summary.notices if isinstance(notice, Uncovered)]
    assert (told.articles, told.folder) == (1, folder)
    assert told.share < 0.6
    assert folder in notice_line(told)
    with view_run(world.config) as context:
        found = read_status(context)
    assert list(found.state.uncovered) == [folder]
    assert folder in "\n".join(status_lines(world.archive, found))
    assert FindingCode.LOW_COVERAGE in [finding.code for finding in verify(world.config)]


def test_the_reader_tells_of_an_article_that_lacks_a_part(world: World) -> None:
    folder = lowered(world)
    world.sync()
    status = (world.archive / "site/status.html").read_text("utf-8")
    assert "只存下一部分内容的文章（1）" in status
    assert status.count(folder) == status.count("只存下 50.6%") == 2  # images are missing, too
    assert "只存下 50.6%" in (world.archive / "index.html").read_text("utf-8")
    path = world.archive / folder / "article.json"
    path.write_text(path.read_text("utf-8").replace('"markdown": 40', '"markdown": 79'), "utf-8")
    world.sync()
    for name in ("index.html", "site/status.html"):
        assert "只存下" not in (world.archive / name).read_text("utf-8")


def test_the_page_itself_says_how_much_of_it_is_there() -> None:
    text, whole = "# 题\n\n(../README.md)\n\n字", '<article class="body">\n<p>字</p>\n</article>'
    seen: list[Coverage | None] = []

    def derive(record: ArticleRecord) -> dict[str, bytes]:
        seen.append(record.coverage)
        return {"article.md": text.encode(), "index.html": whole.encode()}

    record = sample_record()
    found, files = derived_and_counted(record, derive, {}, held(page("<p>字</p>")))
    assert (len(seen), set(files)) == (1, {"article.md", "index.html"})
    assert render_html(COPY.article, found, {}).count("只存下") == 0
    found, _ = derived_and_counted(record, derive, {}, held(page("<p>字和一句话，它不在里面</p>")))
    assert seen[1:] == [None, found.coverage]
    assert "只存下原文的 9.0%" in render_html(COPY.article, found, {})


def test_what_is_captured_is_counted_though_it_is_not_kept(world: World) -> None:
    world.configure(archive={"capture": "none"})
    folder = damaged(world)
    (record,) = world.articles()
    assert not list((world.archive / folder).glob("capture*"))
    assert record["coverage"]["characters"] == {"source": 79, "markdown": 79, "html": 79}
    assert verify(world.config) == []
    (finding,) = verify(world.config, coverage=True)
    assert finding.code is FindingCode.COVERAGE_NOT_COUNTED
    assert "no capture is kept" in remark_text(finding)
    # Nothing that comes later invents another figure, or takes this one away.
    url = next(iter(world.links()))
    world.note("b.md", f"[x]({url}&scene=1#rd)" if "?" in url else f"[x]({url}?scene=1#rd)")
    world.sync()
    with open_run(world.config) as context:
        assert reparse(context.archive).without_capture == [folder]
    assert [article["coverage"] for article in world.articles()] == [record["coverage"]]


def test_reparse_mends_the_figure_and_adds_it_to_older_records(world: World) -> None:
    folder = lowered(world)
    path = world.archive / folder / "article.json"
    record = json.loads(path.read_text("utf-8"))
    del record["coverage"]
    record["images"] = [image for image in record["images"] if not image["url"].startswith("data:")]
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for image in world.archive.glob("images/*/*.svg"):
        image.unlink()
    with open_run(world.config) as context:
        reparse(context.archive)
    (again,) = world.articles()
    assert again["coverage"]["drawings"] == {"source": 1, "markdown": 1, "html": 1}
    assert again["coverage"]["characters"]["markdown"] == again["coverage"]["characters"]["source"]
    assert again["status"] == "partial"  # what the page carries itself is kept without a network
    assert not [image for image in again["images"] if image["url"].startswith("data:") and "error" in image]
    assert len(list(world.archive.glob("images/*/*.svg"))) == 1


def test_signs_in_code_are_text() -> None:
    text = "看 `*.md`、`&amp;` 和 ``a`b``，\\`不是码\\`。\n"
    assert visible(read_markdown(text).text) == visible("看 *.md、&amp; 和 a`b，`不是码`。")
