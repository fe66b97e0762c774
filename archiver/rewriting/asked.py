"""What the planning of a note asks the archive and the disk: while it would hear the same, it comes to the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from archiver.archive.archive import Archive
from archiver.archive.known_articles import KnownArticles
from archiver.errors import StoreError
from archiver.models import ArticleRecord, StoredImage
from archiver.store.articles import ArticleFolders
from archiver.store.catalogue import Catalogue
from archiver.store.layout import RECORD
from archiver.store.lines import LinkEntry
from archiver.store.link_table import LinkTable
from archiver.store.lookup import Lookup

if TYPE_CHECKING:
    from archiver.store.filechecks import FileCheck

ARTICLE = "article"  # the kind of those for the folder of an article, by its URL
Question = tuple[str, str]  # of what kind, and about what
Answer = str | bool | list[Any] | None  # as JSON has it


class Asked:
    """Hears what is asked of an `archive` and of a `lookup` that ask the real ones. `answers`: what one note has asked,
    None where that cannot be asked again."""

    def __init__(self, archive: Archive, notes: Path) -> None:
        self.archive: Archive = _Archive(archive, self)
        self.lookup: Lookup = _Lookup(self)
        self.notes = notes
        self.answers: dict[Question, Answer] | None = {}

    def begin(self) -> None:
        """The next note has its turn."""
        self.answers = {}

    def hear(self, kind: str, about: str, answer: Answer) -> None:
        """Take note of a question."""
        if self.answers is not None:
            self.answers[kind, about] = answer

    def lose_track(self) -> None:
        """Something was asked that is not listed here."""
        self.answers = None


class Answers:
    """Answers the same questions, at one moment: listings of folders, and of articles, are remembered."""

    def __init__(self, archive: Archive, notes: Path) -> None:
        self._archive = archive
        self._notes = notes
        self._lookup = Lookup()
        self.articles = KnownArticles(archive)

    def of(self, kind: str, about: str) -> Answer:
        """The answer as it is now. Raises StoreError."""
        archive = self._archive
        match kind:
            case "article":
                return self.articles.folder(about)
            case "image":
                return _path(archive.image(about))
            case "link":
                return _entry(archive.links.get(about))
            case "id":
                return archive.catalogue.folder_of_id(about)
            case "there":
                return archive.has_article(about)
            case "folder":
                return archive.folders.has(about)
            case "record":
                return look(archive.root / about / RECORD)
            case "file":
                return archive.has_file(about)
            case "look":
                return look(self._notes / about)
            case _:
                return self._of_path(kind, about)

    def _of_path(self, kind: str, about: str) -> Answer:
        path, _, below = about.partition("\0")
        if kind == "exact":
            return self._lookup.exact(path, folders=bool(below))
        return self._lookup.meant(path, below) if kind == "meant" else self._lookup.is_file(path)


def look(path: Path) -> list[Any] | None:
    """Modification time (ns) and size of a file; None where there is none to be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_size]


def _path(image: StoredImage | None) -> str | None:
    return image.path if image else None


def _entry(entry: LinkEntry | None) -> list[Any] | None:
    return [entry.status.value, entry.reason, entry.target] if entry else None


class _Archive(Archive):
    """Asks the real one. What is not listed here is the real one's."""

    def __init__(self, archive: Archive, asked: Asked) -> None:
        self.__dict__.update(archive.__dict__)
        self._real, self._asked = archive, asked
        self.links = cast(LinkTable, _Links(archive.links, asked))
        self.catalogue = cast(Catalogue, _Catalogue(archive.catalogue, asked))
        self.folders = cast(ArticleFolders, _Folders(archive.folders, asked))

    def article_folder(self, url: str) -> str | None:
        folder = self._real.article_folder(url)
        self._asked.hear(ARTICLE, url, folder)
        return folder

    def has_article(self, folder: str) -> bool:
        there = self._real.has_article(folder)
        self._asked.hear("there", folder, there)
        return there

    def image(self, key: str) -> StoredImage | None:
        image = self._real.image(key)
        self._asked.hear("image", key, _path(image))
        return image

    def has_file(self, path: str) -> bool:
        there = self._real.has_file(path)
        self._asked.hear("file", path, there)
        return there

    def record(self, folder: str, name: str = RECORD) -> ArticleRecord:
        self._asked.hear("record", folder, look(self.root / folder / name))
        return self._real.record(folder, name)


class _Other:
    """What is asked in any other way is asked of the real one, and cannot be asked again."""

    def __init__(self, real: Any, asked: Asked) -> None:
        self._real, self._asked = real, asked

    def __getattr__(self, name: str) -> Any:
        self._asked.lose_track()
        return getattr(self._real, name)


class _Links(_Other):
    def get(self, url: str) -> LinkEntry | None:
        entry: LinkEntry | None = self._real.get(url)
        self._asked.hear("link", url, _entry(entry))
        return entry

    def __iter__(self) -> Iterator[LinkEntry]:
        self._asked.lose_track()
        return iter(self._real)


class _Catalogue(_Other):
    def folder_of_id(self, article_id: str) -> str | None:
        folder: str | None = self._real.folder_of_id(article_id)
        self._asked.hear("id", article_id, folder)
        return folder

    def file_check(self, path: str, modified: int, size: int) -> FileCheck | None:
        self._asked.hear("look", path, [modified, size])
        check: FileCheck | None = self._real.file_check(path, modified, size)
        return check

    def put_file_check(self, path: str, check: FileCheck) -> None:
        self._real.put_file_check(path, check)


class _Folders(_Other):
    def has(self, folder: str) -> bool:
        there: bool = self._real.has(folder)
        self._asked.hear("folder", folder, there)
        return there


class _Lookup(Lookup):
    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self._asked = asked

    def exact(self, path: str, *, folders: bool = False) -> bool:
        there = super().exact(path, folders=folders)
        self._asked.hear("exact", f"{path}\0{folders or ''}", there)
        return there

    def meant(self, path: str, below: str) -> str | None:
        found = super().meant(path, below)
        self._asked.hear("meant", f"{path}\0{below}", found)
        return found

    def is_file(self, path: str) -> bool:
        there = super().is_file(path)
        self._asked.hear("is file", path, there)
        return there


def same(answers: Answers, kind: str, about: str, answer: Answer) -> bool:
    """Whether a question has that answer still."""
    try:
        return answers.of(kind, about) == answer
    except StoreError:  # who asks when planning tells
        return False
