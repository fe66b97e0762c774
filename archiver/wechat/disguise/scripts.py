"""Scripts that hold a page's data, token by token: known words stay, others get numbers, strings get what their key
says."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from archiver.wechat.disguise import vocabulary as known
from archiver.wechat.disguise.addresses import address
from archiver.wechat.disguise.filler import EPOCH, Filler
from archiver.wechat.disguise.markup import identity, plain_text
from archiver.wechat.jsstring import decode_string, js_decode

_LINE_STRING = r""""(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'"""
_LONG_STRING = r""""(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'"""
_REGEX = r"/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/[a-z]*"
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<comment>//[^\n]*|/\*(?:.*?\*/|.*))|(?P<string>{_LINE_STRING})"
    rf"|(?P<long>(?<=[(:=\[,+?|])\s*+(?:{_LONG_STRING}))|(?P<regex>(?<=[(,=:\[!&|?{{}};])\s*+{_REGEX})"
    r"|(?P<template>`(?:[^`\\]|\\.)*+`)|(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_$][\w$]*)|(?P<sign>.)",
    re.DOTALL,
)
_AHEAD = re.compile(r"\s*(:|=(?!=)|\()")
_WEB = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_SIGNS = frozenset("{}[]()<>=+-*/%&|^!~?:;,.")
_ESCAPED = {char: f"\\x{ord(char):02x}" for char in "\"'`&<>\\\n\r\u2028\u2029" if ord(char) < 256}
_TWICE = frozenset({"JsDecode"})
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_WORDS = frozenset({"true", "false", "0", "1"})


def disguised_script(filler: Filler, source: str) -> str:
    """The script without anything of the page's author's. It assigns the same data in the same way."""
    return "".join(_Script(filler, source).pieces())


class _Script:
    def __init__(self, filler: Filler, source: str) -> None:
        self._filler = filler
        self._source = source
        self._key = ""  # what the next string is for
        self._asked = 0  # question marks whose colon is still to come
        self._assigned = False  # whether that is the value of a variable
        self._last = ""  # the name before the bracket that was opened last

    def pieces(self) -> Iterator[str]:
        """The tokens of the new script."""
        for token in _TOKEN.finditer(self._source):
            kind, found = token.lastgroup, token[0].strip()
            if kind == "space":
                yield "\n" if "\n" in token[0] else " "
            elif kind in ("string", "long") or (kind == "template" and "${" not in found):
                yield self._string(found, token.end())
            elif kind == "name":
                yield self._name(found, token.end())
            elif kind == "number":
                yield self._number(found)
            elif kind in ("regex", "template"):
                yield "/x/" if kind == "regex" else "`x`"
            elif kind == "sign" and found in _SIGNS:
                self._sign(found)
                yield found

    def _sign(self, sign: str) -> None:
        if sign == "?":
            self._asked += 1
        elif sign == ":" and self._asked:
            self._asked -= 1
        elif sign in ",;{}" and not (sign == "," and self._last in known.SETTERS):
            self._key, self._asked = "", 0
        if sign == ")":
            self._last = ""

    def _name(self, name: str, end: int) -> str:
        made = name if name in known.KEYS else f"k{self._filler.number_of(f'key {name}')}"
        self._look_ahead(name, end)
        return made

    def _look_ahead(self, name: str, end: int) -> None:
        ahead = _AHEAD.match(self._source, end)
        if ahead is None:
            return
        if ahead[1] == "(":
            self._last = name
            if name in known.SETTERS:
                self._key = name
        elif ahead[1] == "=" or not self._asked:
            self._key, self._asked, self._assigned = name, 0, ahead[1] == "="

    def _number(self, digits: str) -> str:
        if digits in _WORDS or (self._key in known.KEPT_NUMBERS and re.fullmatch(r"\d{1,3}", digits)):
            return digits
        return self._digits(digits) if digits.isdigit() else "1.0"

    def _string(self, literal: str, end: int) -> str:
        quote = literal[0]
        value = decode_string(literal)
        ahead = _AHEAD.match(self._source, end)
        if ahead and ahead[1] == ":" and not self._asked:  # a key of JSON
            self._key, self._assigned = value, False
            made = value if value in known.KEYS else f"k{self._filler.number_of(f'key {value}')}"
            return f"{quote}{made}{quote}"
        if self._last in known.FINDERS:
            sign = "#" if value.startswith("#") else ""
            return f"{quote}{sign}{identity(self._filler, value.removeprefix('#'))}{quote}"
        twice = self._last in _TWICE
        made = self._value(js_decode(value) if twice else value)
        if twice:
            made = made.replace("\\", "\\x5c")
        return quote + "".join(_ESCAPED.get(char, char) for char in made) + quote

    def _value(self, value: str) -> str:
        key = self._key
        if not value.strip():
            return ""
        if key not in known.KEYS:  # a variable whose text a script may write into the page
            return plain_text(self._filler, value) if self._assigned and _IDEOGRAPH.search(value) else ""
        if key in known.TEXT_KEYS:
            return plain_text(self._filler, value)
        if value in _WORDS:
            return value
        if value.strip().isdigit():
            kept = key in known.KEPT_NUMBERS and len(value) < 4
            return value if kept else self._digits(value.strip())
        if key in known.TIMES:
            return self._filler.date(value)
        if key in known.ID_KEYS:
            return self._filler.identifier(value.strip())
        if _WEB.match(value):
            return address(self._filler, html.unescape(value))
        return plain_text(self._filler, value)

    def _digits(self, digits: str) -> str:
        if self._key in known.TIMES:
            return EPOCH
        return self._filler.identifier(digits) if self._key in known.ID_KEYS else "10"
