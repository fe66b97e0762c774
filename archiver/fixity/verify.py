"""Check the archive: every file against its checksum, every name against what it names, both ways."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Collection
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.archive.finalise import ATTRIBUTES, overview
from archiver.archive.versions import article_of
from archiver.config import Config
from archiver.errors import BrokenImageError, ConfigError, ImageError, PageError, StoreError
from archiver.fixity.albumcheck import check_albums
from archiver.fixity.coveragecheck import check_coverage
from archiver.fixity.crosscheck import check_catalogue, check_links, check_records
from archiver.fixity.notecheck import check_notes
from archiver.fixity.proven import proven
from archiver.fixity.sitecheck import check_site
from archiver.fixity.survey import Survey, is_own, take_survey
from archiver.media.imagefile import inspect_damaged, inspect_image
from archiver.models import Article, ArticleRecord, ImageFile
from archiver.models.articles import IMPORT
from archiver.models.findings import Finding, FindingCode, FindingKind
from archiver.render.index import as_older_versions_wrote
from archiver.store.layout import (
    BLOB,
    CATALOGUE,
    HOME,
    IMAGES,
    LEFTOVER,
    OLD_RECORD,
    README,
    RECORD,
    SLIM_CAPTURE,
    SUMS,
    article_folder,
)
from archiver.store.lock import archive_lock
from archiver.store.ownership import is_ours, refuse_foreign
from archiver.store.publishing import AS_IGNORED, without_section
from archiver.store.sums import is_listed
from archiver.wechat import urls
from archiver.wechat.page import read_page

Progress = Callable[[str], None]  # gets each folder before it is read


def verify(
    config: Config, progress: Progress = lambda _: None, *, wait: bool = False, coverage: bool = False
) -> list[Finding]:
    """Check everything, changing nothing, after waiting for another run that holds the archive if `wait`; with
    `coverage`, count again how much of each page stands in its copy.

    Every file is read. What it holds is decoded where the last check has not done that with the very same bytes.

    Raises ConfigError (no archive), LockedError, StoreError, or InternalError where one file after the other cannot be
    checked for the same reason, which nobody foresaw.
    """
    root = existing_archive(config)
    with archive_lock(root, wait=wait):
        found = take_survey(root, config.archive.publish)
        if not coverage:  # with it, all is done anew
            found.proven = proven(root)
        check_archive(config, found, progress, coverage=coverage)
        check_site(config, found)
        found.proven.keep(root)
        return sorted(set(found.findings))


def existing_archive(config: Config) -> Path:
    """The archive's folder. Raises ConfigError when there is none, NotAnArchiveError for a folder of somebody else."""
    refuse_foreign(config.archive_root)
    if not config.archive_root.is_dir():
        raise ConfigError(f"there is no archive at {config.archive_root} yet: archiver sync makes it")
    return config.archive_root


def check_archive(
    config: Config, found: Survey, progress: Progress = lambda _: None, *, coverage: bool = False
) -> None:
    """Check a surveyed archive, but for what a build makes of it."""
    for parent in sorted(found.sums):
        check_lines(found, parent)
    for folder, names in sorted(found.article_files().items()):
        progress(folder)
        with found.checking(folder):
            check_article(found, folder, names)
            check_coverage(found, folder, names, recount=coverage, asked=coverage)
    for path in sorted(found.files):
        if BLOB.fullmatch(path):
            with found.checking(path):
                check_blob(found, path)
    check_records(found)
    check_links(found)
    check_albums(found)
    check_notes(config, found)
    _check_top(found)
    check_catalogue(found)
    _check_names(found)
    _check_forgotten(found)


def _check_forgotten(found: Survey) -> None:
    """What was to be forgotten and is not deleted yet is no damage, whatever is wrong with it, and nothing to mend."""
    forgotten = found.archive.links.forgotten
    places = {place for place in found.article_files() if article_of(place) in forgotten}
    found.findings[:] = [item for item in found.findings if not places & {item.file, *_folders_of(item.path)}]
    for folder in sorted({article_of(place) for place in places}):
        found.add(Finding(folder, FindingCode.FORGETTING_UNFINISHED))


def _folders_of(path: str) -> set[str]:
    """The path of a finding, and that of the article's folder in which it lies."""
    return {path, article_folder(path)}


def check_lines(found: Survey, parent: str) -> None:
    """Complain of lines of a SHA256SUMS that say nothing, or are not in order."""
    sums = found.sums[parent]
    for number in sums.bad:
        found.add(Finding(f"{parent}/{SUMS}:{number}", FindingCode.SUMS_LINE))
    if list(sums.sums) != sorted(sums.sums):
        found.add(Finding(f"{parent}/{SUMS}", FindingCode.SUMS_ORDER))


def check_article(found: Survey, folder: str, names: Collection[str]) -> None:
    """Check an article's files against SHA256SUMS, and that the capture still is that article."""
    parent, _, name = folder.rpartition("/")
    if f"{folder}/" in found.refused or f"{parent}/" in found.refused:
        return  # what is in it cannot be told
    listed = found.sums[parent].of(name) if parent in found.sums else {}
    for file in sorted(set(names) | set(listed)):
        path = f"{folder}/{file}"
        if file not in names:
            found.add(Finding(path, FindingCode.LISTED_FILE_MISSING))
        elif file in listed:
            data = found.read(path)
            if data is not None and hashlib.sha256(data).hexdigest() != listed[file]:
                found.add(Finding(path, FindingCode.CHECKSUM))
        elif is_listed(file) and f"{parent}/{SUMS}" not in found.refused:
            found.add(Finding(path, FindingCode.NOT_IN_SUMS))
    if SLIM_CAPTURE in names:
        _check_capture(found, folder)
    if RECORD not in names and not (OLD_RECORD in names and _is_old_version(found.archive, folder)):
        found.add(Finding(f"{folder}/{RECORD}", FindingCode.RECORD_MISSING))


