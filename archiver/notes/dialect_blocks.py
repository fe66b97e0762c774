"""Stretches of other languages that go over several blocks of Markdown: what stands between the two tags of a pair, and
statements and expressions that go on behind a blank line.

Nobody but that language knows whether the body of `{% x %} … {% endx %}` is Markdown, so nothing is put in there; where
it is known to be code, nothing in it is a link.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archiver.notes.markdown import Token

Range = tuple[int, int]

_TAG = re.compile(
    rb"\{%-?\s*+(?P<tag_end>end)?(?P<tag>[A-Za-z][\w-]*)"  # Hexo, Liquid, Nunjucks, Twig
    rb"|\{\{[<%]\s*+(?P<hugo_end>/)?\s*+(?P<hugo>[A-Za-z][\w./-]*)"  # Hugo
    rb"|\{\{(?:\#|(?P<bars_end>/))(?P<bars>[A-Za-z]\w*)"  # Handlebars
    rb"|\{:(?::|(?P<kramdown_end>/))(?P<kramdown>[A-Za-z]\w*)"  # kramdown
    rb"|^[ \t>*+-]*\#\+(?:begin|(?P<org_end>end))_(?P<org>\w+)"  # Org, Logseq
    rb"|\\(?:begin|(?P<tex_end>end))\{(?P<tex>\w+)\*?\}"  # LaTeX
    rb"|^[ \t>]*@(?:start|(?P<uml_end>end))(?P<uml>[a-z]+)\b"  # PlantUML
    rb"|^[ \t>]*:{3,}[ \t]*(?:(?P<fence>mermaid|math|plantuml)\b|(?P<fence_end>\r?$))"  # Azure DevOps, Pandoc
    rb"|^[ \t>*+-]*:(?:(?P<drawer_end>END)|(?P<drawer>[A-Z]+)):[ \t]*\r?$",  # drawers of Org and Logseq
    re.IGNORECASE | re.MULTILINE,
)
# Every stretch has one of these in it.
_SIGNS = (b"{", b"#+", b"@start", b":END:", b":::", b"export", b"%%")
_CLOSED = re.compile(rb"%\}|>\}\}|\}\}|\}|\n|\Z")
_LITERAL = re.compile(
    rb"code|codeblock|highlight|comment|verbatim|mermaid|math|latex|plantuml|src|example|export", re.IGNORECASE
)
_LITERAL_KINDS = frozenset({"tex", "uml", "drawer", "fence"})
_NAMELESS = frozenset({"drawer", "fence"})  # whose closing tags say no name
# Statements of MDX, which end at the first blank line outside of all brackets, and expressions, which end with theirs.
_STATEMENT = re.compile(
    rb"^export[ \t]+(?:const|let|var|function|class|default|async|\{|\*)|^[ ]{0,3}(?P<brace>\{)(?![{%])", re.MULTILINE
)
_PIECE = re.compile(
    rb"//[^\r\n]*+|/\*.*?\*/|\"(?:[^\"\\\r\n]|\\.)*+\"|'(?:[^'\\\r\n]|\\.)*+'|`(?:[^`\\]|\\.)*+`"
    rb"|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<blank>\n[ \t\r]*(?=\n))",
    re.DOTALL,
)
_MOST = 20_000  # bytes of a statement
_MOST_UNCLOSED = 10  # statements of a note after which no further one is looked for
_COMMENT = re.compile(rb"^[ \t]*%%(?!.*%%[ \t]*\r?$).*$", re.MULTILINE)
_COMMENT_END = re.compile(rb"%%[ \t]*\r?$", re.MULTILINE)


class Stretch(NamedTuple):
    """What another language reads. `literal`: as code, so that nothing in it is a link."""

    start: int
    end: int
    literal: bool = False


def stretches(source: bytes, tokens: Sequence[Token]) -> Iterator[Stretch]:
    """Yield them as they are found; some may hold others."""
    if not any(sign in source for sign in _SIGNS):
        return
    code = sorted((token.start, token.end) for token in tokens if token.kind == "Code" or token.name == "CodeBlock")
    yield from _paired(source, code)
    yield from _statements(source, code)
    yield from _comments(source, code)


def _paired(source: bytes, code: Sequence[Range]) -> Iterator[Stretch]:
    opened: dict[tuple[str, bytes], list[int]] = {}
    for match in _TAG.finditer(source):
        if _within(code, match.start()):
            continue
        group = str(match.lastgroup)
        kind = group.removesuffix("_end")
        is_end = match[f"{kind}_end"] is not None
        name = b"" if kind in _NAMELESS else match[kind].lower()
        starts = opened.setdefault((kind, name), [])
        if not is_end:
            starts.append(match.start())
        elif starts:
            closed = _CLOSED.search(source, match.end())
            literal = kind in _LITERAL_KINDS or _LITERAL.fullmatch(name) is not None
            yield Stretch(starts.pop(), closed.end() if closed else match.end(), literal)


def _statements(source: bytes, code: Sequence[Range]) -> Iterator[Stretch]:
    done = unclosed = 0
    for match in _STATEMENT.finditer(source):
        if match.start() < done or _within(code, match.start()):
            continue
        is_expression = match["brace"] is not None
        end = _statement_end(source, match.start(), is_expression=is_expression)
        if end:
            done = end
            yield Stretch(match.start(), end, literal=not is_expression)
        elif (unclosed := unclosed + 1) == _MOST_UNCLOSED:
            return


def _statement_end(source: bytes, start: int, *, is_expression: bool) -> int:
    """Where a statement ends, or 0 where nothing closes its brackets."""
    depth = 0
    limit = min(len(source), start + _MOST)
    for piece in _PIECE.finditer(source, start, limit):
        if piece["open"]:
            depth += 1
        elif piece["close"]:
            depth -= 1
            if is_expression and depth <= 0:
                return piece.end()
        elif piece["blank"] and depth <= 0:
            return piece.start()
    return limit if depth <= 0 and limit == len(source) and not is_expression else 0


def _comments(source: bytes, code: Sequence[Range]) -> Iterator[Stretch]:
    """Comments of Obsidian that begin one line and end another."""
    done = 0
    for match in _COMMENT.finditer(source):
        if match.start() < done or _within(code, match.start()):
            continue
        end = _COMMENT_END.search(source, match.end())
        if not end:
            return
        done = end.end()
        yield Stretch(match.start(), done)


def _within(ranges: Sequence[Range], offset: int) -> bool:
    index = bisect_right(ranges, (offset, offset)) - 1
    return index >= 0 and offset < ranges[index][1]
