"""Inline content -> the Markdown of one paragraph, heading or table cell, which renders to the same text.

The traps of CommonMark are met here: an emphasis mark beside punctuation in text without spaces (Chinese) does not
count, so the punctuation is moved out of the emphasis; and a character is escaped only where it would mean something.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import groupby
from typing import NamedTuple

from archiver.render.escape import ADDRESS, PUNCTUATION, autolink, code_span, destination, escape, guard_line

_ATOM = re.compile(rf"\\[{PUNCTUATION}]|.", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\n\f\v\x85\xa0\u2028\u2029]+")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")  # editors scatter them; they show nothing


class Place(Enum):
    """Where inline content stands; decides what a line break becomes."""

    PARAGRAPH = "\\\n"
    HEADING = " "
    CELL = "<br>"


class Run(NamedTuple):
    """A stretch of text in one format. `ready` holds finished Markdown (an image, a formula) instead of `text`."""

    text: str = ""
    ready: str = ""
    code: bool = False
    line_break: bool = False
    strong: bool = False
    emphasis: bool = False
    strike: bool = False
    script: str = ""  # "sup" | "sub"
    href: str = ""  # already safe
    bare: bool = False  # see `escape`

    def saying(self, text: str) -> Run:
        """A run of this format with that text."""
        return tuple.__new__(Run, (text, *self[1:]))  # in half the time of a call with ten arguments

    @property
    def plain(self) -> bool:
        """Whether the run is text that can be joined with its neighbour."""
        return not (self.ready or self.code or self.line_break or self.script)


class _Atom(NamedTuple):
    """The smallest piece of Markdown that must not be cut; `first` and `last` are what a neighbouring mark sees."""

    text: str
    first: str
    last: str


def _opaque(text: str) -> _Atom:
    return _Atom(text, text[0], text[-1])


def _pieces(markdown: str, whole: bool) -> Iterator[_Atom]:
    """Escaped text as atoms. No mark is moved past a letter or digit, so all from the first to the last is one.
    `whole`: no mark is set in it at all."""
    first = 0 if whole else next((i for i, char in enumerate(markdown) if char.isalnum()), len(markdown))
    yield from (_Atom(piece, piece[-1], piece[-1]) for piece in _ATOM.findall(markdown[:first]))
    end = len(markdown)
    while not whole and end > first and not markdown[end - 1].isalnum():
        end -= 1
    if middle := markdown[first:end]:
        yield _Atom(middle, _ATOM.findall(middle[:2])[0][-1], middle[-1])
    yield from (_Atom(piece, piece[-1], piece[-1]) for piece in _ATOM.findall(markdown[end:]))


def _text_atoms(run: Run, in_link: bool) -> list[_Atom]:
    text = run.text
    if in_link:
        return list(_pieces(escape(text, in_link=True), whole=False))
    whole = not (run.strong or run.emphasis or run.strike)
    atoms: list[_Atom] = []
    end = 0
    for match in ADDRESS.finditer(text):
        url = match[0].rstrip("?!.,:*_~'();$&")
        link = autolink(url)
        if link:
            atoms += _pieces(escape(text[end : match.start()], bare=run.bare), whole)
            atoms.append(_opaque(link))
            end = match.start() + len(url)
    return [*atoms, *_pieces(escape(text[end:], bare=run.bare), whole)]


def _atoms(run: Run, place: Place, in_link: bool) -> list[_Atom]:
    if run.line_break:
        return [_Atom(place.value, "\n", "\n")]
    if run.ready:
        return [_opaque(run.ready)]
    if run.code:
        return [_opaque(code_span(run.text))]
    if run.script:
        return [_opaque(f"<{run.script}>{escape(run.text, in_link)}</{run.script}>")]
    return _text_atoms(run, in_link)


def _is_space(char: str) -> bool:
    return not char or char.isspace()


def _is_punctuation(char: str) -> bool:
    return bool(re.match(rf"[{PUNCTUATION}]", char)) or unicodedata.category(char).startswith("P")


def _touches(inner: str, outer: str) -> bool:
    """Whether an emphasis mark between the characters `inner` (inside) and `outer` (outside) counts as one.

    Parsers differ in whether symbols are punctuation, so a symbol inside is good only where both agree.
    """
    if _is_space(inner):
        return False
    if _is_punctuation(inner) or unicodedata.category(inner).startswith("S"):
        return _is_space(outer) or _is_punctuation(outer)
    return True


def _wrap(mark: str, atoms: list[_Atom], before: str, after: str) -> list[_Atom]:
    """`atoms` between marks, what cannot stand beside a mark moved out of them."""
    start, end = 0, len(atoms)
    while start < end and not _touches(atoms[start].first, atoms[start - 1].last if start else before):
        start += 1
    while end > start and not _touches(atoms[end - 1].last, atoms[end].first if end < len(atoms) else after):
        end -= 1
    if start == end:
        return atoms
    inner = atoms[start:end]
    if start and atoms[start - 1].text == "\\":  # moved out to the mark, it would escape it
        atoms[start - 1] = _Atom("\\\\", "\\", "\\")
    text = mark + "".join(atom.text for atom in inner) + mark
    return [*atoms[:start], _Atom(text, inner[0].first, inner[-1].last), *atoms[end:]]


_DELIMITERS: tuple[tuple[str, Callable[[Run], bool]], ...] = (
    ("~~", lambda run: run.strike),
    ("**", lambda run: run.strong),
    ("*", lambda run: run.emphasis),
)


def _inner_emphasis(runs: list[Run]) -> list[Run]:
    """Runs inside strong, emphasis kept only in their midst or on all: three stars at one end are ambiguous."""
    if all(run.emphasis for run in runs):
        return runs
    ends = (0, len(runs) - 1)
    return [run._replace(emphasis=False) if i in ends else run for i, run in enumerate(runs)]


def _emit(runs: Sequence[Run], place: Place, in_link: bool, around: tuple[str, str], level: int = 0) -> list[_Atom]:
    """Atoms of runs, marks nested in the order of `_MARKS`; `around` are the characters before and after."""
    if level == len(_DELIMITERS) or not (level or any(run.strong or run.emphasis or run.strike for run in runs)):
        return [atom for run in runs for atom in _atoms(run, place, in_link)]
    mark, marked = _DELIMITERS[level]
    groups = [(key, list(group)) for key, group in groupby(runs, key=marked)]
    atoms: list[_Atom] = []
    for i, (is_marked, group) in enumerate(groups):
        before = atoms[-1].last if atoms else around[0]
        after = _first_char(groups[i + 1][1][0], place, in_link) if i + 1 < len(groups) else around[1]
        if is_marked and mark == "**":
            group = _inner_emphasis(group)
        inner = _emit(group, place, in_link, (before, after), level + 1)
        atoms += _wrap(mark, inner, before, after) if is_marked else inner
    return atoms


def _first_char(run: Run, place: Place, in_link: bool) -> str:
    return _atoms(run, place, in_link)[0].first


def _link(runs: Sequence[Run], place: Place) -> list[_Atom]:
    href = runs[0].href
    atoms = _emit(runs, place, True, ("[", "]"))
    if all(run.plain for run in runs) and "".join(run.text for run in runs) == href and autolink(href):
        return [_opaque(autolink(href))]
    start, end = 0, len(atoms)
    while start < end and _is_space(atoms[start].first):
        start += 1
    while end > start and _is_space(atoms[end - 1].last):
        end -= 1
    if start == end:
        return atoms
    text = "".join(atom.text for atom in atoms[start:end])
    return [*atoms[:start], _opaque(f"[{text}]({destination(href)})"), *atoms[end:]]


def _strip_ends(runs: list[Run]) -> list[Run]:
    """White space at the start and end of lines removed, runs of it made one space, as a browser does."""
    kept: list[Run] = []
    fresh = True  # at the start of a line, or after a space
    for run in runs:
        if run.line_break:
            _strip_right(kept)
            kept.append(run)
            fresh = True
            continue
        if run.ready:
            kept.append(run)
            fresh = False
            continue
        text = _SPACES.sub(" ", _INVISIBLE.sub("", run.text))
        if not kept or kept[-1].line_break:
            text = text.lstrip()
        elif fresh:
            text = text.lstrip(" ")
        if text:
            kept.append(run.saying(text))
            fresh = text[-1] == " "
    while kept and (kept[-1].line_break or not _strip_right(kept)):
        kept.pop()
    while kept and kept[0].line_break:
        kept.pop(0)
    return kept


def _strip_right(runs: list[Run]) -> bool:
    """Remove white space from the end of the last runs; whether anything is left of the last."""
    while runs and not runs[-1].ready and not runs[-1].line_break:
        text = runs[-1].text.rstrip()
        if text:
            runs[-1] = runs[-1].saying(text)
            return True
        runs.pop()
    return bool(runs) and not runs[-1].line_break


def _format(run: Run) -> tuple[bool, bool, bool, str]:
    return run.strong, run.emphasis, run.strike, run.href


def _joins(left: Run, right: Run) -> bool:
    # The backticks of two neighbouring code spans would run together, whatever their format.
    if left.code and right.code:
        return left.href == right.href and not (left.ready or right.ready)
    return left.plain and right.plain and _format(left) == _format(right)


def _simplify(runs: list[Run]) -> list[Run]:
    """Neighbours of one format joined; formats that Markdown cannot put side by side reduced to one that it can."""
    kept: list[Run] = []
    for i, run in enumerate(runs):
        if run.ready or run.strike:
            run = run._replace(strong=False, emphasis=False, strike=run.strike and not run.ready)
        blank = run.plain and run.text.isspace() and 0 < i < len(runs) - 1
        if blank and _format(runs[i - 1]) == _format(runs[i + 1]) and not runs[i - 1].ready and kept:
            strong, emphasis, strike, href = _format(kept[-1])
            run = run._replace(strong=strong, emphasis=emphasis, strike=strike, href=href)
        beside = kept[-1] if kept else Run()
        if run.emphasis and beside.strong and not run.strong:
            run = run._replace(emphasis=False)
        if run.strong and beside.emphasis and not beside.strong:
            kept[-1] = beside._replace(emphasis=False)
        if kept and _joins(kept[-1], run):
            kept[-1] = kept[-1].saying(kept[-1].text + run.text)
        else:
            kept.append(run)
    return kept


def _finish(markdown: str, place: Place) -> str:
    # Escaped because something might follow, and nothing does.
    if markdown.endswith(("]", "!", "&", "<")):
        markdown = markdown[:-3] + re.sub(r"(?<!\\)\\([\]!&<])\Z", r"\1", markdown[-3:])
    if place is Place.CELL:
        return markdown.replace("|", "\\|")
    if place is Place.HEADING:
        return re.sub(r"(?<![^\s])(#+)\Z", r"\\\1", markdown)
    return "\n".join(map(guard_line, markdown.split("\n")))


def render_runs(runs: Sequence[Run], place: Place) -> str:
    """The Markdown of one paragraph (lines broken where a run says so), heading or table cell; may be empty.

    A rendering shows the text of the runs, white space collapsed as in HTML, in the format that the runs ask for
    wherever Markdown can express it.
    """
    bare = any("<" in run.text or "<" in run.ready for run in runs)
    simple = _simplify(_strip_ends([run._replace(bare=bare) for run in runs] if bare else list(runs)))
    groups = [list(group) for _, group in groupby(simple, key=lambda run: run.href)]
    atoms: list[_Atom] = []
    for i, group in enumerate(groups):
        before = atoms[-1].last if atoms else ""
        follower = groups[i + 1][0] if i + 1 < len(groups) else None
        after = ("[" if follower.href else _first_char(follower, place, False)) if follower else ""
        atoms += _link(group, place) if group[0].href else _emit(group, place, False, (before, after))
    return _finish("".join(atom.text for atom in atoms), place)
