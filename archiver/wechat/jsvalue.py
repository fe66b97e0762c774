"""One JavaScript expression of literals to plain Python values, by walking tokens; nothing is ever run.

WeChat's data is no JSON: single quotes, trailing commas, `'0' * 1`, `'x' === 'true'`, `a || b`, `JsDecode('…')`. What
cannot be read becomes None and reading goes on after it, so that damage costs one value and not the page.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import unquote

from archiver.wechat.jsstring import decode_string, html_decode, js_decode, literal_end

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"

_DEPTH = 60  # nesting that is read; WeChat's own is below 10
_STRING = r""""[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+'|`[^`\\$]*+(?:(?:\\.|\$(?!\{))[^`\\$]*+)*+`"""
_TOKEN = re.compile(
    r"(?:\s++|//[^\n]*+)*+(?:"
    rf"(?P<string>{_STRING})"
    r"|(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<punct>===|!==|==|!=|\|\||&&|=>|.))",
    re.DOTALL,
)
# What nearly all members of WeChat's data are, behind their names: `: JsDecode('…'),` or `: '…',` or `: '…' * 1,`. This
# is what is before the literal, and behind it.
_BEFORE = re.compile(r"\s*+:\s*+(?P<coded>JsDecode\(\s*+)?(?=[\"'])")
_BEHIND = re.compile(r"\s*+(?:(?P<shut>\)\s*+)|(?P<number>\*\s*+1\s*+))?(?=[,}])")
_REGEX = re.compile(r"\s*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,99}\]){1,200}/[a-z]*")
_ENDING = {"(": ")", "[": "]", "{": "}"}


def text(value: Value) -> str:
    """A value as text, which is valid Unicode: numbers in decimal, everything else that is no string as ""."""
    if isinstance(value, str):
        from archiver.dom import valid  # hosts of media are asked about where no page is read

        return valid(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) else str(value)


