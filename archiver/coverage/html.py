"""What a stretch of HTML shows, read without a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from archiver.coverage.elements import image_address, is_frame, is_video, words
from archiver.coverage.match import visible
from archiver.coverage.tables import Table
from archiver.coverage.tokens import attributes, tokens
from archiver.dom.sheet import NO_STYLES

_VOID = words("area base br col embed frame hr img input link meta param source track wbr")
_UNREAD = words(
    "script style template noscript head title desc metadata select iframe audio video annotation annotation-xml"
    " mjx-assistive-mml"
)
_SHAPES = words("path rect circle ellipse line polyline polygon use")
_NO_DRAWING = words("text image img foreignobject animate animatetransform animatemotion set")
_STORES = words("defs symbol clippath mask pattern")
_BLOCKS = words("p div section ul ol table h1 h2 h3 h4 h5 h6 blockquote pre hr li tr td th")
_BACKGROUND = re.compile(
    r"url\(\s*[\"']?((?:https?:)?//[^\"')\s]+|\.\./[^\"')\s]+|data:image/[^\"')\s]+)", re.IGNORECASE
)
_FRAME_LINES = words("""
    预览时标签不可点 微信扫一扫关注该公众号 微信扫一扫 关注该公众号 继续滑动看下一个 轻触阅读原文
    在小说阅读器中沉浸阅读
""")
_COUNTER = re.compile(r"\s*counter\(line[^)\n]*\)?\s*")
_AUDIO = words("mpvoice mp-common-mpaudio")
_COUNTED = words("img image embed a math annotation pre code table svg") | _AUDIO
_LINKS = ("http", "../", "mailto:", "//")
_LONGEST_LIST = 220  # characters of an attribute, up to the class that is looked for
_AROUND = {  # what is before an attribute's word, and behind it
    "id": (re.compile(r"""\bid\s*=\s*["']?\Z""", re.IGNORECASE), re.compile(r"""["'\s>]""")),
    "class": (re.compile(r"""\bclass\s*=\s*["'](?:[^"'<>]*\W)?\Z""", re.IGNORECASE), re.compile(r"\W|\Z")),
}
_USUAL_TAG = 500  # characters; what is longer is hardly ever written twice


@dataclass(slots=True)
class Shown:
    """What is shown, in order: text, the texts of links, image addresses; how many of the rest."""

    text: str = ""
    links: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    tables: int = 0
    drawings: int = 0
    code: int = 0
    audio: int = 0
    video: int = 0


