"""Pages in disguise: read as the page is, and with nothing of it.

The proof is that of non-interference: two pages that are built alike and say quite different things have one and the
same disguise, byte for byte. So it tells nothing but how a page is built.
"""

from __future__ import annotations

import ast
import base64
import gzip
import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.archive.record import StoredFiles, make_record
from archiver.errors import PageError
from archiver.models import Article, Capture
from archiver.tasks.bug_report import make_report
from archiver.wechat import sources
from archiver.wechat.disguise import markup, vocabulary
from archiver.wechat.disguise.addresses import address
from archiver.wechat.disguise.filler import Filler
from archiver.wechat.disguise.page import disguised
from archiver.wechat.images import image_key, is_image_host
from archiver.wechat.page import read_page
from archiver.wechat.slim import slim
from archiver.wechat.urls import classify, is_short
from tests.wechat.checks import URL
from tests.work import LINEAR, growth
from tests.world import PROJECT

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.html"))
PAGES = PROJECT.parent / "shared" / "pages"
REAL = sorted(PAGES.glob("*.html.gz"))
_LETTER = re.compile(r"[^\W_]")


# The same account


def differs(page: bytes) -> tuple[str, ...] | None:
    """What is not read of the disguise as of the page; None for a page without an article."""
    article = read_page(page, URL)
    if not isinstance(article, Article):
        return None
    capture = Capture(URL, URL, 200, page, datetime(2026, 1, 1, tzinfo=UTC), "http")
    record = make_record(article, capture, URL, StoredFiles(()))
    report, _, found = make_report(record, page)
    assert report == make_report(record, page)[0], "the same bytes each time"
    return found


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_fixture_is_read_as_it_was(path: Path) -> None:
    assert not differs(slim(path.read_bytes()))


QUICK = ("article-2017-gb18030", "picture-2025-a", "text-2020-untitled", "article-2018-voice")


@pytest.mark.skipif(not REAL, reason="the real pages (../shared/pages) are not here")
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(p, id=n, marks=() if n in QUICK else pytest.mark.slow)
        for p in REAL
        if (n := p.name[: -len(".html.gz")])
    ],
)
def test_a_real_page_is_read_as_it_was_and_tells_nothing(path: Path) -> None:
    page = slim(gzip.decompress(path.read_bytes()))
    assert not differs(page)
    article = read_page(page, URL)
    if not isinstance(article, Article):
        return
    made = disguised(page, URL).page.decode()
    names = (article.title, article.account, article.author, article.biz, article.mid, article.sn)
    ids = {image.key.rpartition("/")[2] for image in article.images}
    assert [name for name in (*names, *ids) if len(name) > 1 and name in made] == []
    words = "\n".join((article.title, article.digest, re.sub(r"<[^>]*>", "\n", article.body)))
    assert runs(html.unescape(words)) & runs(without_vocabulary(made)) <= runs("以下文章来源于" * 2)


def runs(text: str) -> set[str]:
    """Its runs of four characters, white space left out, but for those without a letter or digit."""
    text = re.sub(r"\s+", "", text)
    return {run for n in range(len(text) - 3) if _LETTER.search(run := text[n : n + 4])}


def without_vocabulary(page: str) -> str:
    """The texts, and the values that attributes and scripts have, without the words that are WeChat's."""
    text = html.unescape(re.sub(r"</?[a-z][\w:-]*|[\w:-]+=\"|[A-Za-z_]\w*", " ", page, flags=re.ASCII))
    for phrase in vocabulary.PHRASES:
        text = text.replace(phrase, " ")
    return text


# Nothing of the page


HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
WORDS = st.text(st.one_of(HAN, st.sampled_from("abcdefghijklmnopqrstuvwxyzABCXYZ")), min_size=4, max_size=9)
COMMON = "etaoinshrdlu ETA   ，。！“”,.!?()&<>'\"\\-0123456789éß€🎉あ가"
PROSE = st.text(st.one_of(HAN, st.sampled_from(COMMON)), max_size=30)


