"""Mend without network: damaged lines go, and bytes that lie in the wrong place go to the right one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from archiver.archive.indexing import canonical_urls
from archiver.archive.quarantine import Quarantine
from archiver.fixity.mend.log import Cure, Mended, MendLog
from archiver.fixity.survey import Survey
from archiver.models import UrlKind
from archiver.models.findings import FindingKind
from archiver.store.articles import replace_file
from archiver.store.files import disk_errors, write_atomic
from archiver.store.layout import BLOB, CATALOGUE, LINKS, PAGE, RECORD, SLIM_CAPTURE, TEXT

_MISPLACED = frozenset(
    {FindingKind.CHANGED, FindingKind.UNKNOWN, FindingKind.UNLISTED, FindingKind.CONTRADICTION, FindingKind.UNUSED}
)

NAMES = frozenset({TEXT, PAGE, RECORD, SLIM_CAPTURE})  # of an article's files


def wanted_files(found: Survey) -> dict[str, str]:
    """Every file whose SHA-256 is known: path -> SHA-256."""
    wanted = {f"{parent}/{path}": sha for parent, sums in found.sums.items() for path, sha in sums.sums.items()}
    records = [*found.records.values(), *found.versions.values()]
    paths = {path for record in records for path in record.files}
    paths |= {entry.target for entry in found.archive.links if entry.kind is UrlKind.IMAGE and entry.target}
    for path in paths:
        if match := BLOB.fullmatch(path):
            wanted[path] = match[3]
    return wanted


def put_back(found: Survey, quarantine: Quarantine, log: MendLog) -> None:
    """Give files that are missing or damaged the bytes that lie somewhere else under a wrong name: renamed, swapped or
    moved files. Raises StoreError."""
    root = found.archive.root
    suspects = {f.path for f in found.findings if f.kind in _MISPLACED and f.path in found.files}
    sources: dict[str, str] = {}
    for path in sorted(suspects):
        if (content := found.read(path)) is not None:
            sources.setdefault(hashlib.sha256(content).hexdigest(), path)
    wrong = suspects | found.refused
    missing = {path: sha for path, sha in wanted_files(found).items() if path not in found.files or path in wrong}
    cures = {path: sources[sha] for path, sha in missing.items() if _was_moved(sources.get(sha, path), path)}
    data = {path: content for path, source in cures.items() if (content := found.read(source)) is not None}
    in_the_way = {path for path in cures if path in found.files or (root / path).is_dir()}
    for path in sorted({*cures.values(), *in_the_way}):
        quarantine.take(path)
    for path, content in sorted(data.items()):
        replace_file(root, path, content)
    for folder in {(root / source).parent for source in cures.values()}:
        with disk_errors(folder, "remove"):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    for path, source in sorted(cures.items()):
        log.add(Mended(path, Cure.MOVED_BACK, file=source))


def _was_moved(source: str, path: str) -> bool:
    """Whether `source` is `path` under a wrong name, and not a file whose line in SHA256SUMS has a wrong name."""
    same_folder = source.rpartition("/")[0] == path.rpartition("/")[0]
    return source != path and not (same_folder and source.rpartition("/")[2] in NAMES)


def drop_bad_lines(found: Survey, quarantine: Quarantine, log: MendLog) -> None:
    """Take damaged lines out of the .jsonl files; each file as it was is kept. Raises StoreError."""
    for name, numbers in found.bad_lines.items():
        bad = set(numbers)
        if bad:
            data = (found.archive.root / name).read_bytes()
            quarantine.copy(name, data)
            lines = data.split(b"\n")
            kept = [line + b"\n" for number, line in enumerate(lines, 1) if number not in bad and line]
            write_atomic(found.archive.root / name, b"".join(kept))
            log.add(Mended(name, Cure.LINES_DROPPED, count=len(bad)))


def drop_wrong_links(found: Survey, log: MendLog) -> None:
    """Correct the lines of links.jsonl that contradict the articles. Raises StoreError."""
    links, done = found.archive.links, []
    for entry in list(links):
        record = found.records.get(entry.target)
        if entry.kind is not UrlKind.ARTICLE or not entry.status.is_stored or record is None:
            continue
        if entry.url not in canonical_urls(record):
            links.remove(entry.url)
            done.append(Mended(LINKS, Cure.LINK_REMOVED, url=entry.url, file=entry.target))
        elif entry.status is not record.status:
            links.put(replace(entry, status=record.status))
            done.append(Mended(LINKS, Cure.LINK_STATUS, url=entry.url, value=record.status.value))
    if done:
        links.compact()
    for item in done:
        log.add(item)


def drop_index(found: Survey, log: MendLog) -> None:
    """Remove an index that is damaged or wrong: it is made again. Raises StoreError."""
    if any(finding.path == CATALOGUE and finding.damage for finding in found.findings):
        remove_index(found.archive.root)
        log.add(Mended(CATALOGUE, Cure.INDEX_REMADE))


def remove_index(root: Path) -> None:
    """Remove catalogue.db; opening the archive makes it again. Raises StoreError."""
    with disk_errors(root / CATALOGUE, "remove"):
        for path in root.glob(f"{CATALOGUE}*"):
            path.unlink()
