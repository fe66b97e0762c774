"""What a repair has done, and what it had to leave: values, of which cli makes sentences."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from archiver.archive.archive import Archive
from archiver.archive.boundary import Boundary
from archiver.archive.quarantine import Quarantine
from archiver.errors import InternalError, StoreError
from archiver.models.findings import Finding
from archiver.models.remarks import Remark
from archiver.store.layout import ALBUM_FILE, ARTICLE_FILE, LINKS, album_source


class Cure(StrEnum):
    """What was done to mend a file or folder; the comments name the fields of a Remark that say more."""

    MOVED_BACK = "moved-back"  # its bytes were in `file`
    LINES_DROPPED = "lines-dropped"  # `count` damaged lines were taken out
    SUMS_CLEANED = "sums-cleaned"  # `count` wrong lines were taken out, the others put in order
    LINK_REMOVED = "link-removed"  # `url` is no address of the article in `file`
    LINK_STATUS = "link-status"  # `url` has the status `value`
    LINK_ENTERED = "link-entered"  # `url` is archived as `file`
    LINK_REPLACED = "link-replaced"  # `url` leads to what is served today, `file`
    LINK_FAILED = "link-failed"  # `url` leads to no image any more
    INDEX_REMADE = "index-remade"
    RECORD_REMADE = "record-remade"  # `file` was made again from the capture
    DERIVED_REMADE = "derived-remade"  # what is made from the capture was made again, or confirmed
    FETCHED_AGAIN = "fetched-again"  # the same bytes came again
    FILE_REPLACED = "file-replaced"  # an article shows what is served today, `value`, in place of `file`
    FILE_GIVEN_UP = "file-given-up"  # an article says now that `file` is missing
    CAPTURED_AGAIN = "captured-again"
    CAPTURED_EDITED = "captured-edited"  # the page was edited since; what was intact of the old text is `file`
    ALBUM_LOADED = "album-loaded"
    DUPLICATE_KEPT = "duplicate-kept"  # its text or images are others, kept as `file`
    DUPLICATE_SET_ASIDE = "duplicate-set-aside"  # it says and shows nothing else
    DUPLICATE_MERGED = "duplicate-merged"  # it is the same article as `file`, which stays
    MADE_AGAIN = "made-again"  # it is made from the others


class Obstacle(StrEnum):
    """Why a file or folder stays damaged."""

    DISK = "disk"  # the disk says `error`
    INTERNAL_ERROR = "internal-error"  # a fault of archiver's own: `error`, its `file`
    STILL_DAMAGED = "still-damaged"  # what was done did not suffice
    UNEXPLAINED = "unexplained"  # nothing tells what it was or where to ask
    NO_ADDRESS = "no-address"  # nothing tells where the file can be fetched
    NO_ANSWER = "no-answer"  # no definite answer came, so it is not given up
    SHOWN_BY_NOTES = "shown-by-notes"  # it cannot be fetched, and notes show it by its path
    SHOWN_BY_VERSION = "shown-by-version"  # likewise the earlier version in `file`
    SHOWN_BY_ARTICLE = "shown-by-article"  # likewise the article in `file`, which could not be written again
    NOT_WRITABLE = "not-writable"  # an article that shows the lost `file`: `error`
    PAGE_NOT_ASKED = "page-not-asked"  # its page was not asked for in this run
    PAGE_REFUSED = "page-refused"  # its page did not come: `error`
    PAGE_EDITED = "page-edited"  # its page was edited since, so what was lost cannot be fetched
    OTHER_ARTICLE = "other-article"  # its address leads to another article now
    ALBUM_CUT = "album-cut"  # the list did not come whole: `error`
    ALBUM_RUN_ENDED = "album-run-ended"  # before the list did
    ALBUM_SHORTER = "album-shorter"  # WeChat lists `count` articles now, `file` lists `of`
    OTHER_ALBUM = "other-album"  # its address leads to another album now


class Halt(StrEnum):
    """What kept a repair as a whole from going on, or from ending well."""

    WALL = "wall"  # WeChat asks for verification
    DISK_FULL = "disk-full"  # `error`
    NOT_FINISHED = "not-finished"  # the disk refuses what is made at the end: `error`


_LINE = re.compile(r"(?<=\.jsonl):\d+|(?<=SUMS):\d+")  # behind the name of a file


@dataclass(frozen=True, slots=True, order=True)
class Mended(Remark):
    """Something that was mended."""

    code: Cure


@dataclass(frozen=True, slots=True, order=True)
class Left(Remark):
    """Something that stays damaged, and why."""

    code: Obstacle


@dataclass(frozen=True, slots=True, order=True)
class Hindrance(Remark):
    """Something that kept the repair from going on; `path` is empty."""

    code: Halt


@dataclass(frozen=True, slots=True)
class MendReport:
    """What a repair came to: `findings` are those of a check at its end. Each that is damage has its reason in `left`,
    under the path of the file or of the article's folder. What `mended` names is whole now."""

    mended: Sequence[Mended] = ()
    left: Sequence[Left] = ()
    halted: Sequence[Hindrance] = ()
    findings: Sequence[Finding] = ()


