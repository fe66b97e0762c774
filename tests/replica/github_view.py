"""A note as GitHub shows it, for the images of the READMEs: GitHub's own parser, and a style like its own."""

from __future__ import annotations

import base64
import re
from html import escape
from pathlib import Path

from archiver.render.cmark import github_html
from tests.replica.images import placeholder

_STYLE = """
body { margin: 0; font: 16px/1.5 "Noto Sans", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; color: #1f2328 }
header { padding: 12px 20px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; font-size: 14px; color: #59636e }
header b { color: #0969da } header i { font-style: normal; margin-left: 1em }
main { padding: 8px 28px } a { color: #0969da; text-decoration: none } img { max-width: 76% }
h1, h2 { padding-bottom: .3em; border-bottom: 1px solid #d1d9e0 } hr { height: 4px; background: #d1d9e0; border: 0 }
"""
_SOURCE = re.compile(r'(<img[^>]*\bsrc=")([^"]*)')
_SHORTCODES = {":star:": "★", ":paperclip:": ""}  # few machines have the glyph of the latter


def note_page(note: Path, now: str) -> str:
    """The page of a note. An image that is not beside it is what WeChat answers to a page of another site."""
    refused = "data:image/jpeg;base64," + base64.b64encode(placeholder()).decode()
    folder = note.parent.as_uri()
    text = note.read_text("utf-8")
    for code, sign in _SHORTCODES.items():
        text = text.replace(code, sign)
    body = _SOURCE.sub(lambda tag: tag[1] + (refused if "://" in tag[2] else f"{folder}/{tag[2]}"), github_html(text))
    head = f"<header>notes / <b>{escape(note.name)}</b> <i>{escape(now)}</i></header>"
    return f"<!DOCTYPE html><meta charset=utf-8><style>{_STYLE}</style>{head}<main>{body}</main>"
