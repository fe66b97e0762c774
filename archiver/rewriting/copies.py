"""What the archive has for a link, and the way there."""

from __future__ import annotations

from pathlib import Path

from archiver.archive.archive import Archive
from archiver.due.mirrors import Mirrors
from archiver.errors import ConfigError
from archiver.models import Link, Role, UrlKind
from archiver.render.links import relative
from archiver.store.layout import TEXT
from archiver.wechat import images, urls
from archiver.wechat.suspicious import glued


def archived_copy(archive: Archive, link: Link, mirrors: Mirrors | None = None) -> str | None:
    """What the archive has for a link, relative to its root: an image, a video, an article.md, an album's list."""
    url = "https:" + link.url if link.url.startswith("//") else link.url
    kind = urls.classify(url)
    if glued(url) and kind in (UrlKind.ARTICLE, UrlKind.ALBUM):
        return None  # the other URLs would be lost
    if link.role is Role.IMAGE and kind in (UrlKind.ARTICLE, UrlKind.ALBUM):
        return None  # a page is no image, neither there nor here
    if kind is UrlKind.ARTICLE:
        folder = archive.article_folder(urls.canonical_url(url))
        return f"{folder}/{TEXT}" if folder else None
    if kind is UrlKind.IMAGE or (link.role is Role.IMAGE and mirrors and mirrors.has(url)):
        key = images.image_key(url)
        image = archive.image(key) if key else None
        return image.path if image else None
    if kind in (UrlKind.ALBUM, UrlKind.VIDEO):
        entry = archive.links.get(urls.canonical_url(url))
        return entry.target if entry and entry.target and (archive.root / entry.target).is_file() else None
    return None


def relative_url(folder: Path, target: Path) -> str:
    """Relative URL from a folder to a file. Raises ConfigError where there is none (another drive on Windows)."""
    if folder.anchor != target.anchor:
        raise ConfigError(f"notes ({folder}) and archive ({target}) must be on the same drive to link to each other")
    return relative(folder.relative_to(folder.anchor).as_posix(), target.relative_to(target.anchor).as_posix())