def turned(text: str) -> str:
    """A text that says something else and is built in the same way: each letter is another one of its kind."""
    return "".join(map(_turned, text))


def _turned(char: str) -> str:
    if "\u4e00" <= char <= "\u9fa5":
        return chr(0x4E00 + (ord(char) - 0x4E00 + 7919) % (0x9FA6 - 0x4E00))
    kinds = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789")
    for kind in kinds:
        if char in kind:
            return kind[(kind.index(char) + 1) % len(kind)]
    return {"é": "ü", "ß": "ø", "€": "£", "🎉": "🎈", "あ": "い", "가": "각"}.get(char, char)


def js(text: str, form: str = "x") -> str:
    """A text as scripts spell it."""
    if form == "u":
        units = text.encode("utf-16-be")
        return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
    return "".join(f"\\x{ord(c):02x}" if c in "\\'\"<>&\n" or (c.isascii() and c.isalpha()) else c for c in text)


def built(words: list[str], prose: list[str], change: Callable[[str], str] = lambda text: text) -> bytes:
    """A page that holds names, texts and ids wherever one can be."""
    title, account, author, region, odd, more = (change(word) for word in words)
    first, second = (change(text) for text in prose)
    key = "q" + change("key")
    digits = change("2247483647")
    biz = base64.b64encode(f"3{digits}".encode()).decode().replace("=", "") + "=="
    sn = change("0123456789") * 3 + "ab"
    token, image = change("AbCdEf-hIjKlMnOpQrSt_v"), change("KmTqYcVnWs") * 6
    long = f"http://mp.weixin.qq.com/s?__biz={biz}&mid={digits}&idx=1&sn={sn}"
    picture = f"https://mmbiz.qpic.cn/mmbiz_png/{image}/640?wx_fmt=png&u={quote(odd)}"
    vote = [{"title": odd, key: author, "options": [{"name": more}]}]
    vid = change("abcdefghijk")
    e = html.escape
    coded = base64.b64encode(account.encode()).decode()
    body = "".join(
        (
            f'<p title="{e(title)}" onclick="{e(second)}" data-{key}="{e(first)}" {key}={key}>',
            f"{e(first)}<b>{e(second)}</p>乙</b>",
            f'<section class="{key} code-snippet__fix" id="{key}" style="--x: \'{odd}\'; font-family: \'{odd}\';',
            f" content: '{odd}'; background: url(&quot;{e(picture)}&quot;) no-repeat\">",
            f'<{key}-{key} data-title="{e(odd)}">{e(odd)}</{key}-{key}>',
            f'<mp-{key} data-title="{e(title)}" data-{key}="{coded}"></mp-{key}></section><!-- {odd} > {first} -->',
            f'<img data-src="{e(picture)}" alt="{e(author)}" data-w="{digits[:4]}" data-{key}="{coded}">',
            f'<a href="https://{key}.example/{quote(odd)}/{digits}?a={quote(author)}#{quote(odd)}">{e(odd)}</a>',
            f'<a href="/s?__biz={quote(biz)}&amp;mid={digits}&amp;idx=2&amp;sn={sn}#{quote(odd)}">{e(second)}</a>',
            f'<a href="mailto:{key}@{key}.example">@</a><a href="weixin://{quote(odd)}">w</a>',
            f"<mp-common-vote data-votesubject='{e(json.dumps(vote))}'></mp-common-vote>",
            f'<mpvoice name="{quote(odd)}" voice_encode_fileid="{token}" play_length="61000"></mpvoice>',
            f'<iframe class="video_iframe" data-mpvid="wxv_{digits}" data-cover="{quote(picture, safe="")}"',
            f' {key}="{e(odd)}" data-src="https://v.qq.com/iframe/preview.html?vid={vid}&amp;{key}={quote(odd)}">',
            f'</iframe><svg viewBox="0 0 1 1"><path d="M{digits[:3]} 0h9z" id="{key}" data-name="{e(odd)}"></path>',
            f'<text>{e(more)}</text></svg><span data-formula="{e(odd)}"></span>',
            f'<pre class="{key} hljs"><code class="language-{key}">{e(odd)}</code></pre>',
            f'<style>.{key}::after {{ content: "{odd}" }}</style><textarea>{e(odd)}</textarea>',
        )
    )
    cgi = ", ".join(
        (
            f"title: JsDecode('{js(title)}'), nick_name: '{js(account, 'u')}', \"desc\": \"{js(more)}\"",
            f"user_name: 'gh_{key}', content_noencode: '{js(body)}', bizuin: '{biz}', mid: '{digits}', sn: '{sn}'",
            f"ip_wording: {{ country_name: '{js(region)}', province_name: '{js(region)}' }}, link: '{js(long)}'",
            f"{key}: '{js(odd)}', '{key}': {digits}",
            f"picture_page_info_list: [{{ cdn_url: '{js(picture)}', {key}: ['{js(odd)}', {digits}.5, `{odd}`] }}]",
        )
    )
    return "".join(
        (
            f"<!DOCTYPE html><html><head><title>{e(title)}</title><!-- {author} --><!{key}><?{key} {key}?>",
            f'<meta property="og:title" content="{e(title)}"><meta name="{key}" content="{e(odd)}">',
            f'<meta property="og:url" content="{e(long)}&amp;uin={key}">',
            f'<meta property="og:image" content="{e(picture)}"><link rel="{key}" href="https://{key}.example/"></head>',
            f'<body class="{key}"><div id="js_name">{e(account)}</div>',
            f'<em id="publish_time">2026-0{digits[0]}-1{digits[1]}</em>',
            f'<div id="js_content" class="rich_media_content">{body}</div>',
            f"<script>var biz = \"{biz}\"||''; var mid = \"{digits}\"; var idx = '1'; var sn = '{sn}'; // {odd}\n",
            f"var msg_title = '{js(title)}'.html(false); var nickname = htmlDecode(\"{js(account)}\"); /* {more} */\n",
            f"var {key} = '{js(odd)}'.replace(/'{key}'/g, \"{js(first)}\"); var ct = \"17{digits[:8]}\";\n",
            f"var user_name = 'gh_{key}'; {key}({{ province: '{js(region)}', b: '{coded}', {key}: `{odd}` }});",
            f' var msg_link = "{js(long)}";</script><script>window.cgiDataNew = {{ {cgi} }};</script>',
            f"<script>'use strict'; var a = \"{js(odd)}\"</script>",
            f'<script type="application/json">{{"{key}": "{js(odd)}", "b": "{coded}"}}</script>',
            f'<script type="text/html" id="content_tpl"><p>{e(more)}</p></script>',
            f'<script type="text/html">{e(odd)}</script></body></html>',
        )
    ).encode()


