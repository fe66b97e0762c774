"""Which kind of file is there, by its bytes, and the pages in it."""

from __future__ import annotations

import posixpath
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from archiver.errors import ImportFileError, StoreError
from archiver.importing.found import FileKind, Found, SavedPage, Skipped, Why
from archiver.importing.html_file import read_html
from archiver.importing.limits import MAX_FILE, MAX_PAGE
from archiver.importing.markdown_file import read_markdown
from archiver.importing.mhtml import read_mhtml
from archiver.importing.trees import Folder, Tree, ZipTree
from archiver.importing.warc import read_warcs
from archiver.store.files import disk_errors

_HEAD = 4096
_HTML = (".html", ".htm", ".xhtml")
_MARKDOWN = (".md", ".markdown")
_MHTML = (".mhtml", ".mht")
_WARC = (".warc", ".warc.gz", ".arc", ".arc.gz")
_ZIPPED = (".zip", ".wacz")
PAGES = (*_HTML, *_MARKDOWN, *_MHTML, *_WARC, *_ZIPPED)  # what of a folder is looked at
_BESIDE = ("_files", ".files", "_文件")  # ends the name of the folder that a browser saves beside a page


def pages_in(path: Path, label: str = "") -> Found:
    """The pages of articles in a file or folder, one at a time, and what in it gives none. A folder's temporary files
    are gone when it is done. Raises ImportFileError where it cannot be read at all."""
    label = label or path.name or str(path)
    if path.is_dir():
        yield from _of_tree(Folder(path, label))
        return
    try:
        yield from _of_file(path, label)
    except ImportFileError as error:
        yield Skipped(label, Why(error.why), error.detail)


def _of_file(path: Path, label: str) -> Found:
    try:
        with disk_errors(path, "read"), path.open("rb") as file:
            head = file.read(_HEAD)
            size = path.stat().st_size
            is_zip = zipfile.is_zipfile(path)
    except StoreError as error:
        raise ImportFileError(Why.FAILED, str(error)) from error
    if size > MAX_FILE:
        raise ImportFileError(Why.TOO_LARGE)
    if is_zip:  # SingleFile makes some that are a page as well
        yield from _of_zip(path, label)
    elif head.startswith((b"\x1f\x8b", b"WARC/", b"filedesc://")):
        yield from read_warcs(label, FileKind.WARC, [path])
    else:
        beside = Folder(path.parent, "")
        beside.label = posixpath.dirname(label) or "."
        page = _one(beside, path.name, head)
        yield page if isinstance(page, Skipped) else _named(page, label)


def _named(page: SavedPage, label: str) -> SavedPage:
    return SavedPage(label, page.kind, page.url, page.body, page.saved_at, page.images)


def _of_zip(path: Path, label: str) -> Found:
    with ZipTree(path, label) as tree:
        names = tree.names()
        warcs = [name for name in names if name.startswith("archive/") and name.endswith(_WARC)]
        if warcs and tree.has("datapackage.json"):
            yield from tree.skipped()
            yield from _of_wacz(tree, warcs)
        else:
            yield from _of_tree(tree)


def _of_wacz(tree: ZipTree, warcs: list[str]) -> Found:
    with tempfile.TemporaryDirectory(prefix="archiver-import-") as folder:
        paths = []
        for number, name in enumerate(warcs):
            target = Path(folder) / f"{number}-{posixpath.basename(name)}"
            try:
                with disk_errors(target, "write"):
                    tree.copy(name, target, MAX_FILE)
            except (ImportFileError, StoreError) as error:
                why = Why(error.why) if isinstance(error, ImportFileError) else Why.FAILED
                yield Skipped(f"{tree.label}/{name}", why, str(error))
            else:
                paths.append(target)
        yield from read_warcs(tree.label, FileKind.WACZ, paths)


def _of_tree(tree: Tree) -> Found:
    names = tree.names()
    yield from tree.skipped()
    listed = [name for name in names if name.lower().endswith(PAGES) and not _is_beside(name, tree)]
    for name in listed:
        yield from _member(tree, name)
    if not listed:
        yield Skipped(tree.label, Why.NO_PAGE)


def _member(tree: Tree, name: str) -> Iterator[SavedPage | Skipped]:
    label = f"{tree.label}/{name}"
    on_disk = isinstance(tree, Folder) and zipfile.is_zipfile(tree.root / name)  # a page of SingleFile's may be one too
    if name.lower().endswith((*_WARC, *_ZIPPED)) or on_disk:
        if isinstance(tree, Folder):
            yield from pages_in(tree.root / name, label)
        else:
            yield Skipped(label, Why.NESTED)
        return
    try:
        yield _one(tree, name)
    except ImportFileError as error:
        yield Skipped(label, Why(error.why), error.detail)


def _one(tree: Tree, name: str, head: bytes = b"") -> SavedPage | Skipped:
    """The page in a file that holds one. Raises ImportFileError."""
    lower = name.lower()
    if lower.endswith(_MARKDOWN):
        return read_markdown(tree, name)
    if lower.endswith(_MHTML) or b"multipart/related" in head.lower():
        return read_mhtml(f"{tree.label}/{name}", tree.read(name, MAX_PAGE), tree.saved_at(name))
    if lower.endswith(_HTML) or head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
        return read_html(tree, name)
    return Skipped(f"{tree.label}/{name}".removeprefix("./"), Why.UNKNOWN)


def _is_beside(name: str, tree: Tree) -> bool:
    """Whether a file is a part of a page that a browser saved: it lies in that page's folder."""
    parts = name.split("/")[:-1]
    for at, part in enumerate(parts):
        stem = next((part.removesuffix(end) for end in _BESIDE if part.endswith(end)), "")
        above = "/".join([*parts[:at], stem])
        if stem and any(tree.has(f"{above}{end}") for end in _HTML):
            return True
    return False
