"""Pages on which texts, formulas, tables or links once vanished in silence: each kind with its neighbours."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from archiver.archive.record import StoredFiles, make_record
from archiver.models import Article, Capture, Kind, Loss, LossCode, Refusal, Status, StoredImage
from archiver.models.media import MediaKind, StoredMedia
from archiver.render.html import render_html
from archiver.render.losses import loss_line, reason
from archiver.render.markdown import render_markdown
from archiver.wechat.images import inlined_image
from archiver.wechat.page import read_page
from tests.render.samples import MOMENT

CASES = Path(__file__).parent / "fixtures" / "pages"
URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
IDS = 'var biz="MzA0000000==";var mid="2650000001";var idx="1";var sn="0";var ct="1600000000";var nickname="号";'
PICTURE = "https://mmbiz.qpic.cn/mmbiz_png/{}/640"


def page(body: str, script: str = "", head: str = "") -> bytes:
    shown = f'<div id="js_content">{body}</div><script>{IDS}var msg_title="题";{script}</script>'
    return f"<html><head>{head}</head><body>{shown}</body></html>".encode()


def post(show_type: int, fields: str, body: str = "") -> bytes:
    data = f"nick_name: '号', bizuin: 'MzA==', mid: '1' * 1, idx: '1' * 1, item_show_type: '{show_type}' * 1, {fields}"
    return f"<html><body>{body}<script>window.cgiDataNew = {{ {data} }};</script></body></html>".encode()


def read(source: bytes | str) -> Article:
    found = read_page((CASES / f"{source}.html").read_bytes() if isinstance(source, str) else source, URL)
    assert isinstance(found, Article), found
    return found


def written(source: bytes | str, stored: bool = True) -> tuple[str, BeautifulSoup]:
    """The Markdown body, and the page, of an article whose images and files are all there, or all missing."""
    article = read(source)
    images = [
        StoredImage(ref.key, ref.url, f"images/{n}.png", "0", "image/png")
        if stored
        else StoredImage(ref.key, ref.url, error="not fetched", code=LossCode.NOT_ASKED)
        for n, ref in enumerate(article.images)
    ]
    media = [StoredMedia(ref.kind, ref.key, ref.url, f"media/{ref.key}", "0", "x/y", 1) for ref in article.media]
    record = make_record(article, Capture(URL, URL, 200, b"", MOMENT, "http"), URL, StoredFiles(images, media))
    by_url = {image.url: image for image in record.images}
    markdown = render_markdown(article, record, by_url)
    return markdown, BeautifulSoup(render_html(article, record, by_url), "lxml")


def body(source: bytes | str) -> str:
    """The Markdown of the body alone."""
    return written(source)[0].split("(../README.md)\n\n")[-1].split("以下内容没有存档")[-1].rstrip("\n")


# The fullest source wins.


def test_the_template_of_a_repost_wins_over_the_panel() -> None:
    found = body("repost-panel-with-template")
    for shown in ("推荐语一句", "并没有断，后面还有许多。", "## 第二节", "第二节的文字。", "全文完。"):
        assert shown in found
    for frame in ("[Image]", "到这里就断了", "Read More"):
        assert frame not in found
    article = read("repost-panel-with-template")
    assert [image.key for image in article.images] == ["mmbiz_jpg/TPLKEY1", "mmbiz_png/TPLKEY2"]
    assert "__biz=MzA0000005==" in article.body
    assert article.losses == ()


LONG = "这一段只在数据里，并没有写进页面，所以谁只看页面就什么也读不到。" * 4
PANEL = (
    '<div class="original_panel"><div class="original_panel_content" id="js_content"><p>[Image]开头...</p></div></div>'
)


@pytest.mark.parametrize(
    "source",
    [
        page("<p>短的替身</p>", f"</script><script>window.cgiDataNew = {{ content_noencode: '<p>{LONG}</p>' }};"),
        page(
            "<p>短的替身</p>",
            f"</script><script>window.cgiDataNew = {{ is_async: 1, text_page_info: {{ content: '{LONG}' }} }};",
        ),
        page("<p>短的替身</p>", f'document.getElementById("js_content").innerHTML = "<p>{LONG}</p>";'),
        f"<html><body>{PANEL}<script>{IDS}var msg_title='题';</script>"
        f"<script id='content_tpl' type='text/html'><p>{LONG}</p></script></body></html>".encode(),
        post(10, f"title: '题', content_noencode: '开头', text_page_info: {{ content_noencode: '{LONG}' }}"),
    ],
)
def test_no_stand_in_wins_over_the_text(source: bytes) -> None:
    assert LONG in body(source)
    assert "替身" not in body(source)
    assert "开头" not in body(source)


def test_a_page_whose_two_sources_agree_is_read_from_the_page() -> None:
    source = page(
        f"<p>{LONG}</p>",
        f"</script><script>window.cgiDataNew = {{ content_noencode: '<p>{LONG}</p><p>多几个字</p>' }};",
    )
    assert body(source) == LONG


def test_a_panel_without_the_text_is_an_excerpt() -> None:
    article = read(f"<html><body>{PANEL}<script>{IDS}var msg_title='题';</script></body></html>".encode())
    assert [(loss.code, loss.body) for loss in article.losses] == [(LossCode.EXCERPT, True)]


@pytest.mark.parametrize(
    "notice",
    [
        'document.getElementById("js_share_notice").innerHTML = "推荐\\x0a两行".replace(/\\n/g,"<br>");',
        "document.getElementById( 'js_share_notice' ).innerHTML='推荐<br>两行';",
        '"use strict";document.getElementById("js_share_notice").innerHTML = "推荐\\n两行";',
    ],
)
def test_the_words_of_who_reposted_it_are_kept(notice: str) -> None:
    place = '<p class="share_notice" id="js_share_notice"></p>'
    source = page(f"<p>正文</p></div>{place}<div>", f"</script><script>{notice}</script><script>var reprint_type='2';")
    assert "推荐\\\n两行\n\n正文" in body(source)


# Drawings.

PATH = (
    '<svg viewBox="0 -759 994.5 759" style="width: 2.25ex;height: 1.717ex;">'
    '<g fill="currentColor"><path d="M78 661L350 700"/></g></svg>'
)


def test_formulas_as_drawings_stand_in_their_places() -> None:
    before, sentence, formula, after = body("svg-formula-inline").split("\n\n")
    assert (before, after) == ("## 行内公式", "因此命题成立。")
    assert (
        sentence
        == "设 ![](../../../../images/0.png) 为直线上一点，![](../../../../images/1.png) 为另一点，则两点的中点唯一。"
    )
    assert formula == "![](../../../../images/2.png)"
    assert len(written("svg-formula-inline")[1].select("article svg path")) == 3


# What MathJax keeps apart: letters that the drawings of the page use.
LETTERS = '<svg><defs><path id="MJX-1" d="M1"/><path id="MJX-2" d="M2"/></defs></svg>'


def text_of(url: str) -> str:
    return (inlined_image(url) or b"").decode()


def drawing(markup: str) -> str:
    (ref,) = read(page(f"<p>字{markup}字</p>")).images
    return text_of(ref.url)


def test_a_drawing_becomes_a_file_of_its_own() -> None:
    found = drawing(PATH)
    assert found.startswith(
        '<svg width="18" height="14" viewBox="0 -759 994.5 759" xmlns="http://www.w3.org/2000/svg">'
    )
    assert '<path d="M78 661L350 700"></path>' in found


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ('<svg viewBox="0 0 9 9"><use xlink:href="#MJX-1"/></svg>', '<defs><path d="M1" id="MJX-1"></path></defs>'),
        ('<svg><rect width="9" height="9" style="fill: rgb(1, 2, 3)"/></svg>', 'fill="rgb(1, 2, 3)"'),
        (
            '<svg><linearGradient id="a"/><circle r="4" fill="url(#a)"/></svg>',
            '<linearGradient id="a"></linearGradient>',
        ),
        ("<mjx-container><svg><line x1='1' x2='2'/></svg></mjx-container>", '<line x1="1" x2="2"></line>'),
    ],
)
def test_drawings_of_other_editors(markup: str, kept: str) -> None:
    assert kept in drawing(markup + LETTERS)


def test_a_drawing_brings_nothing_that_acts() -> None:
    hostile = (
        '<svg onload="x()"><script>x()</script><a href="javascript:x"><path d="M1"/></a>'
        '<path d="M2" style="fill:url(//x)" fill="url(//y)" onclick="x()"/><use href="//z#a"/></svg>'
    )
    found = drawing(hostile)
    assert "M2" in found
    for trace in ("script", "//x", "//y", "//z", "onload", "onclick"):
        assert trace not in found


@pytest.mark.parametrize(
    "layout",
    [
        f'<svg style="background-image:url({PICTURE.format("A")})"></svg>',
        '<svg><rect width="9" height="9"/><animate attributeName="x"/></svg>',
        '<svg viewBox="0 0 9 9"></svg>',
    ],
)
def test_a_layout_is_no_drawing(layout: str) -> None:
    assert not [image for image in read(page(f"<p>字{layout}</p>")).images if image.url.startswith("data:")]


# Prose in <pre>.


def test_prose_from_a_chat_is_no_code() -> None:
    found, html = written("pre-prose-links")
    assert "[第一篇旧文的标题](https://mp.weixin.qq.com/s?__biz=MzA0000001==&mid=2650000011" in found
    assert "[**第二篇旧文的标题**](https://mp.weixin.qq.com/s?" in found
    assert "\n\n**这是从聊天窗口" in found
    assert found.count("```") == 2
    assert [block.get_text() for block in html.select("pre")] == ['print("这一块是代码")']


@pytest.mark.parametrize(
    ("pre", "expected"),
    [
        (
            "<pre>详见<a href='https://mp.weixin.qq.com/s/x'>这一篇</a>。\n第二行</pre>",
            "详见[这一篇](https://mp.weixin.qq.com/s/x)。\\\n第二行",
        ),
        ("<pre><strong>提醒</strong>各位读者，明天休息。</pre>", "**提醒**各位读者，明天休息。"),
        ("<pre ng-bind-html='m'>一句话，没有格式。</pre>", "一句话，没有格式。"),
        ("<pre><blockquote>引文</blockquote></pre>", "> 引文"),
    ],
)
def test_prose_in_pre_reads_as_prose(pre: str, expected: str) -> None:
    assert body(page(pre)) == expected


@pytest.mark.parametrize(
    "pre",
    [
        "<pre><strong>if</strong> x:\n    y()  # 中文注释很长很长很长</pre>",
        "<pre>curl <a href='https://example.com'>https://example.com</a></pre>",
        "<pre class='brush:sh'><a href='https://example.com/a'>包</a>安装</pre>",
        "<pre data-lang='text'><b>甲乙丙丁</b></pre>",
    ],
)
def test_code_with_marks_stays_code(pre: str) -> None:
    assert body(page(pre)).startswith("```")


# Tables.


def test_a_rich_cell_leaves_the_table_whole() -> None:
    assert body("table-one-rich-cell").split("\n") == [
        "| 方案 | 说明 | 费用 |",
        "| --- | --- | --- |",
        "| 甲 | 快<br>省 | 10 元 |",
        "| 乙 | 慢 | 5 元 |",
        "| 丙 | 中 | 7 元 |",
    ]


def table(cell: str, head: str = "td") -> bytes:
    rows = [f"<tr><{head}>甲</{head}><{head}>乙</{head}></tr>", f"<tr><td>丙</td><td>{cell}</td></tr>"]
    return page(f"<table>{''.join(rows)}<tr><td>丁</td><td>戊</td></tr></table>")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("<h3>题</h3>文", "题<br>文"),
        ("长" * 400, "长" * 400),
        (
            f"<img data-src='{PICTURE.format('A')}'><img data-src='{PICTURE.format('B')}'>",
            "![](../../../../images/0.png)![](../../../../images/1.png)",
        ),
        ("<pre><code>a\nb</code></pre>", "`a`<br>`b`"),
        ("<blockquote>引</blockquote>", "引"),
        (PATH, "![](../../../../images/0.png)"),
    ],
)
def test_whatever_makes_a_cell_rich(cell: str, shown: str) -> None:
    assert f"| 丙 | {shown} |" in body(table(cell))


def test_a_table_under_heads_may_have_only_rich_cells() -> None:
    lists = "<ul><li>快</li><li>省</li></ul>"
    rows = f"<tr><td>{lists}</td><td>{lists}</td></tr>" * 2
    assert body(page(f"<table><tr><th>甲</th><th>乙</th></tr>{rows}</table>")).count("| 快<br>省 | 快<br>省 |") == 2


def test_a_table_that_arranges_a_page_is_still_unwrapped() -> None:
    cell = f"<h3>题</h3><p>{'长' * 400}</p>"
    assert "|" not in body(page(f"<table><tr><td>{cell}</td><td>{cell}</td></tr><tr><td>a</td><td>b</td></tr></table>"))


def test_the_caption_of_a_table_is_kept() -> None:
    rows = "<tr><td>甲</td><td>乙</td></tr>" * 2
    assert body(page(f"<table><caption>表 1：<b>费用</b></caption>{rows}</table>")).startswith(
        "表 1：**费用**\n\n| 甲 | 乙 |"
    )


# Pages that were saved after their scripts ran.


def test_a_player_is_the_video_that_it_plays() -> None:
    found, html = written("rendered-player")
    assert "视频加载失败" not in found + html.get_text()
    assert "Refresh" not in found
    assert [(ref.kind, ref.key) for ref in read("rendered-player").media] == [
        (MediaKind.VIDEO, "video/wxv_1000000000000000000")
    ]


def test_a_drawn_card_is_told_once() -> None:
    assert body("rendered-weapp").endswith("卡片：\n\n小程序：某程序 — 某标题\n\n完。")
    assert read("rendered-weapp").images == ()


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        (
            '<span class="js_audio_frame audio_area"><b>课</b>00:10</span>'
            '<mpvoice style="display: none" name="课" voice_encode_fileid="Mz="></mpvoice>',
            "[音频：课](../../../../media/audio/Mz%3D)",
        ),
        (
            '<qqmusic music_name="曲" singer="人" style="display:none;"></qqmusic>'
            '<span class="qqmusic_area">曲 人</span>',
            "音乐：曲 — 人",
        ),
        (
            '<span class="weapp_display_element"><strong class="weapp_card_nickname">程序</strong>'
            '<strong class="weapp_card_title">标题</strong>Mini Program</span>',
            "小程序：程序 — 标题",
        ),
        (
            '<div class="video_iframe" vid="wxv_2"><p>加载失败</p></div>',
            "[视频](../../../../media/video/wxv_2)",
        ),
    ],
)
def test_other_cards_that_scripts_draw(markup: str, line: str) -> None:
    assert body(page(f"<section>前</section>{markup}<section>后</section>")).endswith(f"前\n\n{line}\n\n后")


# Cards.


def test_card_texts_escaped_twice() -> None:
    found = body("card-name-entities")
    assert "音频：【第 15 讲】A&B 01:06" in found
    assert "视频号：某视频号 — 一段 描述 <一>" in found
    assert "<td>" not in str(written("card-name-entities")[1])


VOTE = '[{"title":"去哪","options":[{"name":"山&amp;nbsp;上"},{"name":"海边"}]},{"title":"几天","options":[]}]'


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        (f"<mp-common-vote data-votesubject='{VOTE}'></mp-common-vote>", "投票：去哪（山 上 / 海边）；几天"),
        (f'<mp-vote data-votesubject="{escape(VOTE)}"></mp-vote>', "投票：去哪（山 上 / 海边）；几天"),
        ("<mp-common-vote data-votesubject='[{' data-title='选'></mp-common-vote>", "投票：选"),
        ("<mp-common-vote data-votesubject='{\"a\": 1}'></mp-common-vote>", "投票"),
        ("<span class='js_video_channel_card' data-nickname='号' data-desc='讲'></span>", "视频号：号 — 讲"),
        ("<mpvideosnap data-nickname='号'></mpvideosnap>", "视频号：号"),
        ("<span class='js_video_channel_card'><b>只有 文字</b></span>", "视频号：只有 文字"),
        ("<txvlog data-title='记录'></txvlog>", "视频：记录"),
        ("<a class='js_plain-music_entry' data-music_name='曲' data-singer='人'>曲</a>", "音乐：曲 — 人"),
        ("<a class='js_plain-music_entry x' data-music_name='曲&amp;amp;B'>曲</a>", "音乐：曲&B"),
        ("<mp-common-profile data-nickname='甲&amp;amp;乙'></mp-common-profile>", "公众号：甲&乙"),
        ("<qqmusic music_name='一&amp;#39;s' singer='二&amp;nbsp;三'></qqmusic>", "音乐：一's — 二 三"),
    ],
)
def test_cards_say_what_their_data_say(markup: str, line: str) -> None:
    assert line in body(page(f"<p>前</p>{markup}<p>后</p>")).replace("\\", "").split("\n")


# Lines and formats.


def test_a_footnote_is_one_line() -> None:
    assert body("footnotes-split").split("\n\n")[-2:] == [
        "[1] 某库: *<https://example.com/lib_a>*",
        "[2] 某算法: *<https://example.com/alg_b>*",
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<section style="display:flex"><section>①</section><section><p>注文</p></section></section>', "① 注文"),
        ('<div style="display: flex; flex-direction: row"><p>2.</p><div>注文</div></div>', r"2\. 注文"),
        ('<p style="display: inline">前半，</p><p style="display: inline">后半。</p>', "前半，后半。"),
        ('<section style="display:flex"><p>甲的话</p><p>乙的话</p></section>', "甲的话\n\n乙的话"),
        ('<section style="display:flex;flex-direction:column"><p>1</p><p>乙的话</p></section>', "1\n\n乙的话"),
        ('<section style="display:flex"><p>1</p><section><p>甲</p><p>乙</p></section></section>', "1\n\n甲\n\n乙"),
    ],
)
def test_boxes_side_by_side(markup: str, expected: str) -> None:
    assert body(page(markup)) == expected


def test_bold_that_is_taken_back() -> None:
    assert body("strong-made-normal") == "**本篇作者**｜张三、李四｜**编辑**｜王五"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<b>甲<span style='font-weight:400'>乙</span>丙</b>", "**甲**乙**丙**"),
        ("<strong style='font-weight: lighter'>甲</strong>乙", "甲乙"),
        ("<em>甲<span style='font-style: normal'>乙</span></em>丙", "*甲*乙丙"),
        ("<b>甲<span style='font-weight:inherit'>乙</span></b>丙", "**甲乙**丙"),
        (
            "<span style='font-weight:bold'>甲<span style='font-weight:normal'>乙<b>丙</b></span></span>",
            "**甲**乙**丙**",
        ),
    ],
)
def test_formats_that_are_taken_back(markup: str, expected: str) -> None:
    assert body(page(f"<p>{markup}</p>")) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<b><p>甲</b>乙</p>", "**甲**乙"),
        ("<u><b>甲<p>乙</p></b></u>丙", "**甲**\n\n**乙**\n\n丙"),
        ("<p><b>甲<p>乙</b>丙</p>", "**甲**\n\n**乙**丙"),
        ("<strong><div>甲</strong>乙</div>丙", "**甲**乙\n\n丙"),
        ("<p>甲</br>乙</p>", "甲\\\n乙"),
        ("<b><ul><li><p>甲</b></li></ul>乙", "- **甲**\n\n乙"),
    ],
)
def test_formats_across_blocks_are_what_a_browser_shows(markup: str, expected: str) -> None:
    assert body(page(markup)) == expected


# Data about the article.


def test_a_digest_is_plain() -> None:
    article = read("picture-post-digest")
    assert article.digest == "今天的三张图。 某曲 #话题"
    assert "音乐：某曲 — 某人" in body("picture-post-digest")
    assert [loss.what for loss in article.losses] == ["music"]


@pytest.mark.parametrize(
    ("digest", "plain"),
    [
        ("一<br>二<span class=x>三</span>", "一 二三"),
        ("a < b 且 c > d", "a < b 且 c > d"),
        ("讲 <html> 标签\n第二行", "讲 <html> 标签\n第二行"),
    ],
)
def test_digests(digest: str, plain: str) -> None:
    described = f'<meta property="og:description" content="{escape(digest)}">'
    assert read(page("<p>字</p>", head=described)).digest == plain


def test_a_backslash_in_a_title_is_one() -> None:
    assert read("title-backslash-n").title == r"C:\new 与 \name 的写法"


@pytest.mark.parametrize(
    ("title", "show_type", "shown"),
    [
        (r"写 \x0a 的人", 0, r"写 \x0a 的人"),
        (r"D:\notes", 5, r"D:\notes"),
        (r"第一行\n第二行", 10, "第一行"),
        (r"D:\n", 8, r"D:\n"),
    ],
)
def test_titles_with_backslashes(title: str, show_type: int, shown: str) -> None:
    head = f'<meta property="og:title" content="{title}">'
    listed = f"picture_page_info_list: [ {{ cdn_url: '{PICTURE.format('A')}' }} ]"
    found = post(show_type, f"content_noencode: '字', {listed}").replace(
        b"<html>", f"<html><head>{head}</head>".encode()
    )
    assert read(found).title.splitlines()[0] == shown


def test_the_author_of_an_old_template() -> None:
    assert read("author-2016").author == "某作者"


@pytest.mark.parametrize(
    ("listed", "author"),
    [
        (
            '<em class="rich_media_meta rich_media_meta_text">2015-03-01</em>'
            '<em class="rich_media_meta rich_media_meta_text">甲</em>',
            "甲",
        ),
        ('<em id="post-date" class="rich_media_meta rich_media_meta_text">2015-03-01</em>', ""),
        (
            '<span class="rich_media_meta">原创</span><em class="rich_media_meta rich_media_meta_text"> 乙 丙 </em>',
            "乙 丙",
        ),
    ],
)
def test_authors_of_old_templates(listed: str, author: str) -> None:
    assert read(page(f'<p>字</p></div><div class="rich_media_meta_list">{listed}')).author == author


def test_losses_are_told_in_the_language_of_the_readers() -> None:
    markdown, html = written("lost-reason-language")
    for said in ("图片：页面没有给出其中 1 张的地址", "卡片：小程序链接，在微信之外打不开：某商城"):
        assert said in markdown
        assert said in html.get_text()
    assert "the page" not in markdown


@pytest.mark.parametrize("code", list(LossCode))
def test_every_reason_has_words_for_readers(code: LossCode) -> None:
    assert not any(char.isascii() and char.isalpha() for char in loss_line(Loss("image", "some reason", code=code)))
    assert "HTTP 403" in reason("HTTP 403 Forbidden", code)


def test_a_missing_image_says_why_in_the_language_of_the_readers() -> None:
    markdown, html = written(page(f"<p>字<img data-src='{PICTURE.format('A')}'></p>"), stored=False)
    assert "（图片未存档：未抓取）" in markdown
    assert "图片未存档（未抓取）" in html.get_text()


# Kinds and states.


@pytest.mark.parametrize(
    "listed",
    [
        f"picture_page_info_list: [ {{ cdn_url: '{PICTURE.format('A')}' }} ]",
        f"text_page_info: {{ content: '正文', short_msg_pic_url: [ '{PICTURE.format('A')}' ] }}",
        f"text_page_info: {{ content: '正文', picture_info: [ {{ url: '{PICTURE.format('A')}' }} ] }}",
        f"text_page_info: {{ picture_page_info_list: [ {{ cdn_url: '{PICTURE.format('A')}' }} ] }}",
    ],
)
def test_a_text_post_may_show_images_first(listed: str) -> None:
    found = read(post(10, f"title: '题', content_noencode: '正文', {listed}"))
    assert found.kind is Kind.TEXT
    assert [image.key for image in found.images] == ["mmbiz_png/A"]
    assert body(post(10, f"title: '题', content_noencode: '正文', {listed}")).endswith("\n\n正文")


LISTED = f"picture_page_info_list: [ {{ cdn_url: '{PICTURE.format('A')}' }} ]"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (f"window.cgiDataNew = {{ page_type: '2' * 1, content_noencode: '字', {LISTED} }};", Kind.PICTURE),
        (
            f"var page_type = 2; window.picture_page_info_list = [ {{ cdn_url: '{PICTURE.format('A')}' }} ];",
            Kind.PICTURE,
        ),
        (
            "window.cgiDataNew = { page_type: '2' * 1, item_show_type: '10' * 1, content_noencode: '字', "
            f"{LISTED} }};",
            Kind.TEXT,
        ),
    ],
)
def test_a_page_with_a_list_of_images_and_no_kind(source: str, kind: Kind) -> None:
    found = read(
        f"<html><body><script>{IDS}var msg_title='题';</script><script>{source}</script></body></html>".encode()
    )
    assert found.kind is kind
    assert [image.key for image in found.images] == ["mmbiz_png/A"]


@pytest.mark.parametrize("value", ["true", "'1' * 1", "1", "'true'", "'1' === '1'"])
def test_a_paid_article_is_known(value: str) -> None:
    source = page("<p>试读</p>", f"</script><script>window.cgiDataNew = {{ is_pay_subscribe: {value} }};")
    assert [loss.code for loss in read(source).losses] == [LossCode.PAID]


@pytest.mark.parametrize("value", ["false", "'0' * 1", "''"])
def test_a_free_article_is_known(value: str) -> None:
    source = page("<p>全文</p>", f"</script><script>window.cgiDataNew = {{ is_pay_subscribe: {value} }};")
    assert read(source).losses == ()


@pytest.mark.parametrize("inside", ["", "<p>&nbsp;</p>", "<mp-pay-preview-filter></mp-pay-preview-filter>"])
def test_a_paid_article_of_which_nothing_is_public(inside: str) -> None:
    found = read(page(inside, "var is_pay_subscribe = 1;"))
    assert found.title == "题"
    assert [(loss.code, loss.body) for loss in found.losses] == [(LossCode.PAID_WHOLE, True)]
    assert "付费文章，没有公开的内容" in body(page(inside, "var is_pay_subscribe = 1;"))


def state(words: str, desc: str = "") -> Refusal:
    said = f'<h2 class="weui-msg__title">{words}</h2><p class="weui-msg__desc">{desc}</p>'
    found = read_page(f"<html><body><div class='weui-msg'>{said}</div></body></html>".encode(), URL)
    assert isinstance(found, Refusal)
    return found


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("該內容已被發佈者刪除", Status.DELETED),
        ("該內容已被發布者刪除", Status.DELETED),
        ("此內容因違規無法查看", Status.VIOLATION),
        ("此帳號已被屏蔽, 內容無法查看", Status.BLOCKED),
        ("此帳號已自主註銷，內容無法查看", Status.BLOCKED),
        ("該內容暫時無法查看", Status.UNAVAILABLE),
        ("連結已過期", Status.EXPIRED),
        ("參數錯誤", Status.MALFORMED),
        ("系統出錯", Status.FAILED),
        ("目前環境異常，完成驗證後即可繼續訪問", Status.WALL),
        ("This content has been deleted by its author", Status.DELETED),
        ("This content violates regulations and can't be viewed", Status.VIOLATION),
        ("This account has been blocked. Unable to view content.", Status.BLOCKED),
        ("This account is being migrated", Status.FAILED),
        ("The link has expired", Status.EXPIRED),
        ("Invalid parameter", Status.MALFORMED),
        ("Please open the link in Weixin", Status.PRIVATE),
        ("Unable to view this content", Status.UNAVAILABLE),
        ("Complete verification to continue", Status.WALL),
    ],
)
def test_messages_in_other_scripts_and_languages(words: str, status: Status) -> None:
    assert state(words).status is status


@pytest.mark.parametrize("words", ["此内容已被系统折叠", "某种从没见过的状态", "Something new happened"])
def test_an_unknown_message_is_quoted(words: str) -> None:
    found = state(words, "原因如下")
    assert (found.status, found.reason, found.empty) == (Status.UNAVAILABLE, f"{words}: 原因如下", False)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_an_image_of_many_megabytes_in_the_page_is_kept(quote: str) -> None:
    data = bytes(9_000_000)
    address = f"data:image/png;base64,{b64encode(data).decode()}"
    article = read(page(f"<p>字<img data-src={quote}{address}{quote}>尾<img src='data:image/aside,7'></p>"))
    assert inlined_image(article.images[0].url) == data
    assert article.losses == ()
    assert body(page(f"<p>字<img data-src={quote}{address}{quote}>尾</p>")) == "字![](../../../../images/0.png)尾"
