"""The views of catalogue.db for programs of others: what the tables hold, under names that stay. docs/format.md lists
them; tables may change with every version, a view only gains columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archiver.models.values import dataclass

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class View:
    """What a row stands for, its columns (each with its SQL and what it means), and where they come from."""

    row: str
    columns: Mapping[str, tuple[str, str]]
    source: str

    @property
    def select(self) -> str:
        """The SQL of the view."""
        columns = ", ".join(f"{sql} as {name}" for name, (sql, _) in self.columns.items())
        return f"select {columns} {self.source}"


_STARS = """max(
    coalesce((select max(stars) from links where links.target = articles.folder), 0),
    coalesce((select max(links.stars) from aliases join links on links.url = aliases.url
        where aliases.article = articles.id), 0))"""

VIEWS = {
    "archive_articles": View(
        "an article",
        {
            "id": ("articles.id", "Its id."),
            "folder": ("folder", "Its folder."),
            "url": ("articles.url", "Its canonical URL."),
            "title": ("articles.title", "Its title."),
            "account": ("account", "Name of the account (公众号)."),
            "author": ("author", "Its author."),
            "date": ("date", "Date of publication in Beijing; empty where it is not known."),
            "published_at": ("published_at", "Time of publication in UTC, or empty."),
            "kind": ("kind", "Kind of page."),
            "status": ("status", "`archived` or `partial`."),
            "digest": ("digest", "The account's own summary."),
            "cover": ("cover", "Path of the image that stands for it, or empty."),
            "captured_at": ("captured_at", "When it was captured, in UTC."),
            "coverage": ("coverage", "How much of its page it has, 0 to 1; null where that was not counted."),
            "letters": ("coalesce(length(texts.body), 0)", "How many characters its text has."),
            "stars": (_STARS, "The best rating that a note gives it; 0: none."),
        },
        "from articles left join texts on texts.article = articles.id",
    ),
    "archive_texts": View(
        "the text of an article",
        {
            "number": ("doc", "Its row in `search`. It changes when the text does."),
            "article": ("article", "Id of the article."),
            "title": ("title", "Its title."),
            "byline": ("byline", "Account and author, each on a line."),
            "body": ("body", "What a reader sees of the body, a line for each block."),
        },
        "from texts",
    ),
    "archive_accounts": View(
        "an account",
        {
            "account": ("account", "Its name."),
            "articles": ("count(*)", "How many of its articles are archived."),
            "first": ("coalesce(min(nullif(date, '')), '')", "Date of the oldest one."),
            "last": ("max(coalesce(date, ''))", "Date of the newest one."),
        },
        "from articles group by account",
    ),
    "archive_mentions": View(
        "a link of a note to an article",
        {
            "note": ("note", "Path of the note, relative to the notes folder."),
            "line": ("line", "Its line, from 1."),
            "article": ("article", "Id of the article."),
            "stars": ("stars", "The rating behind the link; 0: none."),
        },
        """from (
            select note, line, articles.id as article, coalesce(stars, 0) as stars
            from links join articles on articles.folder = links.target
            union
            select note, line, aliases.article, coalesce(stars, 0)
            from links join aliases on aliases.url = links.url join articles on articles.id = aliases.article)""",
    ),
    "archive_links": View(
        "a link of an article to another, or to an album",
        {
            "article": ("article", "Id of the article that holds it."),
            "url": ("url", "The canonical URL."),
            "leads_to": (
                "coalesce((select aliases.article from aliases where aliases.url = article_links.url),"
                " (select id from articles where id = article_links.target), '')",
                "Id of the archived article to which it leads, or empty.",
            ),
        },
        "from article_links",
    ),
    "archive_images": View(
        "an image of an article",
        {
            "article": ("article", "Id of the article."),
            "position": ("position", "Its place among the images of the article, from 0."),
            "url": ("article_images.url", "Its URL."),
            "path": ("coalesce(path, '')", "Its file, or empty."),
            "media_type": ("coalesce(media_type, '')", "Its type."),
            "width": ("width", "Pixels, where they are known."),
            "height": ("height", "Likewise."),
            "error": ("coalesce(error, '')", "Why it is not there."),
        },
        "from article_images left join images on images.key = article_images.key",
    ),
    "archive_urls": View(
        "a URL by which an article is known",
        {
            "url": ("aliases.url", "The URL, canonical or as it was met."),
            "article": ("article", "Id of the article."),
        },
        "from aliases",
    ),
}


def create(db: Database) -> None:
    """Make the views, or make them anew."""
    for name, view in VIEWS.items():
        db.execute(f"drop view if exists {name}")
        db.execute(f"create view {name} as {view.select}")
