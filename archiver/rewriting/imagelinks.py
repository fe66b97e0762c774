"""What is wrong with an image link of a note, seen from GitHub, and what would cure it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.due.mirrors import Mirrors
from archiver.errors import BrokenImageError, NotAnImageError
from archiver.models import ImageFile, ImageRef, Link, StoredImage, UrlKind
from archiver.rewriting.diagnosis import FINE, Diagnosis, Verdict
from archiver.rewriting.imagepaths import destination, normal, origins, plain_path
from archiver.store.filechecks import FileCheck
from archiver.store.files import disk_errors
from archiver.store.layout import IMAGE_FILE, IMAGES, blob_path
from archiver.store.lookup import Lookup, repository_root
from archiver.wechat import images, urls

_BROKEN = frozenset({Verdict.EMPTY, Verdict.NO_IMAGE, Verdict.BROKEN, Verdict.PLACEHOLDER})
MAX_IMAGE_BYTES = 100_000_000  # GitHub takes no larger file
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_DRIVE = re.compile(r"/?[a-z]:[/\\]", re.IGNORECASE)
_SAME = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "svgz": "svg", "apng": "png"}
_FRAGMENT = re.compile(r"#[A-Za-z0-9_.~=,:/-]+\Z")  # what means the same in Markdown and HTML
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")  # servers refuse it
_LFS = b"version https://git-lfs.github.com/spec/"


class Examiner:
    """Examines the image links of notes; remembers listings for one run, and in the catalogue what files hold."""

    def __init__(self, config: Config, archive: Archive, lookup: Lookup | None = None) -> None:
        self._root = config.notes_root
        self._archive = archive
        self._mirrors = Mirrors(config.images.mirror_hosts)
        self._lookup = lookup or Lookup()
        self._repository = repository_root(self._root)

    def examine(self, note: str, link: Link, raw: str, around: str = "") -> Diagnosis:
        """Examine an image link of a note: `written` is its destination as it stands there, `around` all of it.

        Asks nobody and changes nothing.
        """
        url = link.url.strip()
        if not url or url.startswith("#"):
            return FINE
        remote = "https:" + url if url.startswith("//") else url
        if remote.lower().startswith(("http://", "https://")):
            return self._remote(remote)
        if url.lower().startswith("data:"):
            return Diagnosis(Verdict.INLINED, "GitHub does not show it")
        folder = str((self._root / note).parent)
        found = self._reserved(folder, url)
        if found is None:
            fragment = _FRAGMENT.search(url)
            found = replace(self._local(folder, plain_path(url), raw), fragment=fragment[0] if fragment else "")
        if found.cured or found.verdict is Verdict.FINE:
            return found
        return self._elsewhere(found, f"{raw} {around}", unquote(url))

    def _remote(self, url: str) -> Diagnosis:
        if urls.classify(url) is not UrlKind.IMAGE and not self._mirrors.has(url):
            return Diagnosis(Verdict.HOTLINK, urlsplit(url).hostname or "")
        stored = self._stored(url)
        if stored and stored.path:
            held = self._content(str(self._archive.root / stored.path))
            if held.verdict in _BROKEN:
                return Diagnosis(held.verdict, held.why, wanted=url, broken=stored.path)
            return Diagnosis(Verdict.REMOTE, target=stored.path)
        entry = self._archive.links.get(urls.canonical_url(url))
        return Diagnosis(Verdict.REMOTE, entry.reason if entry and entry.reason else "not fetched yet", wanted=url)

    def _stored(self, url: str) -> StoredImage | None:
        key = urls.image_key(url)
        return self._archive.image(key) if key else None

    def _local(self, folder: str, plain: str, raw: str) -> Diagnosis:
        """Examine a path, percent-encoding undone, seen from the note's `folder`."""
        if _DRIVE.match(plain) or plain.startswith("/") or plain.lower().startswith("file:"):
            return self._absolute(folder, plain, raw)
        if _SCHEME.match(plain):
            return Diagnosis(Verdict.MISSING, "it is an address of a kind that GitHub does not show")
        place = normal(folder, plain)
        if self._lookup.exact(place):
            if not self._inside(place):
                return self._copied(Verdict.OUTSIDE, place)
            spaced = " " in raw and raw.startswith("![")
            held = self._content(place)
            return Diagnosis(Verdict.SPACES, place=place) if spaced and held.verdict is Verdict.FINE else held
        return self._mended(folder, plain, raw, place)

    def _mended(self, folder: str, plain: str, raw: str, place: str) -> Diagnosis:
        """Look for the file that a path means which is not there."""
        below = str(self._repository or self._root)
        if "\\" in raw:
            path = unquote(destination(raw)).replace("\\", "/")
            meant = normal(folder, path)
            if match := self._there(meant, below):
                return self._at(Verdict.BACKSLASHES, match)
        if match := self._there(place, below):
            return self._at(Verdict.CASE, match)
        if (tail := IMAGE_FILE.search(plain)) and self._archive.has_file(tail[0]):
            return Diagnosis(Verdict.MOVED, target=tail[0])
        return Diagnosis(Verdict.MISSING)

    def _reserved(self, folder: str, url: str) -> Diagnosis | None:
        """Examine a relative path in which a `#`, `?` or `%` is meant to be part of a name, where that file exists."""
        if not re.search("[#?%]", url) or _SCHEME.match(url) or _DRIVE.match(url) or url.startswith("/"):
            return None
        if self._lookup.exact(normal(folder, plain_path(url))) and not _LONE_PERCENT.search(url):
            return None
        for name in dict.fromkeys((url, unquote(url))):
            place = normal(folder, name)
            if self._lookup.exact(place) and self._inside(place):
                return self._at(Verdict.RESERVED, place)
        return None

    def _there(self, place: str, below: str) -> str | None:
        return place if self._lookup.exact(place) else self._lookup.meant(place, below)

    def _absolute(self, folder: str, plain: str, raw: str) -> Diagnosis:
        path = urlsplit(plain).path if plain.lower().startswith("file:") else plain
        if "\\" in raw:  # of which Markdown has dropped some
            path = unquote(destination(raw)).replace("\\", "/")
        if plain.startswith("/") and not _DRIVE.match(plain):
            # From the repository's root, as GitHub reads it.
            here = os.path.normpath(f"{self._repository or self._root}{path}")
            if self._lookup.exact(here):
                return self._content(here)
        if not _DRIVE.match(path) and self._lookup.exact(os.path.normpath(path)):
            place = os.path.normpath(path)
            return self._at(Verdict.ABSOLUTE, place) if self._inside(place) else self._copied(Verdict.ABSOLUTE, place)
        for place in self._tails(folder, path):
            return self._at(Verdict.ABSOLUTE, place)
        return Diagnosis(Verdict.ABSOLUTE, "there is no such file here")

    def _tails(self, folder: str, path: str) -> Iterator[str]:
        """Yield files here that end as a path of another machine does: the longer the common end the better.

        A name alone counts only in the note's own folder.
        """
        parts = [part for part in path.split("/") if part]
        top = str(self._repository or self._root)
        bases = [folder]
        while bases[-1] != top and len(bases[-1]) > len(top):
            bases.append(os.path.dirname(bases[-1]))  # noqa: PTH120
        for start in range(1, len(parts)):
            for base in bases if start < len(parts) - 1 else bases[:1]:
                place = os.path.normpath("/".join([base, *parts[start:]]))
                if self._lookup.exact(place):
                    yield place

    def _inside(self, place: str) -> bool:
        return self._repository is None or Path(place).is_relative_to(self._repository)

    def _at(self, verdict: Verdict, place: str) -> Diagnosis:
        """Cure by the right path, if what is there is an image."""
        held = self._content(place)
        return Diagnosis(verdict, place=place) if held.verdict is Verdict.FINE else held

    def _copied(self, verdict: Verdict, place: str) -> Diagnosis:
        """Cure by a copy in the archive, for a file that is not in the repository."""
        held = self._content(place)
        if held.verdict not in (Verdict.FINE, Verdict.WRONG_NAME):
            return held
        file = _inspected(Path(place).read_bytes())
        return Diagnosis(verdict, target=_blob(file.sha256, file.extension), file=file)

    def _content(self, place: str) -> Diagnosis:
        """Examine the file at an absolute path."""
        path = Path(place)
        name = os.path.relpath(place, self._root).replace(os.sep, "/")
        with disk_errors(path, "read"):
            stat = path.stat()
            check = self._archive.catalogue.file_check(name, stat.st_mtime_ns, stat.st_size)
            if check is None:
                check = _check(path, stat.st_mtime_ns, stat.st_size)
                self._archive.catalogue.put_file_check(name, check)
        verdict = Verdict(check.verdict)
        if verdict is Verdict.BROKEN and self._is_kept_as_it_came(path):
            return FINE
        if verdict is not Verdict.WRONG_NAME:
            return Diagnosis(verdict, check.why)
        target = _blob(check.sha256, check.extension)
        known = self._archive.has_file(target)
        return Diagnosis(verdict, check.why, target, file=None if known else _inspected(path.read_bytes()))

    def _is_kept_as_it_came(self, path: Path) -> bool:
        """Whether the archive has an image of which nothing better is to be had."""
        root = self._archive.root
        if not path.is_relative_to(root):
            return False
        return path.relative_to(root).as_posix() in self._archive.catalogue.damaged_at_source()

    def _elsewhere(self, found: Diagnosis, text: str, path: str) -> Diagnosis:
        """Look for the image's address, in the construct around the link or in the file's name."""
        for url in origins(text, path):
            if urls.classify(url) is UrlKind.IMAGE or self._mirrors.has(url):
                stored = self._stored(url)
                if stored and stored.path:
                    return Diagnosis(found.verdict, found.why, stored.path)
                entry = self._archive.links.get(urls.canonical_url(url))
                return Diagnosis(found.verdict, entry.reason if entry else found.why, wanted=url)
        return found


