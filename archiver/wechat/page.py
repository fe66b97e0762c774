"""A captured page to an Article, or to the reason why it is none."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from archiver.dom import Document, parse_page
from archiver.models import Article, ImageRef, Kind, Loss, LossCode, Refusal, Status, UrlKind
from archiver.models.reading import UNKNOWN_KIND, Reading
from archiver.wechat.body import Body
from archiver.wechat.fullest import read_body, read_notice
from archiver.wechat.images import image_ref
from archiver.wechat.jsdata import read_cgi, read_globals, read_scripted
from archiver.wechat.markup import as_browsers_read
from archiver.wechat.meta import Meta, PageData, read_meta
from archiver.wechat.posts import KINDS, REPOST_TYPE, post_title, read_post
from archiver.wechat.source import Source, page_source
from archiver.wechat.sources import noted
from archiver.wechat.states import moved_to, read_state
from archiver.wechat.urls import classify, is_wall, link_url, request_url, url_ids
from archiver.wechat.videos import read_videos, with_sources

_NOTHING_PUBLIC = Body('<p data-card="paid">付费文章，没有公开的内容</p>', (), ())
_XML = re.compile(r"<\?(?=xml)", re.IGNORECASE)  # Word leaves <?xml:namespace …>; the DOM library warns of it
_ESCAPED_DUMP = 'id=\\"js_content\\"'
# JavaScript: whether the page's own scripts have put a body there.
READY = (
    "(() => { const body = document.querySelector('#js_content');"
    " return !!body && (body.textContent.trim() !== '' || body.querySelector('img, svg, iframe') !== null); })()"
)
_NO_ARTICLE = {
    UrlKind.ALBUM: "an album is a list of articles, not an article",
    UrlKind.OTHER: "the link leads to a page of WeChat that is no article",
}


def read_page(body: bytes, url: str) -> Article | Refusal:
    """The article on the page `body` (bytes of the response, or of the DOM in UTF-8) that came from `url`.

    A page is an article only if it has a body and a title or ids; phrases such as 该内容已被发布者删除 count only where
    there is no body, since articles quote them.
    What came from a verification page's URL is one, whatever it holds. Raises PageError where the bytes cannot be
    parsed, or are too many.
    """
    if is_wall(url):
        return Refusal(Status.WALL, "the page asks for verification")
    source = page_source(body)
    soup = _parse(source.html)
    scripts = source.data_scripts()
    page = PageData(soup, read_cgi(scripts), read_globals(scripts))
    meta = read_meta(page)
    kind = KINDS.get(meta.show_type, Kind.REPOST if meta.repost or meta.show_type == REPOST_TYPE else Kind.ARTICLE)
    if kind in (Kind.ARTICLE, Kind.REPOST):
        found, title = read_body(page, source), meta.title
    else:
        scripted = read_scripted(scripts)
        found, title = read_post(page, meta, kind, scripted), post_title(page, meta, kind, scripted)
    if found is None or found.is_empty() or _is_only_media(kind, found, meta):
        if meta.paid and meta.title and meta.biz and meta.mid:
            return _article(page, replace(meta, title=title), url, kind, _NOTHING_PUBLIC)
        return read_state(soup, source) or replace(_refusal(source, url), reading=_of_unknown_kind(meta))
    if not meta.title and not (meta.biz and meta.mid):
        return read_state(soup, source) or Refusal(Status.REFUSED, "the page has a body but neither title nor ids")
    if kind is Kind.REPOST or meta.taken_over:
        found = _introduced(found, read_notice(page, source))
    return _article(page, replace(meta, title=title), url, kind, found)


def migration_target(body: bytes) -> str | None:
    """Where a page that says 该公众号已迁移 sends its reader: an article's URL, or None."""
    source = page_source(body)
    return moved_to(_parse(source.html), source)


def _parse(markup: str) -> Document:
    markup = as_browsers_read(_XML.sub("<?_", markup))
    if "<" not in markup:
        markup = f"<p>{html.escape(markup)}</p>"
    return parse_page(markup)


