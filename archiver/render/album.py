"""An album as Markdown and JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from archiver.errors import DamageError
from archiver.models import Album, AlbumArticle
from archiver.render.escape import destination, escape
from archiver.render.inline import Place, Run, render_runs
from archiver.render.links import relative, safe_url
from archiver.render.record import Fields
from archiver.render.text import BEIJING, beijing_date, one_line, title_of

FOLDER = "albums"
SCHEMA = 1
_CHECK = "check"  # beginning of the SHA-256 of all the rest: no list of checksums names this file


def album_markdown(album: Album, copy_of: Callable[[str], str]) -> str:
    """The text of `albums/<id>.md`. `copy_of` gives the path (relative to the archive's root) of the local copy of the
    article behind a URL, or an empty string."""
    facts = [one_line(album.account), f"{album.count:,} 篇"]
    if safe_url(album.url):
        facts.append(f"[原合集]({destination(safe_url(album.url))})")
    parts = [
        "# " + render_runs([Run(title_of(album.title))], Place.HEADING),
        " · ".join(fact if fact.startswith("[") else escape(fact) for fact in facts if fact),
        render_runs([Run(one_line(album.description))], Place.PARAGRAPH),
    ]
    missing = album.count - len(album.articles)
    if missing > 0:
        parts.append(f"> 以下列出 {len(album.articles):,} 篇，其余 {missing:,} 篇没有取得。")
    parts.append("\n".join(_line(number, article, copy_of) for number, article in enumerate(album.articles, 1)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(number: int, article: AlbumArticle, copy_of: Callable[[str], str]) -> str:
    copy = copy_of(article.url)
    href = relative(FOLDER, copy) if copy else safe_url(article.url)
    date = beijing_date(article.published_at)
    title = render_runs([Run(title_of(article.title), href=href)], Place.HEADING)
    return f"{number}. {title}" + (f" — {date}" if date else "")


def album_json(album: Album) -> str:
    """The text of `albums/<id>.json`, from which the Markdown is made again when more of the articles are archived."""
    data = {
        "schema": SCHEMA,
        **{name: getattr(album, name) for name in ("id", "url", "title", "account", "description", "count")},
        "articles": [_entry(article) for article in album.articles],
    }
    return _dumps({**data, _CHECK: _checksum(data)}) + "\n"


def _dumps(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


def _checksum(data: dict[str, Any]) -> str:
    return hashlib.sha256(_dumps(data).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _entry(article: AlbumArticle) -> dict[str, str]:
    entry = {"title": article.title, "url": article.url}
    if article.published_at:
        entry["published_at"] = article.published_at.astimezone(BEIJING).isoformat()
    return entry


def parse_album_json(text: str, path: str) -> Album:
    """The album that `album_json` wrote to `path`. Raises DamageError for a text that is none, or was changed since."""
    try:
        fields = Fields(json.loads(text), path)
    except (ValueError, RecursionError) as error:
        raise DamageError(f"{path}: not JSON: {error}") from error
    check = fields.data.pop(_CHECK, None)
    if check is not None and check != _checksum(fields.data):
        raise DamageError(f"{path}: changed since it was written (if that was you, take its {_CHECK!r} away)")
    if fields.data.get("schema") != SCHEMA:
        raise fields.fail("schema", f"{SCHEMA}; a newer archiver may have written it")
    texts: dict[str, Any] = {name: fields.text(name) for name in ("id", "url", "title", "account", "description")}
    articles = tuple(map(_article, fields.objects("articles")))
    return Album(**texts, count=fields.size_or_none("count") or 0, articles=articles)


def _article(entry: Fields) -> AlbumArticle:
    published = entry.moment("published_at") if "published_at" in entry.data else None
    return AlbumArticle(entry.text("title"), entry.text("url"), published)
