"""Notes and pages as bytes: no file, no network."""

from __future__ import annotations

from archiver.api import nouns
from archiver.models import Article, Loss, Span
from archiver.notes.find import find
from archiver.notes.regions import LINKS
from archiver.render.links import LocalFiles
from archiver.render.plain import fragment_text
from archiver.render.sanitize import safe_fragment
from archiver.render.text import one_line, printable, title_of
from archiver.store.names import BEIJING
from archiver.wechat import urls
from archiver.wechat.page import read_page


def find_links(note: bytes) -> list[nouns.Link]:
    """Every http(s) address that a Markdown note names, in the order of the file, WeChat's or not.

    What is in code, formulas and comments is none. Raises NoteError where the bytes are no text.
    """
    found = find(note)
    named = [(link.url, link.line, link.span, True) for link in found.links]
    named += [(m.link.url, m.link.line, m.link.span, False) for m in found.mentions if m.rule not in LINKS]
    named += [(problem.url, problem.line, problem.span, False) for problem in found.problems]
    return [_link(*one) for one in sorted(named, key=lambda one: one[2].start)]


def _link(url: str, line: int, span: Span, is_link: bool) -> nouns.Link:
    kind = urls.classify(url)
    return nouns.Link(
        url=url,
        kind=kind.value if kind else None,
        canonical=urls.canonical_url(url) if kind else "",
        line=line,
        start=span.start,
        end=span.end,
        is_link=is_link,
    )


def parse_page(page: bytes, url: str) -> nouns.Article | nouns.Refusal:
    """The article on a page of WeChat, given as the server's bytes and the URL that they came from; or what else the
    page is. Raises PageError where the bytes cannot be read, or have more elements than any article."""
    read = read_page(page, url)
    if not isinstance(read, Article):
        return nouns.Refusal(status=read.status.value, reason=one_line(read.reason))
    return nouns.Article(
        url=urls.canonical_url(read.url),
        kind=read.kind.value,
        title=title_of(read.title),
        account=one_line(read.account),
        author=one_line(read.author),
        published=read.published_at.astimezone(BEIJING) if read.published_at else None,
        digest=one_line(read.digest),
        text=printable(fragment_text(safe_fragment(read.body, LocalFiles("", {})))),
        images=tuple(image.url for image in read.images),
        losses=tuple(map(loss, read.losses)),
    )


def loss(found: Loss) -> nouns.Loss:
    """Something that is missing, as the API says it."""
    return nouns.Loss(
        what=found.what, why=one_line(found.why), code=found.code.value if found.code else "", url=found.url
    )
