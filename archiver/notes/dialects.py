"""Markup of other languages that live in Markdown notes: to CommonMark it is plain text, and nothing is put into it.

Hexo and Liquid tags, Hugo shortcodes, Logseq macros, expressions of JSX and MDX, attribute lists, LaTeX commands,
BBCode, comments of Obsidian, links of Org: they are not told apart. Whatever stands between brackets that running text
does not have is left to whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archiver.notes.dialect_blocks import Stretch
from archiver.notes.markdown import Token

Range = tuple[int, int]

_MARK = re.compile(rb"\\.|\r?\n[ \t>]*\r?\n|[{}]|%%|@@|<%|%>|\[\[|\]\]|\(\(|\)\)")
_PAIRS = {b"{": b"}", b"<%": b"%>", b"[[": b"]]", b"((": b"))", b"%%": b"%%", b"@@": b"@@"}
_CLOSERS = frozenset(_PAIRS.values())
# Lines that are commands of another language from beginning to end, those behind the marks of a list too.
_LINE = re.compile(
    rb"(?:^[ \t>]*|(?<=[-*+][ \t]))(?:"
    rb":::?[ \t]*[A-Za-z]|:::+[ \t]*\{(?:[^\r\n]*(?:\r?\n[ \t>]*:[\w-]+:[^\r\n]*)+)?"  # directives, MyST's with options
    rb"|--8<--|<<<[ \t]|#\+[A-Za-z]|\.\.[ \t]+(?:[\w-]+::|_)|@(?:include|import|embed)\b|!include\b"
    rb"|(?:import|export)[ \t][^\r\n]*[\"'`]"
    rb"|\*\[[^\]\r\n]+\]:|[\w\x80-\xff-]+::(?=[ \t])"  # abbreviations, properties
    rb")[^\r\n]*$",
    re.MULTILINE,
)
# In Hexo a tag at the start of a line makes raw HTML of all that follows in that line.
_LEADING = re.compile(rb"(?:[ \t>]*(?:[-*+]|\d{1,9}[.)])?)*[ \t]*")
_TAGS = (b"{%", b"{{", b"{#")
_OPENER = re.compile(rb"[ \t>]*(?:===|!!!|\?\?\?)[+!]?[ \t]")
_INDENT = re.compile(rb"[ \t]*")
# A shortcode in square brackets, `[embed]URL[/embed]`; a macro of AsciiDoc, `link:URL[text]`; a field of Dataview,
# `[key:: URL]`; a citation, `[@URL]`.
_SHORTCODE_BEFORE, _SHORTCODE_AFTER = re.compile(rb"\[[a-z_-]+(?:[ =][^\[\]\r\n]*)?\]\Z", re.IGNORECASE), b"[/"
_MACRO_BEFORE, _MACRO_AFTER = re.compile(rb"[a-z]::?\Z", re.IGNORECASE), b"["
_FIELD_BEFORE = re.compile(rb"(?:[\[(][^\[\]()\r\n]*::[ \t]*|@)\Z")
# Of the inline elements only these hold text that is no running text.
_OPAQUE = frozenset({"Code", "InlineHtml", "InlineMath", "DisplayMath"})
_INLINE = frozenset({"Link", "Image", "Emphasis", "Strong", "Strikethrough"})


def template_ranges(source: bytes, tokens: Sequence[Token], blocks: Sequence[Stretch] = ()) -> list[tuple[Range, bool]]:
    """Return the stretches of running text that another language reads, in order and apart, and whether each is a link
    in double square brackets. `blocks` are those that go over more than one block."""
    found: list[tuple[Range, bool]] = []
    for start, end, opaque in _texts(tokens):
        found += ((_with_its_line(source, *place), wiki) for place, wiki in _bracketed(source, start, end, opaque))
        found += (((match.start(), match.end()), False) for match in _LINE.finditer(source, start, end))
    found += (((item.start, item.end), False) for item in blocks)
    return _apart(sorted(found))


def in_shortcode(source: bytes, start: int, end: int) -> bool:
    """Tell whether a URL is what a shortcode, macro, field or citation in square brackets is made of."""
    line = max(source.rfind(b"\n", 0, start) + 1, start - 200)
    if source.startswith(_SHORTCODE_AFTER, end) and _SHORTCODE_BEFORE.search(source, line, start):
        return True
    macro = source.startswith(_MACRO_AFTER, end) and _MACRO_BEFORE.search(source, line, start)
    return bool(macro or _FIELD_BEFORE.search(source, line, start))


def is_indented_body(source: bytes, start: int) -> bool:
    """Tell whether the indented code that begins at `start` is the body of a tab or an admonition of MkDocs: behind a
    line with `===`, `!!!` or `???` that is indented less."""
    line_start = source.rfind(b"\n", 0, start) + 1
    depth = _depth(source[line_start:start])
    while line_start > 0:
        above = source.rfind(b"\n", 0, line_start - 1) + 1
        line = source[above : line_start - 1].rstrip()
        line_start = above
        if not line:
            continue
        if _depth(line) < depth:
            return _OPENER.match(line) is not None
    return False


def _depth(line: bytes) -> int:
    match = _INDENT.match(line)
    return len(match[0].expandtabs(4)) if match else 0


def _texts(tokens: Sequence[Token]) -> Iterator[tuple[int, int, list[Range]]]:
    """Yield the stretches of running text between the borders of blocks, and what in each is none."""
    opaque: list[Range] = []
    start, end, block = -1, -1, ""
    for token in tokens:
        border = token.kind in {"Start", "End"} and token.name not in _INLINE
        if border or token.kind in {"Html", "Rule"}:
            if start >= 0:
                yield start, end, opaque
            start, end, opaque = -1, -1, []
            if token.name in {"CodeBlock", "HtmlBlock"}:
                block = token.name if token.kind == "Start" else ""
        elif not block:
            start = token.start if start < 0 else start
            end = max(end, token.end)
            if token.kind in _OPAQUE:
                opaque.append((token.start, token.end))
    if start >= 0:
        yield start, end, opaque


def _bracketed(source: bytes, start: int, end: int, opaque: Sequence[Range]) -> Iterator[tuple[Range, bool]]:
    """Yield the outermost pairs of brackets."""
    stack: list[tuple[bytes, int]] = []
    skips = iter([*opaque, (end, end)])
    skip = next(skips)
    for match in _MARK.finditer(source, start, end):
        while skip[1] <= match.start() and skip[0] < end:
            skip = next(skips)
        mark = match[0]
        if skip[0] <= match.start() < skip[1] or mark.startswith(b"\\"):
            continue
        if mark.startswith((b"\n", b"\r")):
            stack = []
        elif mark in _CLOSERS and any(_PAIRS[opener] == mark for opener, _ in stack):
            while _PAIRS[stack[-1][0]] != mark:
                stack.pop()
            opener, first = stack.pop()
            if not stack:
                yield (first, match.end()), opener == b"[["
        elif mark in _PAIRS and len(stack) < 20:
            stack.append((mark, match.start()))


def _with_its_line(source: bytes, start: int, end: int) -> Range:
    """Return the range of a tag, and with it the rest of the line that it begins."""
    line = source.rfind(b"\n", 0, start) + 1
    if not source.startswith(_TAGS, start) or not _LEADING.fullmatch(source, max(line, start - 200), start):
        return start, end
    stop = source.find(b"\n", end)
    return start, len(source) if stop < 0 else stop


def _apart(ranges: Sequence[tuple[Range, bool]]) -> list[tuple[Range, bool]]:
    """The same without those that overlap one before them."""
    result: list[tuple[Range, bool]] = []
    for (start, end), wiki in ranges:
        if result and start < result[-1][0][1]:
            before = result.pop()
            result.append(((before[0][0], max(end, before[0][1])), before[1] and wiki))
        else:
            result.append(((start, end), wiki))
    return result
