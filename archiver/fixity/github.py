"""Prove that notes and archive look on GitHub as they should: every relative link and image leads to a file there."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archiver.archive.boundary import Boundary
from archiver.config import Config
from archiver.errors import ImageError, InternalError, NoteError
from archiver.fixity.github_findings import Checked, GitHubCode, GitHubFinding
from archiver.fixity.github_lines import Places
from archiver.fixity.github_scope import Scope
from archiver.media.imagefile import inspect_image
from archiver.notes.find import find
from archiver.notes.metadata import front_matter_end
from archiver.notes.text import decode
from archiver.render.github import Reference, github_references
from archiver.store.files import disk_errors
from archiver.store.git import Repository
from archiver.store.layout import CATALOGUE
from archiver.store.lookup import Lookup, repository_root
from archiver.store.notefiles import read_note
from archiver.store.notewalk import find_notes
from archiver.store.publishing import is_withdrawn
from archiver.wechat.images import is_image_host

# GitHub's limits: it warns of files from 50 MB on and refuses those from 100 MB on; images above 10 MB are not shown.
IMAGE_WARNING, FILE_WARNING, FILE_LIMIT = 10_000_000, 50_000_000, 100_000_000
_IMAGE_NAMES = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".gif", ".webp", ".svg", ".bmp", ".avif", ".apng", ".ico"})


@dataclass(frozen=True, slots=True)
class _Address:
    """An address in a file, as GitHub shows it, and where it stands."""

    path: str
    line: int
    reference: Reference


@dataclass(frozen=True, slots=True)
class _Use:
    """A place that a link leads to, and the link."""

    place: str
    path: str
    line: int
    url: str
    image: bool

    def finding(self, code: GitHubCode, size: int = 0) -> GitHubFinding:
        return GitHubFinding(self.path, self.line, self.url, code, size=size)


def check_github(config: Config, scope: Scope | None = None) -> Checked:
    """Render all notes and the archive's Markdown files, or those in `scope`, as GitHub does, and look where their
    addresses lead.

    Writes nothing and asks nobody but git. A file that cannot be looked at for a reason that nobody foresaw is a
    finding, unless it is the same with one after the other: then raises InternalError. Raises ConfigError, StoreError,
    GitError.
    """
    checked, lookup, boundary = Checked(), Lookup(), Boundary(config.archive_root, keep=False)
    scope = scope or Scope()
    uses: dict[Path, list[_Use]] = defaultdict(list)  # by repository
    for file, data in _files(config, scope, checked):
        checked.files += 1
        root, name = repository_root(file.parent) or _common_root(config), _name(config, file)
        try:
            with boundary.item("file", name):
                addresses = [_Address(name, line, found) for found, line in _references(name, data, checked)]
                uses[root] += filter(None, [_use(root, file.parent, address, checked) for address in addresses])
        except InternalError as error:
            checked.findings.append(GitHubFinding(name, 0, "", GitHubCode.UNREADABLE, str(error)))
            if boundary.halted("file"):
                raise
    for root, found in uses.items():
        linked = {place for place in {use.place for use in found} if _through_link(root, place)}
        ignored = _ignored(root, {use.place for use in found} - linked)
        for use in found:
            # Git keeps of such a link only its text, and refuses to be asked about what lies beyond it.
            through = [use.finding(GitHubCode.SYMBOLIC_LINK)] if use.place in linked else []
            checked.findings += through or _where_it_leads(config, lookup, use, ignored)
    checked.findings += _large_targets(config, (use for found in uses.values() for use in found))
    checked.findings += _too_large(config) if scope.is_all else ()
    checked.no_notes = scope.unmet()
    checked.findings.sort(key=lambda finding: (finding.path, finding.line))
    return checked


def _files(config: Config, scope: Scope, checked: Checked) -> Iterator[tuple[Path, bytes]]:
    """The notes, and the Markdown files of the archive, as far as they are in scope."""
    root = config.notes_root
    for path in find_notes(root, config.notes.include, config.notes.exclude, config.archive_root):
        if not scope.has(root / path):
            continue
        try:
            yield root / path, read_note(root, path)
        except NoteError as error:
            checked.findings.append(GitHubFinding(_name(config, root / path), 0, "", GitHubCode.UNREADABLE, str(error)))
    for file in sorted(config.archive_root.rglob("*.md")) if config.archive.publish == "all" else ():
        if not scope.has(file):
            continue
        with disk_errors(file, "read"):
            data = file.read_bytes()
        yield file, data


def _references(name: str, data: bytes, checked: Checked) -> Iterator[tuple[Reference, int]]:
    """The addresses in a file as GitHub shows it, with their lines."""
    try:
        note = decode(data)
        links = find(data, every=True).links
    except NoteError as error:
        checked.findings.append(GitHubFinding(name, 0, "", GitHubCode.UNREADABLE, str(error)))
        return
    source, places = note.text.encode(), Places(note.text, links)
    for reference in github_references(source[front_matter_end(source) :].decode()):
        yield reference, places.of(reference.url)


def _use(root: Path, folder: Path, address: _Address, checked: Checked) -> _Use | None:
    """Where a relative address in a file of `folder` leads; what is to be found in another one is found here."""
    reference = address.reference
    url = reference.url

    def add(code: GitHubCode, value: str = "") -> None:
        checked.findings.append(GitHubFinding(address.path, address.line, url, code, value))

    if reference.dropped:
        is_element = reference.dropped.startswith("<")
        add(GitHubCode.ELEMENT_LEFT_OUT if is_element else GitHubCode.SCHEME_LEFT_OUT, reference.dropped)
        return None
    try:
        parts = urlsplit(url)
    except ValueError as error:
        add(GitHubCode.NO_ADDRESS, str(error))
        return None
    if parts.scheme or parts.netloc:
        if reference.image:
            add(GitHubCode.REMOTE_WECHAT if is_image_host(parts.hostname or "") else GitHubCode.REMOTE)
        return None
    path = unquote(parts.path)
    if not path:
        return None
    checked.links += not reference.image
    checked.images += reference.image
    base = str(root) if path.startswith("/") else str(folder)
    place = os.path.normpath(f"{base}/{path}")
    if not Path(place).is_relative_to(root):
        add(GitHubCode.OUTSIDE)
        return None
    return _Use(place, address.path, address.line, url, reference.image)


def _through_link(root: Path, place: str) -> bool:
    """Whether `place` has a symbolic link among its folders, or is one that leads out of the repository."""
    path = Path(place)
    if path == root:
        return False
    folders = path.relative_to(root).parents
    if any((root / folder).is_symlink() for folder in folders if folder.name):
        return True
    # A loop resolves to itself (or to nothing): that it leads to no file is said elsewhere.
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def _where_it_leads(config: Config, lookup: Lookup, use: _Use, ignored: set[str]) -> Iterator[GitHubFinding]:
    if not lookup.exact(use.place, folders=not use.image):
        other = lookup.meant(use.place, str(Path(use.place).anchor))
        yield use.finding(GitHubCode.OTHER_CASE if other else GitHubCode.NO_FILE)
        return
    if use.image and not _is_image(Path(use.place)):
        yield use.finding(GitHubCode.NO_IMAGE)
    if not _is_published(config, Path(use.place)):
        yield use.finding(GitHubCode.UNPUBLISHED)
    elif use.place in ignored:
        yield use.finding(GitHubCode.IGNORED)
    size = Path(use.place).stat().st_size
    if use.image and size >= IMAGE_WARNING:
        yield use.finding(GitHubCode.LARGE_IMAGE, size)


def _is_published(config: Config, file: Path) -> bool:
    """Whether a file goes into git, as far as [archive] publish has a say in that."""
    if not file.is_relative_to(config.archive_root):
        return True
    return not is_withdrawn(file.relative_to(config.archive_root).as_posix(), config.archive.publish)


def _is_image(file: Path) -> bool:
    """Whether a file is an image by its name (repair looks into these) or, where that is odd, by its bytes."""
    if file.suffix.lower() in _IMAGE_NAMES:
        return True
    with disk_errors(file, "read"):
        data = file.read_bytes()
    try:
        inspect_image(data)
    except ImageError:
        return False
    return True


def _too_large(config: Config) -> Iterator[GitHubFinding]:
    """The files of the archive that GitHub warns of or refuses."""
    for folder, names, files in os.walk(config.archive_root):
        names[:] = [name for name in names if not name.startswith(".")]
        for file in files:
            path = Path(folder) / file
            if not _is_published(config, path):
                continue
            with disk_errors(path, "read"):
                size = path.stat().st_size
            if not file.startswith(CATALOGUE) and (over := _over_limit(size)):
                yield GitHubFinding(_name(config, path), 0, "", over, size=size)


def _large_targets(config: Config, uses: Iterable[_Use]) -> Iterator[GitHubFinding]:
    """Links to files outside the archive that GitHub warns of or refuses: those in it are reported as such."""
    for use in uses:
        path = Path(use.place)
        if path.is_relative_to(config.archive_root) or not path.is_file():
            continue
        with disk_errors(path, "read"):
            size = path.stat().st_size
        if over := _over_limit(size):
            yield use.finding(over, size)


def _over_limit(size: int) -> GitHubCode | None:
    """What GitHub does with a file of this size, unless it takes it."""
    if size < FILE_WARNING:
        return None
    return GitHubCode.REFUSED_SIZE if size >= FILE_LIMIT else GitHubCode.LARGE_FILE


def _ignored(root: Path, places: Iterable[str]) -> set[str]:
    """Those of the files that git ignores."""
    if repository_root(root) is None:
        return set()
    names = {os.path.relpath(place, root): place for place in places}
    listed = Repository(root).ignored(names)
    return {names[name] for name in listed}


def _common_root(config: Config) -> Path:
    return Path(os.path.commonpath([config.notes_root, config.archive_root]))


def _name(config: Config, file: Path) -> str:
    return os.path.relpath(file, config.folder).replace(os.sep, "/")
