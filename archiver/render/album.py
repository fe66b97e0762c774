"""An album as Markdown and JSON."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from archiver.errors import DamageError
from archiver.models import Album, AlbumArticle
from archiver.render.escape import PUNCTUATION, destination, escape, guard_line
from archiver.render.inline import Place, Run, render_runs
from archiver.render.links import relative, safe_url
from archiver.render.record import Fields
from archiver.render.text import BEIJING, beijing_date, one_line, title_of
from archiver.store.layout import ALBUMS

SCHEMA = 1
_LINE = re.compile(r"\d+\. (?:\[(?P<linked>.+)\]\((?P<href>\S+)\)|(?P<plain>.+?))(?: — (?P<date>\d{4}-\d\d-\d\d))?")
_CHECK = "check"  # beginning of the SHA-256 of all the rest: no list of checksums names this file


def album_markdown(album: Album, copy_of: Callable[[str], str]) -> str:
    """The text of `albums/<id>.md`. `copy_of` gives the path (relative to the archive's root) of the local copy of the
    article behind a URL, or an empty string."""
    facts = [escape(one_line(album.account)), f"{album.count:,} 篇"]
    if safe_url(album.url):
        facts.append(f"[原合集]({destination(safe_url(album.url))})")
    parts = [
        "# " + render_runs([Run(title_of(album.title))], Place.HEADING),
        guard_line(" · ".join(filter(None, facts))),
        render_runs([Run(one_line(album.description))], Place.PARAGRAPH),
    ]
    missing = album.count - len(album.articles)
    if missing > 0:
        parts.append(f"> 以下列出 {len(album.articles):,} 篇，其余 {missing:,} 篇没有取得。")
    parts.append("\n".join(_line(number, article, copy_of) for number, article in enumerate(album.articles, 1)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(number: int, article: AlbumArticle, copy_of: Callable[[str], str]) -> str:
    copy = copy_of(article.url)
    href = relative(ALBUMS, copy) if copy else safe_url(article.url)
    date = beijing_date(article.published_at)
    title = render_runs([Run(title_of(article.title), href=href)], Place.HEADING)
    return f"{number}. {title}" + (f" — {date}" if date else "")


def parse_album_lines(text: str, url_of: Callable[[str], str]) -> tuple[AlbumArticle, ...]:
    """The articles that an album's Markdown lists, published at midnight: it has no times. `url_of` gives the address
    of the article whose local copy is at a path, relative to the archive's root.

    Raises DamageError for lines that are not as archiver writes them.
    """
    numbered = (line for line in text.split("\n") if re.match(r"\d+\. ", line))
    return tuple(_parsed_line(number, line, url_of) for number, line in enumerate(numbered, 1))


def _parsed_line(number: int, line: str, url_of: Callable[[str], str]) -> AlbumArticle:
    match = _LINE.fullmatch(line)
    if match is None:
        raise DamageError(f"no line of an album: {line}")
    try:
        moment = datetime.fromisoformat(match["date"]).replace(tzinfo=BEIJING) if match["date"] else None
    except ValueError as error:
        raise DamageError(f"no line of an album: {line}") from error
    href = match["href"] or ""
    copy = posixpath.normpath(f"{ALBUMS}/{href}") if href.startswith("../") else ""
    url = url_of(copy) if copy else href.replace("&amp;", "&")
    title = re.sub(rf"\\([{PUNCTUATION}])", r"\1", match["linked"] or match["plain"])
    article = AlbumArticle(title, url, moment)
    if _line(number, article, lambda _: copy) != line:
        raise DamageError(f"not as archiver writes it: {line}")
    return article


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
    """The album that `album_json` wrote to `path`. Raises DamageError for a text that is none, or was changed
    since; NewerFormatError for a newer format."""
    try:
        fields = Fields(json.loads(text), path)
    except (ValueError, RecursionError) as error:
        raise DamageError(f"{path}: not JSON: {error}") from error
    check = fields.data.pop(_CHECK, None)
    if check is not None and check != _checksum(fields.data):
        raise DamageError(f"{path}: changed since it was written (if that was you, take its {_CHECK!r} away)")
    fields.check_schema(SCHEMA)
    texts: dict[str, Any] = {name: fields.text(name) for name in ("id", "url", "title", "account", "description")}
    articles = tuple(map(_article, fields.objects("articles")))
    return Album(**texts, count=fields.size_or_none("count") or 0, articles=articles)


def _article(entry: Fields) -> AlbumArticle:
    published = entry.moment("published_at") if "published_at" in entry.data else None
    return AlbumArticle(entry.text("title"), entry.text("url"), published)
