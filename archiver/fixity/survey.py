"""Everything that the archive holds, read without changing it and without stopping at what is damaged."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archiver.archive import CATALOGUE, Archive
from archiver.errors import DamageError, StoreError
from archiver.fixity.damage import Finding, Problem
from archiver.indexing import index_article, index_image
from archiver.models import ArticleRecord
from archiver.store.articles import OLD_RECORD, RECORD
from archiver.store.catalogue import Catalogue
from archiver.store.files import TEMPORARY
from archiver.store.lines import read_lines
from archiver.store.lock import LOCK_FILE, OWNER_FILE
from archiver.store.sums import SUMS, SumsFile

BLOB = re.compile(r"(images|media)/([0-9a-f]{2})/([0-9a-f]{64})\.([a-z0-9]+)")
ARTICLE_FILE = re.compile(r"(articles/(?:undated|\d{4}/\d{2})/[^/]+)/([^/]+)")
SUMS_FILE = re.compile(rf"(articles/(?:undated|\d{{4}}/\d{{2}}))/{SUMS}")
OWN_FILES = frozenset(
    {"README.md", ".gitattributes", ".gitignore", "links.jsonl", "journal.jsonl", LOCK_FILE, OWNER_FILE}
)
# Folders whose files are made again at will, or are nobody's business here.
OWN_FOLDERS = ("reports/", "quarantine/", "assets/", "site/", "search/")
ALBUM = re.compile(r"albums/[0-9a-f]+\.(?:json|md)")
# The offline reader's pages at the top, and the months' lists for GitHub.
GENERATED = re.compile(r"[^/]+\.(?:html|css|js|xml)|articles/(?:undated|\d{4}/\d{2})/README(?:-\d+)?\.md")
LEFTOVER = re.compile(rf"(?:^|/)(?:{re.escape(TEMPORARY)}|\.old-)")


@dataclass(slots=True)
class Survey:
    """`files` are all files below the root but those of OWN_FOLDERS, by their exact names; `archive` was opened for
    reading, with an index of its own in memory and without the lines that `problems` complains of."""

    archive: Archive
    files: set[str] = field(default_factory=set)
    records: dict[str, ArticleRecord] = field(default_factory=dict)  # by folder
    versions: dict[str, ArticleRecord] = field(default_factory=dict)  # earlier ones of articles, by folder
    sums: dict[str, SumsFile] = field(default_factory=dict)  # by the folder that holds SHA256SUMS
    problems: list[Problem] = field(default_factory=list)
    bad_lines: dict[str, list[int]] = field(default_factory=dict)  # links.jsonl, journal.jsonl -> numbers

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

    def say(self, path: str, finding: Finding, detail: str, *, damage: bool = True) -> None:
        self.problems.append(Problem(path, finding, detail, damage))


def survey(root: Path) -> Survey:
    """Read the archive at `root`. Raises StoreError where the disk refuses."""
    bad: dict[str, list[int]] = {"links.jsonl": [], "journal.jsonl": []}
    problems: list[Problem] = []

    def on_damage(name: str, number: int, detail: str) -> None:
        bad[name].append(number)
        problems.append(Problem(f"{name}:{number}", Finding.UNREADABLE, detail))

    archive = Archive(root, Catalogue(None), on_damage=on_damage)
    found = Survey(archive, problems=problems, bad_lines=bad)
    found.files = set(_walk(root, found))
    for path in sorted(found.files):
        if match := SUMS_FILE.fullmatch(path):
            found.sums[match[1]] = archive.folders.sums.read(match[1])
    for name in bad:
        _check_lines(root, name, found)
    for folder, modified, size in archive.folders.records():
        try:
            record = archive.record(folder)
        except (DamageError, StoreError) as error:
            found.say(f"{folder}/{RECORD}", Finding.UNREADABLE, str(error))
            continue
        found.records[folder] = record
        if archive.catalogue.folder_of_id(record.id):
            continue  # one article in two folders: the check of the records tells
        # A version that cannot be read gets its own complaint.
        with contextlib.suppress(DamageError, StoreError):
            index_article(archive.catalogue, archive.folders, record, modified, size)
    _read_versions(found)
    for entry in archive.links:
        index_image(archive.catalogue, entry)
    return found


def _read_versions(found: Survey) -> None:
    for path in sorted(found.files):
        match = ARTICLE_FILE.fullmatch(path)
        if match and match[2] == OLD_RECORD and not LEFTOVER.search(path):
            try:
                found.versions[match[1]] = found.archive.record(match[1], OLD_RECORD)
            except (DamageError, StoreError) as error:
                found.say(path, Finding.UNREADABLE, str(error))


def _walk(root: Path, found: Survey) -> Iterator[str]:
    """Paths of all files, as the folders list them: on a disk that ignores case, asking for a name proves nothing."""
    for folder, folders, names in os.walk(root):
        below = Path(folder).relative_to(root).as_posix()
        prefix = "" if below == "." else f"{below}/"
        folders[:] = sorted(name for name in folders if f"{prefix}{name}/" not in OWN_FOLDERS)
        for name in [*folders, *names]:
            if Path(folder, name).is_symlink():
                found.say(f"{prefix}{name}", Finding.UNKNOWN, "a symbolic link, which is not followed")
        yield from (f"{prefix}{name}" for name in names if not Path(folder, name).is_symlink())


def _check_lines(root: Path, name: str, found: Survey) -> None:
    """What a reader of a .jsonl file passes over: a cut-off end, a line that stands there twice, a wrong order."""
    data = (root / name).read_bytes() if name in found.files else b""
    *lines, end = data.split(b"\n")
    if end:
        found.bad_lines[name].append(len(lines) + 1)
        found.say(f"{name}:{len(lines) + 1}", Finding.UNREADABLE, "the last line is cut off")
    seen: set[bytes] = set()
    last = ""
    for number, line in enumerate(lines, 1):
        if line in seen:
            found.say(f"{name}:{number}", Finding.EDITED, "a line stands there twice", damage=False)
        seen.add(line)
    for number, value in read_lines(root / name, lambda *_: None):
        at = str(value.get("at") or value.get("url", ""))
        if at < last:
            detail = "not in order: git merged the file, or a run was interrupted"
            found.say(f"{name}:{number}", Finding.EDITED, detail, damage=False)
        last = at


def is_own(path: str) -> bool:
    """Whether archiver makes files of that name."""
    return bool(
        path in OWN_FILES
        or path.startswith(CATALOGUE)
        or BLOB.fullmatch(path)
        or ARTICLE_FILE.fullmatch(path)
        or SUMS_FILE.fullmatch(path)
        or ALBUM.fullmatch(path)
        or GENERATED.fullmatch(path)
    )
