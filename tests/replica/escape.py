"""How WeChat writes text into its pages' scripts."""

from __future__ import annotations

import html

_JS = str.maketrans({c: f"\\x{ord(c):02x}" for c in "\\'\"&<>\n\r"} | {"\u2028": "\\u2028", "\u2029": "\\u2029"})
_CONTROL = str.maketrans({"\\": "\\x5c", "\n": "\\x0a", "\r": "\\x0d"})


def js_string(text: str) -> str:
    """`text` for a JavaScript literal in either kind of quotes: `\\x3c` for `<` and so on."""
    return text.translate(_JS)


def js_decode(text: str) -> str:
    """`text` for `JsDecode('…')`, which after the literal undoes `\\x5c`-like sequences once more.

    Only the backslash needs that second layer; WeChat writes the other characters with one.
    """
    return js_string(text.replace("\\", "\\x5c"))


def entity_string(text: str) -> str:
    """`text` for `'…'.html(false)` and `htmlDecode("…")`: HTML entities within a JavaScript literal."""
    return html.escape(text).replace("&#x27;", "&#39;").translate(_CONTROL)