def _introduced(found: Body, notice: Body | None) -> Body:
    """A body behind the words of the one who reposted it."""
    if notice is None:
        return found
    known = {image.key for image in notice.images}
    return replace(
        found,
        html=f'<section data-card="notice">{notice.html}</section>\n{found.html}',
        images=(*notice.images, *(image for image in found.images if image.key not in known)),
        losses=(*notice.losses, *found.losses),
        media=(*notice.media, *found.media),
    )


def _is_only_media(kind: Kind, found: Body, meta: Meta) -> bool:
    """Whether a video or audio post is nothing but the card made for it: then the page said nothing at all."""
    return kind in (Kind.VIDEO, Kind.AUDIO, Kind.MUSIC) and not meta.title and not found.images


def _refusal(source: Source, url: str) -> Refusal:
    if _ESCAPED_DUMP in source.html:
        return Refusal(Status.REFUSED, "the bytes are a page escaped as a JavaScript string, not the page")
    kind = UrlKind.ALBUM if any("articleList" in script for script in source.data_scripts()) else classify(url)
    reason = _NO_ARTICLE.get(kind) if kind else None
    return Refusal(Status.REFUSED, reason or "the page has no article body", empty=not reason)


def _article(page: PageData, meta: Meta, url: str, kind: Kind, found: Body) -> Article:
    ids = url_ids(url)
    losses = list(found.losses)
    if meta.paid:
        nothing = found is _NOTHING_PUBLIC
        why = "a paid article: nothing of it was public" if nothing else "a paid article: only its preview was public"
        losses.append(Loss("paid", why, code=LossCode.PAID_WHOLE if nothing else LossCode.PAID))
    cover = image_ref(meta.cover)
    videos = read_videos(page.cgi, page.names)
    return Article(
        url=request_url(url),
        kind=kind,
        title=meta.title,
        account=meta.account,
        author=meta.author,
        published_at=meta.published_at,
        biz=meta.biz or ids.get("biz", ""),
        mid=meta.mid or ids.get("mid", ""),
        idx=meta.idx or ids.get("idx", ""),
        sn=meta.sn or ids.get("sn", ""),
        digest=meta.digest,
        cover=cover.key if cover else "",
        body=_attribution(page) + found.html if kind is Kind.REPOST or meta.taken_over else found.html,
        images=_with_cover(found.images, cover),
        losses=tuple(losses),
        media=tuple(with_sources(ref, videos) for ref in found.media),
        reading=_reading(meta, found),
    )


def _reading(meta: Meta, found: Body) -> Reading:
    """How the page was read."""
    places = noted({**meta.sources, "body": found.sources, "images": found.image_sources})
    unknown = (UNKNOWN_KIND, *found.unknown) if _is_of_unknown_kind(meta) else found.unknown
    return Reading(meta.show_type if "item_show_type" in places else None, places, unknown)


def _is_of_unknown_kind(meta: Meta) -> bool:
    return meta.show_type not in KINDS and meta.show_type not in (0, REPOST_TYPE)


def _of_unknown_kind(meta: Meta) -> Reading | None:
    return _reading(meta, Body("", (), ())) if _is_of_unknown_kind(meta) else None


def _with_cover(images: tuple[ImageRef, ...], cover: ImageRef | None) -> tuple[ImageRef, ...]:
    if cover is None or any(image.key == cover.key for image in images):
        return images
    return (*images, cover)


def _attribution(page: PageData) -> str:
    """A line that says whose article was taken over, with the link to the original where the page has it."""
    name = page.cgi_text("copyright_info", "platform") or page.element_text(".original_primary_nickname")
    said = page.element_text(".original_primary_card_tips") or (f"以下文章来源于{name}" if name else "转载")
    share = page.first("#js_share_source")
    panel = page.soup.select_one(".original_panel a[href]") if page.first(".original_panel") else None
    named_by = page.cgi_text("copyright_info", "reprint_url") or (str(panel["href"]) if panel else "")
    link = link_url(str(share.get("data-url") or "") if share else "") or link_url(named_by)
    line = html.escape(said.replace(" ，", "，"))
    return f'<p data-card="repost">{f"""<a href="{html.escape(link)}">{line}</a>""" if link else line}</p>\n'
