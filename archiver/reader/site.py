"""The static site in the archive: written where the catalogue marks a change, or in whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.reader.arounds import Arounds
from archiver.reader.assets import asset
from archiver.reader.current import KEYS_IN_MAKER, Built, SiteNotes, is_foreign, maker, status_is_behind
from archiver.reader.files import SiteFiles, UntouchedFiles
from archiver.reader.live import live_status
from archiver.reader.pages import Page, Pages
from archiver.reader.search_index import SearchIndex
from archiver.render import sitemap
from archiver.render.front_matter import NO_KEYS, Keys
from archiver.render.month import MonthRow, file_name, month_readmes
from archiver.store import dirty, listings, manifest
from archiver.store.catalogue import Catalogue
from archiver.store.layout import PAGE, SEARCH_INDEX, SITE_PATTERNS
from archiver.store.lines import LinkEntry


@dataclass(frozen=True, slots=True)
class Compared:
    """A site as it should be and as it is, but for the articles' own pages: `kept` are the files that belong to it,
    `differing` those of them that are missing or hold something else, `extra` the pages of what is no longer there,
    `foreign` the files in those places that archiver did not make."""

    kept: frozenset[str]
    differing: frozenset[str]
    extra: frozenset[str]
    foreign: frozenset[str] = frozenset()


class Site:
    """The site of the archive at `root`, made from its catalogue. `notes` as for `Pages`; `keys`: what the front matter
    of articles has besides the usual. With `write` false there is nothing but to look: `compare` and `due`."""

    def __init__(
        self, root: Path, catalogue: Catalogue, notes: SiteNotes, *, write: bool = True, keys: Keys = NO_KEYS
    ) -> None:
        self._root = root
        self._files = SiteFiles(root) if write else UntouchedFiles(root)
        self._catalogue = catalogue
        self._pages = Pages(catalogue, notes, root)
        self._built = Built(foreign=self._files.foreign)
        self._kept: set[str] = set()
        self._keys = keys
        self._maker = maker(notes, keys)
        self._links: Iterable[LinkEntry] | None = None

    def build(self, *, everything: bool, look: bool = False, links: Iterable[LinkEntry] | None = None) -> Built:
        """Write what changed since the last build, or `everything` that differs. `links`: what links.jsonl says, where
        it was read. Raises StoreError.

        It is everything, too, where another version made the site, and, with `look`, where a file of it is gone or was
        touched. The dirty flags are taken away last: what an interrupted build left is done by the next.
        """
        self._links = links
        found = dirty.marked(self._catalogue.db)
        everything = everything or self._is_foreign() or (look and self._is_touched())
        if everything:
            found = self._all()
        elif not any(found.values()):
            if self._is_status_behind():
                self._write(self._status())
                self._settle(set(), everything=False)
            return self._built
        self._write_files(found, everything=everything)
        arounds = Arounds(self._root, self._catalogue, self._keys_to_put(), self._files.foreign)
        self._built.updated += arounds.write(found["article"])
        self._built.outdated += arounds.outdated
        self._kept |= arounds.kept
        if everything:
            self._remove(self._extra())
        self._settle(found["article"], everything=everything)
        return self._built

    def compare(self) -> Compared:
        """What a build of everything would change, changing nothing."""
        self._write_files(self._all(), everything=True)
        extra = frozenset(self._extra()).union(self._built.removed)
        foreign = frozenset(self._files.foreign)
        return Compared(frozenset(self._kept), frozenset(self._built.updated), extra, foreign)

    def due(self) -> set[str]:
        """The pages and lists that the marks ask for, changing nothing: what they hold need not be up to date."""
        found = dirty.marked(self._catalogue.db)
        if any(found.values()):
            self._write_lists(found, everything=False)
            self._write_months(found["month"])
            self._write_search(found["article"], everything=False)
        elif self._is_status_behind():
            self._kept.add(sitemap.STATUS)
        return self._kept | set(self._built.removed)

    def _write_files(self, found: dict[str, set[str]], *, everything: bool) -> None:
        """All but the articles' own pages."""
        self._write_lists(found, everything=everything)
        self._write_months(found["month"])
        self._write_search(found["article"], everything=everything)
        for path in sitemap.ASSETS:
            self._put(path, asset(path))

    def _keys_to_put(self) -> Keys | None:
        """What the front matter of articles is to hold besides the usual; None: nothing, and it never did."""
        return self._keys if self._keys != NO_KEYS or KEYS_IN_MAKER in manifest.builder(self._catalogue.db) else None

    def _is_foreign(self) -> bool:
        """Whether there is no site, or one that would be made otherwise today."""
        return is_foreign(self._root, self._catalogue, self._maker)

    def _is_touched(self) -> bool:
        self._kept = manifest.paths(self._catalogue.db)
        found = not manifest.untouched(self._catalogue.db, self._root) or any(self._extra())
        self._kept = set()
        return found

    def _settle(self, articles: set[str], *, everything: bool) -> None:
        """Remember what was done, so that the next build does no more than it must."""
        db = self._catalogue.db
        gone = {*self._built.removed, *(f"{folder}/{PAGE}" for folder in articles)} - self._kept
        if everything:
            gone = manifest.paths(db) - self._kept
        manifest.remember(db, self._root, self._kept, gone)
        if manifest.builder(db) != self._maker:
            manifest.set_builder(db, self._maker)
        if any(dirty.marked(db).values()):
            dirty.clear(db)

    def _all(self) -> dict[str, set[str]]:
        return {
            "article": set(self._catalogue.all_folders()),
            "month": set(self._catalogue.months()),
            "account": {listing.name for listing in listings.accounts(self._catalogue)},
            "note": {listing.name for listing in listings.notes(self._catalogue)},
            "rated": {""},
        }

    def _write_lists(self, found: dict[str, set[str]], *, everything: bool) -> None:
        pages = self._pages
        for account in sorted(found["account"]):
            self._write_parts(sitemap.account_page(account), pages.account(account))
        for note in sorted(found["note"]):
            self._write_parts(sitemap.note_page(note), pages.note(note))
        if found["rated"]:
            self._write_parts(sitemap.RATED, pages.rated() or [self._no_ratings()])
        wanted = (
            (True, pages.home),
            (True, self._status),
            (everything or found["month"], pages.months),
            (everything or found["account"], pages.accounts),
            (everything or found["note"], pages.notes),
            (everything, pages.search),
            (everything, pages.mine),
        )
        for is_wanted, page in wanted:
            if is_wanted:
                self._write(page())

    def _status(self) -> Page:
        return self._pages.status(live_status(self._root, self._links))

    def _is_status_behind(self) -> bool:
        return status_is_behind(self._root, self._files.read(sitemap.STATUS) or b"")

    def _no_ratings(self) -> Page:
        lead = "笔记里链接后面的 :star: 或 ⭐ 就是评分；还没有。"
        return self._pages.render(
            "list.html", sitemap.RATED, "评分", items=[], lead=lead, source="", parts=[], order="", text=None
        )

    def _write_months(self, marked: set[str]) -> None:
        months = list(self._catalogue.months())
        for folder in sorted(marked):
            self._write_parts(sitemap.month_page(folder), self._pages.month(folder))
        for folder in self._with_neighbours(months, marked):
            self._write_readmes(folder, months)

    def _write_search(self, articles: set[str], *, everything: bool) -> None:
        kept = set()
        for page in SearchIndex(self._catalogue, self._files.read).files(articles, everything=everything):
            kept.add(page if isinstance(page, str) else page.path)
            if isinstance(page, Page):
                self._write(page)
        if everything:
            self._kept |= kept  # what is too much goes with all other pages
            return
        there = (f"{SEARCH_INDEX}/{path.name}" for path in sorted((self._root / SEARCH_INDEX).glob("*.js")))
        self._remove(path for path in there if path not in kept)

    def _with_neighbours(self, months: list[str], marked: set[str]) -> list[str]:
        """The marked months, and those beside them where a month came or went: their READMEs link to it."""
        near = set(marked)
        for place, folder in enumerate(months):
            if folder in marked and not (self._root / folder / file_name(0)).is_file():
                near |= set(months[max(0, place - 1) : place + 2])
        if marked - set(months):  # a month went
            near |= set(months)
        return sorted(near)

    def _write_readmes(self, folder: str, months: list[str]) -> None:
        rows = [
            MonthRow(item.folder, item.title, item.account, item.date, item.partial, item.stars, item.via)
            for item in listings.in_month(self._catalogue, folder)
        ]
        files = {}
        if folder in months:
            place = months.index(folder)
            newer = months[place - 1] if place else ""
            older = months[place + 1] if place + 1 < len(months) else ""
            files = month_readmes(folder, rows, older, newer)
        for name, text in files.items():
            self._write(Page(f"{folder}/{name}", text))
        number = len(files)
        while (self._root / folder / file_name(number)).is_file():
            self._remove([f"{folder}/{file_name(number)}"])
            number += 1

    def _write_parts(self, first: str, pages: list[Page]) -> None:
        """Write a list's pages, and remove what is left of a longer one."""
        for page in pages:
            self._write(page)
        gone = [] if pages else [first]
        number = max(1, len(pages))
        while (self._root / sitemap.older_page(first, number)).is_file():
            gone.append(sitemap.older_page(first, number))
            number += 1
        self._remove(gone)

    def _write(self, page: Page) -> None:
        self._put(page.path, page.text.encode())

    def _put(self, path: str, data: bytes) -> None:
        self._kept.add(path)
        if self._files.put(path, data):
            self._built.updated.append(path)

    def _remove(self, paths: Iterable[str]) -> None:
        self._built.removed += [path for path in paths if self._files.drop(path)]

    def _extra(self) -> Iterator[str]:
        """Pages of what is no longer there."""
        for pattern in SITE_PATTERNS:
            for path in sorted(self._root.glob(pattern)):
                name = path.relative_to(self._root).as_posix()
                if name not in self._kept:
                    yield name
