"""What the end of a run does to the archive: sorted lines, the overview, and what git should know."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.archive.lines import settle_lines
from archiver.store.files import disk_errors, write_atomic, write_if_changed, write_if_missing
from archiver.store.layout import FULL_CAPTURE, GITATTRIBUTES, GITIGNORE, OVERVIEW, README
from archiver.store.notewalk import look_at
from archiver.store.ownership import is_ours
from archiver.store.publishing import IGNORED
from archiver.store.remembered import is_settled, program_print, recall, remember

log = logging.getLogger(__name__)

ATTRIBUTES = "* -text\n*.jsonl merge=union\n*.html linguist-generated\n"
OVERVIEW_ROWS = 500


def finalise(archive: Archive, now: datetime | None = None) -> None:
    """Sort links.jsonl, fold journal.jsonl, and bring the overview up to date: articles may also have come by an
    interrupted run, or by git. What an overview was made from is remembered with the time (`now`). Raises StoreError.
    """
    settle_lines(archive.root, archive.links, archive.journal)
    write_if_missing(archive.root / GITATTRIBUTES, ATTRIBUTES.encode())
    write_if_missing(archive.root / GITIGNORE, IGNORED.encode())
    if archive.form.capture == "full":
        _ignore_full_captures(archive.root / GITIGNORE)
    if now and _is_current(archive):
        return
    _bring_up_to_date(archive)
    if now:
        _remember(archive, now)


def _bring_up_to_date(archive: Archive) -> None:
    readme, text = archive.root / README, overview(archive)
    with disk_errors(readme, "read"):
        ours = not readme.exists() or is_ours(readme.read_bytes(), text)
    if ours:
        write_if_changed(readme, text)
    else:
        log.warning("%s is not archiver's and stays as it is; give the archive a folder of its own", readme)


def _is_current(archive: Archive) -> bool:
    """Whether the overview is the one that was made from what there is: then hundreds of records need not be read."""
    return bool(recall(archive.root, OVERVIEW, program_print()) == _made_from(archive))


def _remember(archive: Archive, now: datetime) -> None:
    look = look_at(archive.root, README)
    if is_settled(look, int(now.timestamp() * 1e9)):
        remember(archive.root, OVERVIEW, program_print(), _made_from(archive))


def _made_from(archive: Archive) -> str:
    """What tells an overview, and what it says, from every other."""
    catalogue = archive.catalogue
    read_at = {folder: stamp for folder, *stamp in catalogue.stamps()}
    newest = [(folder, read_at.get(folder)) for folder in catalogue.newest_folders(OVERVIEW_ROWS)]
    said = repr((look_at(archive.root, README), newest, catalogue.months(), catalogue.totals()))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def overview(archive: Archive) -> bytes:
    """What README.md has to say. Raises StoreError or DamageError."""
    from archiver.render.index import Totals, archive_readme  # where nothing is new, it is not made

    newest = [archive.record(folder) for folder in archive.catalogue.newest_folders(OVERVIEW_ROWS)]
    totals = Totals(**archive.catalogue.totals())
    return archive_readme(newest, archive.catalogue.months(), totals).encode()


def _ignore_full_captures(path: Path) -> None:
    """An archive of an earlier version does not keep full captures out of git yet."""
    with disk_errors(path, "read"):
        lines = path.read_text("utf-8").splitlines()
    if FULL_CAPTURE not in lines:
        write_atomic(path, "\n".join([*lines, FULL_CAPTURE, ""]).encode())