class _Reader:
    """Collects what one element shows, from its start tag on, or all."""

    def __init__(self, whole: bool, styles: Mapping[str, str] = NO_STYLES) -> None:
        self._whole = whole
        self._behind = {name: _BACKGROUND.findall(style) for name, style in styles.items() if "url(" in style}
        self._stack: list[tuple[str, bool]] = []  # names of open elements, and whether what is in them is not shown
        self._lines: list[str] = []
        self._line: list[str] = []
        self._link: tuple[int, str, list[str]] | None = None  # how deep it is, where it leads, its words
        self._beside = ""  # where the link led behind which nothing has come yet: two halves are one link
        self._tables: list[Table] = []
        self._said = 0  # characters in `_lines`
        self._formula: int | None = None  # how many parts of the line are before one in MathML
        self._drawing: tuple[int, set[str]] | None = None  # how deep it is, what is in it
        self._stores = 0
        self._code = 0  # how deep the block of code is that is counted
        self._shown = Shown()
        self._ended = False

    def read(self, page: str, start: int = 0) -> Shown:
        """What is shown of `page`, from a place in it on."""
        for text, name, is_end, given, is_closed in tokens(page, start):
            if text and not (self._stack and self._stack[-1][1]):
                self._say(text)
            if not is_end:
                self._open(name, given)
            if name and (is_end or (is_closed and name not in _VOID)):
                self._end(name)
            if self._ended:
                break
        self._close(0)
        self._end_line()
        self._shown.text = visible("".join(self._lines))
        return self._shown

    def _open(self, tag: str, given_as: str) -> None:
        if tag in _BLOCKS and self._stack and self._stack[-1][0] == "p":
            self._close(len(self._stack) - 1)
        unseen = bool(self._stack) and self._stack[-1][1]
        if not unseen:
            known = _known(tag, given_as) if len(given_as) <= _USUAL_TAG else _read(tag, given_as)
            if known.counts or self._tables or self._drawing or self._behind:
                self._count(tag, known.given)
            unseen = known.unread and (self._whole or bool(self._stack))
        if tag in _BLOCKS or tag == "br":
            self._end_line()
        if tag not in _VOID:
            self._stack.append((tag, unseen))
            self._stores += tag in _STORES

    def _end(self, tag: str) -> None:
        if self._stack and self._stack[-1][0] == tag and self._is_plain():
            self._stack.pop()
            if tag in _BLOCKS:
                self._end_line()
            self._ended = not self._stack and not self._whole
            return
        # Formats that cross each other never reach far; to search the whole stack would take long.
        for i in range(len(self._stack) - 1, max(len(self._stack) - 60, 0) - 1, -1):
            if self._stack[i][0] == tag:
                self._close(i)
                return

    def _is_plain(self) -> bool:
        """Whether nothing is open that has to know where it ends."""
        return not (self._link or self._tables or self._drawing or self._code or self._stores)

    def _say(self, text: str) -> None:
        self._line.append(text)
        if self._link:
            self._link[2].append(text)
        elif self._beside and not text.isspace():
            self._beside = ""

    def _count(self, tag: str, given: dict[str, str]) -> None:
        depth, shown = len(self._stack), self._shown
        if self._behind or "style" in given:
            shown.images += self._images_behind(given)
        if self._tables or tag == "table":
            self._cell(tag, depth)
        if tag in ("img", "image", "embed"):
            if address := image_address(given):
                shown.images.append(address)
        elif tag == "a":
            self._begin_link(given, depth)
        elif tag in ("math", "annotation"):
            self._read_formula(tag, given)
        elif tag in ("pre", "code"):
            self._block_of_code(tag, given, depth)
        elif tag in _AUDIO:
            shown.audio += 1
        elif is_video(tag, given):
            shown.video += 1
        self._draw(tag, depth)

    def _images_behind(self, given: dict[str, str]) -> list[str]:
        """The images that a style or a class puts behind an element."""
        style = given.get("style", "")
        found = _BACKGROUND.findall(style.replace("&quot;", '"')) if "url(" in style.lower() else []
        for name in given.get("class", "").split() if self._behind else ():
            found += self._behind.get(name, ())
        # Window buttons are drawn into code.
        return found if found and all(name != "pre" for name, _ in self._stack[-6:]) else []

    def _draw(self, tag: str, depth: int) -> None:
        if tag == "svg" and self._drawing is None:
            self._drawing = (depth, set())
        elif self._drawing and not (tag in _SHAPES and self._stores):
            self._drawing[1].add(tag)

    def _cell(self, tag: str, depth: int) -> None:
        if tag == "table":
            self._tables.append(Table(depth, counts=all(name != "pre" for name, _ in self._stack[-6:])))
        else:
            self._tables[-1].open(tag, self._said + sum(map(len, self._line)) if tag in ("td", "th") else 0)

    def _end_table(self) -> None:
        table = self._tables.pop()
        above = self._tables[-1] if self._tables else None
        has_data = table.holds_data()
        tables, code = table.inner + has_data, 0 if has_data else table.code
        if above:
            above.inner += tables
            above.code += code
        else:
            self._shown.tables += tables
            self._shown.code += code

    def _block_of_code(self, tag: str, given: dict[str, str], depth: int) -> None:
        around = next((at for at in range(depth - 1, max(depth - 7, -1), -1) if self._stack[at][0] == "pre"), None)
        if not self._code and ("data-lang" in given if tag == "pre" else around is not None):
            if self._tables:
                self._tables[-1].code += 1
            else:
                self._shown.code += 1
            self._code = depth if tag == "pre" or around is None else around

    def _close(self, at: int) -> None:
        """Close the element at a place of the stack, and all that is still open in it."""
        while len(self._stack) > at:
            name, _ = self._stack.pop()
            depth = len(self._stack)
            self._stores -= name in _STORES
            if self._link and depth <= self._link[0]:
                self._end_link(self._link[1], visible("".join(self._link[2])))
            if self._tables and name in ("td", "th", "table"):
                self._tables[-1].end_cell(self._said + sum(map(len, self._line)))
            if self._tables and depth <= self._tables[-1].depth:
                self._end_table()
            if self._drawing and depth <= self._drawing[0]:
                inside = self._drawing[1]
                self._shown.drawings += not inside.isdisjoint(_SHAPES) and inside.isdisjoint(_NO_DRAWING)
                self._drawing = None
            if self._code and depth <= self._code:
                self._code = 0
            if name in _BLOCKS or (name == "code" and self._code):
                self._end_line()
        self._ended = not self._stack and not self._whole

    def _begin_link(self, given: dict[str, str], depth: int) -> None:
        if self._link:  # browsers end it: there is none in another
            self._end_link(self._link[1], visible("".join(self._link[2])))
        if given.get("href", "").startswith(_LINKS):
            self._link = (depth, given["href"], [])

    def _read_formula(self, tag: str, given: dict[str, str]) -> None:
        """In MathML: of one whose TeX is there, what is drawn is no text, as with other formulas."""
        if tag == "math":
            self._formula = len(self._line)
        elif self._formula is not None and "tex" in given.get("encoding", "").lower():
            del self._line[self._formula :]

    def _end_link(self, href: str, words: str) -> None:
        self._link = None
        if words and self._beside == href:
            self._shown.links[-1] += words
        elif words:
            self._shown.links.append(words)
            self._beside = href

    def _end_line(self) -> None:
        self._beside = ""
        if not self._line:
            return
        line = "".join(self._line)
        self._line.clear()
        bare = line.strip()
        if bare and bare not in _FRAME_LINES and not ("counter(" in bare and _COUNTER.fullmatch(line)):
            self._lines.append(line)
            self._said += len(line)


