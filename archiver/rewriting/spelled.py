"""Links as the notes write them: with all their parameters, and wrapped where they are."""

from __future__ import annotations

import logging
from collections.abc import Collection

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.errors import InternalError, NoteError
from archiver.notes.find import find
from archiver.store.listings import notes_naming
from archiver.store.notefiles import read_note
from archiver.wechat.urls import canonical_url

log = logging.getLogger(__name__)


def spelled_in_notes(config: Config, archive: Archive, urls: Collection[str]) -> dict[str, list[str]]:
    """How the notes write the links of these canonical URLs. The catalogue has to know the notes; one that cannot be
    read is left out."""
    wanted = set(urls)
    found: dict[str, list[str]] = {}
    for path in notes_naming(archive.catalogue, sorted(wanted)):
        try:
            with archive.boundary.item("note", path, "read"):
                for link in find(read_note(config.notes_root, path)).named:
                    if (url := canonical_url(link.url)) in wanted:
                        found.setdefault(url, []).append(link.url)
        except (NoteError, InternalError) as error:
            log.info("%s: %s", path, error)
    return {url: list(dict.fromkeys(links)) for url, links in found.items()}
