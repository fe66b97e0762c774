"""Pages that nobody has seen and an author may write: all their words stand in both files, and the account says so.

Every text that a reader would see is a mark of its own, so that each one is looked for.
"""

from __future__ import annotations

import re
from itertools import count

import pytest
from bs4 import BeautifulSoup

from archiver.models.coverage import ENOUGH, Counted
from tests.page_copies import IDS, PICTURE, Copy, page

_MARK = re.compile("标记第[0-9]{3}号")
_numbers = count(1)
LONG = "这是一段够长的话，" * 6


def mark(markup: str) -> str:
    """`markup` with a mark of its own in the place of each ◆."""
    return re.sub("◆", lambda _: f"标记第{next(_numbers):03}号", markup)


def scripted(script: str, inner: str = "<p>短</p>") -> bytes:
    """A page into which a script writes its text."""
    shown = f"<div id='js_content'>{mark(inner)}</div><script>{mark(script)}</script>"
    return f"<html><body>{IDS}{shown}</body></html>".encode()


def held(kind: int, fields: str) -> bytes:
    """A post whose data are these."""
    data = f"item_show_type: '{kind}' * 1, nick_name: '号', {mark(fields)}"
    return f"<html><body>{IDS}<script>window.cgiDataNew = {{ {data} }};</script></body></html>".encode()