class _Known(NamedTuple):
    """What a tag says by itself: its attributes, which nobody may change, whether what is in its element is not read,
    and whether it may count for more than what it holds."""

    given: dict[str, str]
    unread: bool
    counts: bool


def _read(tag: str, given_as: str) -> _Known:
    given = attributes(given_as) if given_as else {}
    counts = tag in _COUNTED or is_video(tag, given) or "url(" in given.get("style", "").lower()
    return _Known(given, tag in _UNREAD or is_frame(tag, given), counts)


_known = lru_cache(maxsize=256)(_read)  # an editor writes the same few tags over and over


def shown_by(markup: str, styles: Mapping[str, str] = NO_STYLES) -> Shown:
    """What all of `markup` shows, whose elements have `styles` as classes."""
    return _Reader(whole=True, styles=styles).read(markup)


def shown_in(page: str, attribute: Literal["id", "class"], word: str) -> Shown | None:
    """What the first element of `page` shows whose `attribute` holds `word`; None where there is none."""
    start = next(_start_tags(page, attribute, word), None)
    return None if start is None else _Reader(whole=False).read(page, start)


def _start_tags(page: str, attribute: Literal["id", "class"], word: str) -> Iterator[int]:
    """Where those elements begin. Looked for is the word, and only then what is around it: that takes a hundredth of
    the time of a search for the whole."""
    before, behind = _AROUND[attribute]
    at = page.find(word)
    while at >= 0:
        end = at + len(word)
        found = before.search(page, max(0, at - _LONGEST_LIST), at) if behind.match(page, end) else None
        start = page.rfind("<", 0, found.start()) if found else -1
        if found and start >= 0 and page.find(">", start, found.start()) < 0:
            yield start
        at = page.find(word, end)
