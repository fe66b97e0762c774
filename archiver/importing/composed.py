"""A page as WeChat writes them, made of a text that another program has kept: the parser of pages reads it then."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8">
<meta property="og:title" content="{title}">
<meta property="og:url" content="{url}">
<meta name="author" content="{author}">
</head><body>
<h1 id="activity-name">{title}</h1>
<span id="js_name">{account}</span>
<em id="publish_time">{published}</em>
<div id="js_content">
{body}
</div>
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of an article beside its text; `published` as a date with an hour (Beijing) or without one."""

    title: str = ""
    url: str = ""
    account: str = ""
    author: str = ""
    published: str = ""


def composed(head: Head, body: str) -> str:
    """The page of an article with that `body` (HTML)."""
    said = {name: escape(getattr(head, name)) for name in Head.__slots__}
    return _PAGE.format(**said, body=body)
