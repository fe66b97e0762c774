"""What a page says leads a viewer of its Markdown to nothing but text, links and the archive's own images, whether or
not that viewer knows front matter and formulas."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pytest
import yaml
from bs4 import BeautifulSoup
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.models import Album, AlbumArticle
from archiver.render.album import album_markdown
from archiver.render.index import Totals, archive_readme
from archiver.render.languages import HIGHLIGHTED, language_of
from archiver.render.markdown import render_markdown
from archiver.render.month import MonthRow, month_readmes
from archiver.render.text import BEIJING, one_line, title_of
from tests.render.samples import ARTICLE, IMAGES, ONE, RECORD, article, rendered

# What viewers other than a highlighter know: GitHub, GitLab, Gitea, HackMD, Obsidian, Typora, VS Code and their like.
RUN = """
    mermaid geojson topojson stl math latex tex katex asciimath plantuml puml dot graphviz viz vega vega-lite echarts
    chart chartsview flow flowchart sequence seq gantt markmap mindmap wavedrom abc ditaa kroki nomnoml bytefield d2
    svgbob pikchr smiles query tasks dataview dataviewjs js-engine meta-bind button leaflet excalidraw ad-note geo
    csvpreview fretboard embed iframe video svg calc suggestion include toc
"""
SOURCES = ["https://10.0.0.1/a.png", "http://e.example/b.png", ONE, "data:image/png;base64,AAAA", "file:///etc/x.png"]
PIECES = [
    "![", "![r]", "[r]: ", "[r]:", "](", "]", "[", "(", ")", "<https://10.0.0.1/a.png>", "https://10.0.0.1/a.png", "`",
    "``", "```", "~~~", "```mermaid", "~~~math", "$", "$$", "\\", "\n", "\n\n", "# ", "- ", "1. ", "> ", "---",
    "| --- |", "|", "<script>alert(1)</script>", "<img src=https://10.0.0.1/a.png>", "&lt;img src=x&gt;", "<!--",
    "![[a]]", "javascript:alert(1)", "www.e.org", "http://é", "ftp://e.org", "'", '"', "文", "a", " ",
    "    ", "\u202e", "\x1b]0;x\x07", "\ud800", "\x85", "\u2028",
]  # fmt: skip
ELEMENTS = """
    html body p h1 h2 h3 h4 h5 h6 a img em strong del s code pre br hr ul ol li blockquote sup sub table thead tbody tr
    th td
"""
DAY = "2022-03-05-"
hostile = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)


def _element(piece: tuple[str, str]) -> str:
    shape, text = piece
    quoted = escape(text)
    return shape.format(text=quoted, source=escape(SOURCES[len(text) % len(SOURCES)]))


SHAPES = [
    "{text}", "<p>{text}</p>", "<h2>{text}</h2>", "<code>{text}</code>", "<sup>{text}</sup>", "<b>{text}</b>",
    '<img src="{source}" alt="{text}">', '<a href="{source}"><img src="{source}" alt="{text}">{text}</a>',
    '<a href="{text}">x</a>', '<span data-tex="{text}">y</span>',
    '<section data-tex="{text}" data-display="block">y</section>',
    '<pre><code class="language-{text}">{text}</code></pre>', '<pre><code class="language-mermaid">{text}</code></pre>',
    "<table><tr><td>{text}</td><td><code>{text}</code></td></tr><tr><td>c</td><td>d</td></tr></table>",
    "<ul><li>{text}</li></ul>", "<blockquote>{text}</blockquote>",
    "<p style=\"background-image: url('{source}')\">{text}</p>",
]  # fmt: skip
bodies = st.lists(st.tuples(st.sampled_from(SHAPES), hostile).map(_element), max_size=5).map("".join)


def assert_harmless(markdown: str) -> None:
    on_github = github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES)
    for soup in (rendered(markdown), BeautifulSoup(on_github, "lxml")):
        for element in soup.find_all(True):
            assert element.name in ELEMENTS.split(), markdown
            assert set(element.attrs) <= {"href", "src", "alt", "class", "lang", "align", "start", "style"}, markdown
            assert str(element.get("src", "../../../../images/")).startswith("../../../../images/"), markdown
            address = str(element.get("href", "https://"))
            assert address.startswith(
                ("http://", "https://", "ftp://", "mailto:", "index.html", "../", "articles/", DAY)
            ), markdown
            for name in element.get_attribute_list("class") if "class" in element.attrs else ():
                assert language_of(str(name)), markdown
            assert str(element.get("lang", "c")).lower() in HIGHLIGHTED, markdown


@given(hostile, hostile, bodies)
@settings(max_examples=500)
@example("![x](https://10.0.0.1/a.png)", "<script>alert(1)</script>", "")
@example("", "", '<span data-tex="a`b">x</span><code>![](https://10.0.0.1/x.png)</code>')
@example("", "www.e.org<img src=https://10.0.0.1/a.png>", "<p>www.e.org<code>&lt;img src=//10.0.0.1/a&gt;</code></p>")
@example("", "", '<section data-tex="#\n[r]: https://10.0.0.1/a.png\n![r]" data-display="block">x</section>')
def test_an_article_asks_nobody_and_runs_nothing(title: str, account: str, body: str) -> None:
    made = replace(article(body, title), account=account, author=title)
    assert_harmless(render_markdown(made, replace(RECORD, losses=()), IMAGES))


@given(hostile, hostile)
def test_front_matter_is_read_back(title: str, account: str) -> None:
    made = replace(ARTICLE, title=title, account=account, author=title)
    front = render_markdown(made, RECORD, {}).split("\n---\n")[0].removeprefix("---\n")
    assert front.isprintable() or set(filter(lambda c: not c.isprintable(), front)) <= {"\n", "\u3000", "\xa0"}
    assert yaml.safe_load(front) == {
        "title": title_of(title),
        "account": one_line(account),
        "author": one_line(title),
        "published": ARTICLE.published_at.astimezone(BEIJING).date() if ARTICLE.published_at else None,
        "url": RECORD.url,
    }


@given(hostile, hostile, hostile)
def test_lists_of_articles_show_titles_as_text(title: str, account: str, description: str) -> None:
    listed = AlbumArticle(title, "https://mp.weixin.qq.com/s/x", None)
    album = Album("1", "https://mp.weixin.qq.com/mp/appmsgalbum?a=1", title, account, description, 3, (listed,))
    assert_harmless(album_markdown(album, lambda _: ""))
    rows = [MonthRow(RECORD.folder, title, account, "2022-03-05", False, 0)]
    for text in month_readmes("articles/2022/03", rows, "", "").values():
        assert_harmless(text)
    record = replace(RECORD, title=title, account=account)
    assert_harmless(archive_readme([record], {"articles/2022/03": 1}, Totals(1, 0, 1, 0)))


@pytest.mark.parametrize("name", RUN.split())
def test_no_fence_names_what_a_viewer_runs(name: str) -> None:
    assert name not in HIGHLIGHTED
    assert language_of(f"language-{name}") == ""
    assert language_of(f"language-{name.upper()}") == ""
    assert "```\nx\n```" in render_markdown(article(f'<pre><code class="language-{name}">x</code></pre>'), RECORD, {})


def test_a_highlighter_gets_the_language_as_it_was_written() -> None:
    for name in ("c", "C++", "python", "Objective-C", "F#"):
        assert language_of(f"language-{name}") == name
    assert language_of("python") == ""
    assert language_of("language-python {cmd=node}") == ""
