"""Which images articles show, as the catalogue knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archiver.models import StoredImage
from archiver.store.rows import image_row

if TYPE_CHECKING:
    from sqlite_utils import Database

_ONLY_HERE = (
    "select key, path from images where key in ("
    "select key from article_images join articles on articles.id = article_images.article where folder = ?"
    " except select key from article_images join articles on articles.id = article_images.article where folder != ?)"
)


def forget_images(db: Database, folder: str, is_there: Callable[[str], bool]) -> None:
    """Forget the images that only the article in `folder` shows, which went without this program, as git takes one
    away, unless their files are there. Those that notes show too come back with links.jsonl."""
    for key, path in db.execute(_ONLY_HERE, [folder, folder]).fetchall():
        if not is_there(path):
            db.table("images").delete_where("key = ?", [key])


def replace_image(db: Database, image: StoredImage) -> None:
    """Let an image have another file from now on."""
    with db.atomic():
        db.table("images").insert(image_row(image), replace=True)


def key_of_same_id(db: Database, key: str) -> str | None:
    """The key of an image of which there is a file, with the id of `key` in whatever bucket; case counts."""
    sql = "select key from images where substr(key, instr(key, '/') + 1) = ? and instr(?, '/') > 0 order by key"
    row = db.execute(sql, [key.partition("/")[2], key]).fetchone()
    return str(row[0]) if row else None


def damaged_files(db: Database) -> frozenset[str]:
    """Paths of the image files that are not whole where they come from either."""
    return frozenset(path for (path,) in db.execute("select path from images where damaged_at_source"))
