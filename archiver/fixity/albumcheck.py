"""Albums: their lists against their own checksums, their Markdown against the lists, links.jsonl against both."""

from __future__ import annotations

from archiver.archive.albums import album_text, read_album_file
from archiver.archive.elsewhere import is_elsewhere
from archiver.errors import DamageError, NewerFormatError, StoreError
from archiver.fixity.survey import Survey
from archiver.models import UrlKind
from archiver.models.findings import Finding, FindingCode
from archiver.render.album import album_json
from archiver.store.layout import ALBUM_FILE, LINKS, album_source
from archiver.store.layout import album_text as album_text_path


def check_albums(found: Survey) -> None:
    """Complain of what is missing or damaged among the albums' files."""
    files = {path for path in found.files if ALBUM_FILE.fullmatch(path)}
    for path in sorted(files):
        if path.endswith(".json"):
            with found.checking(path):
                _check_album(found, path)
        elif (source := album_source(path)) not in files:
            found.add(Finding(source, FindingCode.ALBUM_SOURCE_MISSING, file=path))
    for entry in found.archive.links:
        if entry.kind is UrlKind.ALBUM and entry.status.is_stored and entry.target not in found.files:
            if is_elsewhere(found.archive, found.publish, entry):
                continue
            found.add(Finding(entry.target or LINKS, FindingCode.LINK_TARGET_MISSING, url=entry.url))


def _check_album(found: Survey, path: str) -> None:
    text = album_text_path(path)
    try:
        album = read_album_file(found.archive.root / path)
    except NewerFormatError:
        raise
    except (DamageError, StoreError) as error:
        found.add(Finding(path, FindingCode.ALBUM_UNREADABLE, error=str(error)))
        return
    if found.read(path) != album_json(album).encode():
        found.add(Finding(path, FindingCode.ALBUM_CHANGED))
    if text not in found.files:
        found.add(Finding(text, FindingCode.ALBUM_TEXT_MISSING, file=path))
    elif (there := found.read(text)) is not None and there != album_text(found.archive, album).encode():
        found.add(Finding(text, FindingCode.ALBUM_TEXT_CHANGED, file=path))
