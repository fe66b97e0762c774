"""The addresses of a note at which nothing is written, and those that the parser does not know of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from unicodedata import normalize

from archiver.events import AddressLeft
from archiver.models import UrlKind
from archiver.notes.account import Explained, explain
from archiver.notes.find import Found
from archiver.notes.occurrences import Occurrence, may_name, occurrences
from archiver.notes.regions import Rule
from archiver.notes.schemes import is_remote
from archiver.wechat import urls
from archiver.wechat.suspicious import is_search_link

# In every run. Front matter stays as it is by the configuration; the rest is no address of the note's.
_REPORTED = frozenset(
    {Rule.ATTRIBUTE, Rule.HTML_TEXT, Rule.INDENTED, Rule.NESTED, Rule.PLAIN, Rule.TEMPLATE, Rule.WIKILINK}
)
_LONGER = re.compile(r"//[^/]+/+[A-Za-z0-9]")  # a path, be it behind a full-width mark at which the link ends
_ARCHIVABLE = frozenset({UrlKind.ARTICLE, UrlKind.IMAGE, UrlKind.VIDEO, UrlKind.ALBUM})


def named_in(data: bytes) -> Sequence[Occurrence]:
    """Every place in a note's bytes where a host of WeChat's is named, however it is written."""
    return tuple(occurrences(data, urls.NAMED_HOSTS)) if may_name(data, urls.NAMED_HOSTS) else ()


def understood(item: Explained) -> bool:
    """Whether the parser knows what an occurrence is; a host alone, without a page, needs no explanation."""
    if not item.occurrence.is_page:
        return True
    if item.link is None or item.is_inner:
        return item.rule is not None
    if not is_remote(item.link.url):
        return "//" not in item.link.url  # the name of a file; what is no file leads to what nobody can tell
    if is_search_link(item.link.url):
        return True  # it is refused by name
    cut = urls.is_host_alone(item.link.url) and _LONGER.search(normalize("NFKC", item.occurrence.address))
    return urls.classify(item.link.url) is not None and not cut


def left_in(
    path: str, found: Found, named: Sequence[Occurrence], mended: Collection[Rule] = ()
) -> Iterator[AddressLeft]:
    """What a run tells of the addresses of a note: those of each rule once, but for those `mended`, and each that is
    not understood."""
    counted: dict[Rule, list[Occurrence]] = {}
    for item in explain(found, named):
        at = item.occurrence
        if not understood(item):
            yield AddressLeft(path, at.line, at.column, at.address)
        elif item.rule is Rule.OPEN_FENCE or (item.rule in _REPORTED.difference(mended) and _is_archivable(item)):
            counted.setdefault(item.rule, []).append(at)
    for rule, places in counted.items():
        first = places[0]
        yield AddressLeft(path, first.line, first.column, first.address, rule.value, len(places))


def _is_archivable(item: Explained) -> bool:
    return item.link is not None and urls.classify(item.link.url) in _ARCHIVABLE
