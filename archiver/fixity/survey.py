"""Everything that the archive holds, read without changing it and without stopping at what is damaged."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.archive.indexing import index_article, index_image
from archiver.errors import DamageError, InternalError, NewerFormatError, StoreError
from archiver.fixity.proven import Proven
from archiver.models import ArticleRecord
from archiver.models.findings import Finding, FindingCode
from archiver.store.catalogue import Catalogue
from archiver.store.files import disk_words
from archiver.store.layout import (
    ALBUM_FILE,
    ARTICLE_FILE,
    BLOB,
    CATALOGUE,
    GENERATED,
    JOURNAL,
    LEFTOVER,
    LINKS,
    OLD_RECORD,
    READER_STATE,
    RECORD,
    SUMS_FILE,
    TOP_FILES,
    UNCHECKED,
)
from archiver.store.lines import read_lines
from archiver.store.publishing import Publish
from archiver.store.reader_state import ReaderState
from archiver.store.sums import SumsFile, parse_sums


@dataclass(slots=True)
class Survey:
    """`files` are all files below the root but those of UNCHECKED, by their exact names; `archive` was opened for
    reading, with an index of its own in memory and without the lines that `findings` complain of."""

    archive: Archive
    files: set[str] = field(default_factory=set)
    records: dict[str, ArticleRecord] = field(default_factory=dict)  # by folder
    versions: dict[str, ArticleRecord] = field(default_factory=dict)  # earlier ones of articles, by folder
    sums: dict[str, SumsFile] = field(default_factory=dict)  # by the folder that holds SHA256SUMS
    findings: list[Finding] = field(default_factory=list)
    bad_lines: dict[str, list[int]] = field(default_factory=dict)  # .jsonl file -> numbers
    publish: Publish = "all"  # how much of the archive git holds: a checkout may lack the rest
    refused: set[str] = field(default_factory=set)  # files and (with a slash) folders that the disk does not give
    proven: Proven = field(default_factory=Proven)  # what need not be decoded again

    @contextmanager
    def checking(self, path: str) -> Iterator[None]:
        """Inside, a file or folder is looked at. What nobody foresaw is told, and the next one has its turn, unless it
        is the same with one after the other: then raises InternalError."""
        try:
            with self.archive.boundary.item("file", path):
                yield
        except InternalError as error:
            self.add(Finding(path, FindingCode.NOT_CHECKED, error=str(error), file=error.report))
            if self.archive.boundary.halted("file"):
                raise

    def article_files(self) -> dict[str, set[str]]:
        """Names of the files of each article folder, those included that SHA256SUMS names and that are gone."""
        found: dict[str, set[str]] = {}
        for path in self.files:
            match = ARTICLE_FILE.fullmatch(path)
            if match and not LEFTOVER.search(path):
                found.setdefault(match[1], set()).add(match[2])
        for parent, sums in self.sums.items():
            for path in sums.sums:
                found.setdefault(f"{parent}/{path.partition('/')[0]}", set())
        return found

    def add(self, finding: Finding) -> None:
        self.findings.append(finding)

    def refuse(self, path: str, error: str) -> None:
        """Complain, once, of a file or (with a slash) folder that the disk does not give; `error` is what it says."""
        if path not in self.refused:
            self.refused.add(path)
            code = FindingCode.NOT_LISTED_BY_DISK if path.endswith("/") else FindingCode.NOT_READ
            self.add(Finding(path, code, error=error))

    def read(self, path: str) -> bytes | None:
        """The bytes of a file of the archive; None, and a complaint, where the disk refuses."""
        try:
            return (self.archive.root / path).read_bytes()
        except OSError as error:
            self.refuse(path, error.strerror or str(error))
            return None


def take_survey(root: Path, publish: Publish = "all") -> Survey:
    """Read the archive at `root`. Raises StoreError where the disk refuses links.jsonl or journal.jsonl: without them
    nothing can be told. Of other files it is a finding."""
    bad: dict[str, list[int]] = {LINKS: [], JOURNAL: [], READER_STATE: []}
    findings: list[Finding] = []

    def on_damage(name: str, number: int, error: str) -> None:
        bad[name].append(number)
        findings.append(Finding(f"{name}:{number}", FindingCode.LINE_UNREADABLE, error=error))

    archive = Archive(root, Catalogue(None), on_damage=on_damage)
    ReaderState(root).current(partial(on_damage, READER_STATE))
    found = Survey(archive, findings=findings, bad_lines=bad, publish=publish)
    found.files = set(_walk(root, found))
    for path in sorted(found.files):
        match = SUMS_FILE.fullmatch(path)
        if match and (data := found.read(path)) is not None:
            found.sums[match[1]] = parse_sums(data)
    for name in bad:
        _check_lines(root, name, found)
    for folder, modified, size in archive.folders.records(found.refuse):
        with found.checking(f"{folder}/{RECORD}"):
            record = surveyed_record(found, folder, RECORD)
            if record is None:
                continue
            found.records[folder] = record
            if archive.catalogue.folder_of_id(record.id):
                continue  # one article in two folders: the check of the records tells
            index_article(archive.catalogue, archive.folders, record, (modified, size), texts=False)
    _read_versions(found)
    for entry in archive.links:
        index_image(archive.catalogue, entry)
    return found


def _read_versions(found: Survey) -> None:
    for path in sorted(found.files):
        match = ARTICLE_FILE.fullmatch(path)
        if match and match[2] == OLD_RECORD and not LEFTOVER.search(path):
            with found.checking(path):
                record = surveyed_record(found, match[1], OLD_RECORD)
                if record:
                    found.versions[match[1]] = record


def surveyed_record(found: Survey, folder: str, name: str) -> ArticleRecord | None:
    """What article.json or version.json says; None, and a complaint, where it cannot be read. Raises NewerFormatError
    for one that a newer archiver wrote: nothing of such an archive is to be mended by this one."""
    try:
        return found.archive.record(folder, name)
    except StoreError as error:
        found.refuse(f"{folder}/{name}", disk_words(error))
    except DamageError as error:
        if isinstance(error, NewerFormatError) and not _is_changed(found, folder, name):
            raise
        found.add(Finding(f"{folder}/{name}", FindingCode.RECORD_UNREADABLE, error=str(error)))
    return None


def _is_changed(found: Survey, folder: str, name: str) -> bool:
    """Whether a file of an article is not the one that SHA256SUMS lists: a single digit may have rotted."""
    parent, _, article = folder.rpartition("/")
    listed = found.sums[parent].of(article).get(name) if parent in found.sums else None
    data = found.read(f"{folder}/{name}")
    return listed is not None and data is not None and listed != hashlib.sha256(data).hexdigest()


def _walk(root: Path, found: Survey) -> Iterator[str]:
    """Paths of all files, as the folders list them: on a disk that ignores case, asking for a name proves nothing."""

    def refuse(error: OSError) -> None:
        path = Path(error.filename).relative_to(root).as_posix()
        found.refuse(f"{path}/", error.strerror or str(error))

    for folder, folders, names in os.walk(root, onerror=refuse):
        below = Path(folder).relative_to(root).as_posix()
        prefix = "" if below == "." else f"{below}/"
        folders[:] = sorted(name for name in folders if f"{prefix}{name}/" not in UNCHECKED)
        for name in [*folders, *names]:
            if _is_link(f"{folder}/{name}"):
                found.add(Finding(f"{prefix}{name}", FindingCode.SYMBOLIC_LINK))
        yield from (f"{prefix}{name}" for name in names if not _is_link(f"{folder}/{name}"))


def _is_link(path: str) -> bool:
    return os.path.islink(path)  # noqa: PTH114  # Path.is_symlink raises below a folder that may not be read


def _check_lines(root: Path, name: str, found: Survey) -> None:
    """What a reader of a .jsonl file passes over: a cut-off end, a line that stands there twice, a wrong order."""
    data = (found.read(name) if name in found.files else None) or b""
    *lines, end = data.split(b"\n")
    if end:
        found.bad_lines[name].append(len(lines) + 1)
        found.add(Finding(f"{name}:{len(lines) + 1}", FindingCode.LINE_CUT))
    seen: set[bytes] = set()
    for number, line in enumerate(lines, 1):
        if line in seen:
            found.add(Finding(f"{name}:{number}", FindingCode.LINE_TWICE))
        seen.add(line)
    last: tuple[str, ...] = ("", "")
    for number, value in read_lines(root / name, lambda *_: None):
        place = tuple(str(value.get(key) or "") for key in (("note", "at") if name == JOURNAL else ("url",)))
        # Lines of the journal that were folded go by note, those behind them by time.
        if place < last and name != READER_STATE and not (name == JOURNAL and place[1] >= last[1]):
            found.add(Finding(f"{name}:{number}", FindingCode.LINE_ORDER))
        last = place


def is_own(path: str) -> bool:
    """Whether archiver makes files of that name."""
    return bool(
        path in TOP_FILES
        or path.startswith(CATALOGUE)
        or BLOB.fullmatch(path)
        or ARTICLE_FILE.fullmatch(path)
        or SUMS_FILE.fullmatch(path)
        or ALBUM_FILE.fullmatch(path)
        or GENERATED.fullmatch(path)
    )
