"""Write an article again from a new visit, without losing anything intact of what its folder holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archiver.archive.archive import Archive
from archiver.archive.comparison import changes_of_page
from archiver.archive.record import Existing, StoredFiles, make_record, not_fetched
from archiver.archive.usage import blobs_in, same_but_for_typos
from archiver.archive.versions import all_versions
from archiver.errors import DamageError, StoreError
from archiver.fixity.mend.log import Bench, Cure, Left, Mended, Obstacle
from archiver.models import Article, ArticleRecord, Capture, EditedPart, OldVersion, PageChange, StoredImage
from archiver.render.record import article_json
from archiver.store.layout import PAGE, RECORD, SLIM_CAPTURE, TEXT

_EDITED = PageChange(EditedPart.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Visit:
    """The page of the article in `folder`, which came again when it was asked for by `url`."""

    folder: str
    url: str
    page: Article
    capture: Capture


def write_again(bench: Bench, visit: Visit, stored: Sequence[StoredImage]) -> Mended | Left:
    """Write an article again from its page; `stored` has one entry for each of the page's images.

    Where the page was edited since, what is intact of the old text is kept as an earlier version; where all of it but
    the capture is intact, it stays as it is. Raises StoreError.
    """
    archive, folder, page, capture = bench.archive, visit.folder, visit.page, visit.capture
    old = _record(archive, folder)
    known = {item.key: item for item in (old.media if old else ())}
    media = [known.get(ref.key, not_fetched(ref)) for ref in page.media]
    aliases = [entry.url for entry in archive.links if entry.target == folder]
    versions = all_versions(archive.folders, folder, old.versions if old else ())
    existing = Existing(folder, aliases, versions)
    record = make_record(page, capture, visit.url, StoredFiles(stored, media), existing)
    if not folder.endswith(f"-{record.id}"):
        return Left(folder, Obstacle.OTHER_ARTICLE)
    intact = _intact_files(archive, folder)
    edited = _was_edited(archive, old, record, page, intact)
    if edited and old and {RECORD, TEXT, PAGE} <= intact.keys():
        return Left(folder, Obstacle.PAGE_EDITED)
    if edited:
        record = replace(record, versions=_keep_version(archive, old, record, intact))
    bench.quarantine.keep_folder(folder)
    archive.write_capture(record, page, capture)
    archive.update_lines(record)
    if edited:
        return Mended(folder, Cure.CAPTURED_EDITED, file=record.versions[-1].folder)
    return Mended(folder, Cure.CAPTURED_AGAIN)


def _record(archive: Archive, folder: str) -> ArticleRecord | None:
    try:
        return archive.record(folder) if archive.folders.has(folder) else None
    except (DamageError, StoreError):
        return None


def _intact_files(archive: Archive, folder: str) -> dict[str, bytes]:
    """The files of an article that SHA256SUMS confirms, or does not speak against."""
    parent, _, name = folder.rpartition("/")
    listed = archive.folders.sums.read(parent).of(name)
    found = {}
    for file in (RECORD, TEXT, PAGE, SLIM_CAPTURE):
        try:
            data = archive.folders.read(folder, file)
        except StoreError:
            continue  # it is missing, or the disk does not give it
        if file not in listed or same_but_for_typos(data, listed[file]):
            found[file] = data
    return found


def _was_edited(
    archive: Archive, old: ArticleRecord | None, record: ArticleRecord, page: Article, intact: Mapping[str, bytes]
) -> bool:
    """Whether the article would get another text, or fewer images, than what is intact of its folder has."""
    if old and not archive.has_capture(old) and {RECORD, TEXT, PAGE} <= intact.keys():
        return changes_of_page(archive, old, page) != ()
    new = archive.derived_files(record, page)
    if TEXT in intact:
        return new[TEXT] != intact[TEXT]
    if PAGE not in intact:
        return False
    return changes_of_page(archive, record, page) != () or not blobs_in(intact[PAGE]) <= blobs_in(new[PAGE])


def _keep_version(
    archive: Archive, old: ArticleRecord | None, record: ArticleRecord, intact: Mapping[str, bytes]
) -> tuple[OldVersion, ...]:
    """Keep the intact files as an earlier version; all versions then. Where article.json is none of them, what the new
    one says has to do, with the images that the old text shows."""
    if old is None or RECORD not in intact:
        shown = set().union(*(blobs_in(data) for name, data in intact.items() if name in (TEXT, PAGE)))
        images = tuple(image for image in record.images if image.path in shown)
        media = tuple(item for item in record.media if item.path in shown)
        moment = _last_seen(archive, record.folder)
        old = replace(record, images=images, media=media, losses=(), captured_at=moment)
    old = replace(old, versions=record.versions)
    return archive.keep_version(old, {RECORD: article_json(old).encode(), **intact}, [_EDITED])


def _last_seen(archive: Archive, folder: str) -> datetime:
    """When the article was last known to be what it was; 1970 where nothing tells."""
    moments = [entry.checked for entry in archive.links if entry.target == folder and entry.checked]
    try:
        return datetime.fromisoformat(min(moments, default=""))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
