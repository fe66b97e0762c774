"""What of the offline reader's site has to be written again: marks in catalogue.db, set with every change.

So that a sync with nothing new has nothing to compare, and one new article costs the pages it appears on. Kinds and
their keys: `article` a folder (its page names its neighbours and the notes that link to it), `month` the folder above,
`account` a name, `note` a path, `rated` nothing: the list of what notes rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from archiver.store.rows import insert

if TYPE_CHECKING:
    from sqlite_utils import Database

KINDS = ("article", "month", "account", "note", "rated")

_OWN = """select id, folder, account, max(stars) from (
    select id, folder, account, stars from links join articles on folder = target where note = :note
    union all select id, folder, account, stars from links join aliases on aliases.url = links.url
    join articles on articles.id = article where note = :note) group by id"""
_OTHERS = (
    "select note from links where target = ? union"
    " select note from links join aliases on aliases.url = links.url where aliases.article = ?"
)
_RATED = (
    "select 1 from links where target = ? and note != ? and stars >= ? union all"
    " select 1 from links join aliases on aliases.url = links.url where article = ? and note != ? and stars >= ?"
    " limit 1"
)


class _Article(NamedTuple):
    id: str
    folder: str


def create(db: Database) -> None:
    """Make the table."""
    db.table("marks").create({"kind": str, "key": str}, pk=("kind", "key"))


def flag_article(db: Database, folder: str) -> None:
    """The article in `folder` came, changed or is about to go: mark every page that shows it."""
    row = db.execute("select id, account, published_at from articles where folder = ?", [folder]).fetchone()
    if row is None:
        return
    article, account, published = row
    found = {("article", folder), ("month", folder.rpartition("/")[0]), ("account", account)}
    found |= {("article", neighbour) for neighbour in neighbours(db, published, folder) if neighbour}
    sql = (
        "select note, stars from links where target = ? union"
        " select note, stars from links join aliases on aliases.url = links.url where aliases.article = ?"
    )
    for note, stars in db.execute(sql, [folder, article]):
        found |= {("note", note), *([("rated", "")] if stars else [])}
    _put(db, found)


@contextmanager
def changing_note(db: Database, path: str) -> Iterator[None]:
    """A block in which a note changes, or goes: mark its page, those of the articles that it links to, and where their
    best rating is another then, those of other notes that link to them: they show that, whoever gave it."""
    before = _flag_note(db, path)
    yield
    after = _flag_note(db, path)
    for article in sorted({*before, *after}):
        most, least = sorted((before.get(article, 0), after.get(article, 0)), reverse=True)
        # Not looked for otherwise: there may be as many others as notes.
        if most > least and not db.execute(_RATED, [article.folder, path, most, article.id, path, most]).fetchone():
            _put(db, {("note", note) for (note,) in db.execute(_OTHERS, [article.folder, article.id])})


def _flag_note(db: Database, path: str) -> dict[_Article, int]:
    """Mark the page of a note, and all on which its links show; its own rating of each article."""
    found, stars = {("note", path)}, {}
    for article, folder, account, rating in db.execute(_OWN, {"note": path}).fetchall():
        found |= {("article", folder), ("month", folder.rpartition("/")[0]), ("account", account)}
        stars[_Article(article, folder)] = rating or 0
    if db.execute("select 1 from links where note = ? and stars > 0", [path]).fetchone():
        found.add(("rated", ""))
    _put(db, found)
    return stars


def neighbours(db: Database, published: str, folder: str) -> tuple[str | None, str | None]:
    """Folders of the next older and the next newer article; None where there is none.

    Articles of one moment are in the order of their folders; one without a date is older than all others.
    """
    ways = (("<", "desc"), (">", "asc"))
    found: list[str | None] = []
    for sign, order in ways:
        sql = (
            f"select folder from articles where (published_at, folder) {sign} (?, ?)"
            f" order by published_at {order}, folder {order} limit 1"
        )
        row = db.execute(sql, [published, folder]).fetchone()
        found.append(row[0] if row else None)
    return found[0], found[1]


def marked(db: Database) -> dict[str, set[str]]:
    """The keys that are marked, by kind."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, key in db.execute("select kind, key from marks"):
        found[kind].add(key)
    return found


def clear(db: Database) -> None:
    """Everything marked was written."""
    with db.atomic():
        db.execute("delete from marks")


def _put(db: Database, found: Iterable[tuple[str, str]]) -> None:
    insert(db, "marks", ({"kind": kind, "key": key} for kind, key in found), otherwise="ignore")
