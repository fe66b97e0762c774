"""Bodies: code line by line, formulas, cards, images, hostile markup."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from archiver.dom import parse
from archiver.models import Article
from archiver.wechat.body import Body, clean_body
from archiver.wechat.page import read_page
from tests.sampling import one_in
from tests.work import LINEAR, growth

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
IDS = '<script>var biz = "MzA=="; var mid = "1"; var idx = "1"; var msg_title = "题"; var ct = "1600000000";</script>'


def clean(markup: str) -> Body:
    document = parse(f"<div id='js_content'>{markup}</div>")
    root = document.find("div")
    assert root is not None
    return clean_body(root, document)


def code_of(markup: str) -> str:
    (code,) = BeautifulSoup(clean(markup).html, "lxml").select("pre > code")
    return code.get_text()


SOURCE = "def f(x):\n    if x < 1 && y:\n\n\treturn 'a'"


def escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;")


@pytest.mark.parametrize(
    "markup",
    [
        '<section class="code-snippet__fix"><ul class="code-snippet__line-index"><li></li></ul><pre data-lang="python">'
        + "".join(f"<code><span>{escaped(line)}</span></code>" for line in SOURCE.split("\n"))
        + "</pre></section>",
        '<pre><code style="display:block">'
        + "<br>".join(escaped(line).replace(" ", "&nbsp;") for line in SOURCE.split("\n"))
        + "<br></code></pre>",
        "<pre><code>"
        + '<span leaf=""><br></span>'.join(f"<span>{escaped(x)}</span>" for x in SOURCE.split("\n"))
        + "</code></pre>",
        f"<pre><code>{escaped(SOURCE)}</code></pre>",
        f"<pre>{escaped(SOURCE)}\n</pre>",
        "<pre><code>\n"
        + "\n".join(f"<p>{escaped(line) or '<br>'}</p>" for line in SOURCE.split("\n"))
        + "\n</code></pre>",
        "<pre><code><ol>"
        + "".join(f"<li><span>{escaped(x) or '<br>'}</span></li>" for x in SOURCE.split("\n"))
        + "</ol></code></pre>",
        f'<pre><span style="display:block;background:url(x)"></span><code class="hljs">{escaped(SOURCE)}</code></pre>',
    ],
)
def test_every_line_and_indent_of_code_is_kept(markup: str) -> None:
    assert code_of(markup) == SOURCE


@pytest.mark.parametrize(
    ("attributes", "language"),
    [
        ('<pre data-lang="css"><code>x</code><code>y</code></pre>', "css"),
        ('<pre><code class="language-C++">x</code></pre>', "c++"),
        ('<pre><code class="hljs rust">x</code></pre>', "rust"),
        ('<pre class="code-snippet__js"><code>x</code></pre>', None),
        ('<pre><code class="hljs">x</code></pre>', None),
        ('<pre data-lang="a&quot; onx=&quot;"><code>x</code></pre>', None),
    ],
)
def test_language(attributes: str, language: str | None) -> None:
    expected = f'<code class="language-{language}">' if language else "<code>"
    assert expected in clean(attributes).html


def test_leaked_line_counters_are_dropped_but_not_from_real_code() -> None:
    assert code_of("<pre data-lang='css'><code>counter(line</code><code>a {</code><code>}</code></pre>") == "a {\n}"
    assert code_of("<pre><code>content: counter(line);</code></pre>") == "content: counter(line);"


def test_prose_in_pre_is_no_code() -> None:
    assert clean("<pre><h2>题</h2><p>字</p></pre>").html == "<section><h2>题</h2><p>字</p></section>"


INLINE = '<span data-formula="a &lt; b" data-formula-type="inline-equation"><embed src="https://mmbiz.qlogo.cn/mmbiz_svg/F/0"></span>'
BLOCK = (
    '<section data-formula="x" data-formula-type="block-equation"><svg viewBox="0 0 1 1"><path d="M0"/></svg></section>'
)


@pytest.mark.parametrize(
    ("pre", "code", "kept"),
    [
        ("", "background: #282c34; color: #abb2bf;", "background-color: #282c34; color: #abb2bf"),
        ("background-color:rgb(1, 2, 3)", "color: red", "background-color: rgb(1, 2, 3); color: red"),
        ("background: #fff; color: #000", "background: #111; color: #eee", "background-color: #111; color: #eee"),
        ("", "color: #abb2bf", None),
        ("", "background: none; color: #fff", None),
        ("", "background: url(//x) #000; color: #fff", None),
    ],
)
def test_code_keeps_its_colours_where_it_has_both(pre: str, code: str, kept: str | None) -> None:
    found = BeautifulSoup(clean(f"<pre style='{pre}'><code style='{code}'>x</code></pre>").html, "lxml").pre
    assert found is not None
    assert found.get("style") == kept


def test_a_formula_inside_a_card_goes_with_it() -> None:
    assert clean(f'<mpvoice name="课" voice_encode_fileid="a">{INLINE}</mpvoice>').media[0].title == "课"


def test_formulas_keep_tex_and_drawing() -> None:
    inline = clean(f"<p>{INLINE}</p>")
    (formula,) = BeautifulSoup(inline.html, "lxml").select("span[data-tex]")
    assert (formula["data-tex"], formula["data-display"]) == ("a < b", "inline")
    assert [image.key for image in inline.images] == ["mmbiz_svg/F"]
    drawn = clean(BLOCK)
    assert 'data-display="block"' in drawn.html
    assert "<path" in drawn.html


@pytest.mark.parametrize(
    ("markup", "line", "lost"),
    [
        ('<mp-common-profile data-nickname="号" data-alias="a"></mp-common-profile>', "公众号：号（a）", None),
        ('<mp-common-videosnap data-nickname="甲" data-desc="乙"></mp-common-videosnap>', "视频号：甲 — 乙", "video"),
        ('<mp-common-vote data-title="选一个"></mp-common-vote>', "投票：选一个", "card"),
        (
            '<mp-common-mpaudio name="%E8%AF%BE" play_length="61" voice_encode_fileid="Mz=="></mp-common-mpaudio>',
            "音频：课 01:01",
            None,
        ),
        ('<mp-common-newthing data-title="新东西"></mp-common-newthing>', "卡片：新东西", "card"),
        ('<video src="https://mpvideo.qpic.cn/a.mp4"></video>', "视频", None),
        ('<video src="https://example.org/a.mp4"></video>', "视频", "video"),
    ],
)
def test_cards_are_one_readable_line(markup: str, line: str, lost: str | None) -> None:
    body = clean(f"<p>前{markup}后</p>")
    (card,) = BeautifulSoup(body.html, "lxml").select("p[data-card]")
    assert card.get_text() == line
    assert [loss.what for loss in body.losses] == ([lost] if lost else [])
    assert not any(loss.body for loss in body.losses)


def test_an_unknown_element_keeps_what_it_shows() -> None:
    body = clean(
        '<mp-unknown><p>字</p><img data-src="https://mmbiz.qpic.cn/mmbiz_png/A/640"></mp-unknown><mp-empty></mp-empty>'
    )
    assert "<p>字</p>" in body.html
    assert [image.key for image in body.images] == ["mmbiz_png/A"]
    assert not body.losses


def test_one_picture_under_many_urls_is_one_and_is_shown_by_one_url() -> None:
    body = clean(
        '<img data-src="http://mmbiz.qpic.cn/mmbiz_png/A/640?wx_fmt=png&amp;tp=webp" data-w="200" data-ratio="1.5">'
        '<p style="background:url(&amp;quot;https://mmbiz.qlogo.cn/mmbiz_png/A/0&amp;quot;)">x</p>'
    )
    (image,) = body.images
    assert (image.url, image.width, image.height) == ("https://mmbiz.qpic.cn/mmbiz_png/A/640?wx_fmt=png", 200, 300)
    assert body.html.count(image.url) == 2


def test_frame_lines_go_only_where_they_are_all_that_is_said() -> None:
    body = clean("<p>微信扫一扫<b>关注该公众号</b></p><div><p>继续滑动看下一个</p></div><p>请轻触阅读原文</p>")
    assert BeautifulSoup(body.html, "lxml").get_text(strip=True) == "请轻触阅读原文"


def test_a_lazy_placeholder_never_wins_over_the_address() -> None:
    body = clean(
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="https://mmbiz.qpic.cn/mmbiz_png/A/640">'
    )
    assert [image.key for image in body.images] == ["mmbiz_png/A"]


def test_an_image_without_address_is_a_loss() -> None:
    body = clean('<p>字<img class="rich_pages" data-w="100"></p>')
    assert not body.images
    assert [(loss.what, loss.body) for loss in body.losses] == [("image", False)]


HOSTILE = """<p onclick="x()">字<a href=" JavaScript:alert(1)">a</a><a href="data:text/html,x">b</a></p>
<form action="https://evil.example"><input value="v"><button onclick="x()">按钮</button></form>
<iframe src="https://evil.example/"></iframe><object data="x"></object><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/"><svg onload="x()"><script>x</script>
<use xlink:href="https://evil.example/#a"></use><a xlink:href="javascript:x">t</a></svg>
<div style="background:url(https://evil.example/i.png)">图</div><template><p>隐</p></template><!-- c -->"""


def test_hostile_markup_leaves_no_trace() -> None:
    page = f'<div id="js_content">{HOSTILE}</div>{IDS}'.encode()
    found = read_page(page, URL)
    assert isinstance(found, Article)
    soup = BeautifulSoup(found.body, "lxml")
    assert not soup.find(["script", "iframe", "object", "base", "meta", "form", "input", "button", "template"])
    assert not [
        name for tag in soup.find_all(True) for name in tag.attrs if name.startswith(("on", "data-w", "id", "class"))
    ]
    for trace in ("javascript:", "JavaScript:", "data:text", "url(https", "<!--"):
        assert trace not in found.body
    assert "按钮" in found.body


def read(markup: str) -> Article:
    found = read_page(f'<div id="js_content">{markup}</div>{IDS}'.encode(), URL)
    assert isinstance(found, Article)
    return found


def nested(name: str, depth: int) -> str:
    return f"{f'<{name}>' * depth}底{f'</{name}>' * depth}"


@pytest.mark.parametrize("name", ["section", "span", "strong", "table", "pre", "svg", "mp-x", "blockquote"])
def test_five_thousand_nested_elements(name: str) -> None:
    assert "底" in read(nested(name, 5000)).body
    assert growth(lambda depth: read(nested(name, depth)), 100) < LINEAR


@pytest.mark.parametrize(
    "piece",
    one_in(
        2,
        [
            '<p style="display:none">x</p><p>a</p>',
            "<span>a</span>",
            "<br>",
            "<pre>a</pre>b",
            "<qqmusic music_name='a'></qqmusic>b",
            "<!--a-->b",
            '<img data-w="1">',
            '<i style="background:url(">b</i>',
            "继续滑动看下一个<br>",
        ],
    ),
)
def test_ten_thousand_siblings(piece: str) -> None:
    read(f"<p>字</p>{piece * 10_000}")
    assert growth(lambda count: read(f"<p>字</p>{piece * count}"), 100) < LINEAR


@pytest.mark.parametrize("line", ["<br>", "<p>a</p>\n", "<code>a</code>", "\n"])
def test_ten_thousand_lines_of_code(line: str) -> None:
    read(f"<pre>{line * 10_000}x</pre>")
    assert growth(lambda count: read(f"<pre>{line * count}x</pre>"), 100) < LINEAR


def test_an_embed_inside_an_empty_one() -> None:
    body = clean('<p>字<embed><span><embed src="https://mmbiz.qlogo.cn/mmbiz_svg/Inner/0"></span></p>')
    assert "字" in body.html