def member(value: Value, *path: str) -> Value:
    """`value.a.b` for `path` ("a", "b"); None where it leads nowhere."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


_FUNCTIONS: dict[str, Callable[[str], str]] = {
    "JsDecode": js_decode,
    "htmlDecode": html_decode,
    "decodeURIComponent": unquote,
    "String": str,
}
_CONSTANTS: dict[str, Value] = {"true": True, "false": False}


class Reader:
    """Reads one JavaScript expression of literals from `source` at `position`."""

    def __init__(self, source: str, position: int) -> None:
        self.source = source
        self.position = position
        self.depth = 0
        self.kind = ""
        self.lexeme = ""
        self._advance()

    def _advance(self) -> None:
        match = _TOKEN.match(self.source, self.position)
        if match is None:
            self.kind, self.lexeme, self.position = "end", "", len(self.source)
            return
        self.kind, self.position = match.lastgroup or "end", match.end()
        self.lexeme = match[self.kind]

    def value(self) -> Value:
        """The expression here: `a || b && c`, `c ? a : b`: what they come to when every unknown name is undefined."""
        first = self._or()
        if self.lexeme != "?":
            return first
        self._advance()
        yes = self._nested(self.value)
        if self.lexeme == ":":
            self._advance()
        no = self._nested(self.value)
        return yes if first else no

    def _nested(self, read: Callable[[], Value]) -> Value:
        if self.depth >= _DEPTH:
            self._skip_value()
            return None
        self.depth += 1
        result = read()
        self.depth -= 1
        return result

    def _or(self) -> Value:
        result = self._compared()
        while self.lexeme in ("||", "&&"):
            operator = self.lexeme
            self._advance()
            other = self._compared()
            if (operator == "||") != bool(result):
                result = other
        return result

    def _compared(self) -> Value:
        result = self._term()
        while self.lexeme in ("===", "==", "!==", "!=", "*", "+"):
            operator = self.lexeme
            self._advance()
            other = self._term()
            if operator == "*":
                result = _times(result, other)
            elif operator == "+":
                result = result + other if isinstance(result, str) and isinstance(other, str) else None
            else:
                result = (text(result) == text(other)) == (operator[0] == "=")
        return result

    def _term(self) -> Value:
        kind, lexeme = self.kind, self.lexeme
        result: Value = None
        if kind == "string":
            result = decode_string(lexeme)
            self._advance()
        elif kind == "number":
            result = _number(lexeme)
            self._advance()
        elif lexeme in ("-", "+", "!"):
            self._advance()
            inner = self._nested(self._term)
            result = not inner if lexeme == "!" else _times(inner, -1 if lexeme == "-" else 1)
        elif lexeme in _ENDING:
            result = self._nested(self._bracket)
        elif kind == "name":
            result = self._named(lexeme)
        return self._postfix(result)

    def _bracket(self) -> Value:
        if self.lexeme == "{":
            return self._object()
        if self.lexeme == "[":
            return self._array()
        self._advance()
        result = self.value()
        self._skip_value()
        while self.lexeme == ",":  # further arguments
            self._advance()
            self._skip_value()
        self._close(")")
        return result

    def _named(self, name: str) -> Value:
        self._advance()
        if name == "function":
            while self.lexeme not in ("{", ";", "") and self.kind != "end":
                self._advance()
            self._skip_bracket()
            return None
        if name in _FUNCTIONS and self.lexeme == "(":
            argument = self._nested(self._bracket)
            return _FUNCTIONS[name](argument) if isinstance(argument, str) else None
        return _CONSTANTS.get(name)

    def _postfix(self, result: Value) -> Value:
        """`.html(false)` undoes entities; `.replace(…)`, `.slice(…)` and the like are passed over."""
        while self.lexeme in (".", "(", "[") and self.kind == "punct":
            if self.lexeme != ".":
                self._skip_bracket()
                result = None
                continue
            self._advance()
            method = self.lexeme
            self._advance()
            if self.lexeme == "(":
                self._skip_bracket()
            else:
                result = None
            if method == "html" and isinstance(result, str):
                result = html.unescape(result)
        return result

    def _object(self) -> Value:
        found: dict[str, Value] = {}
        self._advance()
        while self.lexeme != "}" and self.kind != "end":
            if self.kind not in ("string", "name", "number"):
                self._skip_value()
            else:
                name = decode_string(self.lexeme) if self.kind == "string" else self.lexeme
                if self.depth < _DEPTH:
                    self._usual_member(found, name)
                self._advance()
                if self.lexeme == ":" and self.kind == "punct":
                    self._advance()
                    read = self.value()
                    found.setdefault(name, read)
                self._skip_value()
            if self.lexeme == ",":
                self._advance()
            elif self.lexeme in (")", "]", ";"):
                break  # a bracket is missing: what follows is not this object's
        self._close("}")
        return found

    def _usual_member(self, found: dict[str, Value], name: str) -> None:
        """Read a member's value if it is one of the usual, and go on behind it."""
        before = _BEFORE.match(self.source, self.position)
        end = literal_end(self.source, before.end()) if before else -1
        behind = _BEHIND.match(self.source, end + 1) if end >= 0 else None
        if not before or not behind or (before["coded"] is None) != (behind["shut"] is None):
            return
        words = decode_string(self.source[before.end() : end + 1])
        read = js_decode(words) if before["coded"] else words
        found.setdefault(name, _times(read, 1) if behind["number"] else read)
        self.position = behind.end()

    def _array(self) -> Value:
        found: list[Value] = []
        self._advance()
        while self.lexeme != "]" and self.kind != "end":
            if self.lexeme == ",":
                self._advance()
                continue
            found.append(self.value())
            self._skip_value()
            if self.lexeme in (")", "}", ";"):
                break
        self._close("]")
        return found

    def _close(self, bracket: str) -> None:
        if self.lexeme == bracket:
            self._advance()

    def _skip_value(self) -> None:
        """Goes on to the comma or closing bracket that ends the present value."""
        while self.kind != "end" and self.lexeme not in (",", "}", "]", ")", ";"):
            if self.lexeme in _ENDING and self.kind == "punct":
                self._skip_bracket()
            else:
                self._advance()

    def _skip_bracket(self) -> None:
        """Goes on behind the bracket that opens here; regular expressions inside may hold quotes and brackets."""
        open_brackets = 0
        while self.kind != "end":
            if self.kind == "punct" and self.lexeme in "([{":
                open_brackets += 1
                regex = _REGEX.match(self.source, self.position)
                if regex:
                    self.position = regex.end()
            elif self.kind == "punct" and self.lexeme in ")]}":
                open_brackets -= 1
            if open_brackets <= 0:
                self._close(self.lexeme if self.lexeme in (")", "]", "}") else "")
                return
            self._advance()


def _number(token: str) -> Value:
    if token[:2].lower() == "0x":
        return int(token, 16)
    if token.isdigit():
        return int(token) if len(token) < 400 else None
    number = float(token)
    return number if math.isfinite(number) else None


def _times(first: Value, second: Value) -> Value:
    """`'5' * 1` as JavaScript does it, None for NaN."""
    numbers = []
    for factor in (first, second):
        if isinstance(factor, str):
            factor = factor.strip() or "0"
            if not re.fullmatch(r"[+-]?\d{1,300}(?:\.\d*)?", factor):
                return None
            numbers.append(float(factor) if "." in factor else int(factor))
        elif isinstance(factor, int | float):
            numbers.append(factor)
        else:
            return None
    return numbers[0] * numbers[1]