BODY = "document.getElementById('js_content')"
CELLS = "<tr><td>◆</td><td>◆</td></tr>"
LITERALS = {
    "one quote": f"{BODY}.innerHTML = '<p>◆{LONG}</p>';",
    "escapes": f"{BODY}.innerHTML = '\\x3cp\\x3e◆{LONG}\\u003c/p>';",
    "backticks": f"{BODY}.innerHTML = `<p>◆\n{LONG}</p>`;",
    "added": f"{BODY}.innerHTML = '<p>◆{LONG}</p>' + \"<p>◆</p>\";",
    "by a name": f"var html = '<p>◆{LONG}</p>'; {BODY}.innerHTML = html;",
    "by a selector": f"document.querySelector('#js_content').innerHTML='<p>◆{LONG}</p>'",
    "by a library": f"$('#js_content').html('<p>◆{LONG}</p>');",
    "at its end": f"{BODY}.insertAdjacentHTML('beforeend', '<p>◆{LONG}</p>');",
}
BODIES = {
    "a template in a template": f"<section><p>◆{LONG}</p><template><p>不</p></template></section>",
    "tables in tables": f"<table><tr><td>◆</td><td><table>{CELLS * 2}</table></td></tr>{CELLS}</table>",
    "a table at the bottom of three": f"<table><tr><td><table><tr><td><table>{CELLS * 2}</table></td></tr>"
        f"</table></td></tr></table>",
    "code in tables": "<table><tr><th>名</th><th>码</th></tr><tr><td>◆</td><td><pre data-lang='c'>"
        "<code>int x; // ◆</code>"
    "<code>y | z; // ◆</code></pre></td></tr><tr><td>◆</td><td><code>a|b ◆</code></td></tr></table>",
    "numbered lines as a table": "<pre><code><table><tr><td>1</td><td>x = 1 # ◆</td></tr><tr><td>2</td><td>◆"
        "</td></tr></table></code></pre>",
    "words beside cells": f"<table>◆<tr>◆<td>◆</td><td>◆</td></tr>{CELLS}</table><p>◆</p>",
    "rich cells": "<blockquote><table><tr><td><ul><li><h2>◆</h2><p>◆</p></li></ul></td><td>◆</td></tr>"
    "<tr><td>◆</td><td><blockquote><pre>◆</pre></blockquote></td></tr></table></blockquote>",
    "spans": "<table><thead><tr><th colspan=2>◆</th><th rowspan=2>◆</th></tr><tr><th>◆</th><th>◆</th></tr></thead>"
    "<tbody><tr><td>◆</td><td>◆</td><td>◆</td></tr></tbody><tfoot><tr><td colspan=3>◆</td></tr></tfoot></table>",
    "formulas in tables": "<table><tr><th>甲</th><th>乙</th></tr><tr><td>◆<span data-formula='a|b' data-formula-type="
    "'inline-equation'><embed src='https://mmbiz.qlogo.cn/mmbiz_svg/A/0'></span>◆</td><td><svg viewBox='0 0 9 9'>"
    "<path d='M1 1'/></svg>◆</td></tr></table>",
    "footnotes": "<p>文<sup>[1]</sup>◆</p><section style='display:flex'><span>[1]</span><p>◆: "
        "<em>https://a.cn/x_y</em></p></section>"
    "<section style='display:flex'><span>[2]</span><p>◆ <a href='https://b.cn/?a=1&amp;b=2'>◆</a></p></section>",
    "lists in quotes": "<blockquote><p>◆</p><ul><li>◆<ol><li>◆</li><li><blockquote>◆</blockquote></li></ol>"
        "</li><li><p>◆</p><p>◆</p></li></ul></blockquote>",
    "breaks": "◆<br><br/>◆<br></br>◆<p><br>◆<br></p><br>◆",
    "ruby": "<p><ruby>◆<rp>(</rp><rt>biao ji</rt><rp>)</rp></ruby>后◆</p>",
    "a vote": "<p>前</p><mp-common-vote"
        " data-votesubject='[{\"title\":\"◆\",\"options\":[{\"name\":\"◆\"},{\"name\":\"◆|*x*\"}]}]'></mp-common-vote>",
    "several recordings": "<p>◆</p>" + "".join(f"<mpvoice name='◆' voice_encode_fileid='M{n}'>"
        f"</mpvoice>" for n in range(4)),
    "a place": "<p>◆</p><mp-common-poi data-name='◆' data-address='◆'></mp-common-poi>",
    "elements nobody knows": "<mp-common-foo>◆</mp-common-foo><x-y>◆<p>◆</p></x-y><mpunknown>◆</mpunknown>",
    "forms": "<fieldset><legend>◆</legend><button>◆</button><label>◆</label></fieldset><textarea>◆</textarea>"
        "<output>◆</output>",
    "fallbacks": "<p>◆</p><object data='x'>◆</object><map name='m'>◆</map>",
    "formulas in MathML": "<p>◆<math><mi>◆</mi><mo>=</mo><mn>1</mn></math>◆</p><p><math><semantics><mi>a</mi>"
        "<annotation "
    "encoding='application/x-tex'>a_1</annotation></semantics></math>◆</p>",
    "formulas for screen readers": "<p><span class='katex'><span class='katex-mathml'><math><mi>a</mi></math></span>"
    "<span class='katex-html'>◆</span></span>◆</p>",
    "nothing closed": "<p>◆<b>◆<p>◆<table><tr><td>◆<td>◆<tr><td>◆<td>◆</table><ul><li>◆<li>◆",
    "crossed": "<b><i>◆</b>◆</i><a href='https://x.cn'>◆<p>◆</a>◆</p>",
    "a link around blocks": f"<a href='https://x.cn'><img data-src='{PICTURE.format('A')}'><p>◆</p><section>"
        f"<h3>◆</h3></section></a>",
    "a link in a link": "<a href='https://a.cn'>◆<a href='https://b.cn'>◆</a>◆</a>",
    "text between blocks": "◆<p>◆</p>◆<section>◆<p>◆</p>◆</section>◆",
    "signs of Markdown": "<p># ◆</p><p>- ◆</p><p>1. ◆</p><p>| ◆ | x |</p><p>&gt; ◆</p><p>[◆](x)</p>"
        "<p>&lt;b&gt;◆&lt;/b&gt;</p><p>```◆</p>"
    "<p>$ ◆ $ and $$x$$</p><p>~~◆~~ **◆** __x__ `◆`</p><p>---</p><p>==={◆}</p><p>&amp;amp;◆</p>",
    "comments": "<p>◆</p><!--><p>◆</p><!-- x --!><p>◆</p><!--[if mso]><p>不</p><![endif]--><p>◆</p>"
        "<![CDATA[x]]><p>◆</p><?php x ?><p>◆</p>",
    "fences in code": "<pre data-lang='md'><code>```py</code><code>◆</code><code>````</code></pre><p>"
        "<code>``◆`</code></p>",
    "code in a list": "<ol><li>◆<pre data-lang='py'><code>if x:</code><code>    # ◆</code></pre>◆</li></ol>",
    "words in a drawing": "<svg viewBox='0 0 90 90'><text x='1' y='9'>◆</text><foreignObject><section>◆<p>◆"
        "</p></section></foreignObject></svg><p>◆</p>",
    "words of the frame in a sentence": "<p>◆微信扫一扫关注该公众号◆</p><p>微信扫一扫</p><p>◆ counter(line 的写法</p>",
    "invisible until touched": "<section style='height:0;overflow:hidden'>◆</section>"
        "<section style='opacity:0'>◆</section><details><summary>◆</summary>◆</details>",
    "lists of terms": "<dl><dt>◆</dt><dd>◆</dd><dt>◆</dt><dd><p>◆</p><p>◆</p></dd></dl>",
}  # fmt: skip
POSTS = {
    "lines of a text": held(10, "content_noencode: '◆\\x0a◆ \\x26lt;b\\x26gt; ◆\\x0a\\x0a#话题 ◆'"),
    "links below images": held(
        8,
        "title: '题', content_noencode: '\\x3ca href=\\x22https://x.cn\\x22\\x3e◆\\x3c/a\\x3e◆\\x3cbr\\x3e◆',"
        f" picture_page_info_list: [ {{ cdn_url: '{PICTURE.format('A')}' }} ]",
    ),
    "two recordings": held(
        7,
        "title: '题', content_noencode: '◆', voice_in_appmsg: [ { voice_id: 'Mz1', title: '◆' }, { voice_id:"
        " 'Mz2', title: '◆' } ]",
    ),
}
PAGES = {
    **{f"literal: {name}": scripted(script) for name, script in LITERALS.items()},
    **{name: page(mark(body)) for name, body in BODIES.items()},
    **{f"post: {name}": source for name, source in POSTS.items()},
    "another template": scripted("", f"<p>短</p></div><template id='content_tpl'><p>◆{LONG}</p></template><div>"),
    "a template in a field": scripted("", f"<p>短</p></div><textarea id='content_tpl'><p>◆{LONG}</p></textarea><div>"),
    "data that are escaped": scripted(f"window.cgiDataNew = {{ content: '\\x26lt;p\\x26gt;◆{LONG}' }};", ""),
    "code in boxes": page(mark("<pre><section><code>◆</code></section><section><code>◆</code></section></pre>")),
    "literal for a part": scripted("document.getElementById('later').innerHTML = '<p>◆"
        "</p>';", "<p>字</p><div id='later'></div>"),
}  # fmt: skip