def _is_old_version(archive: Archive, folder: str) -> bool:
    """Whether `folder` is named as an earlier version of an article that is there. That one need not name it yet: a run
    may have ended in between."""
    parent = article_of(folder)
    try:
        return parent != folder and archive.folders.has(parent)
    except StoreError:
        return True  # the disk does not tell; of the article's folder that is said


def _check_capture(found: Survey, folder: str) -> None:
    path = f"{folder}/{SLIM_CAPTURE}"
    record = found.records.get(folder) or found.versions.get(folder)
    data = found.read(path)
    if data is None:
        return
    is_version = folder in found.versions
    facts = ("capture", hashlib.sha256(data).hexdigest(), is_version, *_said_of_page(record))
    if found.proven.has(*facts):
        return
    try:
        page = read_page(gzip.decompress(data), record.url if record else "https://mp.weixin.qq.com/")
    except (OSError, EOFError, zlib.error, PageError) as error:
        found.add(Finding(path, FindingCode.CAPTURE_UNREADABLE, error=str(error)))
        return
    if not isinstance(page, Article):
        found.add(Finding(path, FindingCode.CAPTURE_NO_ARTICLE, error=page.reason))
    elif record and _is_of_other(page, record, is_version=is_version):
        found.add(Finding(path, FindingCode.CAPTURE_OF_OTHER))
    else:
        found.proven.add(*facts)


def _said_of_page(record: ArticleRecord | None) -> tuple[str, ...]:
    """What a record says of its page; see `_is_of_other`."""
    if record is None:
        return ()
    engine = str(record.capture.get("engine"))
    return (record.id, record.url, record.biz, record.mid, record.idx, engine)


def _is_of_other(page: Article, record: ArticleRecord, *, is_version: bool) -> bool:
    """Whether a page is not the article of a record. Pages that were saved without their scripts have no ids: such an
    article goes by its URL, also when WeChat's page has come, and a version by the id of what it is a version of."""
    ids = (page.biz, page.mid, page.idx)
    by_url = record.id == urls.article_id("", "", "", record.url)
    if by_url or (is_version and record.capture.get("engine") == IMPORT):
        return all(ids) and ids != (record.biz, record.mid, record.idx)
    return urls.article_id(*ids, record.url) != record.id


def check_blob(found: Survey, path: str) -> None:
    """Check a file of an image, of audio or video against its name; an image must decode, and be of its type."""
    match = BLOB.fullmatch(path)
    if match is None:
        return
    kind, prefix, sha, extension = match.groups()
    data = found.read(path)
    if data is None:
        return
    if hashlib.sha256(data).hexdigest() != sha:
        found.add(Finding(path, FindingCode.CONTENT_NOT_NAME))
    elif prefix != sha[:2]:
        found.add(Finding(path, FindingCode.WRONG_FOLDER, expected=f"{kind}/{sha[:2]}/"))
    elif kind == IMAGES and not found.proven.has("image", sha, extension):
        _check_image(found, path, data, extension)


def _check_image(found: Survey, path: str, data: bytes, extension: str) -> None:
    """Check that an image decodes, and is what the end of its name says."""
    try:
        file = _inspect(found, path, data)
    except ImageError as error:
        found.add(Finding(path, FindingCode.IMAGE_UNREADABLE, error=str(error)))
        return
    if file.extension != extension:
        found.add(Finding(path, FindingCode.WRONG_TYPE, value=file.media_type))
    elif not file.damaged_at_source:  # that of the others depends on what the records say
        found.proven.add("image", file.sha256, extension)


def _inspect(found: Survey, path: str, data: bytes) -> ImageFile:
    """What an image file holds. Raises ImageError where that is not what came from its source."""
    try:
        return inspect_image(data)
    except BrokenImageError:
        if path not in found.archive.catalogue.damaged_at_source():
            raise
        return inspect_damaged(data)


def _check_top(found: Survey) -> None:
    """The files that are generated at the top of the archive."""
    for name, defaults in ((".gitattributes", (ATTRIBUTES,)), (".gitignore", AS_IGNORED)):
        if name not in found.files:
            found.add(Finding(name, FindingCode.GIT_FILE_MISSING))
        elif (data := found.read(name)) is not None and without_section(data.decode(errors="replace")) not in defaults:
            found.add(Finding(name, FindingCode.GIT_FILE_EDITED))
    unread = any(f.kind is FindingKind.UNREADABLE and f.path.endswith((RECORD, "/")) for f in found.findings)
    if README not in found.files and found.publish != "all" and HOME not in found.files:
        return  # a checkout in which nothing was made yet
    if README not in found.files:
        found.add(Finding(README, FindingCode.README_MISSING))
    elif (data := found.read(README)) is not None and not unread:
        now = overview(found.archive)
        if data not in (now, as_older_versions_wrote(now)):
            ours = is_ours(data, now)
            found.add(Finding(README, FindingCode.README_DIFFERS if ours else FindingCode.FOREIGN_CONTENT))


def _check_names(found: Survey) -> None:
    """Files that no rule accounts for."""
    for path in found.files:
        if LEFTOVER.search(path):
            found.add(Finding(path, FindingCode.LEFTOVER))
        elif not is_own(path):
            found.add(Finding(path, FindingCode.FOREIGN_FILE))
    if CATALOGUE not in found.files:
        found.add(Finding(CATALOGUE, FindingCode.INDEX_MISSING))