NAMED = vocabulary.TAGS | vocabulary.CLASSES | vocabulary.IDS | vocabulary.KEYS | vocabulary.LANGUAGES
NAMED |= frozenset().union(vocabulary.PHRASES, *vocabulary.VALUES.values(), *vocabulary.STYLES.values())


def is_of_the_author(text: str) -> bool:
    """Whether it is no word of WeChat's or HTML's, which may stay: they say nothing of the page's own."""
    plain = " ".join(text.split())
    return plain.lower() not in NAMED and not plain.startswith(vocabulary.BEGINNINGS) and "&" not in plain


SECRETS = st.lists(WORDS.filter(is_of_the_author), min_size=6, max_size=6, unique=True)
TEXTS = st.lists(PROSE.filter(is_of_the_author), min_size=2, max_size=2)


@settings(max_examples=40)
@given(SECRETS, TEXTS)
def test_pages_that_are_built_alike_have_one_disguise(words: list[str], prose: list[str]) -> None:
    page, other = built(words, prose), built(words, prose, turned)
    assert page != other
    assert disguised(page, URL).page == disguised(other, URL).page


@settings(max_examples=20)
@given(SECRETS, TEXTS)
def test_no_run_of_four_is_in_the_disguise(words: list[str], prose: list[str]) -> None:
    """Beside those that are in the disguise of every page."""
    made = levels(disguised(built(words, prose), URL).page.decode())
    always = levels(disguised(built(["门外青山"] * 6, ["", ""]), URL).page.decode())
    assert [run for text in (*words, *prose) for run in runs(text) if run in made and run not in always] == []


