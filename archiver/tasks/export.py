"""`archiver export`: articles of the archive in a format of others. Reads the archive, asks no network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

from archiver.archive.context import Context
from archiver.errors import UsageError
from archiver.export.formats import FORMATS, Format
from archiver.export.job import By, Job, Step
from archiver.export.output import check_target, replacing
from archiver.export.source import Source
from archiver.fetch.chromium import Chromium
from archiver.fetch.find_browser import find_browser
from archiver.store.files import disk_errors
from archiver.tasks.selection import Selection, select

TITLE = "文章归档"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported and how: a name of `FORMATS`; `newest`: only so many (0: all; None: as the format has it);
    `title`: of the whole; `by`: how books group articles; `force`: over whatever file is there."""

    format: str
    selection: Selection = field(default_factory=Selection)
    newest: int | None = None
    title: str = ""
    by: By = "month"
    force: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """How many `articles` are in an export, and its `size` in bytes (0: it went to a stream); which articles `failed`
    and why, by folder; which files of articles are `missing` and why, by path; how many files are `left_out`, since the
    format does not take them."""

    articles: int
    failed: Mapping[str, str]
    missing: Mapping[str, str]
    left_out: int
    size: int = 0

    @property
    def whole(self) -> bool:
        """Whether all is in it that the archive has and the format takes."""
        return not self.failed and not self.missing


def prepare(context: Context, wanted: Wanted, tell: Callable[[Step], None]) -> Job:
    """The articles in order. Raises QueryError, or UsageError where there are none."""
    config, browser_path = context.config, context.config.browser_path
    folders = select(config, context.archive, wanted.selection)
    newest = FORMATS[wanted.format].newest if wanted.newest is None else wanted.newest
    if not folders:
        raise UsageError("no archived article matches; nothing is exported")
    return Job(
        Source(context.archive.root, context.archive.catalogue),
        context.archive.boundary,
        folders[-newest:] if newest else folders,
        wanted.title or _title(wanted.selection),
        json.dumps(asdict(wanted.selection), ensure_ascii=False),
        wanted.by,
        tell,
        lambda: Chromium(find_browser(browser_path), config.browser.sandbox),
    )


def _title(selection: Selection) -> str:
    said = " ".join(filter(None, (selection.query, *selection.notes)))
    return f"{TITLE}：{said}" if said else TITLE


def export_to_file(context: Context, wanted: Wanted, out: Path, tell: Callable[[Step], None]) -> Exported:
    """Write an export to the file `out`, which is whole or as it was before. Raises UsageError, StoreError."""
    kind = FORMATS[wanted.format]
    _refuse_inside(context, out)
    check_target(out, kind.mark, force=wanted.force)
    job = prepare(context, wanted, tell)
    with replacing(out) as file:
        kind.write(job, file)
        size = file.tell()
    return _exported(job, size)


def export_to_folder(context: Context, wanted: Wanted, out: Path, tell: Callable[[Step], None]) -> Exported:
    """Write a file for each article into the folder `out`, which is made if it is missing. Raises UsageError,
    StoreError."""
    kind = FORMATS[wanted.format]
    if kind.each is None:
        raise UsageError(f"{wanted.format} has no file for each article: leave --each out")
    _refuse_inside(context, out)
    job = prepare(context, wanted, tell)
    paths = {folder: out / f"{folder.rpartition('/')[2]}.{wanted.format}" for folder in job.folders}
    for path in paths.values():
        check_target(path, kind.mark, force=wanted.force)
    with disk_errors(out, "make"):
        out.mkdir(parents=True, exist_ok=True)
    size = 0
    with kind.each(job) as make:
        for article, data in job.make(make):
            with replacing(paths[article.record.folder]) as file:
                file.write(data)
            size += len(data)
    return _exported(job, size)


def export_to_stream(context: Context, wanted: Wanted, stream: BinaryIO, tell: Callable[[Step], None]) -> Exported:
    """Write an export of a format that streams, piece by piece. Raises UsageError."""
    kind: Format = FORMATS[wanted.format]
    if not kind.streams:
        raise UsageError(f"{wanted.format} cannot go to standard output: name a file with -o")
    job = prepare(context, wanted, tell)
    kind.write(job, stream)
    return _exported(job)


def _refuse_inside(context: Context, out: Path) -> None:
    root = context.config.archive_root.resolve()
    if out.resolve().is_relative_to(root):
        raise UsageError(f"{out} lies in the archive, which is archiver's own: name a place outside")


def _exported(job: Job, size: int = 0) -> Exported:
    return Exported(job.done, dict(job.failed), dict(job.missing), len(job.left_out), size)
