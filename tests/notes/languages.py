"""Notes in which other languages live: the text, and how many of its links are rewritten.

{U} and {V} stand for two articles, {I} for an image. The languages of the first group have renderers, by which
test_languages.py proves the same (renderers/render.mjs; Hugo by itself).
"""

from __future__ import annotations

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"
V = "https://mp.weixin.qq.com/s/Example-Token-00000002"
I = "https://mmbiz.qpic.cn/mmbiz_png/PictureOne/640?wx_fmt=png"  # noqa: E741

HEXO = [
    (1, "title: 题\ndate: 2016-01-01\nsource: {U}\n---\n[x]({V})\n"),
    (1, '"title": "题",\n"source": "{U}"\n;;;\n[x]({V})\n'),
    (1, ';;;\n"title": "题",\n"source": "{U}"\n;;;\n[x]({V})\n'),
    (1, "---\ntitle: 题\nsource: {U}\n---\n[x]({V})\n"),
    (1, "----\ntitle: 题\nsource: {U}\n----\n[x]({V})\n"),
    (1, "---\ntitle: 题\nlink: >-\n  {U}\n\n  more {V}\n---\n{U}\n"),
    (1, "{% img left {I} 300 200 %}\n\n[x]({U})\n"),
    (0, "{% link 题 {U} true 题 %} 与 {V}\n"),
    (0, "{% blockquote 作者, 书 {U} 题 %}\n见 {V}\n{% endblockquote %}\n"),
    (1, "{% blockquote %}\n\n见 {V}\n\n[x]({U})\n\n{% endblockquote %}\n"),
    (0, "{% codeblock 题 lang:js {U} 文 %}\nfetch('{V}') {V}\n{% endcodeblock %}\n"),
    (0, "{% codeblock %}\n\n{V}\n\n[x]({U})\n\n{% endcodeblock %}\n"),
    (0, "{% code %}\n{V} [x]({U})\n{% endcode %}\n"),
    (0, "{% raw %}{{ {U} }} {V}{% endraw %}\n"),
    (0, "{% raw %}\n<div>\n{V}\n</div>\n{% endraw %}\n"),
    (0, "{% raw %}\n\n{V}\n\n{% endraw %}\n"),
    (0, "{% pullquote right %}\n见 {V}\n{% endpullquote %}\n"),
    (0, "{% iframe {U} 300 200 %}\n"),
    (0, "{# 注 {U} #} 见 {V}\n"),
    (0, "{#\n\n{U}\n\n#}\n"),
    (0, '{{ "{U}" }} {% set a = "{U}" %}{{ a }}\n'),
    (0, "{% set a %}{U}{% endset %}{{ a }}\n"),
    (0, "{% if true %}\n\n{U}\n\n{% endif %}\n"),
    (0, "{% if true %}{U}{% endif %}\n"),
    (0, "{%\n  link 题\n  {U}\n%}\n"),
    (0, "- {% link 题 {U} %}\n\n> {% link 题 {V} %}\n"),
    (1, "```\n{% raw %}\n```\n见 {U}\n\n```\n{% endraw %}\n```\n"),
]
LIQUID = [
    (0, "{% raw %}{{ {U} }} {V}{% endraw %}\n"),
    (1, "{% comment %}\n{U}\n{% endcomment %}\n{V}\n"),
    (0, '{% assign a = "{U}" %}{{ a }} {V}\n'),
    (0, '{% capture a %}{U}{% endcapture %}<a href="{{ a }}">x</a>\n'),
    (0, '{%- capture a -%}\n{U}\n{%- endcapture -%}\n<a href="{{ a }}">x</a>\n'),
    (0, '[x]({{ "{U}" | append: "?a=1" }})\n'),
    (0, '{% liquid\nassign a = "{U}"\necho a\n%}\n'),
    (1, '{% liquid\nassign a = "{U}"\n\necho a\n%}\n'),
    (0, '{% if a == "{U}" %}a{% else %}{V}{% endif %}\n'),
    (0, '{% case "{U}" %}{% when "{V}" %}a{% endcase %}\n'),
]
MDX = [
    (1, 'export const a = "{U}"\n\n[x]({V})\n'),
    (1, "export const a = {\n  url: '{U}',\n\n  more: '{V}',\n}\n\n[x]({V})\n"),
    (1, "export function A() {\n  return '{U}'\n}\n\n{V}\n"),
    (1, "export function A() {\n  // {U}\n\n  return '{U}'\n}\n\n{V}\n"),
    (1, 'export const a =\n  "{U}"\n\n{V}\n'),
    (0, "export const a = [\n\n  `{U}`,\n\n]\n"),
    (0, "export const a = `\n{U}\n\n{V}\n`\n"),
    (1, '<Card to="{U}">见 {V}</Card>\n'),
    (2, '<Card to={"{U}"}>\n\n见 {V}\n\n[x]({U})\n\n</Card>\n'),
    (1, "<Card\n  to=\"{U}\"\n  more={{ a: '{V}' }}\n>\n  见 [x]({V})\n</Card>\n"),
    (0, '<Card\n  to="{U}"\n\n  more="{V}"\n/>\n'),
    (0, "{/* {U} */}\n\n{/*\n\n{V}\n\n*/}\n"),
    (0, "{`{U}`} {'{V}'}\n"),
    (0, "{(() => {\n  const a = '{U}'\n\n  return a + '{V}'\n})()}\n"),
    (1, ':card[{U}]{to="{V}"} 见 {V}\n'),
    (0, '::card[{U}]{to="{V}"}\n'),
    (1, ':::card{to="{V}"}\n见 {U}\n:::\n'),
    (1, "文 <Badge text='{U}'/> {V}\n"),
    (2, "文 <Badge>{U}</Badge> {V}\n"),
]
MARKDOWNIT = [
    (1, "*[HTML]: {U}\n\nHTML {V}\n"),
    (1, "[x]({U}){target=_blank data-u={V}}\n\n# 题 {data-u={U}}\n"),
    (2, '![x]({I}){.a data-src="{I}"}\n\n段 {V}\n{.b data-u="{U}"}\n'),
    (1, "::: tip {U}\n见 {V}\n:::\n"),
    (2, "::: warning\n[x]({U})\n\n{V}\n:::\n"),
    (1, "词\n: 定义 {U}\n\n    {V}\n"),
    (3, "a[^1] b^[见 {U}]\n\n[^1]: {V}\n\n    [x]({U})\n"),
    (0, ":::card {U}\n:::\n"),
    (2, "| a | b |\n|---|---|\n| {U} | {V} {.x} |\n"),
    (3, "见 {U}，文 {V}。（{U}）\n"),
    (1, "<details>\n<summary>题</summary>\n\n{U}\n\n</details>\n"),
]
LOGSEQ = [
    (1, "source:: {U}\ntags:: a, b\n\n- 见 {V}\n"),
    (1, "- 题\n  source:: {U}\n  collapsed:: true\n- 见 {V}\n"),
    (0, "- {{video {U}}} {V}\n- {{embed (({V}))}}\n"),
    (1, "- [[{U}]] #[[{V}]] [x]({U})\n"),
    (0, "- #+BEGIN_QUOTE\n  {U}\n  #+END_QUOTE\n- a\n"),
    (1, "#+BEGIN_SRC sh\ncurl {U}\n#+END_SRC\n\n{V}\n"),
    (0, '- #+BEGIN_EXPORT html\n  <a href="{U}">x</a> {V}\n  #+END_EXPORT\n'),
    (0, "#+BEGIN_EXAMPLE\n{U}\n#+END_EXAMPLE\n"),
    (1, "- TODO 看 {U}\n  SCHEDULED: <2024-01-01 Mon>\n  :LOGBOOK:\n  CLOCK: [2024-01-01 Mon 10:00:00]\n  :END:\n"),
    (1, "- $$\\text{{U}}$$ 与 {V}\n"),
    (2, "- ![题]({I}){:height 200, :width 300} {V}\n"),
    (0, '- {{query (property source "{U}")}}\n'),
    (1, ":PROPERTIES:\n:source: {U}\n:END:\n\n- {V}\n"),
    (1, "#+TITLE: {U}\n#+TAGS: a\n- {V}\n"),
    (4, "- 甲 ^^{U}^^ =={V}== **{U}** _{V}_ ~~{U}~~\n"),
    (2, "- 甲（{U}）与「{V}」\n"),
    (0, "- \\begin{equation}\n  {U}\n  \\end{equation}\n"),
    (1, "- <div>{U}</div>\n- @@html: <b>{U}</b>@@ {V}\n"),
]
HUGO = [
    (0, '---\ntitle: a\nsource: {U}\n---\n{{< link "{U}" >}} {V}\n'),
    (1, '{\n  "title": "a",\n  "source": "{U}"\n}\n[x]({V})\n'),
    (1, "+++\ntitle=\"a\"\nsource='{U}'\n+++\n[x]({V})\n"),
    (1, "---\ntitle: a\n---\n{{< card >}}{U} [x]({V}){{< /card >}}\n"),
    (1, "---\ntitle: a\n---\n{{% card %}}\n{U}\n\n[x]({V})\n{{% /card %}}\n"),
    (1, "---\ntitle: a\n---\n{{< highlight html >}}\n{U}\n\n[x]({V})\n{{< /highlight >}}\n{V}\n"),
    (0, '---\ntitle: a\n---\n{{< card u="{U}" >}}\n\n{V}\n\n{{< /card >}}\n'),
    (1, "---\ntitle: a\n---\n{{< link\n  u=`{U}`\n>}}\n\n{V}\n"),
    (0, "---\ntitle: a\n---\n{{</* card {U} */>}} {V}\n"),
    (2, '---\ntitle: a\n---\n词\n: {U}\n\n# 题 {#a data-u="{U}"}\n\n![x]({I} "t")\n{.c}\n'),
    (1, '---\ntitle: a\n---\n文 {{< link "{U}" >}} {V}，[x]({V})\n'),
]
OTHERS = [
    (0, ":::{figure} {I}\n:width: 10\n:target: {U}\n题\n:::\n"),
    (1, ":::{grid-item-card} 题\n:link: {U}\n[x]({V})\n:::\n"),
    (1, "{::comment}\n{U}\n{:/comment}\n\n{V}\n"),
    (0, "@startuml\nA -> B : {U}\n\n[x]({V})\n@enduml\n"),
    (1, "\\begin{figure}\n{I}\n\n{U}\n\\end{figure}\n\n{V}\n"),
    (0, "link:{U}[题] 与 image::{I}[]\n"),
    (1, "[来源:: {U}] (k:: {V}) 见 [x]({V})\n"),
    (0, "见 [@{U}] 与 [-@{V}]\n"),
    (1, "%% {U}\n\n{V} %%\n\n{V}\n"),
    (1, "%%\n{U}\n\n[x]({V})\n%%\n"),
    (1, '<% tp.web("{U}") %> {V}\n'),
    (0, "> {% note %} {U}\n>\n> {V}\n>\n> {% endnote %}\n"),
    (0, '{% embed url="{U}" %}\n\n{% hint style="info" %}\n{V}\n{% endhint %}\n'),
    (1, "{{#if a}}\n\n{U}\n\n{{/if}}\n{V}\n"),
    (1, "<<< {U}\n\n[x]({V})\n"),
    (0, ".. _甲: {U}\n\n.. image:: {I}\n"),
    (1, "<{{ site }}> {{< card <{U}> >}} <{V}>\n"),
    (1, "- 甲\n  - key:: {U}\n  - [x]({V})\n"),
    (0, "\\url{{U}} 与 \\href{{U}}{见 {V}}\n"),
    (2, "{U}[1] 与 来源:{V}\n"),
]

RENDERED = {"hexo": HEXO, "liquid": LIQUID, "mdx": MDX, "markdownit": MARKDOWNIT, "logseq": LOGSEQ}
ALL = {**RENDERED, "hugo": HUGO, "others": OTHERS}


def filled(text: str) -> bytes:
    """The note with addresses in it."""
    return text.replace("{U}", U).replace("{V}", V).replace("{I}", I).encode()
