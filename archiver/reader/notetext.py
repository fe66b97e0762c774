"""A note as its page in the reader shows it: links lead to the pages of articles, and nothing loads from elsewhere."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from archiver.dom import Document, inner_markup, parse
from archiver.errors import NoteError, PageError
from archiver.models import StoredImage
from archiver.notes.metadata import front_matter_end
from archiver.notes.text import decode
from archiver.render.cmark import github_html
from archiver.render.links import LocalFiles
from archiver.render.sanitize import safe_fragment
from archiver.store.catalogue import Catalogue
from archiver.store.layout import ARTICLE_TEXT, BLOB
from archiver.wechat.secrets import without_any_secrets

MOST = 40_000  # characters that are shown
_DRESS = ("style", "color", "align")  # colours and places of its own would not fit into every theme


@dataclass(frozen=True, slots=True)
class NoteText:
    """`html` is safe to put into a page; `is_cut`: the note goes on."""

    html: str = ""
    is_cut: bool = False


def note_text(data: bytes, page: str, catalogue: Catalogue) -> NoteText:
    """A note's bytes as HTML for the page at `page`; nothing where they are no text."""
    try:
        text = decode(data).text
    except NoteError:
        return NoteText()
    source = without_any_secrets(text).encode()  # the page outlives the note's own text
    text = source[front_matter_end(source) :].decode()
    shown = text if len(text) <= MOST else text[: text.rfind("\n", 0, MOST) + 1 or MOST]
    try:
        tree = parse(github_html(shown.replace(":star:", "★").replace("⭐", "★")))
        files = _local(tree, posixpath.dirname(page), catalogue)
        return NoteText(safe_fragment(inner_markup(tree), files), len(shown) < len(text))
    except PageError:  # deeper than any note is
        return NoteText()


def _local(body: Document, folder: str, catalogue: Catalogue) -> LocalFiles:
    """What its links and images are here; images that are not in the archive become their words."""
    images: dict[str, StoredImage] = {}
    copies: dict[str, str] = {}
    for tag in body.find_all(True):
        for name in _DRESS:
            tag.attrs.pop(name, None)
        href, source = str(tag.get("href", "")), str(tag.get("src", ""))
        if tag.name == "a" and (copy := _article(href, catalogue)):
            copies[href] = copy
        elif tag.name == "img" and (match := BLOB.search(unquote(source))):
            images[source] = StoredImage(source, source, match[0])
        elif tag.name == "img":
            tag.name, tag.string, tag.attrs = "span", str(tag.get("alt") or "图片"), {}
    return LocalFiles(folder, images, {}, copies)


def _article(href: str, catalogue: Catalogue) -> str | None:
    match = ARTICLE_TEXT.search(unquote(href).partition("#")[0])
    return catalogue.folder_of_id(match[1]) if match else catalogue.folder_of_url(href)
