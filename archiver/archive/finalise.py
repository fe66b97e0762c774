"""What the end of a run does to the archive: sorted lines, the overview, and what git should know."""

from __future__ import annotations

import logging
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.archive.lines import settle_lines
from archiver.render.index import Totals, archive_readme
from archiver.store.files import disk_errors, write_atomic, write_if_changed, write_if_missing
from archiver.store.layout import FULL_CAPTURE, GITATTRIBUTES, GITIGNORE, README
from archiver.store.ownership import is_ours
from archiver.store.publishing import IGNORED

log = logging.getLogger(__name__)

ATTRIBUTES = "* -text\n*.jsonl merge=union\n*.html linguist-generated\n"
OVERVIEW_ROWS = 500


def finalise(archive: Archive) -> None:
    """Sort links.jsonl, fold journal.jsonl, and bring the overview up to date: articles may also have come by an
    interrupted run, or by git. Raises StoreError."""
    settle_lines(archive.root, archive.links, archive.journal)
    write_if_missing(archive.root / GITATTRIBUTES, ATTRIBUTES.encode())
    write_if_missing(archive.root / GITIGNORE, IGNORED.encode())
    if archive.form.capture == "full":
        _ignore_full_captures(archive.root / GITIGNORE)
    readme, text = archive.root / README, overview(archive)
    with disk_errors(readme, "read"):
        ours = not readme.exists() or is_ours(readme.read_bytes(), text)
    if ours:
        write_if_changed(readme, text)
    else:
        log.warning("%s is not archiver's and stays as it is; give the archive a folder of its own", readme)


def overview(archive: Archive) -> bytes:
    """What README.md has to say. Raises StoreError or DamageError."""
    newest = [archive.record(folder) for folder in archive.catalogue.newest_folders(OVERVIEW_ROWS)]
    totals = Totals(**archive.catalogue.totals())
    return archive_readme(newest, archive.catalogue.months(), totals).encode()


def _ignore_full_captures(path: Path) -> None:
    """An archive of an earlier version does not keep full captures out of git yet."""
    with disk_errors(path, "read"):
        lines = path.read_text("utf-8").splitlines()
    if FULL_CAPTURE not in lines:
        write_atomic(path, "\n".join([*lines, FULL_CAPTURE, ""]).encode())
