"""What GitHub shows of a Markdown file: cmark-gfm, its own parser, and then its sanitiser's rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archiver.dom import Tag, parse
from archiver.render.cmark import github_html

# From the allow-list of github/markup's sanitiser, as far as it is about addresses: elements, attribute, schemes.
_LINK_SCHEMES = frozenset({"", "http", "https", "mailto", "xmpp", "irc", "ircs"})
_IMAGE_SCHEMES = frozenset({"", "http", "https"})
_REFERENCES = {
    "a": ("href", _LINK_SCHEMES),
    "img": ("src", _IMAGE_SCHEMES),
    "source": ("srcset", _IMAGE_SCHEMES),
}
_DROPPED = ("video", "audio", "embed", "object", "svg")


@dataclass(frozen=True, slots=True)
class Reference:
    """An address in the page that GitHub makes of a file; `dropped` is the element or the scheme because of which
    GitHub leaves it out, if it does: `<video>`, `data:`."""

    url: str
    image: bool
    dropped: str = ""


def github_references(text: str) -> list[Reference]:
    """Every address that a reader on GitHub would follow or see an image from, and those that they would not."""
    soup = parse(github_html(text))
    return [reference for tag in soup.find_all([*_REFERENCES, *_DROPPED]) for reference in _of(tag)]


def _of(tag: Tag) -> Iterator[Reference]:
    if tag.name in _DROPPED:
        if source := str(tag.get("src") or tag.get("data") or ""):
            yield Reference(source, False, f"<{tag.name}>")
        return
    attribute, schemes = _REFERENCES[tag.name]
    value = str(tag.get(attribute, "")).strip()
    if tag.name == "source":
        if tag.parent is None or tag.parent.name != "picture":
            return
        values = [part.split()[0] for part in value.split(",") if part.strip()]
    else:
        values = [value] if value else []
    for url in values:
        dropped = "" if _scheme(url) in schemes else f"{_scheme(url)}:"
        yield Reference(url, tag.name != "a", dropped)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:  # "Invalid IPv6 URL"
        return ""
