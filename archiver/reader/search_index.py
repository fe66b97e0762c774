"""The index of the static search, as classic scripts: a page opened from disk may load scripts and nothing else.

`index.js` lists the others. A segment has files of grams. The texts themselves are in batches, for the articles that
are shown; `filters.js` is what narrows a search. docs/format.md describes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from archiver.folding import fold, fold_lines
from archiver.reader import grams
from archiver.reader.assets import letters_in
from archiver.reader.gram_files import KINDS, Line, Spool, gram_files, held, letter, lines_of, script
from archiver.reader.pages import Page
from archiver.reader.search_plan import Group, Place, Segment, batches, segments
from archiver.render import sitemap
from archiver.render.text import one_line, title_of
from archiver.store import listings, search_rows
from archiver.store.catalogue import Catalogue
from archiver.store.layout import SEARCH_INDEX

INDEX = f"{SEARCH_INDEX}/index.js"
FILTERS = f"{SEARCH_INDEX}/filters.js"
FORMAT = 4  # to be raised when the same texts make other segments
_DIGITS = 12  # of a checksum
_FIRST = 48  # the character that stands for the first block
_NAMES = 2  # after the kinds of fields of bodies: those of titles and bylines

Read = Callable[[str], bytes | None]


@dataclass(slots=True)
class _Old:
    """What `index.js` on disk says. A segment: its name, of each block what it was made of and how many articles it
    has, and of each file its first grams and its checksum."""

    segments: list[tuple[str, list[list[Any]], list[list[str]]]] = field(default_factory=list)
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
        rows: list[list[Any]] = []
        numbers = count(_FIRST)
        for segment in segments(places):
            for block, number in zip(segment.blocks, numbers, strict=False):
                for place in block:
                    letters[place.rank] = chr(number)
            row: list[Any] = [segment.name, [_row(block) for block in segment.blocks], []]
            rows.append(row)
            for path, page, cut in self._segment(segment, row[1], everything=everything):
                row[2].append(cut)
                yield page or path
        months = {folder: sitemap.month_key(folder) for folder in self._catalogue.months()}
        lines = []
        for group in batches(places, months):
            line = "".join(letters[place.rank] for place in group.members)
            lines.append([group.name, line])
            path = f"{SEARCH_INDEX}/{group.name}.js"
            known = self._old.batches.get(group.name) == line and not any(p.folder in marked for p in group.members)
            yield path if known and not everything else Page(path, self._texts(group))
        yield Page(FILTERS, self._filters(places))
        yield Page(INDEX, script("Index", None, f'{{"segments":{_lines(rows)},"batches":{_lines(lines)}}}'))

    def _segment(
        self, segment: Segment, rows: list[list[Any]], *, everything: bool
    ) -> Iterator[tuple[str, Page | None, list[str]]]:
        """Of each file its path, what it is to hold if that is something else, and its row in `index.js`."""
        for name, old, cuts in self._old.segments:
            if (name, old) == (segment.name, rows) and (not everything or self._is_whole(name, cuts)):
                for number, cut in enumerate(cuts, 1):
                    yield _path(name, number), None, cut
                return
        with Spool() as spool:
            self._gather(segment, rows, spool)
            for number, file in enumerate(gram_files(spool.merged()), 1):
                path = _path(segment.name, number)
                made = script("Grams", f"{segment.name}.{number}", file.text)
                yield path, Page(path, made), [file.first, _sum(file.first, made)]

    def _gather(self, segment: Segment, rows: list[list[Any]], spool: Spool) -> None:
        """The lines of its blocks: of those that are on disk already, and of the others made of their texts."""
        wanted = {made_of: number for number, (made_of, _) in enumerate(rows)}
        for name, old, cuts in self._old.segments:
            there = [(number, made_of) for number, (made_of, _) in enumerate(old) if made_of in wanted]
            if there and self._is_whole(name, cuts):
                kept = {letter(n, kind): letter(wanted[of], kind) for n, of in there for kind in range(KINDS)}
                texts = (self._text(name, number) for number in range(1, len(cuts) + 1))
                spool.put((line for text in texts for line in lines_of(text)), kept)
                wanted = {of: number for of, number in wanted.items() if all(of != one for _, one in there)}
        for number in sorted(wanted.values()):
            spool.put(self._block(number, segment.blocks[number]))

    def _block(self, number: int, block: Sequence[Place]) -> Iterator[Line]:
        """The lines of a block: grams of bodies, and of titles and bylines."""
        texts = search_rows.texts_of(self._catalogue, [place.id for place in block])
        found: dict[str, list[str]] = {}
        for columns, kinds in (((2,), 0), ((0, 1), _NAMES)):
            of = [_ended(texts[place.id][one], whole=one == 0) for one in columns for place in block]
            for key, kind, signs in grams.lines(grams.grams(of), len(of)):
                found.setdefault(key, []).append(letter(number, kinds + kind) + signs)
        return iter(sorted(found.items()))

    def _text(self, segment: str, number: int) -> str:
        return (self._read(_path(segment, number)) or b"").decode("utf-8", "replace")

    def _is_whole(self, segment: str, cuts: list[list[str]]) -> bool:
        """Whether its files hold what `index.js` says."""
        return all(_sum(cut, self._text(segment, n)) == checksum for n, (cut, checksum) in enumerate(cuts, 1))

    def _texts(self, group: Group) -> str:
        """A batch: of each article the row that search.js's `card` takes apart, and its text in short letters."""
        items = listings.by_folder(self._catalogue, [place.folder for place in group.members])
        texts = search_rows.texts_of(self._catalogue, [place.id for place in group.members])
        lines: list[Any] = []
        for place in group.members:
            item = items[place.folder]
            title, byline, body = texts[place.id]
            shown = title_of(item.title), one_line(item.account)
            row = [item.folder, *shown, item.date, item.stars, int(item.partial)]
            names = [fold(title), *fold_lines(byline)]
            row += names if names != [*map(fold, shown)] else []
            lines += [row, body.translate(short_letters())]
        return script("Texts", group.name, "\n".join(map(_json, lines)))

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
    one, other = (letters_in(sitemap.SEARCH_SCRIPT, name) for name in ("LETTERS", "SHORT"))
    return str.maketrans(one + other, other + one)


def _row(block: Sequence[Place]) -> list[Any]:
    """What a block is made of, and its articles."""
    return [_sum(FORMAT, *(f"{place.id} {place.digest}" for place in block)), len(block)]


def _ended(text: str, *, whole: bool) -> str:
    """Its lines as they are searched, or the `whole` as one line."""
    return "".join(f"{line}{grams.END}" for line in ([fold(text)] if whole else fold_lines(text)))


def _path(segment: str, number: int) -> str:
    return f"{SEARCH_INDEX}/{segment}.{number}.js"


def _parse(data: bytes | None) -> _Old:
    """What was there before; nothing where it is another version's or damaged."""
    try:
        value = json.loads(held((data or b"").decode()))
        rows = [(name, [[of, many] for of, many in blocks], list(cuts)) for name, blocks, cuts in value["segments"]]
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
