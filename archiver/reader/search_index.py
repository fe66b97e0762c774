"""The index of the static search, as classic scripts: a page opened from disk may load scripts and nothing else.

`index.js` lists the others. A segment has its articles' names, and files of grams; the names of small segments are in
one file, `names.js`. The texts themselves are in batches, for the articles that are shown; `filters.js` is what narrows
a search. docs/format.md describes them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from archiver.folding import fold, fold_lines
from archiver.reader import grams
from archiver.reader.assets import asset
from archiver.reader.pages import Page
from archiver.reader.search_plan import Group, Place, batches, segments
from archiver.render import sitemap
from archiver.render.text import one_line, title_of
from archiver.store import listings, search_rows
from archiver.store.catalogue import Catalogue
from archiver.store.layout import SEARCH_INDEX

INDEX, NAMES = sitemap.SEARCH_DATA
FILTERS = f"{SEARCH_INDEX}/filters.js"
FORMAT = 2  # to be raised when the same texts make other segments
_DIGITS = 12  # of a checksum
_FIRST = 48  # the character that stands for the first segment
_MANY = 512  # articles of a segment whose names are a file of their own: each file is another to be opened
_CALL = re.compile(r"archiver\w+\((.*)\);\n", re.DOTALL)

Read = Callable[[str], bytes | None]


@dataclass(slots=True)
class _Old:
    """What `index.js` on disk says."""

    segments: dict[str, list[Any]] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)


class SearchIndex:
    """The files of the search over an archive as its catalogue knows it; `read` gives what a file on disk holds."""

    def __init__(self, catalogue: Catalogue, read: Read) -> None:
        self._catalogue = catalogue
        self._read = read
        self._old = _parse(read(INDEX))

    def files(self, marked: Set[str], *, everything: bool) -> Iterator[Page | str]:
        """The pages to be written, and the paths of those that stay: of `everything`, or where articles (by folder)
        are `marked` or came or went. What nothing is given of belongs there no more, if `everything` was asked for."""
        places = [Place(rank, *row) for rank, row in enumerate(search_rows.text_places(self._catalogue))]
        letters = [""] * len(places)
        rows = []
        groups = segments(places)
        for number, group in enumerate(groups):
            for place in group.members:
                letters[place.rank] = chr(_FIRST + number)
            row, made = self._segment(group, everything=everything)
            rows.append(row)
            yield from made
        months = {folder: sitemap.month_key(folder) for folder in self._catalogue.months()}
        lines = []
        for group in batches(places, months):
            line = "".join(letters[place.rank] for place in group.members)
            lines.append([group.name, line])
            path = f"{SEARCH_INDEX}/{group.name}.js"
            known = self._old.batches.get(group.name) == line and not any(p.folder in marked for p in group.members)
            yield path if known and not everything else Page(path, self._texts(group))
        yield Page(NAMES, "".join(self._names([group for group in groups if not _has_own_names(group)])))
        yield Page(FILTERS, self._filters(places))
        yield Page(INDEX, f'archiverIndex({{"segments":{_lines(rows)},"batches":{_lines(lines)}}});\n')

    def _segment(self, group: Group, *, everything: bool) -> tuple[list[Any], list[Page | str]]:
        """Its line in `index.js`, and its files. They are made again only if they are not what they were made as."""
        made_of = _sum(FORMAT, *(f"{place.id} {place.digest}" for place in group.members))
        old = self._old.segments.get(group.name, [])
        row = [group.name, made_of, len(group.members)]
        if old[:3] == row and (not everything or self._is_whole(group.name, old[3], old[4])):
            files = range(0 if old[3] else 1, len(old[4]) + 1)
            return [*old[:4], list(old[4].items())], [_path(group.name, number) for number in files]
        texts = search_rows.texts_of(self._catalogue, [place.id for place in group.members])
        names = "".join(self._names([group])) if _has_own_names(group) else ""
        pages: list[Page | str] = [Page(_path(group.name, 0), names)] if names else []
        cuts = []
        bodies = ["".join(f"{line}{grams.END}" for line in fold_lines(texts[place.id][2])) for place in group.members]
        for number, file in enumerate(grams.gram_files(grams.grams(bodies), len(bodies)), 1):
            made = _script("archiverGrams", f"{group.name}.{number}", file.lines)
            pages.append(Page(_path(group.name, number), made))
            cuts.append([file.first, _sum(file.first, made)])
        return [*row, _sum(names) if names else "", cuts], pages

    def _names(self, groups: Iterable[Group]) -> Iterator[str]:
        """Of each segment the titles, accounts and authors, a line an article."""
        yield _script("archiverNames", "", "")  # where there is none, it is a file of ours nevertheless
        for group in groups:
            heads = search_rows.heads_of(self._catalogue, [place.id for place in group.members])
            yield _script("archiverNames", group.name, "".join(f"\n{_name(*heads[one.id])}" for one in group.members))

    def _is_whole(self, segment: str, names: str, cuts: dict[str, str]) -> bool:
        """Whether its files hold what `index.js` says."""
        wanted: list[tuple[tuple[str, ...], str]] = [((first,), checksum) for first, checksum in cuts.items()]
        if names:
            wanted.insert(0, ((), names))
        for number, (first, checksum) in enumerate(wanted, 0 if names else 1):
            data = self._read(_path(segment, number))
            if data is None or _sum(*first, data.decode("utf-8", "replace")) != checksum:
                return False
        return True

    def _texts(self, group: Group) -> str:
        """A batch: of each article the row that search.js's `card` takes apart, and its text in short letters."""
        items = listings.by_folder(self._catalogue, [place.folder for place in group.members])
        texts = search_rows.texts_of(self._catalogue, [place.id for place in group.members])
        lines: list[Any] = []
        for place in group.members:
            item = items[place.folder]
            row = [item.folder, title_of(item.title), one_line(item.account), item.date, item.stars, int(item.partial)]
            lines += [row, texts[place.id][2].translate(short_letters())]
        return f"archiverTexts({_json(group.name)},{_lines(lines)});\n"

    def _filters(self, places: Sequence[Place]) -> str:
        facts = search_rows.filter_facts(self._catalogue)
        accounts = sorted({fact.account for fact in facts.values()})
        notes = sorted({note for fact in facts.values() for note in fact.notes})
        account_number = {account: n for n, account in enumerate(accounts)}
        note_number = {note: n for n, note in enumerate(notes)}
        rows: list[list[Any]] = []
        for place in places:
            fact = facts[place.folder]
            linking = [note_number[note] for note in fact.notes]
            row = [account_number[fact.account], fact.date, fact.stars, int(fact.partial), linking]
            while not row[-1] and len(row) > 1:
                row.pop()
            rows.append(row)
        heads = f'"accounts":{_lines(list(map(fold, accounts)))},"notes":{_lines(list(map(fold, notes)))}'
        return f'archiverFilters({{{heads},"rows":{_lines(rows)}}});\n'


