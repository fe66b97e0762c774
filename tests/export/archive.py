"""The small archive of these tests: articles that try what a format may get wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archiver.models import Loss
from tests.builders import an_image
from tests.reader.library import Library, Made

TITLE = '=cmd|"a" & <b> {x} \\ %$#_^~ 100％, 深度\x07'
ALL = Made(
    TITLE,
    ["第一段，有 <标签> & “引号”。", "]]> \u2028 end", "扩散模型"],
    account="甲, 乙 and 丙",
    author="@作者",
    published=datetime(2026, 3, 5, 17, 0, tzinfo=UTC),  # the next day in Beijing
    images=[an_image("one"), an_image("two", format="gif")],
    digest="-1+1 摘要\nzwei",
    token="A" * 22,
    html=(
        '<h2>节</h2><p>见 <a href="https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB">另一篇</a>，'
        '<a href="https://example.org/?a=1&amp;b=2">外面</a></p>'
        "<p><strong><section>粗 <span>体</span></section></strong></p><table><tr><td>1</td><td>2</td></tr>"
        "<tr><td>3</td><td>4</td></tr></table>"
        '<p><span data-tex="x^2" data-display="inline"><svg viewBox="0 0 9 9"><path d="M0 0h9v9"></path></svg></span>'
        "</p>"
        "<pre><code class='language-python'>if a &lt; b:\n    print(1)</code></pre><ul><li>一</li><li>二</li></ul>"
    ),
)
OTHER = Made("另一篇", ["只有文字。"], account="机器之心", token="B" * 22, losses=[Loss("video", "没有地址")])
UNDATED = Made("没有日期", published=None, token="C" * 22)
SPRING = Made("四月", published=datetime(2026, 4, 2, tzinfo=UTC), images=[an_image("one")], token="D" * 22)
ARTICLES = (UNDATED, SPRING, OTHER, ALL)
NOTES = {
    "2026/一.md": f"[a]({ALL.url}) :star::star:\n\n[b]({OTHER.url})\n",
    "二.md": f"[a]({ALL.url}) :star::star::star:\n",
}


def filled(root: Path) -> Library:
    """An archive with these articles and notes."""
    library = Library(root)
    library.add(ARTICLES, NOTES)
    return library
