"""Notes as nasty as hypothesis can think of: links in every form, in surroundings of every kind."""

from __future__ import annotations

from hypothesis import strategies as st

TOKENS = st.text("ABCxyz019-_", min_size=22, max_size=22)
SHORT = TOKENS.map(lambda token: f"https://mp.weixin.qq.com/s/{token}")
LONG = TOKENS.map(
    lambda token: f"http://mp.weixin.qq.com/s?__biz={token}==&mid=1&idx=2&sn=ab&timestamp=3#wechat_redirect"
)
PICTURES = TOKENS.map(lambda token: f"https://mmbiz.qpic.cn/mmbiz_png/{token}/640?wx_fmt=png&from=appmsg")
URLS = SHORT | LONG | PICTURES | st.just("https://elsewhere.example/a_b?x=https://mp.weixin.qq.com/s/x")
FORMS = (
    "[标题]({})",
    "[[a] *b*](<{}> 'title')",
    "[](\n{})",
    "![alt]({})",
    "[![]({})]({})",
    "<{}>",
    "{}",
    "（{}）",
    "中文{}，",
    "**{}**",
    "_{}_ ",
    '<img src="{}">',
    "<a href='{}'>text</a>",
    "<img alt=x src={} >",
    "\n\n[r]: {} 'title'\n\n[r] [x][R] ![r]\n",
    "`{}`",
    "$x$ {}",
    "[[{}]]",
    "<!-- {} -->",
    "\n<div><img src='{}'>\n</div>\n[glued]({})\n\n",
    "\n| a | b |\n|---|---|\n| {} | [x]({}) |\n\n",
    "\n> quoted {}\n> [x](\n> {})\n\n",
    "\n- item {}\n\n      code {}\n\n",
    "\n```\n{}\n```\n",
    "\n{% x %}\n\n[x]({}) {}\n\n{% endx %}\n",
    "\n{% code %}\n[x]({})\n{% endcode %}\n",
    "\n{% link {} %} {} [x]({})\n",
    "\nsource:: {}\n",
    "\nexport const a = {\n\n  b: '{}'\n}\n\n",
    "[t]([u]({}))",
    "{{ <{}> }}",
    "%% {}\n\n{} %%\n",
)
# As notes have them: with references that a reader of the note does not see, some without their semicolon.
SPELLINGS = (("&", "&amp;"), ("&", "&amp"), ("&", "&#38;"), ("&", "&#x26;"), ("=", "&#61;"), ("=", "&equals;"))
SPELLED = st.builds(lambda url, spelling: url.replace(*spelling), URLS, st.sampled_from(SPELLINGS))
LINKS = st.builds(lambda form, url: form.replace("{}", url), st.sampled_from(FORMS), URLS | SPELLED)
NASTY = st.text("ab 中，。*_~`[]()!<>&\\$|#:;'\"-+=1.\n\t\ufeff\r", max_size=8)
MARKS = (
    "**",
    "__",
    "``",
    "$",
    "$$",
    "](",
    "![",
    "<a",
    "<pre>",
    "</pre>",
    "<code>",
    "-->",
    "<!--",
    "&amp;",
    "\\",
    "{",
    "}",
    "{% endx %}",
    "%%",
)
BITS = st.sampled_from([*MARKS, "\n\n", "\n> ", "\n---\n"])
NOTES = st.lists(LINKS | NASTY | BITS, max_size=14).map("".join)