@pytest.mark.parametrize("source", PAGES.values(), ids=PAGES)
def test_nothing_is_lost(source: bytes) -> None:
    marks = set(_MARK.findall(source.decode()))
    copy = Copy(source)
    assert marks
    assert marks - set(_MARK.findall(copy.markdown)) == set()
    assert marks - set(_MARK.findall(BeautifulSoup(copy.html, "lxml").get_text())) == set()
    coverage = copy.coverage()
    assert coverage.lowest >= ENOUGH, coverage.counts_shown()
    if not any(card in source for card in (b"data-votesubject", b"mp-common-poi", b"mpvoice", b"voice_id")):
        assert coverage.shares[Counted.CHARACTERS].source >= 7 * len(marks)  # the account sees them, too


LISTED = f"picture_page_info_list: [ {{ cdn_url: '{PICTURE.format('A')}' }} ]"


@pytest.mark.parametrize(
    ("content", "described", "shown"),
    [
        ("开头的十个字就是这些", f"开头的十个字就是这些，{LONG}", f"开头的十个字就是这些，{LONG}"),
        ("", f"只在描述里：{LONG}", f"只在描述里：{LONG}"),
        ("正文是另一些话，与摘要不同", f"摘要：{LONG}", "正文是另一些话，与摘要不同"),
    ],
)
def test_a_description_that_goes_on_is_the_text(content: str, described: str, shown: str) -> None:
    head = f'<head><meta property="og:description" content="{described}"></head>'
    source = held(8, f"title: '题', content_noencode: '{content}', {LISTED}").replace(
        b"<body>", f"{head}<body>".encode()
    )
    copy = Copy(source)
    assert copy.markdown.rstrip().endswith(f"\n\n{shown}")
    assert copy.coverage().shares[Counted.CHARACTERS].source == len(shown)
    assert copy.coverage().lowest == 1.0


def test_what_a_script_of_2018_types_is_counted() -> None:
    source = held(8, f"title: '题', content_noencode: '', {LISTED}")
    source = source.replace(b"</body>", f'<p><script>document.write("{LONG}")</script></p></body>'.encode())
    copy = Copy(source)
    assert copy.coverage().shares[Counted.CHARACTERS].source == len(LONG)
    assert copy.coverage().lowest == 1.0


def test_more_images_are_more_than_a_word() -> None:
    shown = "".join(f"<p><img data-src=\\x22{PICTURE.format(name)}\\x22></p>" for name in "AB").replace("<", "\\x3c")
    copy = Copy(
        page("<p>短</p>")
        + f"<script>window.cgiDataNew = {{ content_noencode: JsDecode('{shown}') }};</script>".encode()
    )
    assert copy.coverage().shares[Counted.IMAGES].source == copy.coverage().shares[Counted.IMAGES].markdown == 2


def test_code_that_writes_no_words_is_no_source() -> None:
    """Libraries write markup into elements of their own."""
    source = scripted("document.getElementById('later').innerHTML = '<b>x</b>';", "<p>字</p><div id='later'></div>")
    assert "x" not in BeautifulSoup(Copy(source).html, "lxml").select("article")[0].get_text()
