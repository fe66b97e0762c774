"""Backslash escapes and character references, undone and made."""

from __future__ import annotations

import re
from html.entities import html5

_PUNCTUATION = r"!-/:-@\[-`{-~"
_MARKDOWN = re.compile(rf"\\([{_PUNCTUATION}])|&(#[xX][0-9a-fA-F]{{1,6}}|#[0-9]{{1,7}}|[A-Za-z][A-Za-z0-9]{{1,31}});")
_ATTRIBUTE = re.compile(r"&(#[xX][0-9a-fA-F]{1,6};?|#[0-9]{1,7};?|[A-Za-z][A-Za-z0-9]{1,31};?)(?!=)")
_REFERENCE_AHEAD = re.compile(r"&(?=#?[A-Za-z0-9]{1,31};)")
_NEEDS_BACKSLASH = re.compile(r"[\\*~\[\]`<>$|]")
_LONELY_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9/.?=%#-]")


def _character(reference: str) -> str:
    """Return the character of a numeric reference such as `#38` or `#x26`."""
    digits = reference[1:].rstrip(";")
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    valid = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if valid else "\ufffd"


def unescape_markdown(raw: str) -> str:
    """Undo CommonMark's backslash escapes and character references, which need their semicolon."""

    def undo(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        if match[2].startswith("#"):
            return _character(match[2])
        return html5.get(match[2] + ";", match[0])

    return _MARKDOWN.sub(undo, raw)


def unescape_attribute(raw: str) -> str:
    """Undo the character references of an HTML attribute's value.

    `&times` without a semicolon counts only where no letter, digit or `=` follows, so that `&timestamp=1` survives
    (html.unescape makes `×tamp=1` of it).
    """

    def undo(match: re.Match[str]) -> str:
        if match[1].startswith("#"):
            return _character(match[1])
        return html5.get(match[1], match[0])

    return _ATTRIBUTE.sub(undo, raw)


def escape_link_text(url: str) -> str:
    """Write `url` as the text of a Markdown link, so that exactly it is shown. Ordinary URLs stay as they are.

    Inside link text neither CommonMark nor GitHub (cmark-gfm) makes a link of a bare URL, so no more is needed.
    """
    text = _NEEDS_BACKSLASH.sub(r"\\\g<0>", url)
    text = _LONELY_UNDERSCORE.sub(r"\_", text)
    return _REFERENCE_AHEAD.sub(r"\&", text)


def escape_anchor_text(url: str) -> str:
    """Write `url` as text between `<a>` and `</a>` inside Markdown.

    The colon is written as a reference because GitHub would make a second link of a bare URL there.
    """
    return _NOT_PLAIN.sub(lambda match: f"&#{ord(match[0])};", url)


def escape_destination(url: str) -> str:
    """Write `url` as the destination of a Markdown link, with or without angle brackets."""
    text = re.sub(r"[\\()<>]", r"\\\g<0>", url)
    return _REFERENCE_AHEAD.sub(r"\&", text).replace(" ", "%20")
