"""An article's body from the fullest of the places where its page may keep it.

A page of today has the body twice: in `#js_content` and in `cgiDataNew.content_noencode`. Where a script fills it
(reposts), it stands in `<script id="content_tpl">`, or only in `text_page_info`, and `#js_content` is empty or holds a
stand-in: an excerpt in the panel of the original, an account's card.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace

from archiver.dom import Tag, inner_markup, parse_page, refill
from archiver.models import Loss, LossCode
from archiver.wechat.body import Body, clean_body
from archiver.wechat.jsvalue import member, text
from archiver.wechat.markup import as_browsers_read
from archiver.wechat.meta import PageData
from archiver.wechat.plain import is_fuller
from archiver.wechat.source import Source
from archiver.wechat.sources import giver_first

NOTICE = "js_share_notice"
_PLACES = ("#js_content", ".rich_media_content")
_STAND_INS = frozenset({"original_panel_content"})


def read_body(page: PageData, source: Source) -> Body | None:
    """The article's body with the words of who reposted it; None where no source has one. Copies that others saved may
    lack the id `js_content`."""
    place, static = next(((name, tag) for name in _PLACES if (tag := page.first(name))), ("", None))
    if static:
        _fill(static, source)
    found = clean_body(static, page.soup) if static else None
    stand_in = static is not None and not _STAND_INS.isdisjoint(static.attrs.get("class") or ())
    giver = f"element:{place}" if static else ""
    having = [giver] if found is not None and not stand_in and not found.is_empty() else []
    for name, markup in _others(page, source):
        if not markup.strip():
            continue
        having.append(name)
        shown = "" if found is None or stand_in or found.is_empty() else found.html
        if not is_fuller(markup, shown):
            continue
        other = _clean(markup)
        if not other.is_empty() and is_fuller(other.html, shown):
            found, stand_in, giver = other, False, name
    if found is not None and stand_in:
        loss = Loss("text", "only an excerpt of the article was on the page", code=LossCode.EXCERPT)
        found = replace(found, losses=(*found.losses, loss))
    return found and replace(found, sources=giver_first(giver, having))


def _fill(body: Tag, source: Source) -> None:
    """Put into elements of the body what scripts write into them."""
    for name, markup in source.inner_html().items():
        place = body.find(attrs={"id": name})
        if place and is_fuller(markup, inner_markup(place)):
            inside = parse_page(f"<div>{as_browsers_read(markup)}</div>").find("div")
            refill(place, inside.contents if inside else ())


def read_notice(page: PageData, source: Source) -> Body | None:
    """What the one who reposted the article says of it: a script writes it into its place, or it stands there."""
    words = source.inner_html().get(NOTICE, "")
    place = page.first(f"#{NOTICE}")
    found = _clean(words) if words else clean_body(place, page.soup) if place else None
    return found if found is not None and not found.is_empty() else None


def _others(page: PageData, source: Source) -> Iterator[tuple[str, str]]:
    place = page.first("#content_tpl")
    held = (place.get_text() if place.name == "textarea" else inner_markup(place)) if place else ""
    yield "template:content_tpl", source.template("content_tpl") or held
    yield "script:js_content.innerHTML", source.inner_html().get("js_content", "")
    yield "cgiDataNew:content_noencode", text(page.cgi.get("content_noencode"))
    encoded = text(page.cgi.get("content"))
    yield "cgiDataNew:content", encoded if "<" in encoded else html.unescape(encoded)
    infos = (("cgiDataNew:", member(page.cgi, "text_page_info")), ("script:d.", page.names.get("d.text_page_info")))
    for owner, info in infos:
        said = text(member(info, "content_noencode")) or text(member(info, "content"))
        yield f"{owner}text_page_info", _lines(said)


def _lines(words: str) -> str:
    """Plain text of several lines as markup."""
    return "".join(f"<p>{line.strip()}</p>" for line in words.split("\n") if line.strip()) if "\n" in words else words


def _clean(markup: str) -> Body:
    soup = parse_page(f"<div>{as_browsers_read(markup)}</div>")
    return clean_body(soup.find("div") or soup, soup)
