"""What a page's scripts hold as literals, and write into the elements of the page."""

from __future__ import annotations

import re

LITERAL = r"""(?:'(?P<single>[^'\\]*+(?:\\.[^'\\]*+)*+)'|"(?P<double>[^"\\]*+(?:\\.[^"\\]*+)*+)")"""
_TEMPLATE = r"`(?P<back>[^`\\$]*+(?:(?:\\.|\$(?!\{))[^`\\$]*+)*+)`"
_PIECE = re.compile(f"{LITERAL}|{_TEMPLATE}", re.DOTALL)
_AND = re.compile(r"\s*\+\s*")
_QUOTES = r"""["'`]"""
_OF = ")."
_SETTERS = tuple(_OF + name for name in ("innerHTML", "innerText", "textContent", "html(", "insertAdjacentHTML("))
_ELEMENT = re.compile(r"""(?:getElementById\(\s*["']|(?:querySelector|\$)\(\s*["']\#)([\w-]+)["']\s*\)\s*\.\s*\Z""")
_SET_TO = re.compile(
    r"""(?:\w+\s*=(?!=)|html\(|insertAdjacentHTML\(\s*["']\w+["']\s*,)\s*"""
    rf"""(?:(?={_QUOTES})|([A-Za-z_$][\w$]*)\s*(?:[;\n)]|\Z))"""
)
_BEFORE = 120  # characters up to where it is set
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_OF_THE_FRAME = ("js_share_notice", "js_content")  # those have places of their own
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_PAIR = "\\\\"  # a backslash, escaped
_KEPT = "\0"  # stands for a backslash that begins no escape
_UNSAFE = frozenset(["", *"\x000123456789abcdefABCDEF"])  # what could become a part of a code
_FEW = 20
_SPELLED = re.compile(r"\\x(5c|0d|22|26|27|3c|3e|0a)")
_SIMPLE = {"n": "\n", "r": "", "t": "\t", "\n": ""}


def set_by_scripts(text: str) -> dict[str, str]:
    """What scripts write into elements of the page, by the elements' ids: the first of each."""
    found: dict[str, str] = {}
    for setter in _SETTERS:
        at = text.find(setter)
        while at >= 0:
            begin = at + len(_OF)
            element, put = _ELEMENT.search(text, max(0, at - _BEFORE), begin), _SET_TO.match(text, begin)
            if element and put and (words := _pieces(text, put)):
                found.setdefault(element[1], words)
            at = text.find(setter, begin)
    return found


def _pieces(text: str, put: re.Match[str]) -> str:
    """A literal, or several that are added, there or where a name is given to them."""
    start = put.end()
    if put[1]:
        named = re.search(rf"(?<![\w$.]){re.escape(put[1])}\s*=\s*(?={_QUOTES})", text)
        if named is None:
            return ""
        start = named.end()
    words: list[str] = []
    while piece := _PIECE.match(text, start):
        words.append(string_of(piece))
        further = _AND.match(text, piece.end())
        if further is None:
            break
        start = further.end()
    return "".join(words)


def filled(text: str, contents: dict[str, str]) -> str:
    """The page with what its scripts write, in Chinese, into further elements of it."""
    for name, words in contents.items():
        if name in _OF_THE_FRAME or not _CHINESE.search(words):
            continue
        place = re.search(rf"""(<\w[^<>]*\bid\s*=\s*["']?{re.escape(name)}\b[^<>]*>)[^<]*""", text)
        if place:
            text = text[: place.end(1)] + words + text[place.end() :]
    return text


def spelled(words: str) -> str:
    """What `JsDecode` of WeChat's pages makes of a text."""
    return _SPELLED.sub(lambda code: chr(int(code[1], 16)), words)


def string_of(found: re.Match[str]) -> str:
    """The text that a literal means: a match of LITERAL, or of one between backticks."""
    groups = found.groupdict()
    return meaning(next((groups[name] for name in ("single", "double", "back") if groups.get(name) is not None), ""))


def literal_end(text: str, start: int) -> int:
    """Where the quote is that ends the literal whose quote is at `start`; -1 for nowhere. An article is one literal: to
    look for quotes takes a hundredth of the time of matching it."""
    end = start
    while (end := text.find(text[start], end + 1)) >= 0:
        before = end
        while text[before - 1] == "\\":
            before -= 1
        if (end - before) % 2 == 0:
            return end
    return -1


def meaning(literal: str) -> str:
    """The text that a literal means, without its quotes."""
    return _unescaped(literal) if "\\" in literal else literal


def _unescaped(literal: str) -> str:
    """A literal with its escapes as characters. An article's is a few of them, thousands of times: each is replaced
    everywhere at once, unless there are many, or what one means could be read as a part of another one."""
    text = literal.replace(_PAIR, _KEPT)
    for _ in range(_FEW if _KEPT not in literal else 0):
        found = _ESCAPE.search(text)
        if found is None:
            return text.replace(_KEPT, "\\")
        character = _character(found)
        if found[1] in ("x", "u") or character in _UNSAFE:
            break
        text = text.replace(found[0], _KEPT if character == "\\" else character)
    return _ESCAPE.sub(_character, literal)


def _character(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _SIMPLE.get(code, code)