@cache
def short_letters() -> dict[int, int]:
    """Frequent letters of Chinese change places with letters that UTF-8 writes with two bytes: texts are a quarter
    smaller. The pairs stand in search.js."""
    found = re.search(r'LETTERS = "([^"]+)",\s*SHORT = "([^"]+)"', asset(sitemap.SEARCH_SCRIPT).decode())
    assert found
    one, other = found.groups()
    return str.maketrans(one + other, other + one)


def _has_own_names(group: Group) -> bool:
    return len(group.members) >= _MANY


def _name(title: str, byline: str) -> str:
    return "\t".join(map(fold, (title, *byline.split("\n"))))


def _path(segment: str, number: int) -> str:
    """Of its names (0) or of a file."""
    return f"{SEARCH_INDEX}/{segment}{f'.{number}' if number else ''}.js"


def _script(function: str, name: str, text: str) -> str:
    for sign in "\\`$":
        text = text.replace(sign, f"\\{sign}")
    return f"{function}({_json(name)},`{text}`);\n"


def _parse(data: bytes | None) -> _Old:
    """What was there before; nothing where it is another version's or damaged."""
    try:
        match = _CALL.fullmatch((data or b"").decode())
        value = json.loads(match[1]) if match else {}
        rows = {name: [name, *rest, dict(cuts)] for name, *rest, cuts in value["segments"] if len(rest) == 3}
        return _Old(rows, dict(value["batches"]))
    except (ValueError, KeyError, TypeError, IndexError):
        return _Old()


def _sum(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode(errors="surrogatepass")).hexdigest()[:_DIGITS]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _lines(values: Iterable[Any]) -> str:
    """A JSON list with one value a line: git's differences stay small."""
    return "[\n" + ",\n".join(map(_json, values)) + "\n]"
