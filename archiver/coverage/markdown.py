"""What an article.md shows, read without a parser of Markdown: the marks of its body are taken away."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from itertools import groupby

from archiver.coverage.html import Shown
from archiver.coverage.match import visible
from archiver.dom.entities import unescaped

_FENCE = re.compile(r"^[ >]*(?:[-*]|\d{1,9}[.)])?[ >]*(?P<mark>`{3,})[^`\n]*$")
_BODY = re.compile(r"\(\.\./README\.md\)\n")
_LOSSES = re.compile(r"\n*> 以下内容没有存档：\n(?:>[^\n]*\n?)*")
_CODE = re.compile(r"(?<![\\`])(`+)(?!`)([^\n]+?)(?<!`)\1(?!`)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\(([^()\s]*)\)(?:（图片未存档：[^）]*(?:（[^）]*）)?[^）]*）)?")
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]+)\)")
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s]+)>")
_TAG = re.compile(r"</?(?:br|sup|sub)\b[^<>]*>")
_FORMULA = re.compile(r"\$\$\n.*?\n\$\$|(?<!\\)\$(?!\s)[^$\n]+(?<!\s)\$", re.DOTALL)
_LEADING = re.compile(r"^(?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)|#{1,6}(?=\s)))+", re.MULTILINE)
_RULE = re.compile(r"^[ >]*---$", re.MULTILINE)
_HEAD = re.compile(r"^[ >]*\|(?: --- \|)+$", re.MULTILINE)
_SIGNS = re.compile(r"\*+|`+|~~|\\$", re.MULTILINE)
_RECORDING = re.compile(r"^[ >]*(?:!\[\]\([^)]*\)\\?\n)?\[?(音频|视频)(?!号)", re.MULTILINE)
_HIDDEN = 0xE000  # escaped characters wait in a private area until the marks are gone
_PRIVATE = re.compile("[\ue000-\ue07f]")
_HIDING = {ord(sign): chr(_HIDDEN + ord(sign)) for sign in string.punctuation}


def read_markdown(text: str) -> Shown:
    """What the body of an article.md shows."""
    start = _BODY.search(text)
    body = _LOSSES.sub("\n", text[start.end() :] if start else text, count=1)
    prose, code = _without_code(body)
    shown = Shown(code=code)
    prose = _CODE.sub(lambda found: _hidden(found[2]), prose)
    prose = _ESCAPED.sub(lambda found: chr(_HIDDEN + ord(found[1])), prose)
    for name in _RECORDING.findall(prose):
        if name == "音频":
            shown.audio += 1
        else:
            shown.video += 1
    prose = _FORMULA.sub("", prose)
    shown.images = [_plain(found[1]) for found in _IMAGE.finditer(prose)]
    prose = _IMAGE.sub("", prose)
    prose = _AUTOLINK.sub(lambda found: f"[{found[1]}]({found[1]})", prose)
    links = (visible(_unmarked(found[1])) for found in _LINK.finditer(prose))
    shown.links = [words for words in links if words]
    prose = _LINK.sub(r"\1", prose)
    shown.tables = len(_HEAD.findall(prose))
    shown.text = _unmarked(_RULE.sub("", "\n".join(_without_bars(prose.split("\n")))))
    return shown


def _without_bars(lines: Iterable[str]) -> Iterator[str]:
    """The lines, without what parts the cells of tables. A line of prose may begin with a bar, too."""
    for barred, group in groupby(lines, lambda line: line.lstrip(" >").startswith("|")):
        rows = list(group)
        if barred and any(map(_HEAD.match, rows)):
            yield from (row.replace("|", "") for row in rows if not _HEAD.match(row))
        else:
            yield from rows


def _without_code(body: str) -> tuple[str, int]:
    """The body with its code as if it were prose, and how many blocks of it there are."""
    lines, mark, blocks = [], "", 0
    for line in body.split("\n"):
        fence = _FENCE.match(line)
        if not mark and fence:
            mark, blocks = fence["mark"], blocks + 1
        elif mark and line.strip(" >") == mark:
            mark = ""
        elif mark:
            lines.append(_hidden(line.lstrip(" >")))
        else:
            lines.append(line)
    return "\n".join(lines), blocks


def _hidden(code: str) -> str:
    """Code, none of whose signs is a mark."""
    return code.translate(_HIDING)


def _unmarked(text: str) -> str:
    text = _SIGNS.sub("", _LEADING.sub("", _TAG.sub("", text)))
    return _plain(text)


def _plain(text: str) -> str:
    return _PRIVATE.sub(lambda found: chr(ord(found[0]) - _HIDDEN), unescaped(text))
