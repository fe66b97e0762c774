"""JavaScript string literals, and the functions with which WeChat's pages undo a second layer of escapes."""

from __future__ import annotations

import html
import re

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|\r\n|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_BACKSLASH = "\0"  # stands for one that begins no escape
_IN_CODES = frozenset(["", *"\0{}0123456789abcdefABCDEF"])
_FEW = 20
_JSDECODE = (
    ("\\x5c", "\\"),
    ("\\x0d", "\r"),
    ("\\x22", '"'),
    ("\\x26", "&"),
    ("\\x27", "'"),
    ("\\x3c", "<"),
    ("\\x3e", ">"),
    ("\\x0a", "\n"),
)


def literal_end(source: str, start: int) -> int:
    """The place of the quote that ends the literal whose quote is at `start`; -1 where none does. An article is one
    literal: to look for quotes takes a hundredth of the time of looking at each sign."""
    end = start
    while (end := source.find(source[start], end + 1)) >= 0:
        before = end
        while source[before - 1] == "\\":
            before -= 1
        if (end - before) % 2 == 0:
            return end
    return -1


def decode_string(literal: str) -> str:
    """The string that a JavaScript literal (with its quotes) means."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    text = _unescaped(inner)
    if "\\u" not in inner:
        return text
    from archiver.dom import valid

    return valid(text)


def _unescaped(text: str) -> str:
    """An article is a few escapes, thousands of times: each is replaced wherever it stands. Where there are many, or
    where what one means could become a part of another one, they are read one by one."""
    done = text.replace("\\\\", _BACKSLASH)
    for _ in range(_FEW if _BACKSLASH not in text and "\\\r" not in text else 0):
        found = _ESCAPE.search(done)
        if found is None:
            return done.replace(_BACKSLASH, "\\")
        meant = _meant(found[1])
        if found[1] in ("x", "u") or meant in _IN_CODES:
            break
        done = done.replace(found[0], _BACKSLASH if meant == "\\" else meant)
    return _ESCAPE.sub(lambda found: _meant(found[1]), text)


def _meant(code: str) -> str:
    if len(code) > 1 and code[0] in "xu":
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return _SIMPLE.get(code, code)


def js_decode(value: str) -> str:
    """What `JsDecode` of WeChat's pages makes of a string."""
    for spelled, meant in _JSDECODE if "\\x" in value else ():
        value = value.replace(spelled, meant)
    return value


def html_decode(value: str) -> str:
    """What `htmlDecode` of WeChat's pages makes of a string."""
    return html.unescape(re.sub(r"<br\s*/?\s*>", "\n", value))
