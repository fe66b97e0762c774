"""An article as one HTML page that opens by double click and loads nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from archiver.dom import inner_markup
from archiver.models import Article, ArticleRecord, Kind, Loss, Status, StoredImage
from archiver.models.coverage import lacking
from archiver.render import sitemap
from archiver.render import surroundings as around
from archiver.render.classes import classed
from archiver.render.contents import contents
from archiver.render.frame import head
from archiver.render.links import NOWHERE, LocalFiles, by_key, relative, safe_url
from archiver.render.losses import loss_line
from archiver.render.sanitize import safe_tree
from archiver.render.text import archived_text, beijing_date, one_line, title_of

_MARKUP = re.compile(r"<[^>]*>|\s+")
LETTERS_A_MINUTE = 400

_PAGE = """{head}<header>
<h1><bdi>{title}</bdi></h1>
<p class="meta">{meta}</p>
{losses}</header>
{contents}<article class="{classes}">
{body}
</article>
{around_open}
{around_close}
</main>
<footer>
<p>{footer}</p>
</footer>
</body>
</html>
"""


def _link(url: str, text: str) -> str:
    """An `<a>` element, or only the text where the URL is not one to follow."""
    address = safe_url(url)
    if not address:
        return escape(text)
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">{escape(text)}</a>'


def _meta(article: Article, record: ArticleRecord, body: str) -> str:
    account, author, date = one_line(article.account), one_line(article.author), beijing_date(article.published_at)
    parts = []
    if account:
        page = relative(record.folder, sitemap.account_page(article.account))
        parts.append(f'<a class="account" href="{page}"><bdi>{escape(account)}</bdi></a>')
    if author and author != account:
        parts.append(f"<span><bdi>{escape(author)}</bdi></span>")
    if date:
        parts.append(f'<time datetime="{date}" title="北京时间">{date}</time>')
    if minutes := round(len(_MARKUP.sub("", body)) / LETTERS_A_MINUTE):
        parts.append(f"<span>约 {minutes} 分钟</span>")
    if safe_url(record.url):
        parts.append(_link(record.url, "查看原文"))
    if found := record.provenance:
        parts.append(_link(found.page, archived_text(found)))
    if record.status is Status.PARTIAL:
        parts.append('<span class="partial">存档不完整</span>')
    if (share := lacking(record.coverage)) is not None:
        parts.append(f'<span class="partial">只存下原文的 {share:.1%}</span>')
    return "\n".join(parts)


def _loss(loss: Loss) -> str:
    link = f" {_link(loss.url, '原链接')}" if safe_url(loss.url) else ""
    return f"<li>{escape(loss_line(loss))}{link}</li>"


def _losses(losses: tuple[Loss, ...]) -> str:
    if not losses:
        return ""
    lines = "\n".join(map(_loss, losses))
    return f'<div class="losses">\n<p>以下内容没有存档：</p>\n<ul>\n{lines}\n</ul>\n</div>\n'


def render_html(
    article: Article,
    record: ArticleRecord,
    images: Mapping[str, StoredImage],
    copies: Mapping[str, str] = NOWHERE,
) -> str:
    """The complete `index.html` of an article in `record.folder`.

    `images` maps every image URL, exactly as the body writes it, to where the image is (relative to the archive's
    root, like `record.folder`) or why it is not, `copies` the URL of a link to the archived article's folder. The body
    may be hostile: see `sanitize.safe_tree`.
    """
    original = _link(record.url, one_line(record.url))
    tree = safe_tree(article.body, LocalFiles(record.folder, images, by_key(record), copies))
    sheet = classed(tree)
    body, table = contents(inner_markup(tree).strip())
    title = escape(title_of(article.title))
    return _PAGE.format(
        head=head(record.folder, title, sheet),
        contents=table,
        around_open=around.OPEN,
        around_close=around.CLOSE,
        title=title,
        meta=_meta(article, record, body),
        classes="body" if article.kind in (Kind.ARTICLE, Kind.REPOST) else "body post",
        losses=_losses(record.losses),
        body=body,
        footer=f"本页是存档副本，版权归原作者所有。原文：{original}",
    )
