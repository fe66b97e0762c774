"""Questions that the offline reader asks of the catalogue: what is in which listing, and what is next to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from archiver.models.coverage import ENOUGH
from archiver.models.values import dataclass
from archiver.store import dirty
from archiver.store.catalogue import Catalogue
from archiver.store.rows import query

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Item:
    """An archived article in a list. `date` is Beijing's (empty: unknown), `cover` an image's path or empty, `stars`
    the best rating that a note gives it, `letters` the length of its text (0: not indexed), `share` how much of
    its page it has (1: as good as all, or not counted); `via` the web archive that it came from (empty: from WeChat),
    where it was captured on the date `archived`."""

    folder: str
    url: str
    title: str
    account: str
    author: str
    date: str
    partial: bool
    kind: str
    digest: str
    cover: str
    stars: int
    letters: int
    share: float = 1.0
    via: str = ""
    archived: str = ""

    @property
    def lacks(self) -> bool:
        """Whether it lacks more of its page than may be."""
        return self.share < ENOUGH


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a note that links to an archived article (`folder`)."""

    note: str
    line: int
    stars: int
    folder: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A month, an account or a note with its number of articles; `stars` is the best rating among a note's links."""

    name: str
    articles: int
    stars: int = 0


# The places in notes that lead to an article: by the copy's path, or by one of its URLs.
BY_TARGET = (
    "select note, line, start, coalesce(stars, 0) as stars, target as folder from links"
    " join articles on articles.folder = links.target"
)
BY_URL = (
    "select note, line, start, coalesce(stars, 0) as stars, folder from links join aliases on aliases.url = links.url"
    " join articles on articles.id = aliases.article"
)
_ITEM = "select articles.*, length(texts.body) as letters from articles left join texts on texts.article = articles.id"
_NEWEST = " order by published_at desc, articles.folder desc"


def _items(db: Database, rows: Iterable[dict[str, Any]]) -> list[Item]:
    found = list(rows)
    stars = _stars(db, [row["folder"] for row in found])
    return [_item(row, stars) for row in found]


def _item(row: dict[str, Any], stars: dict[str, int]) -> Item:
    plain = ("folder", "url", "title", "account", "author", "date", "kind", "digest", "cover")
    return Item(
        **{name: row[name] or "" for name in plain},
        partial=row["status"] == "partial",
        stars=stars.get(row["folder"], 0),
        letters=row.get("letters") or 0,
        share=1.0 if row["coverage"] is None else row["coverage"],
        via=row["via"] or "",
        archived=row["archived"] or "",
    )


_BEST = (  # one step into an index for each article and address: there may be as many ratings as notes
    "select folder, (select max(stars) from links where target = folder) from articles where folder in ({})",
    "select folder, (select max(stars) from links where links.url = aliases.url) from aliases"
    " join articles on articles.id = aliases.article where folder in ({})",
)


def _stars(db: Database, folders: Sequence[str]) -> dict[str, int]:
    """The best rating of each of the articles that have one."""
    found: dict[str, int] = {}
    for start in range(0, len(folders), 500):
        some = folders[start : start + 500]
        for sql in _BEST:
            for folder, stars in db.execute(sql.format(",".join("?" * len(some))), some):
                found[folder] = max(stars or 0, found.get(folder, 0))
    return found


def newest(catalogue: Catalogue, most: int) -> list[Item]:
    """The newest articles, newest first."""
    return _items(catalogue.db, query(catalogue.db, f"{_ITEM}{_NEWEST} limit ?", [most]))


def in_month(catalogue: Catalogue, folder: str) -> list[Item]:
    """The articles right below a folder, mostly a month's (`articles/2022/03`), newest first."""
    # A range, which an index answers; with a template of one's own, other such folders may be in it. `0` is behind `/`.
    right_below = "instr(substr(articles.folder, ?), '/') = 0"
    sql = f"{_ITEM} where articles.folder > ? and articles.folder < ? and {right_below}{_NEWEST}"
    return _items(catalogue.db, query(catalogue.db, sql, [f"{folder}/", f"{folder}0", len(folder) + 2]))


def of_account(catalogue: Catalogue, account: str) -> list[Item]:
    """An account's articles, newest first."""
    return _items(catalogue.db, query(catalogue.db, f"{_ITEM} where account = ?{_NEWEST}", [account]))


def partial(catalogue: Catalogue) -> list[Item]:
    """The articles of which something is missing, newest first."""
    return _items(catalogue.db, query(catalogue.db, f"{_ITEM} where status = 'partial'{_NEWEST}"))


def uncovered(catalogue: Catalogue) -> list[Item]:
    """The articles that lack more of their page than may be, the worst first."""
    sql = f"{_ITEM} where coverage < ? order by coverage, articles.folder"
    return _items(catalogue.db, query(catalogue.db, sql, [ENOUGH]))


