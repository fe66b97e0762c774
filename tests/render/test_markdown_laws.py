"""Laws of the Markdown: what is rendered from it is what the body said."""

from __future__ import annotations

from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.render.markdown import body_markdown, render_markdown
from tests.render.samples import PICTURES, RECORD, article, as_text, rendered, shown_text

# Characters with a meaning in Markdown, and the kinds of character that emphasis marks look at beside them.
ALPHABET = "*_`~[]()<>!\\|#+-=.:;&$@{}^\"'/ \n0123aZ 中文，。“”（）！éñ\u3000\xa0"
texts = st.text(ALPHABET, min_size=1, max_size=12)
inline = st.recursive(
    texts.map(as_text) | st.sampled_from(["<br>", "https://example.org/a_b?c=1&amp;d=2", ":smile:", "&amp;lt;"]),
    lambda inner: st.tuples(
        st.sampled_from(
            [
                ("<strong>", "</strong>"),
                ("<em>", "</em>"),
                ("<del>", "</del>"),
                ("<span>", "</span>"),
                ('<span style="font-weight: bold">', "</span>"),
                ('<a href="https://example.org/x_(y)?a=1&amp;lt;=2">', "</a>"),
                ("<code>", "</code>"),
                ("<sup>", "</sup>"),
            ]
        ),
        st.lists(inner, min_size=1, max_size=3),
    ).map(lambda pair: pair[0][0] + "".join(pair[1]) + pair[0][1]),
    max_leaves=8,
)
lines = st.lists(inline, min_size=1, max_size=5).map("".join)
wrappers = st.sampled_from(
    [
        "<p>{}</p>",
        "<h2>{}</h2>",
        "<ul><li>{}</li><li>x</li></ul>",
        "<ol><li><section>{}</section><ul><li>y</li></ul></li></ol>",
        "<blockquote><section>{}</section></blockquote>",
        "<table><tr><td>{}</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
    ]
)


def body_text(body: str) -> str:
    soup = BeautifulSoup(body, "lxml")
    return shown_text(soup)


def without_space(text: str) -> str:
    return "".join(text.split())


@given(lines)
@settings(max_examples=300)
@example("<strong>“重点”</strong>后面")
@example("说<b>（注）</b>：<em>a</em><b>b</b><em>c</em>")
@example("<strong>a <em>b</em> c</strong>")
@example("![a](b) [x]: y [^1]: z")
@example("<em>a</em><strong><em>b</em></strong>")
@example("0<strong>\\0</strong>")
def test_a_paragraph_shows_its_text(fragment: str) -> None:
    markdown = body_markdown(f"<p>{fragment}</p>", PICTURES)
    assert shown_text(rendered(markdown)) == body_text(f"<p>{fragment}</p>"), markdown


@given(wrappers, lines)
@settings(max_examples=300)
def test_every_block_shows_its_text(wrapper: str, fragment: str) -> None:
    body = wrapper.format(fragment)
    markdown = body_markdown(body, PICTURES)
    assert without_space(shown_text(rendered(markdown))) == without_space(body_text(body)), markdown


@given(st.lists(st.tuples(wrappers, lines).map(lambda pair: pair[0].format(pair[1])), max_size=4).map("".join))
@settings(max_examples=300)
def test_markdown_is_tidy(body: str) -> None:
    markdown = render_markdown(article(body), RECORD, {})
    assert markdown.endswith("\n")
    assert not markdown.endswith("\n\n")
    assert "\n\n\n" not in markdown
    assert all(line == line.rstrip(" ") for line in markdown.split("\n"))


@given(st.text(ALPHABET, max_size=40), st.text(ALPHABET, max_size=200))
@settings(max_examples=300)
def test_code_is_kept_line_by_line(before: str, code: str) -> None:
    body = f'<p>{as_text(before)}</p><pre><code class="language-c">x\n{as_text(code)}\ny</code></pre>'
    block = rendered(body_markdown(body, PICTURES)).find("pre")
    assert block is not None
    assert block.get_text() == f"x\n{code}\ny\n".replace("\xa0", " ")


@given(st.text(ALPHABET + "\u202e\x00\ud800", max_size=60))
@settings(max_examples=200)
def test_no_html_of_the_body_passes(text: str) -> None:
    body = f"<p>{as_text(text)}</p><p>{as_text('<img src=x onerror=y><script>')}{as_text(text)}</p>"
    soup = rendered(body_markdown(body, PICTURES))
    assert not soup.find(["script", "img", "iframe"])
    assert "\u0000" not in soup.get_text()