def levels(page: str) -> str:
    """A page as it is, and with its escapes undone."""
    plain = re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), page)
    return "\n".join((page, plain, html.unescape(plain), unquote(html.unescape(plain))))


def test_what_is_built_so_is_read_as_it_was() -> None:
    page = built(
        ["题目在此", "某某账号", "某位作者", "某省某市", "别的什么", "再来一些"],
        ["一段正文，有标点。", "Some words, too."],
    )
    assert differs(page) == ()
    made = disguised(page, URL)
    found = read_page(made.page, made.url)
    assert isinstance(found, Article)
    assert (len(found.title), len(found.account)) == (4, 4)
    assert re.search(r"某省|qkey|2247|AbCd|0123456789|KmTq", made.page.decode()) is None


@pytest.mark.parametrize(
    "script",
    [
        "document.getElementById('js_content').innerHTML = \"<p>§</p>\";",
        "document.querySelector('#box').textContent = `§`;",
        "document.getElementById('box').insertAdjacentHTML('beforeend', '<p>§</p>');",
        "var some = '<p>§</p>';\ndocument.getElementById('box').innerHTML = some;",
    ],
)
def test_what_scripts_write_is_read_as_it_was(script: str) -> None:
    named = '<meta property="og:title" content="题"><script>var biz="MzA1=";var mid="12345";var idx="1";</script>'
    script = script.replace("§", "某某写的一段话，写在这里。" * 5)
    page = f'{named}<div id="js_content"><p>短</p><div id="box"></div></div><script>{script}</script>'.encode()
    made = disguised(page, URL)
    before, after = read_page(page, URL), read_page(made.page, made.url)
    assert isinstance(before, Article)
    assert isinstance(after, Article)
    assert "某某写的" in before.body
    assert (len(before.body), before.reading) == (len(after.body), after.reading)
    assert "某某" not in made.page.decode()


@pytest.mark.parametrize(
    "given_url",
    [
        "https://mmbiz.qpic.cn/mmbiz_png/AbCdEf/640?wx_fmt=png&tp=webp#imgIndex=3",
        "http://mmbiz.qlogo.cn/sz_mmbiz_jpg/AbCdEf/0",
        "//wx.qlogo.cn/mmhead/AbCdEf/132",
        "https%3A%2F%2Fmmbiz.qpic.cn%2Fmmbiz_jpg%2FAbCdEf%2F0",
        "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
        "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=2247483647&idx=2&sn=0123456789abcdef#rd",
        "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA5MDAwMDAwMQ%3D%3D&action=getalbum&album_id=3329839945947119618",
        "/s?__biz=MzA5MDAwMDAwMQ==&mid=2247483647&idx=2&sn=0123456789abcdef",
        "https://mpvideo.qpic.cn/AbCdEf.f10002.mp4?dis_k=AbCdEf&dis_t=1700000000",
        "https://somebody.example/AbCdEf?x=1",
        "data:image/png;base64,AbCdEf",
        "http://[x",
    ],
)
def test_addresses_stay_of_their_kind(given_url: str) -> None:
    filler = Filler("")
    made = address(filler, given_url)
    plain, other = unquote(given_url), unquote(made)
    assert classify(plain) == classify(other)
    assert (image_key(plain) is None) == (image_key(other) is None)
    assert is_short(plain) == is_short(other)
    assert "AbCdEf" not in made
    assert "224748" not in made
    assert address(filler, given_url) == made