def rated(catalogue: Catalogue) -> list[Item]:
    """The articles that a note rates: the best first, the newest first among equals."""
    sql = (
        f"{_ITEM} where articles.folder in (select folder from ({BY_TARGET} where stars > 0))"
        f" or articles.folder in (select folder from ({BY_URL} where stars > 0)){_NEWEST}"
    )
    return sorted(_items(catalogue.db, query(catalogue.db, sql)), key=lambda item: -item.stars)


def by_folder(catalogue: Catalogue, folders: Sequence[str]) -> dict[str, Item]:
    """The articles in `folders` that there are."""
    found: dict[str, Item] = {}
    for start in range(0, len(folders), 500):
        some = list(folders[start : start + 500])
        sql = f"{_ITEM} where articles.folder in ({','.join('?' * len(some))})"
        found |= {item.folder: item for item in _items(catalogue.db, query(catalogue.db, sql, some))}
    return found


def neighbours(catalogue: Catalogue, folder: str) -> tuple[Item | None, Item | None]:
    """The next older and the next newer article, in the order of `newest`."""
    row = catalogue.db.execute("select published_at from articles where folder = ?", [folder]).fetchone()
    if row is None:
        return None, None
    older, newer = dirty.neighbours(catalogue.db, row[0], folder)
    found = by_folder(catalogue, [name for name in (older, newer) if name])
    return (found.get(older) if older else None), (found.get(newer) if newer else None)


def mentions_of(catalogue: Catalogue, folder: str) -> list[Mention]:
    """The places in notes that link to an article, in the order of notes and lines."""
    return _mentions(catalogue.db, f"{BY_TARGET} where links.target = ?", f"{BY_URL} where articles.folder = ?", folder)


def bizs(catalogue: Catalogue, folders: Iterable[str]) -> set[str]:
    """The `__biz` of the accounts whose articles are in these folders."""
    sql = "select distinct biz from articles where biz != '' and folder in (select value from json_each(?))"
    return {biz for (biz,) in catalogue.db.execute(sql, [json.dumps(list(folders))])}


def mentions_in(catalogue: Catalogue, note: str) -> list[Mention]:
    """The archived articles that a note links to, in its order."""
    return _mentions(catalogue.db, f"{BY_TARGET} where note = ?", f"{BY_URL} where note = ?", note)


def _mentions(db: Database, by_target: str, by_url: str, key: str) -> list[Mention]:
    """Both kinds of link, those of one line to one article as one: with `append` a line holds a link of each kind."""
    sql = (
        f"select note, line, max(stars), folder from ({by_target} union all {by_url})"
        " group by note, line, folder order by note, line, min(start)"
    )
    return [Mention(*row) for row in db.execute(sql, [key, key])]


def notes(catalogue: Catalogue) -> list[Listing]:
    """The notes that link to archived articles, the last by name first: notes are mostly named by date."""
    sql = (
        f"select note, count(distinct folder), max(stars) from ({BY_TARGET} union all {BY_URL})"
        " group by note order by note desc"
    )
    return [Listing(*row) for row in catalogue.db.execute(sql)]


def links_in(catalogue: Catalogue, note: str) -> set[str]:
    """The canonical URLs of WeChat's that a note links to."""
    return {url for (url,) in catalogue.db.execute("select url from links where note = ? and url != ''", [note])}


def notes_naming(catalogue: Catalogue, urls: Sequence[str]) -> list[str]:
    """The notes with a link to one of these canonical URLs."""
    found: set[str] = set()
    for start in range(0, len(urls), 500):
        some = list(urls[start : start + 500])
        sql = f"select distinct note from links where url in ({','.join('?' * len(some))})"
        found.update(note for (note,) in catalogue.db.execute(sql, some))
    return sorted(found)


def accounts(catalogue: Catalogue) -> list[Listing]:
    """The accounts, those with most articles first."""
    sql = "select account, count(*) from articles group by account order by count(*) desc, account"
    return [Listing(*row) for row in catalogue.db.execute(sql)]


def captured(catalogue: Catalogue, column: Literal["month", "account"]) -> dict[str, str]:
    """When the last article of each month's folder, or of each account, was captured (ISO time in UTC)."""
    # What is left of a folder without the letters of its last part: `articles/2026/03/`.
    name = "rtrim(rtrim(folder, replace(folder, '/', '')), '/')" if column == "month" else "account"
    sql = f"select {name}, max(captured_at) from articles group by 1 order by 1 desc"
    return dict(catalogue.db.execute(sql).fetchall())


def named_in_notes(catalogue: Catalogue) -> frozenset[str]:
    """The URLs that notes name, and the folders and files of the archive to which they link."""
    sql = "select url from links union select target from links"
    return frozenset(name for (name,) in catalogue.db.execute(sql) if name)


def linked_from(catalogue: Catalogue, folders: Sequence[str]) -> list[tuple[str, str]]:
    """The canonical URLs of WeChat's to which the articles in these folders link, each behind the first of these."""
    sql = """select min(folder), article_links.url from articles join article_links
        on article_links.article = articles.id where folder in (select value from json_each(?))
        group by article_links.url order by 1, 2"""
    return catalogue.db.execute(sql, [json.dumps(list(folders))]).fetchall()
