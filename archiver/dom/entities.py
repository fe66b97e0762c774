"""Entities as the signs that they mean."""

from __future__ import annotations

import html

# An article has thousands of these few. None can be a part of another one, and `&amp;` is not among them: what it makes
# would be read as the beginning of the next.
_USUAL = (("&nbsp;", "\xa0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'))


def unescaped(markup: str) -> str:
    """As `html.unescape`, which asks for each entity by itself what it means."""
    if "&" not in markup:
        return markup
    for spelled, meant in _USUAL:
        markup = markup.replace(spelled, meant)
    return html.unescape(markup) if "&" in markup else markup
