"""An article's body as a tree that is safe to walk: no active elements, no comments, bounded depth."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

from archiver.render.text import printable, words

# Real articles nest up to 49 deep; walking a level costs a few of Python's 1,000 frames.
MAX_DEPTH = 80

# Dropped with all they hold: what runs, embeds, asks for input, or is parsed by rules of its own.
_DROPPED = words("""
    applet area audio base button canvas datalist dialog embed frame frameset head iframe input link map
    math meta meter noembed noframes noscript object optgroup option output param plaintext portal
    progress script select source style template textarea title track video xmp
""")

BLOCKS = words("""
    address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead
    tr ul
""")
_HEADING = re.compile(r"h[1-6]")


def _depths(root: Tag) -> list[tuple[Tag, int]]:
    """Every element below `root` with its depth, parents before children."""
    found: list[tuple[Tag, int]] = []
    stack = [(root, 0)]
    while stack:
        element, depth = stack.pop()
        for child in element.find_all(True, recursive=False):
            found.append((child, depth + 1))
            stack.append((child, depth + 1))
    return found


def _flatten(root: Tag, soup: BeautifulSoup) -> None:
    # Deepest first: then every element that is unwrapped has short contents, and the whole is linear.
    for element, depth in sorted(_depths(root), key=lambda pair: -pair[1]):
        if depth <= MAX_DEPTH:
            break
        if element.name in BLOCKS:
            element.insert_before(soup.new_tag("br"))
        if element.name != "img":
            element.unwrap()


def parse_body(body: str) -> Tag:
    """The `<body>` of the parsed fragment, without active elements and comments, nested at most MAX_DEPTH deep."""
    soup = BeautifulSoup(f"<body>{printable(body)}</body>", "lxml")
    root = soup.body
    if root is None:  # lxml always makes one; said for the type checker and for a future parser
        return soup.new_tag("body")
    for element in reversed(root.find_all(list(_DROPPED))):  # innermost first keeps it linear
        element.extract()
    for string in root.find_all(string=lambda text: isinstance(text, PreformattedString)):
        string.extract()
    _flatten(root, soup)
    return root


def shift_headings(root: Tag) -> None:
    """Rename the body's headings so that the topmost is an h2, under the page's only h1."""
    headings = [heading for heading in root.find_all(_HEADING) if _HEADING.fullmatch(heading.name)]
    if headings:
        top = min(int(heading.name[1]) for heading in headings)
        for heading in headings:
            heading.name = f"h{min(6, int(heading.name[1]) - top + 2)}"