@dataclass(slots=True)
class MendLog:
    """Collects what a repair does while it goes on."""

    boundary: Boundary | None = None
    mended: list[Mended] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    halted: list[Hindrance] = field(default_factory=list)

    def add(self, item: Mended | Left | None) -> None:
        if isinstance(item, Mended):
            self.mended.append(item)
        elif isinstance(item, Left):
            self.left.append(item)

    def halt(self, code: Halt, error: str = "") -> None:
        """Enter, once, what keeps the repair from going on."""
        hindrance = Hindrance("", code, error=error)
        if hindrance not in self.halted:
            self.halted.append(hindrance)

    @contextlib.contextmanager
    def refusals(self, path: str) -> Iterator[None]:
        """What the disk refuses inside, or nobody foresaw, is entered, and the next thing has its turn."""
        try:
            with self.boundary.item("file", path, "mend") if self.boundary else contextlib.nullcontext():
                yield
        except StoreError as error:
            self.left.append(Left(path, Obstacle.DISK, error=str(error)))
        except InternalError as error:
            self.left.append(Left(path, Obstacle.INTERNAL_ERROR, error=str(error), file=error.report))

    def report(self, before: Iterable[Finding], findings: Sequence[Finding]) -> MendReport:
        """The account of a repair, before and after which a check has found these findings."""
        damaged = [finding for finding in findings if finding.damage]
        mended = [item for item in self.mended if not _is_among(_file(item), map(_file, damaged))]
        # A disk that refused one step may have let a later one pass.
        places = set(map(_place, damaged))
        left = [item for item in self.left if item.code is not Obstacle.DISK or _is_among(_place(item), places)]
        left += _without_reason(Obstacle.STILL_DAMAGED, [item for item in self.mended if item not in mended], left)
        left += _without_reason(Obstacle.UNEXPLAINED, damaged, left)
        accounted = {_place(item) for item in (*mended, *left)}
        whole = {_file(finding) for finding in before if finding.damage and not _is_among(_place(finding), accounted)}
        mended += [Mended(path, Cure.MADE_AGAIN, url=url) for path, url in sorted(whole)]
        return MendReport(mended, list(dict.fromkeys(left)), self.halted, findings)


_Place = tuple[str, str]  # a path, and in links.jsonl the URL whose line is meant


def _file(item: Remark) -> _Place:
    """The file or folder that a remark is about; an album's two files count as one."""
    path = _LINE.sub("", item.path).rstrip("/")
    if ALBUM_FILE.fullmatch(path):
        path = album_source(path)
    return path, item.url if path == LINKS else ""


def _place(item: Remark) -> _Place:
    """Likewise, but for the files of an article that is its folder."""
    path, url = _file(item)
    match = ARTICLE_FILE.fullmatch(path)
    return (match[1] if match else path), url


def _is_among(place: _Place, others: Iterable[_Place]) -> bool:
    """Whether one of the others is the same, or lies in it."""
    path, url = place
    return any(url == other_url and (other == path or other.startswith(f"{path}/")) for other, other_url in others)


def _without_reason(code: Obstacle, items: Iterable[Remark], left: Iterable[Left]) -> list[Left]:
    """An entry with this code for the place of each item that `left` does not have."""
    explained = {_place(item) for item in left}
    places = [place for place in map(_place, items) if not _is_among(place, explained)]
    return [Left(path, code, url=url) for path, url in dict.fromkeys(places)]


@dataclass(frozen=True, slots=True)
class Bench:
    """What the steps of a repair work with: the archive, where damaged files are kept, and the account of it all."""

    archive: Archive
    quarantine: Quarantine
    log: MendLog
