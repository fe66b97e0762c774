"""How much of a page stands in its article.md and index.html."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from archiver.coverage.html import Shown, shown_by
from archiver.coverage.markdown import read_markdown
from archiver.coverage.match import matched, matched_items, visible
from archiver.coverage.page import held
from archiver.dom.sheet import styles_in
from archiver.models.coverage import Counted, Coverage, Share

_BODY = re.compile(r'<article class="body[^>]*>(.*)</article>', re.DOTALL)
_NAMED = re.compile(r"/((?:sz_)?mmbiz(?:_[a-z0-9]+)?|mmsns|mmemoticon)/([^/?#]+)")
_CARD = re.compile(
    r'<p class="card">(?:<(?:img|video|br|a)\b[^>]*>(?:</video>)?|<audio\b[^>]*></audio>)*(音频|视频)(?!号)'
)
_PARTS = 9  # of one link
_QUERY = re.compile(r"[?#].*")


def measured(page: bytes, markdown: str, html: str, images: Mapping[str, str]) -> Coverage:
    """What of the captured `page` stands in the finished files. `images`: path of each stored image in the archive ->
    the address that it has on the page."""
    return compared(held(page), markdown, html, images)


def compared(source: Shown, markdown: str, html: str, images: Mapping[str, str]) -> Coverage:
    """What of all that a page was found to hold (`source`) stands in the finished files; see `measured`."""
    names = {path.rpartition("/")[2]: _name(address) for path, address in images.items()}
    body = _BODY.search(html)
    inner = body[1] if body else ""
    shown = shown_by(inner, styles_in(html))
    recordings = _CARD.findall(inner)
    shown.audio, shown.video = recordings.count("音频"), recordings.count("视频")
    return _coverage(source, read_markdown(markdown), shown, names)


def _coverage(source: Shown, markdown: Shown, html: Shown, names: Mapping[str, str]) -> Coverage:
    wanted = [_name(address) for address in source.images]
    both = (markdown, html)
    drawn = sum(_is_drawing(address, names) for address in markdown.images)
    counts = {
        Counted.CHARACTERS: (len(source.text), *(matched(source.text, visible(made.text)) for made in both)),
        Counted.LINKS: (
            len(source.links),
            *(matched_items(source.links, _joined(made.links, source.links)) for made in both),
        ),
        Counted.IMAGES: (len(wanted), *(matched_items(wanted, list(_named(made.images, names))) for made in both)),
        Counted.TABLES: (source.tables, min(source.tables, markdown.tables), min(source.tables, html.tables)),
        Counted.DRAWINGS: (source.drawings, min(source.drawings, drawn), min(source.drawings, html.drawings)),
        Counted.CODE: (source.code, *(min(source.code, made.code) for made in both)),
        Counted.AUDIO: (source.audio, *(min(source.audio, made.audio) for made in both)),
        Counted.VIDEO: (source.video, *(min(source.video, made.video) for made in both)),
    }
    return Coverage({what: Share(*count) for what, count in counts.items()})


def _joined(links: list[str], wanted: list[str]) -> list[str]:
    """The links of a copy, those joined that are one on the page: around blocks, Markdown has one for each."""
    whole, found, i = set(wanted), list[str](), 0
    while i < len(links):
        parts = next((n for n in range(2, _PARTS) if "".join(links[i : i + n]) in whole), 1)
        found.append("".join(links[i : i + parts]))
        i += parts
    return found


def _named(addresses: Iterable[str], names: Mapping[str, str]) -> Iterable[str]:
    """The images as the page names them, those in the archive by their file."""
    for address in addresses:
        yield names.get(_QUERY.sub("", address).rpartition("/")[2]) or _name(address)


def _is_drawing(address: str, names: Mapping[str, str]) -> bool:
    return names.get(address.rpartition("/")[2], "").startswith("data:image/svg")


def _name(address: str) -> str:
    """What an image is called, whatever its host, size and display."""
    address = address.replace("&amp;", "&")
    found = _NAMED.search(address)
    if found:
        return f"{found[1]}/{found[2]}"
    return (
        address if address.startswith("data:") else _QUERY.sub("", address).removeprefix("https:").removeprefix("http:")
    )
