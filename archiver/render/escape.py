"""Characters and addresses as Markdown: escaped only where they would mean something."""

from __future__ import annotations

import re

PUNCTUATION = r"!-/:-@\[-`{-~"
_SPECIAL = re.compile(
    rf"\\(?=[{PUNCTUATION}\s]|\Z)|`|~|\$|\*"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|<(?=[A-Za-z/!?]|\Z)"
    r"|&(?=#?\w{1,40};|#?\w{0,40}\Z)"
    r"|\[(?=[!^])|\](?=[(:]|\Z)"
    r"|!(?=\Z)"
    r"|:(?=(?:[a-z][a-z0-9_+-]{0,40}|[+-]1):)"  # GitHub's emoji codes
)
_SPECIAL_IN_LINK = re.compile(_SPECIAL.pattern + r"|[\[\]]")
_CANDIDATE = re.compile(r"[\\`~$*_<&\[\]!:]")  # each of these patterns is one of these characters, found much faster
ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]{3,2000}")
_STARTS_ADDRESS = re.compile(r":(?=//)|(?<=[wW]{3})\.")
_ENTITY = re.compile(r"&#?\w{1,40};")
_STARTS_BLOCK = re.compile(r"[-+*](?=\s|\Z)|#{1,6}(?=\s|\Z)|>|\[[ xX]\](?!\()|[-=|: ]+\Z")
_STARTS_ITEM = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")


def escape(text: str, in_link: bool = False, bare: bool = False) -> str:
    """Plain text as Markdown that renders to it; a line's start needs `guard_line` too.

    What GitHub takes for an address reaches up to a space or `<`, over the backslash or backtick before that: where
    there is a `<`, in this text or (`bare`) beside it, no address of it becomes a link.
    """
    special = _SPECIAL_IN_LINK if in_link else _SPECIAL
    escaped = _CANDIDATE.sub(lambda found: "\\" * bool(special.match(text, found.start())) + found[0], text)
    return _STARTS_ADDRESS.sub(r"\\\g<0>", escaped) if bare or "<" in text else escaped


def code_span(text: str) -> str:
    """Inline code, fenced by one backtick more than the text holds in a row."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    # A parser takes one space off both ends where both have one.
    spaced = text[:1] == text[-1:] == " " and bool(text.strip())
    pad = " " if spaced or "`" in (text[:1], text[-1:]) else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def destination(url: str) -> str:
    """A safe or relative URL as the destination of a Markdown link."""
    encoded = url.replace("(", "%28").replace(")", "%29")
    return _ENTITY.sub(lambda match: "&amp;" + match[0][1:], encoded)


def autolink(url: str) -> str:
    """`<url>`; empty where a parser would read an entity in it."""
    return "" if _ENTITY.search(url) else f"<{url}>"


def guard_line(line: str) -> str:
    """A line of a paragraph that cannot be taken for the start of a list, heading, quote, table or rule."""
    if _STARTS_BLOCK.match(line):
        return "\\" + line
    return _STARTS_ITEM.sub(r"\1\\\2", line, count=1) if _STARTS_ITEM.match(line) else line
