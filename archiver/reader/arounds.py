"""What of an article's own files changes with the rest of the archive and with the notes: neighbours, backlinks, and
what its front matter says of these."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from archiver.archive.surroundings import around_article
from archiver.render.frame import put_frame
from archiver.render.front_matter import Facts, Keys, put_more
from archiver.render.surroundings import Around, put_around
from archiver.store import listings
from archiver.store.articles import replace_file
from archiver.store.catalogue import Catalogue
from archiver.store.files import disk_errors
from archiver.store.layout import PAGE, TEXT
from archiver.store.ownership import is_ours
from archiver.store.sums import Checksums

_AT_ONCE = 100  # articles whose new files are held in memory


class Arounds:
    """Of the archive at `root`. `keys` are what front matter is to hold besides the usual, None where it is nobody's
    business. `foreign` is given the pages that archiver did not make. `outdated`: folders of articles whose page was
    made before pages had a place for their surroundings; `kept`: the pages that are as they should be."""

    def __init__(self, root: Path, catalogue: Catalogue, keys: Keys | None, foreign: set[str]) -> None:
        self._root = root
        self._catalogue = catalogue
        self._keys = keys
        self._foreign = foreign
        self._sums = Checksums(root)
        self.outdated: list[str] = []
        self.kept: set[str] = set()

    def write(self, folders: Iterable[str]) -> list[str]:
        """Bring what stands around articles up to date, some of a month at a time; the paths of the files that changed.

        SHA256SUMS goes first: a page that a crash left behind it is still marked, so that the next build writes it.
        """
        updated: list[str] = []
        for parent, group in groupby(sorted(folders), lambda folder: folder.rpartition("/")[0]):
            month = list(group)
            for start in range(0, len(month), _AT_ONCE):
                new: dict[str, bytes] = {}
                for folder in month[start : start + _AT_ONCE]:
                    around = around_article(self._catalogue, folder)
                    found = {PAGE: self._page(folder, around), TEXT: self._front_matter(folder, around)}
                    new |= {f"{folder}/{name}": data for name, data in found.items() if data}
                if new:
                    self._sums.put_files(parent, {path.removeprefix(f"{parent}/"): data for path, data in new.items()})
                for path, data in new.items():
                    replace_file(self._root, path, data)
                    updated.append(path)
        return updated

    def _front_matter(self, folder: str, around: Around) -> bytes | None:
        """An article's text, where other keys are to be in its front matter than there are."""
        path = self._root / folder / TEXT
        item = listings.by_folder(self._catalogue, [folder]).get(folder) if self._keys else None
        if item is None or self._keys is None or not path.is_file():
            return None
        with disk_errors(path, "read"):
            data = path.read_bytes()
        facts = Facts(item.title, item.digest, item.date)
        lines = self._keys.lines(facts, around.backlinks)
        new = put_more(data.decode(errors="surrogateescape"), lines).encode(errors="surrogateescape")
        return new if new != data else None

    def _page(self, folder: str, around: Around) -> bytes | None:
        """An article's page, where that has to be written again."""
        path = self._root / folder / PAGE
        if not path.is_file():
            if (self._root / folder).is_dir():
                self.outdated.append(folder)
            return None
        with disk_errors(path, "read"):
            data = path.read_bytes()
        text = put_frame(data.decode(errors="surrogateescape"), folder)
        page = put_around(text, folder, around)
        if page is None and not is_ours(data):
            self._foreign.add(f"{folder}/{PAGE}")
            return None
        if page is None:
            self.outdated.append(folder)
            return None
        self.kept.add(f"{folder}/{PAGE}")
        new = page.encode(errors="surrogateescape")
        return new if new != data else None