def _check(path: Path, modified: int, size: int) -> FileCheck:
    """Look into a file."""

    def result(verdict: Verdict, why: str = "", image: ImageFile | None = None) -> FileCheck:
        return FileCheck(modified, size, verdict.value, why, *((image.sha256, image.extension) if image else ("", "")))

    if size == 0:
        return result(Verdict.EMPTY)
    if size > MAX_IMAGE_BYTES:
        return result(Verdict.BROKEN, f"{size / 1e6:.0f} MB are more than GitHub takes")
    data = path.read_bytes()
    if data.startswith(_LFS):
        return result(Verdict.FINE)
    try:
        image = _inspected(data)
    except NotAnImageError as error:
        return result(Verdict.NO_IMAGE, str(error))
    except BrokenImageError as error:
        return result(Verdict.BROKEN, str(error))
    if images.looks_like_placeholder(ImageRef("", "https://mmbiz.qpic.cn/mmbiz_jpg/x/640"), image):
        return result(Verdict.PLACEHOLDER)
    suffix = path.suffix.lower().removeprefix(".")
    if _SAME.get(suffix, suffix) != image.extension:
        return result(Verdict.WRONG_NAME, f"it is {image.media_type}", image)
    return result(Verdict.FINE)


def _blob(sha256: str, extension: str) -> str:
    return blob_path(IMAGES, sha256, extension)


def _inspected(data: bytes) -> ImageFile:
    """The image in a file. Raises ImageError."""
    from archiver.media.imagefile import inspect_image  # a run that looks into no file does without Pillow

    return inspect_image(data)
