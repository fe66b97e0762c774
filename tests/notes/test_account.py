"""Every address in a note is seen twice, by the parser and by a reader of bytes that knows no Markdown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from archiver.notes.account import Explained, explain
from archiver.notes.find import find
from archiver.notes.occurrences import Occurrence, occurrences
from archiver.notes.regions import EVERY_RULE, Rule

HOSTS = ("mp.weixin.qq.com", "res.wx.qq.com", ".qpic.cn", ".qlogo.cn")
U = "https://mp.weixin.qq.com/s/Example-Token-00000001"
I = "https://mmbiz.qpic.cn/mmbiz_png/PictureOne/640?wx_fmt=png"  # noqa: E741
STAND_IN = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
REAL = Path(__file__).parents[3] / "shared" / "notes"

NOTES: list[tuple[Rule, str]] = [
    (Rule.INLINE, f"[a]({U})"),
    (Rule.INLINE, f"![a](<{I}> 't')"),
    (Rule.INLINE, f"[a]({U.removeprefix('https:')})"),
    (Rule.INLINE, f"<details>\n[a]({U})\n</details>"),
    (Rule.INLINE, f"<center>\n    ![a]({I})\n</center>"),
    (Rule.INLINE, f"比 <script> 更好\n\n![a]({I})\n\n见</script>"),
    (Rule.INLINE, f"比 <style> 更好\n\n![a]({I})\n\n见</style>"),
    (Rule.INLINE, f"比 <textarea> 更好\n\n- [a]({U})\n\n见</textarea>"),
    (Rule.BARE, f"> 比 <pre> 更好\n\n{U}\n\n见</pre>"),
    (Rule.INLINE, f"比 <code> 更好\n\n[a]({U})\n\n见</code>"),
    (Rule.INLINE, f"jQuery 的 $('a') 见[文]({U})，$('b')"),
    (Rule.INLINE, f"US$5 与 [文]({U}) 及 US$6"),
    (Rule.INLINE, f"$ 5 ![a]({I}) 5$ $x$"),
    (Rule.BARE, f"US$5 {U} US$6"),
    (Rule.REFERENCE, f"[a][]\n\n[a]: {U}"),
    (Rule.AUTOLINK, f"<{U}>"),
    (Rule.BARE, f"见{U}。"),
    (Rule.BARE, f"`{{` 见 {U} `}}`"),
    (Rule.BARE, f"a {{\n\n{U}\n\n}}"),
    (Rule.HTML, f"<a href='{U}'>a</a>"),
    (Rule.HTML, f'<img src="{STAND_IN}" data-src="{I}">'),
    (Rule.HTML, f'<img src="/loading.gif" data-original="{I}">'),
    (Rule.HTML, f'<img data-src="{I}">'),
    (Rule.HTML, f'<img src="" data-src="{I}">'),
    (Rule.HTML, f'<p><img alt="a" data-original="{I}"/></p>'),
    (Rule.HTML, f'<img src="https://res.wx.qq.example/pic_blank.gif" title="{I}">'),
    (Rule.SRCSET, f'<source srcset="{I} 1x">'),
    (Rule.SRCSET, f'<img src="a.png" srcset="{I}, b.png 2x">'),
    (Rule.FRONT_MATTER, f'---\nsource: "{U}"\n---\n'),
    (Rule.FRONT_MATTER, f"---\nlinks:\n  - {U}\n---\n"),
    (Rule.FRONT_MATTER, f'+++\nurl = "{U}"\n+++\n'),
    (Rule.TEMPLATE, f"a <?php echo '{U}' ?> b"),
    (Rule.TEMPLATE, f"a <![CDATA[ {U} ]]> b"),
    (Rule.TEMPLATE, f"::: mermaid\nclick A '{U}'\n:::"),
    (Rule.TEMPLATE, f"{{% raw %}}\n\n{U}\n\n{{% endraw %}}"),
    (Rule.TEMPLATE, f"{{% code %}}\n[a]({U})\n{{% endcode %}}"),
    (Rule.TEMPLATE, f"source:: {U}"),
    (Rule.TEMPLATE, f"- source:: {U}"),
    (Rule.TEMPLATE, f"*[A]: {U}"),
    (Rule.TEMPLATE, f"link:{U}[a]"),
    (Rule.TEMPLATE, f"export const a = {{\n\n  b: '{U}',\n}}"),
    (Rule.TEMPLATE, f"{{% link 题 %}} {U}"),
    (Rule.TEMPLATE, f"{{{{< card <{U}> >}}}}"),
    (Rule.FRONT_MATTER, f'{{\n  "source": "{U}"\n}}\n'),
    (Rule.TEMPLATE, f"{{% link 题 {U} %}}"),
    (Rule.TEMPLATE, f"{{{{video {U}}}}}"),
    (Rule.TEMPLATE, f"{{{{< card {U} >}}}}"),
    (Rule.TEMPLATE, f'[a]({{{{ "{U}" | relative_url }}}})'),
    (Rule.TEMPLATE, f"%% {U} %%"),
    (Rule.TEMPLATE, f"%%\n\n{U}\n\n%%"),
    (Rule.TEMPLATE, f"\\href{{{U}}}{{题}}"),
    (Rule.TEMPLATE, f'<Card to={{"{U}"}}/>'),
    (Rule.TEMPLATE, f"字{{: link {U} }}"),
    (Rule.TEMPLATE, f"[embed]{U}[/embed]"),
    (Rule.TEMPLATE, f"::: card {U}"),
    (Rule.TEMPLATE, f"<% link {U} %>"),
    (Rule.TEMPLATE, f"{{%\nlink\n{U}\n%}}"),
    (Rule.TEMPLATE, f"> {{{{tweet {U}}}}}"),
    (Rule.WIKILINK, f"[[{U}]]"),
    (Rule.WIKILINK, f"[[{U}][题]]"),
    (Rule.ATTRIBUTE, f'<section style="background: url({I})">a</section>'),
    (Rule.ATTRIBUTE, f'<p title="{U}">a</p>'),
    (Rule.ATTRIBUTE, f'<iframe src="{U}"></iframe>'),
    (Rule.ATTRIBUTE, f'<Card to="{U}"/>'),
    (Rule.SPARE, f'<img src="a.png" data-src="{I}">'),
    (Rule.SPARE, f'<img src="a.png" alt="{I}">'),
    (Rule.NESTED, f"[t]([url]({U}))"),
    (Rule.NESTED, f"![t](![]({I}))"),
    (Rule.NESTED, f"[t](<[a b]({U} 'x')>)"),
    (Rule.NESTED, f"[t]([t]([url]({U})))"),
    (Rule.NESTED, f"[t][]\n\n[t]: [url]({U})"),
    (Rule.NESTED, f'<a href="[url]({U})">t</a>'),
    (Rule.LOCAL, "[a](mp.weixin.qq.com/s/a.html)"),
    (Rule.HTML_TEXT, f"<div>\n{U}\n</div>"),
    (Rule.INDENTED, f'=== "a"\n\n    [a]({U})'),
    (Rule.INDENTED, f"!!! note\n\n    a\n\n    {U}"),
    (Rule.PLAIN, f"见 {U.removeprefix('https://')} 。"),
    (Rule.PLAIN, f"见{U.removeprefix('https://')}。"),
    (Rule.PLAIN, f"x{U}"),
    (Rule.UNCERTAIN, "https://mp.weixin.qq.com/_a and b_"),
    (Rule.CODE, f"`{U}`"),
    (Rule.CODE, f"```\n{U}\n```\n"),
    (Rule.CODE, f"a\n\n    {U}"),
    (Rule.OPEN_FENCE, f"```\n\n[a]({U})\n"),
    (Rule.OPEN_FENCE, f"a\n\n~~~ x\n[a]({U})\n```\n"),
    (Rule.FORMULA, f"$x = \\text {U}$"),
    (Rule.COMMENT, f"<!-- {U} -->"),
    (Rule.RAW_TEXT, f"<pre>\n{U}\n</pre>"),
    (Rule.RAW_TEXT, f"a <code>{U}</code>"),
    (Rule.LINK_TEXT, f"[{U}](https://x.example)"),
    (Rule.LINK_TEXT, f"<a href='https://x.example'>{U}</a>"),
]  # fmt: skip


def account(data: bytes, rules: frozenset[Rule] = EVERY_RULE) -> list[Explained]:
    return list(explain(find(data, rules=rules), list(occurrences(data, HOSTS))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("rule", "text"), NOTES)
def test_what_each_rule_explains_nothing_else_does(rule: Rule, text: str, encoding: str) -> None:
    data = text.encode(encoding)
    (item,) = account(data)
    expected = Rule.HTML if rule is Rule.SRCSET else rule
    assert item.rule is expected
    assert (item.link is not None) is (rule in EVERY_RULE - NOT_ASKED)
    (alone,) = account(data, EVERY_RULE - {rule})
    assert alone.rule is None
    assert alone.occurrence == item.occurrence


NOT_ASKED = {
    Rule.UNCERTAIN, Rule.CODE, Rule.OPEN_FENCE, Rule.FORMULA, Rule.COMMENT, Rule.RAW_TEXT, Rule.LINK_TEXT,
    Rule.LOCAL,
}  # fmt: skip


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _ in NOTES} == EVERY_RULE


def _seen(text: str, encoding: str = "utf-8") -> list[Occurrence]:
    return list(occurrences(text.encode(encoding), HOSTS))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize(
    ("before", "host"),
    [
        ("见https://", "mp.weixin.qq.com"),
        ("HTTPS://", "MP.WeiXin.QQ.com"),
        ("见", "mp.weixin.qq.com"),
        ("x?u=https%3A%2F%2F", "mp.weixin.qq.com"),
        ("x?u=https%253A%252F%252F", "mp%252Eweixin%252eqq.com"),
        ("https://", "&#109;p.weixin&period;qq&#x2e;com"),
        ("https:\\/\\/", "mp\\.weixin\\.qq\\.com"),
        ("https:\\u002f\\u002f", "mp.weixin.qq\\u002ecom"),
        ("\\n", "mp.weixin.qq.com"),
        ("https://", "mp。weixin．qq.com"),
        ("https://", "mp.wei\u200bxin.qq.com"),
        ("https://web.archive.org/web/2020/http://", "mp.weixin.qq.com"),
        ("//", "mmbiz.qpic.cn"),
        ("https%3A%2F%2F", "a-b.mmsns.qpic.cn"),
    ],
)
def test_a_host_is_seen_however_it_is_written(before: str, host: str, encoding: str) -> None:
    text = f"一\r\n二 {before}{host}/s/AbC 三"
    (item,) = _seen(text, encoding)
    data = text.encode(encoding)
    codec = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    assert data[item.span.start : item.span.end].decode(codec) == host
    assert (item.line, item.column, item.is_page) == (2, 3 + len(before), True)


@pytest.mark.parametrize(
    "text", ["xmp.weixin.qq.com/s/a", "mp.weixin.qq.com.example/s", "a.mp.weixin.qq.com", "qpic.cn"]
)
def test_another_host_is_none(text: str) -> None:
    assert _seen(text) == []


@pytest.mark.parametrize("text", ["在 mp.weixin.qq.com 上", "https://mp.weixin.qq.com/", "mp.weixin.qq.com。"])
def test_a_host_alone_is_no_page(text: str) -> None:
    assert [item.is_page for item in _seen(text)] == [False]


@pytest.mark.parametrize("text", [f"[a]: {U}\n[a]: {U}", f"[a](obsidian://open?url={U})"])
def test_what_the_parser_does_not_know_is_seen(text: str) -> None:
    assert [item.rule for item in account(text.encode())][-1] is None


@pytest.mark.parametrize("between", ["", "https://", "，"])
def test_an_address_glued_behind_another_is_seen(between: str) -> None:
    assert len(_seen(f"{U}{between}mp.weixin.qq.com/s/Example-Token-00000002")) == 2


def test_the_second_address_in_one_is_inside() -> None:
    assert [item.is_inner for item in account(f"[a]({U}{U})".encode())] == [False, True]


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real notes is not here")
def test_nothing_in_the_real_notes_is_left_unexplained() -> None:
    notes = [path.read_bytes() for path in sorted(REAL.rglob("*.md"))]
    counted = Counter(item.rule for data in notes for item in account(data))
    assert counted == {Rule.INLINE: 770, Rule.HTML: 611, Rule.BARE: 2}
