"""Page bytes to text, with the scripts cut out before the DOM library sees the page.

A page of today is 2–4 MB, almost all of it library code in inline scripts; the DOM without them is 20–400 kB and the
page's data 20–400 kB more.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import AnyStr, Generic, Literal, NamedTuple

from archiver.wechat.jsdata import holds_assignments, holds_cgi, holds_inner_html, read_inner_html

# Spelled in both cases: a pattern that ignores case is searched for a character at a time, in megabytes of scripts.
_SCRIPT, _STYLE = ("".join(f"[{c}{c.upper()}]" for c in name) for name in ("script", "style"))
_ATTRIBUTES = r"""(?:[^"'>]++|"[^"]*+"|'[^']*+')*+"""
# Marks of bundled library code; the page's own data scripts are plain statements.
_LIBRARY = re.compile(r"""['"]use strict['"]|__INLINE_SCRIPT__|typeof exports|typeof define""")
_WALL_MARKERS = ("mmbizwap:secitptpage/verify", "poc_token")
_LARGEST_PLAIN = 150_000  # the largest data script without cgiDataNew seen is 32 kB
_BYTE_ORDERS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PAGES = 2  # whose parts are remembered


class _Patterns(Generic[AnyStr]):
    """What scripts, styles and comments begin and end with, in text or in bytes."""

    def __init__(self, made: Callable[[str], AnyStr], space: str) -> None:
        def compiled(pattern: str) -> re.Pattern[AnyStr]:
            return re.compile(made(pattern))

        self.open: re.Pattern[AnyStr] = compiled(rf"<(?:({_SCRIPT}|{_STYLE})\b|!--)")
        self.close: dict[str, re.Pattern[AnyStr]] = {
            "script": compiled(rf"</{_SCRIPT}{space}*+>"),
            "style": compiled(rf"</{_STYLE}{space}*+>"),
        }
        self.comment_end: re.Pattern[AnyStr] = compiled(r"--!?>")
        self.attributes: re.Pattern[AnyStr] = compiled(_ATTRIBUTES)


_IN_TEXT = _Patterns[str](str, r"\s")
_IN_BYTES = _Patterns[bytes](  # with the white space of all writing, as UTF-8
    str.encode,
    r"(?:[\s\x1c-\x1f]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)",
)


class _Place(NamedTuple):
    """A script or style element, or text (no name): where it begins, its text begins, and that ends."""

    name: str
    start: int
    inner: int
    end: int


@dataclass(frozen=True, slots=True)
class Script:
    """One script element: start tag and text. `role`: it holds the page's data, an HTML template, or library code."""

    tag: str
    text: str
    role: Literal["data", "template", "library"]


@dataclass(frozen=True, slots=True)
class Source:
    """A page's text: `html` without scripts, styles and comments, and the scripts in page order."""

    html: str
    scripts: tuple[Script, ...]
    _inner: list[dict[str, str]] = field(default_factory=list, compare=False, repr=False)

    def data_scripts(self) -> list[str]:
        """Texts of the scripts that hold data of the page, in page order."""
        return [script.text for script in self.scripts if script.role == "data"]

    def template(self, name: str) -> str:
        """Text of `<script type="text/html" id=name>`, or "": a repost's full text can be in `content_tpl`."""
        wanted = re.compile(rf"""\bid\s*=\s*["']?{re.escape(name)}\b""")
        found = (script.text for script in self.scripts if script.role == "template" and wanted.search(script.tag))
        return next(found, "")

    def inner_html(self) -> dict[str, str]:
        """The markup that scripts of the page write into elements of it, by the elements' ids."""
        if not self._inner:
            self._inner.append(read_inner_html(self.data_scripts()))
        return self._inner[0]

    def is_wall(self) -> bool:
        """Whether the page is WeChat's verification page, told by marks that do not depend on its language."""
        return 'id="js_verify"' in self.html or any(_is_wall(script.tag, script.text) for script in self.scripts)


def decode_page(body: bytes) -> str:
    """The page's text. UTF-8, or GB18030 where the bytes are that, whatever the page's own label says.

    A page with a few broken bytes stays UTF-8, so that a cut-off download is not turned into other characters.
    """
    for mark, name in _BYTE_ORDERS.items():
        if body.startswith(mark):
            return body.decode(name, "replace").lstrip("\ufeff")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    other = body.decode("gb18030", "replace")
    return other if other.count("\ufffd") < text.count("\ufffd") / 10 else text


# A page is read, and packed right after, by the same bytes: these are known by identity here, since to hash them takes
# as long as to find the first scripts. Library code is not kept.
_remembered: dict[int, tuple[bytes, list[str | Script]]] = {}


def page_source(body: bytes) -> Source:
    """`read_source` of a page's bytes; the `slim_page` of the same that follows finds its parts."""
    parts = parts_of(body)
    _remembered[id(body)] = body, _without_libraries(parts)
    for oldest in list(_remembered)[:-_PAGES]:
        _remembered.pop(oldest, None)
    return _source(parts)


def slim_page(body: bytes) -> str:
    """The page's text without its library scripts and styles; `page_source` finds the same data in both."""
    known = _remembered.pop(id(body), None)
    parts = known[1] if known and known[0] is body else _without_libraries(parts_of(body))
    return "".join(part if isinstance(part, str) else f"{part.tag}{part.text}</script>" for part in parts)


def parts_of(body: bytes) -> list[str | Script]:
    """All of `split_source`, of a page's bytes: in UTF-8, as nearly all are, they are taken apart before they are
    decoded, since most of a page is code in ASCII, and would take twice the room as Chinese text."""
    try:
        if not body.startswith(tuple(_BYTE_ORDERS)):
            return list(_split_utf8(body))
    except UnicodeError:
        pass
    return list(split_source(decode_page(body)))


def _split_utf8(body: bytes) -> Iterator[str | Script]:
    """Raises UnicodeError where the bytes are no UTF-8, or would not be taken apart as their text is."""
    done = 0
    for name, start, inner, end in _places(body, _IN_BYTES):
        body[done:start].decode()  # what is left out has to be UTF-8, too
        if not name:
            yield body[start:end].decode()
        else:
            tag, text = body[start:inner].decode(), body[inner:end].decode()
            if not tag[len(name) + 1 : len(name) + 2].isascii():
                raise UnicodeError("only of text it is known where a name in another writing ends")
            if name == "script":
                yield _script(tag, text)
        done = end
    body[done:].decode()


def read_source(text: str) -> Source:
    """Cuts scripts, styles and comments out of `text` in linear time; one that is never closed runs to the end."""
    return _source(list(split_source(text)))


def _source(parts: Iterable[str | Script]) -> Source:
    return Source(
        "".join(part for part in parts if isinstance(part, str)),
        tuple(part for part in parts if isinstance(part, Script)),
    )


def _without_libraries(parts: Iterable[str | Script]) -> list[str | Script]:
    return [part for part in parts if isinstance(part, str) or part.role != "library"]


def split_source(text: str) -> Iterator[str | Script]:
    """The text between scripts, styles and comments, and the scripts, in page order."""
    for name, start, inner, end in _places(text, _IN_TEXT):
        if not name:
            yield text[start:end]
        elif name == "script":
            yield _script(text[start:inner], text[inner:end])


def _places(page: AnyStr, known: _Patterns[AnyStr]) -> Iterator[_Place]:
    position = 0
    while found := known.open.search(page, position):
        yield _Place("", position, position, found.start())
        if found[1] is None:
            shut = known.comment_end.search(page, found.start() + 2)  # `<!-->` is a whole comment
            position = shut.end() if shut else len(page)
            continue
        name = "script" if len(found[1]) == len("script") else "style"
        attributes = known.attributes.match(page, found.end())
        inner = attributes.end() + 1 if attributes else found.end()
        close = known.close[name].search(page, inner)
        end, position = close.span() if close else (len(page), len(page))
        yield _Place(name, found.start(), inner, end)
    yield _Place("", position, position, len(page))


def _script(tag: str, text: str) -> Script:
    return Script(tag, text, _role(tag, text))


def _role(tag: str, text: str) -> Literal["data", "template", "library"]:
    if "text/html" in tag:
        return "template"
    if _is_wall(tag, text):
        return "data"
    if len(text) < _LARGEST_PLAIN and holds_inner_html(text):
        return "data"
    if _LIBRARY.search(text, 0, 1500) or not (len(text) < _LARGEST_PLAIN or holds_cgi(text)):
        return "library"
    return "data" if holds_assignments(text) or "weui-msg" in text else "library"


def _is_wall(tag: str, text: str) -> bool:
    if "TCaptcha.js" in tag:
        return True
    return len(text) < _LARGEST_PLAIN and any(mark in text for mark in _WALL_MARKERS)