def test_the_same_image_and_the_same_id_stay_the_same() -> None:
    filler = Filler("")
    small, large = (address(filler, f"https://mmbiz.qpic.cn/mmbiz_png/AbC/{size}") for size in ("640", "0"))
    assert image_key(small) == image_key(large) != image_key(address(filler, "https://mmbiz.qpic.cn/mmbiz_png/AbD/0"))
    assert is_image_host("mmbiz.qpic.cn")
    assert filler.identifier("2247483647") in address(
        filler, "https://mp.weixin.qq.com/s?__biz=Mz==&mid=2247483647&idx=1"
    )
    assert filler.identifier("MzA%3D%3D") == filler.identifier("MzA==").replace("=", "%3D")


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_filler_is_as_long_as_the_text_and_holds_none_of_its_letters(text: str) -> None:
    made = Filler(text).text(text)
    if " ".join(text.split()) not in vocabulary.PHRASES:
        assert {char for char in made if char.isalnum()}.isdisjoint(text)
        assert runs(made).isdisjoint(runs(text))
    assert len(re.sub(r"\s", "", made)) >= len(re.findall(r"[a-z0-9\u4e00-\u9fff]", text))
    assert [len(line) for line in made.split("\n")][:1] == [len(made.split("\n")[0])]


def test_a_page_with_all_letters_is_refused() -> None:
    everything = "".join(map(chr, [*range(0x370, 0x2000), *range(0x3400, 0xA000), *range(0xAC00, 0xD7A4)]))
    with pytest.raises(PageError, match="letters"):
        Filler(everything)


def strings(pattern: str) -> set[str]:
    """Texts in the modules that read pages."""
    found: set[str] = set()
    for path in (PROJECT / "archiver/wechat").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        found.update(n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return {text for text in found if re.fullmatch(pattern, text)}


def test_every_name_that_the_parser_asks_for_stays() -> None:
    attributes = vocabulary.TEXTS | vocabulary.ADDRESSES | vocabulary.IDENTIFIERS | vocabulary.SPANS
    attributes |= vocabulary.VALUES.keys() | vocabulary.SHAPES | markup.HANDLED.keys()
    ours = {"data-link"}  # in albums, which are no articles
    ours |= {"data-card", "data-media", "data-decoration", "data-tex", "data-display", "data-image", "data-"}
    assert strings(r"data-[a-z_-]*") - attributes - ours == set()
    others = {"qpic", "qlogo", "html", "innerHTML", "album__author-name"}
    named = strings(r"[#.][A-Za-z][\w-]*")
    assert {name[1:] for name in named if name[0] == "#"} - vocabulary.IDS - {"imgIndex"} == set()
    assert {name[1:] for name in named if name[0] == "."} - vocabulary.CLASSES - others == set()
    assert strings(r"mp-[a-z-]+|mpv[a-z]+|qq[a-z]+|txvlog") <= vocabulary.TAGS
    places = {*sources.TITLE, *sources.ACCOUNT, *sources.AUTHOR, *sources.EPOCHS, *sources.DATES, *sources.DIGEST}
    places |= {*sources.COVER, *sources.SHOW_TYPE, *(place for ids in sources.IDS.values() for place in ids)}
    keys = {place.partition(":")[2].removeprefix("d.") for place in places if place.startswith(("script", "cgi"))}
    assert keys <= vocabulary.KEYS
    assert {place.removeprefix("meta:") for place in places if place.startswith("meta")} <= vocabulary.METAS


@pytest.mark.parametrize(
    "part",
    ["<p>文</p>", "<a '<a \"", "<!--", "<a ", "/*", "='\n", "&amp;", "<script", "style='url(", "=/[", "'(", "\\u4e2d"],
)
@pytest.mark.parametrize("where", ["<div id=js_content>{}", "<script>var msg_title = {}</script>"])
def test_the_work_grows_with_the_page(part: str, where: str) -> None:
    assert growth(lambda size: disguised(where.format(part * size).encode(), URL), 200) < LINEAR
