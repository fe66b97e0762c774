"""HTML that a browser, SingleFile or another exporter saved, with the images beside it or in it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import unquote, urlsplit

from archiver.dom import Document, inner_markup, parse_page
from archiver.dom.sheet import put_styles, rules_in, styles_in
from archiver.errors import PageError
from archiver.importing.claims import article_url, claimed_url, is_singlefile, saved_at
from archiver.importing.composed import Head, composed
from archiver.importing.found import FileKind, SavedPage, Supply
from archiver.importing.limits import MAX_IMAGE, MAX_PAGE
from archiver.importing.local_images import LocalImages
from archiver.importing.trees import Tree
from archiver.wechat.source import decode_page

_OWN_BODIES = ("js_content", "rich_media_content", "js_article", "cgiDataNew")
_BODIES = ("article", "main")


def supply_of(tree: Tree, page: str) -> Callable[[str], Supply | None]:
    """What finds the files that the page at that name of the tree shows by relative addresses."""
    folder = posixpath.dirname(page)

    def find(reference: str) -> Supply | None:
        try:
            path = unquote(urlsplit(reference).path)
        except ValueError:
            return None
        for name in (path, reference):  # a file may be called a%20b, or what an address takes for a query
            inside = posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))
            if not inside.startswith(("../", "/")) and tree.has(inside):
                return partial(tree.read, inside, MAX_IMAGE)
        return None

    return find


def read_html(tree: Tree, name: str) -> SavedPage:
    """The page in a file of the tree, its images with the addresses that they have on the web. Raises
    ImportFileError."""
    text = decode_page(tree.read(name, MAX_PAGE))
    single = is_singlefile(text)
    url, at = claimed_url(text), saved_at(text) or tree.saved_at(name)
    local = LocalImages(supply_of(tree, name), inlined=single)
    body = local.addressed(text)
    body, url = as_an_article(body, url)
    kind = FileKind.SINGLEFILE if single else FileKind.HTML
    return SavedPage(f"{tree.label}/{name}", kind, url, body.encode("utf-8", "surrogatepass"), at, local.supplies)


def as_an_article(text: str, url: str, sheets: Iterable[str] = ()) -> tuple[str, str]:
    """A saved page as WeChat's pages are, and its URL. `sheets`: style sheets that were saved apart from it, read only
    where the page is of another form."""
    return (text, url) if any(mark in text for mark in _OWN_BODIES) else of_another_form(text, url, sheets)


def of_another_form(text: str, url: str, sheets: Iterable[str] = ()) -> tuple[str, str]:
    """A page of which nothing is WeChat's own: what stands in its one article, and the URL of the first link to one of
    WeChat's beside it."""
    try:
        soup = parse_page(text)
    except PageError:
        return text, url
    body = next((tag for name in _BODIES if (tag := soup.find(name))), None)
    if body is None:
        return text, url
    # In a page of ours: bold type, for one, is a style.
    put_styles(body, styles_in(text) | rules_in("\n".join(sheets)))
    body_markup = inner_markup(body)
    body.clear()
    links = (article_url(str(tag.get("href") or "")) for tag in soup.find_all("a"))
    url = url or next(filter(None, links), "")
    return composed(_head(soup, url), body_markup), url


def _head(soup: Document, url: str) -> Head:
    def said(*selectors: str) -> str:
        found = (tag for selector in selectors if (tag := soup.select_one(selector)))
        return next((text for tag in found if (text := " ".join(tag.get_text().split()))), "")

    date = soup.select_one("time[datetime]")
    return Head(
        title=said("h1", "title"),
        url=url,
        account=said(".account", ".nickname"),
        author=said(".author", ".meta span bdi"),  # the second: in a page of ours
        published=str(date.get("datetime")) if date else "",
    )
