"""Find every http(s) URL that a Markdown note uses, as spans of the note's bytes."""

from __future__ import annotations

import re
from bisect import bisect_right

from archiver.models import Form, Link, Span
from archiver.models.values import dataclass
from archiver.notes.markdown import Document, parse, wikilinks
from archiver.notes.nested import inner_url
from archiver.notes.places import Place, within
from archiver.notes.regions import EVERY_RULE, LINKS, Mention, Region, Rule
from archiver.notes.schemes import is_remote
from archiver.notes.text import NoteText, decode
from archiver.notes.walk import walk

_FORMS = {rule: Form(rule.value) for rule in LINKS - {Rule.SRCSET}}
_IN_TAGS = {Rule.SRCSET, Rule.ATTRIBUTE, Rule.SPARE}
_UNCERTAIN = "it is not certain where this URL begins and ends"


@dataclass(frozen=True, slots=True)
class Problem:
    """A URL that was seen but cannot be changed safely: `line` counts from 1, `why` is for people, `span` holds it."""

    line: int
    url: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a note: its links in file order, what could not be located, addresses that are no links, and the
    stretches in which there is no address, the innermost last of those that overlap."""

    links: tuple[Link, ...]
    problems: tuple[Problem, ...]
    uses: dict[Span, tuple[Span, ...]]  # span of a reference definition's destination -> the links that use it
    mentions: tuple[Mention, ...] = ()
    regions: tuple[Region, ...] = ()

    @property
    def named(self) -> tuple[Link, ...]:
        """Every address that the note names, in file order: links, and where nothing is written."""
        mentioned = (item.link for item in self.mentions if item.rule not in LINKS)
        return tuple(sorted((*self.links, *mentioned), key=lambda link: link.span.start))


def find_links(data: bytes) -> tuple[Link, ...]:
    """Return every http(s) link of a note in file order; see `find`, which also reports what is left out."""
    return find(data).links


def find(data: bytes, *, every: bool = False, rules: frozenset[Rule] = EVERY_RULE) -> Found:
    """Find the http(s) links of a note given as bytes; with `every` also relative and other destinations.

    Links are inline links and images, reference definitions (once each, as an image if an image uses it), autolinks,
    bare URLs, `src` or `href` of <a>, <img>, <video> and <source>, and each candidate of a `srcset`. Addresses in front
    matter, wikilinks, markup of other languages, other attributes and text of which GitHub makes no link are mentions.
    Neither are those in code, formulas, comments and the text of another link. A destination whose bytes, escapes
    undone, do not give the URL that the parser read is a problem and no link. What `rules` do not name is not found.
    Raises NoteError if the note cannot be decoded.
    """
    note = decode(data)
    return locate(note, parse(note.text), every=every, rules=rules)


def locate(note: NoteText, document: Document, *, every: bool = False, rules: frozenset[Rule] = EVERY_RULE) -> Found:
    """Do what `find` does for a note that is already decoded and parsed."""
    offset = note.offset_map()
    starts = [0, *(match.end() for match in re.finditer(rb"\n", document.source))]
    wiki = wikilinks(document)
    links, problems, uses, mentions = [], [], {}, []
    walked = walk(document)

    def span(place: tuple[int, int]) -> Span:
        return Span(offset(place[0]), offset(place[1]))

    regions = [Region(span(place), rule) for place, rule in walked.regions if rule in rules]
    for item in walked.places:
        rule, url = _read(item, wiki)
        if item.place and rule in LINKS and "//" not in url and Rule.LOCAL in rules:
            regions.append(Region(span(item.place), Rule.LOCAL))
        if not {rule, *({Rule.UNCERTAIN} if item.place is None else ())} <= rules or not (
            is_remote(url) or (every and rule in LINKS)
        ):
            continue
        if item.place is None:
            problems.append(Problem(bisect_right(starts, item.start), url, _UNCERTAIN, span(item.extent)))
            continue
        link = Link(
            url=url,
            role=item.role,
            form=_form(item, rule),
            span=span(item.place),
            whole=span(item.whole) if item.whole else None,
            line=bisect_right(starts, item.place[0]),
            is_foreign=within(walked.foreign, item.place[0]),
            is_nested=rule is Rule.NESTED,
        )
        if rule in LINKS:
            links.append(link)
            if item.uses:
                uses[link.span] = tuple(span(use) for use in item.uses if not within(walked.foreign, use[0]))
        if rule not in LINKS or item.stands:
            mentions.append(Mention(link, span(item.extent), rule))
    return Found(tuple(links), tuple(problems), uses, tuple(mentions), tuple(regions))


def _read(item: Place, wiki: tuple[tuple[int, int], ...]) -> tuple[Rule, str]:
    """The rule by which a place is a link, and the URL that it leads to."""
    rule = Rule.WIKILINK if _in_wikilink(item, wiki) else item.rule
    inner = inner_url(item.url) if rule in LINKS else ""
    return (Rule.NESTED, inner) if inner else (rule, item.url)


def _form(item: Place, rule: Rule) -> Form:
    """How a link of that rule is written."""
    outer = item.rule if rule is Rule.NESTED else rule
    return _FORMS.get(outer, Form.HTML if item.rule in _IN_TAGS else Form.BARE)


def _in_wikilink(item: Place, wiki: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether a URL is part of `[[…]]`; a Markdown link such as `[[a]](URL)` is a link all the same."""
    return item.rule in {Rule.BARE, Rule.AUTOLINK, Rule.PLAIN} and within(wiki, item.start)
