"""JavaScript string literals, and the functions with which WeChat's pages undo a second layer of escapes."""

from __future__ import annotations

import html
import re
from functools import lru_cache

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|\r\n|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
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


def decode_string(literal: str) -> str:
    """The string that a JavaScript literal (with its quotes) means."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    from archiver.dom import valid

    return valid(_ESCAPE.sub(lambda found: _known_code(found[1]), inner))


@lru_cache(maxsize=256)  # an article is a few of them, thousands of times
def _known_code(code: str) -> str:
    if len(code) > 1 and code[0] in "xu":
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return _SIMPLE.get(code, code)


def js_decode(value: str) -> str:
    """What `JsDecode` of WeChat's pages makes of a string."""
    for spelled, meant in _JSDECODE:
        value = value.replace(spelled, meant)
    return value


def html_decode(value: str) -> str:
    """What `htmlDecode` of WeChat's pages makes of a string."""
    return html.unescape(re.sub(r"<br\s*/?\s*>", "\n", value))
