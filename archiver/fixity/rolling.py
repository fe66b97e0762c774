"""A share of the archive is checked in every sync, so that all of it is within [verify] days."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.archive.archive import Archive
from archiver.archive.elsewhere import publish_of
from archiver.config import VerifyConfig
from archiver.errors import InternalError, StoreError
from archiver.models.findings import Finding
from archiver.store.articles import may_be_article, parents
from archiver.store.files import disk_errors, disk_words, write_if_changed
from archiver.store.layout import ALBUMS, ARTICLES, CHECKED, IMAGES, MEDIA, RECORD, SUMS, top_folder

if TYPE_CHECKING:
    from archiver.fixity.survey import Survey

_PRESUMED = "~"  # before a day that is made up: on it nothing was checked
PATTERNS = (f"{IMAGES}/*", f"{MEDIA}/*", ALBUMS)


def check_share(
    archive: Archive,
    config: VerifyConfig,
    today: date,
    stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> list[Finding]:
    """Check the folders (a month of articles, the images of one prefix, the albums) that were not checked for
    [verify] days, the oldest first, until [verify] max_minutes are over or the run is `stopped`; the rest waits for the
    next run. What the disk refuses is damage, and a folder with such a file is checked: the next one has its turn.
    Raises StoreError.

    Where the dates are not known (a fresh checkout), a folder's name decides on which day of the cycle it is checked.
    """
    if not config.days:
        return []
    end = clock() + 60 * config.max_minutes
    # A date that is still to come is from a clock that was wrong.
    known = {unit: day for unit, day in _read(archive.root).items() if day <= today}
    made_up = _presumed(archive.root)
    units = {unit: known.get(unit) or _spread(unit, today, config.days) for unit in _units(archive.root)}
    presumed = {unit for unit in units if unit in made_up or unit not in known}
    findings: list[Finding] = []
    for unit in sorted(units, key=lambda unit: (units[unit], unit)):
        if stopped() or clock() >= end or units[unit] > today - timedelta(days=config.days):
            break
        from archiver.fixity.survey import Survey  # a run with nothing to check does without

        found = Survey(archive, publish=publish_of(archive.root))
        try:
            if any(stopped() for _ in _check_unit(found, unit)):
                break
        except InternalError:
            break  # one file after the other
        findings += sorted(set(found.findings))
        units[unit] = today
        presumed.discard(unit)
    _write(archive.root, units, presumed)
    return findings


def _write(root: Path, units: Mapping[str, date], presumed: Collection[str]) -> None:
    state = {unit: (_PRESUMED if unit in presumed else "") + day.isoformat() for unit, day in sorted(units.items())}
    if state:
        write_if_changed(root / CHECKED, json.dumps(state, indent=1).encode() + b"\n")


def oldest_check(root: Path) -> date | None:
    """When the folder whose check is longest ago was checked; None: one was not checked yet, or nothing is known."""
    return None if _presumed(root) else min(_read(root).values(), default=None)


def has_unchecked(root: Path) -> bool:
    """Whether a folder was not checked yet since it is known here."""
    return bool(_presumed(root))


def _units(root: Path) -> Iterator[str]:
    refused: list[str] = []
    yield from (above for above, _ in parents(root, lambda path, _: refused.append(path.rstrip("/"))))
    yield from refused  # its check tells of it
    with disk_errors(root, "list"):
        for pattern in PATTERNS:
            yield from (path.relative_to(root).as_posix() for path in root.glob(pattern) if path.is_dir())


def _spread(unit: str, today: date, days: int) -> date:
    """A made-up day of the last check, such that the units of an archive come due on different days."""
    place = int(hashlib.sha256(unit.encode()).hexdigest()[:8], 16)
    return today - timedelta(days=days - (-place - today.toordinal()) % days)


def _read(root: Path) -> dict[str, date]:
    """The days by folder, made-up ones too."""
    return {unit: day for unit, (day, _) in _read_marked(root).items()}


def _presumed(root: Path) -> frozenset[str]:
    """The folders whose days are made up."""
    return frozenset(unit for unit, (_, is_presumed) in _read_marked(root).items() if is_presumed)


def _read_marked(root: Path) -> dict[str, tuple[date, bool]]:
    path = root / CHECKED
    with disk_errors(path, "read"):
        data = path.read_bytes() if path.is_file() else b"{}"
    try:
        return {
            str(unit): (date.fromisoformat(day.removeprefix(_PRESUMED)), day.startswith(_PRESUMED))
            for unit, day in json.loads(data).items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}  # it only says what was checked when


def _check_unit(found: Survey, unit: str) -> Iterator[None]:
    """Check a folder, step by step."""
    from archiver.fixity.albumcheck import check_albums
    from archiver.fixity.verify import check_blob

    inside = _inside(found, unit)
    if inside is None:
        return
    files, folders = inside
    if top_folder(unit) == ARTICLES:
        yield from _check_month(found, unit, folders)
        return
    found.files = {f"{unit}/{name}" for name in files}
    if unit == ALBUMS:
        check_albums(found)
        yield
        return
    for path in sorted(found.files):
        with found.checking(path):
            check_blob(found, path)
        yield


def _check_month(found: Survey, unit: str, folders: set[str]) -> Iterator[None]:
    """Check the articles of a month, one after the other; `folders` are the names of those that are there."""
    from archiver.fixity.coveragecheck import check_coverage
    from archiver.fixity.survey import surveyed_record
    from archiver.fixity.verify import check_article, check_lines

    archive = found.archive
    try:
        found.sums[unit] = archive.folders.sums.read(unit)
        check_lines(found, unit)
    except StoreError as error:
        found.refuse(f"{unit}/{SUMS}", disk_words(error))
    names = {path.partition("/")[0] for path in found.sums[unit].sums} if unit in found.sums else set()
    root = found.archive.root
    names |= {name for name in folders if not name.startswith(".") and may_be_article(root, unit, name)}
    for name in sorted(names):
        folder = f"{unit}/{name}"
        inside = _inside(found, folder) if name in folders else (set(), set())
        if inside:
            with found.checking(folder):
                record = surveyed_record(found, folder, RECORD) if RECORD in inside[0] else None
                if record:
                    found.records[folder] = record
                check_article(found, folder, inside[0])
                check_coverage(found, folder, inside[0], recount=True)
        yield


def _inside(found: Survey, folder: str) -> tuple[set[str], set[str]] | None:
    """Names of the files and of the folders in a folder; None, and a complaint, where the disk refuses."""
    try:
        with os.scandir(found.archive.root / folder) as listed:
            inside = list(listed)
        return {e.name for e in inside if e.is_file()}, {e.name for e in inside if e.is_dir()}
    except OSError as error:
        found.refuse(f"{folder}/", error.strerror or str(error))
        return None
