"""catalogue.db: an index of the archive's text files. It can be deleted: the next run builds it again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from archiver.errors import StoreError
from archiver.models import ArticleRecord, StoredImage
from archiver.models.values import dataclass
from archiver.store import dirty, filechecks, fulltext
from archiver.store.database import open_database
from archiver.store.filechecks import FileCheck
from archiver.store.integrity import IndexRows, index_rows, is_outside, open_readonly
from archiver.store.rows import article_row, image_of, image_row, insert, more_pages, query
from archiver.store.schema import is_broken, make_like, migrate, migrations, refuse_newer
from archiver.store.shown import damaged_files, forget_images

if TYPE_CHECKING:
    from sqlite_utils import Database

FileStamp = tuple[int, int]  # modification time (ns) and size (bytes) of a file: tells whether it has changed


@dataclass(frozen=True, slots=True)
class NoteLink:
    """A link in a note, by line and byte offset: the canonical `url` of a remote one, the archive path (`target`: an
    article's folder or an image file) of one that was rewritten. `stars` is the owner's rating behind it (0: none)."""

    line: int
    start: int
    kind: str
    url: str
    target: str
    stars: int = 0


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Catalogue:
    """The catalogue at `path` (None: in memory, with tables like those at the path `like`, if they are as they should
    be). A context manager; a damaged file is replaced by an empty one.

    To look for damage the whole file is read: without `check` it is taken as it is, by who opens it often and does not
    hold the archive; then a damaged one is a StoreError.
    """

    def __init__(self, path: Path | None, *, check: bool = True, like: Path | None = None) -> None:
        self._path, self._check, self._like = path, check, like
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            if path is None or is_outside(error) or not check:  # who only reads does not know who writes just now
                raise StoreError(f"cannot use {path}: {error}") from error
            # It holds nothing that the text files do not hold.
            for leftover in (path, path.with_name(f"{path.name}-journal")):
                leftover.unlink(missing_ok=True)
            self._db = self._open()
        self._texts = fulltext.Texts(self._db)

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        if isinstance(error, sqlite3.Error):
            if self._path and self._check and not is_outside(error):
                self._path.unlink(missing_ok=True)
                raise StoreError(f"{self._path}: {error}; it was removed, the next run makes it again") from error
            raise StoreError(f"{self._path}: {error}") from error

    def _open(self) -> Database:
        db = self._connect()
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(db.close)
            if self._like:
                make_like(db, self._like)
            if is_broken(db):
                raise sqlite3.DatabaseError("its tables are not those that were made")
            refuse_newer(db)
            if migrations.pending(db):  # asked first, so that an idle run does not touch the file
                if not self._check:
                    raise sqlite3.DatabaseError("it is not ready yet: archiver build makes it so")
                migrate(db)
            if self._check:
                (found,) = db.execute("pragma quick_check(1)").fetchone()
                if found != "ok":
                    raise sqlite3.DatabaseError(found)
            on_failure.pop_all()
        return db

    def _connect(self) -> Database:
        return open_database(self._path if self._check or not self._path else open_readonly(self._path))

    def stale(
        self, found: Iterable[tuple[str, int, int]], is_there: Callable[[str], bool] = lambda _: False
    ) -> list[tuple[str, int, int]]:
        """Of the articles on disk (folder, ns, bytes), those that are new or changed. Forgets those that are gone, and
        what only they showed of the images whose files `is_there` does not find."""
        known = {folder: (modified, size) for folder, modified, size in self._db.execute("select * from files")}
        indexed, changed = set(self.all_folders()), []
        gone = indexed | known.keys()
        for folder, modified, size in found:
            gone.discard(folder)
            # An article whose row is gone is read again, too.
            if folder not in indexed or known.get(folder) != (modified, size):
                changed.append((folder, modified, size))
        for folder in sorted(gone):
            with self._db.atomic():
                forget_images(self._db, folder, is_there)
                self._forget(folder)
        return changed

    def put_article(
        self,
        record: ArticleRecord,
        urls: Sequence[str],
        file: FileStamp,
        links: Mapping[str, str] = MappingProxyType({}),
        text: fulltext.Text | None = None,
    ) -> None:
        """Index an article: `urls` are those under which it is known, `file` is the stamp of its article.json; `links`
        maps canonical URLs in its body to the article ids that these tell, or ""; `text` is what can be searched."""
        with self.together():
            self._forget(record.folder)
            self._forget_details(record.id)  # of a row that somebody deleted
            article = record.id
            insert(self._db, "articles", [article_row(record)], otherwise="replace")
            insert(self._db, "aliases", ({"url": url, "article": article} for url in urls), otherwise="replace")
            insert(self._db, "images", (image_row(i) for i in record.images if i.path), otherwise="ignore")
            shown = (
                {"article": article, "position": n, "key": i.key, "url": i.url, "error": i.error}
                for n, i in enumerate(record.images)
            )
            insert(self._db, "article_images", shown)
            inner = ({"article": article, "url": url, "target": target} for url, target in links.items())
            insert(self._db, "article_links", inner)
            insert(self._db, "files", [{"folder": record.folder, "modified": file[0], "size": file[1]}])
            if text:
                self._texts.forget(record.id)
                self._texts.put(record.id, text)
            dirty.flag_article(self._db, record.folder)

    def _forget(self, folder: str) -> None:
        with self._db.atomic():
            dirty.flag_article(self._db, folder)
            for (article,) in self._db.execute("select id from articles where folder = ?", [folder]).fetchall():
                self._texts.forget(article)
                self._forget_details(article)
                self._db.table("articles").delete(article)
            self._db.table("files").delete_where("folder = ?", [folder])

    def _forget_details(self, article: str) -> None:
        for table in ("aliases", "article_images", "article_links"):
            self._db.execute(f"delete from {table} where article = ?", [article])

    def drop_article(self, folder: str, image_paths: Sequence[str]) -> None:
        """Forget an article that is no longer in the archive, and image files."""
        with self._db.atomic():
            self._forget(folder)
            for path in image_paths:
                self._db.table("images").delete_where("path = ?", [path])

    def folders_linking_to(self, article_id: str, urls: Sequence[str]) -> list[str]:
        """Folders of the articles that link to the article of that id, or to one of these canonical URLs."""
        # The URLs go in as one JSON text, so that the statement is always the same.
        sql = """select distinct folder from articles join article_links on article_links.article = articles.id
            where target = ? or article_links.url in (select value from json_each(?)) order by folder"""
        return [folder for (folder,) in self._db.execute(sql, [article_id, json.dumps(list(urls))])]

    def put_image(self, image: StoredImage) -> None:
        """Index an image that only notes show. The first file of an image stays."""
        self._db.table("images").insert(image_row(image), ignore=True)

    def has_note(self, path: str, digest: str) -> bool:
        """Whether the note is indexed as it is now; `digest` is the SHA-256 of its bytes."""
        return self._value("select sha256 from notes where path = ?", path) == digest

    def stamps(self) -> list[tuple[str, int, int]]:
        """Every article's folder, with the stamp of its article.json."""
        return self._db.execute("select folder, modified, size from files order by folder").fetchall()

    def note_digests(self) -> dict[str, str]:
        """The notes that are indexed, each with the SHA-256 of its bytes then."""
        return dict(self._db.execute("select path, sha256 from notes").fetchall())

    def put_note(self, path: str, digest: str, links: Iterable[NoteLink]) -> None:
        """Index a note as it is now."""
        with self._db.atomic(), dirty.changing_note(self._db, path):
            self._db.table("links").delete_where("note = ?", [path])
            self._db.table("links").insert_all({"note": path, **asdict(link)} for link in links)
            self._db.table("notes").upsert({"path": path, "sha256": digest}, pk="path")

    def keep_notes(self, paths: Iterable[str]) -> None:
        """Forget the notes that are not among `paths`."""
        gone = {path for (path,) in self._db.execute("select path from notes")} - set(paths)
        for path in sorted(gone):
            with self._db.atomic(), dirty.changing_note(self._db, path):
                self._db.table("notes").delete(path)
                self._db.table("links").delete_where("note = ?", [path])

    def lost_articles(self) -> dict[str, str]:
        """Folders that notes link to and that hold no article, each with the first place (`note:line`) that does."""
        sql = (  # by > and +, SQLite goes by the targets, and not through all links in the order of the notes
            "select target, note || ':' || line from links where kind = 'article' and target > ''"
            " and target not in (select folder from articles) order by +note desc, start desc"
        )
        return dict(self._db.execute(sql).fetchall())

    def index_rows(self) -> IndexRows:
        """What the index says, to be compared with another."""
        return index_rows(lambda sql: self._db.execute(sql).fetchall())

    def file_check(self, path: str, modified: int, size: int) -> FileCheck | None:
        """What is known of an image file that notes show; see filechecks.get."""
        return filechecks.get(self._db, path, modified, size)

    def put_file_check(self, path: str, check: FileCheck) -> None:
        """Remember what an image file holds."""
        filechecks.put(self._db, path, check)

    def folder_of_id(self, article_id: str) -> str | None:
        return self._value("select folder from articles where id = ?", article_id)

    def folder_of_url(self, url: str) -> str | None:
        """Folder of the article that is known under `url`, a canonical one or one that was met."""
        return self._value(
            "select folder from articles join aliases on aliases.article = articles.id where aliases.url = ?", url
        )

    def image(self, key: str) -> StoredImage | None:
        """The stored image of that key."""
        return next(map(image_of, query(self._db, "select * from images where key = ?", [key])), None)

    def damaged_at_source(self) -> frozenset[str]:
        """Paths of the image files that are not whole where they come from either."""
        return damaged_files(self._db)

    def partial_folders(self) -> Iterator[str]:
        """Folders of the articles of which something is missing."""
        for (folder,) in self._db.execute("select folder from articles where status = 'partial' order by folder"):
            yield folder

    def all_folders(self) -> list[str]:
        """Folders of all articles, in order."""
        return [folder for (folder,) in self._db.execute("select folder from articles order by folder")]

    def newest_folders(self, most: int) -> list[str]:
        """Folders of the newest articles, newest first."""
        sql = "select folder from articles order by published_at desc, folder limit ?"
        return [folder for (folder,) in self._db.execute(sql, [most])]

    def months(self) -> dict[str, int]:
        """How many articles each folder of article folders holds; those are mostly of months: the newest first."""
        # Ten thousand names are taken apart here in a hundredth of a second, by SQLite in a fifth.
        above = Counter(folder.rpartition("/")[0] for (folder,) in self._db.execute("select folder from articles"))
        return dict(sorted(above.items(), reverse=True))

    def totals(self) -> dict[str, int]:
        """How many articles, partial ones among them, accounts and images there are."""
        sql = """select (select count(*) from articles) as articles,
            (select count(*) from articles where status = 'partial') as partial,
            (select count(distinct account) from articles) as accounts, (select count(*) from images) as images"""
        return next(query(self._db, sql))

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """A block whose changes are one transaction: much faster for many."""
        if self._db.conn.in_transaction:
            with self._db.atomic():
                yield
            return
        self._texts.begin()
        with more_pages(self._db), self._db.atomic():
            yield
            self._texts.index()

    @property
    def db(self) -> Database:
        """The database, for the modules of this room that ask other questions of it."""
        return self._db

    def _value(self, sql: str, argument: str) -> str | None:
        row = self._db.execute(sql, [argument]).fetchone()
        return str(row[0]) if row else None
