"""An article's body as a tree that is safe to walk: no active elements, no comments, bounded depth."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.dom import Document, Node, Tag, Text, Unseen, parse, refill
from archiver.render.text import printable, words

# Real articles nest up to 49 deep; walking a level costs a few of Python's 1,000 frames.
MAX_DEPTH = 80

# Dropped with all they hold: what runs, embeds, asks for input, or is parsed by rules of its own.
_DROPPED = words("""
    applet area audio base button canvas datalist dialog embed frame frameset head iframe input link map
    math meta meter noembed noframes noscript object optgroup option output param plaintext portal
    progress script select source style template textarea title track video xmp
""")

# Elements without contents; but lxml takes `<embed>` and others for containers of all that follows.
_VOID = words("area base embed frame input link meta param source track")

BLOCKS = words("""
    address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead
    tr ul
""")
HEADINGS = words("h1 h2 h3 h4 h5 h6")


def _at_depth(root: Tag, depth: int) -> list[Tag]:
    """The elements that are exactly `depth` levels below `root`."""
    level = [root]
    for _ in range(depth):
        level = [child for element in level for child in element.find_all(True, recursive=False)]
        if not level:
            break
    return level


def _flatten(element: Tag, soup: Document) -> None:
    """Leave only text, images and line breaks inside `element`, without walking its depth again for each of them."""
    kept: list[Node] = []
    for node in element.descendants:
        if isinstance(node, Text):
            kept.append(Text(str(node)))
        elif isinstance(node, Tag) and node.name == "img":
            kept.append(soup.new_tag("img", attrs=dict(node.attrs)))
        elif isinstance(node, Tag) and (node.name in BLOCKS or node.name == "br"):
            kept.append(soup.new_tag("br"))
    element.clear()
    element.extend(kept)


def _harmless(element: Tag) -> Iterator[Node]:
    """What is left of an element's contents without comments and active elements."""
    stack = [iter(list(element.contents))]
    while stack:
        part = next(stack[-1], None)
        if part is None:
            stack.pop()
        elif isinstance(part, Tag) and part.name in _VOID:
            stack.append(iter(list(part.contents)))
        elif not isinstance(part, Unseen) and not (isinstance(part, Tag) and part.name in _DROPPED):
            yield part


_second: dict[str, Tag] = {}  # a body becomes a page and then a text: it is read once, and copied once


def parse_body(body: str) -> Tag:
    """The `<body>` of the parsed fragment, without active elements and comments, nested at most MAX_DEPTH deep. The
    caller may change it."""
    known = _second.pop(body, None)
    if known is not None:
        return known
    root = _read(body)
    _second.clear()
    _second[body] = root.copy()
    return root


def _read(body: str) -> Tag:
    soup = parse(f"<body>{printable(body)}</body>")
    root = soup.find("body")
    if root is None:  # lxml always makes one; said for the type checker and for a future parser
        return soup.new_tag("body")
    todo = [root]
    while todo:
        element = todo.pop()
        kept = list(_harmless(element))
        if len(kept) != len(element.contents):
            refill(element, kept)
        todo += [part for part in kept if isinstance(part, Tag)]
    for element in _at_depth(root, MAX_DEPTH):
        if element.contents:
            _flatten(element, soup)
    return root


def shift_headings(root: Tag) -> None:
    """Rename the body's headings so that the topmost is an h2, under the page's only h1."""
    headings = root.find_all(HEADINGS)
    if headings:
        top = min(int(heading.name[1]) for heading in headings)
        for heading in headings:
            heading.name = f"h{min(6, int(heading.name[1]) - top + 2)}"
