"""What a power cut leaves of a run: a model of the disk that keeps nothing but what was synced.

SIGKILL cannot see an fsync that is missing, since the system still writes what a killed process left to it. So a run is
recorded (`tests.runs.recorder`), and for any moment of it the tree is made that a disk may hold after the power went.
A file has the bytes that it had at its last fsync, or none. Of names there are two extremes, between which file systems
may be: a folder has the entries of its own last fsync (`synced`), or all that there were (`all`: a file system with a
journal writes names when it likes, and before the bytes). What SQLite writes is not seen, so the catalogue is what it
was before, or empty.
"""

from __future__ import annotations

import pickle
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from archiver.notes.find import find

Entries = dict[str, tuple[int, bool]]  # name: inode, and whether it is a folder
Names = Literal["synced", "all"]
NAMES: tuple[Names, Names] = ("synced", "all")


@dataclass
class Recording:
    """A run. `root`: the inode of the folder; `files` and `folders`: bytes and entries by inode, before it; `steps`:
    effects (what is done next, and the folders that changed since the effect before), and fsyncs of a file or folder
    (inode, and bytes or entries)."""

    root: int
    files: dict[int, bytes] = field(default_factory=dict)
    folders: dict[int, Entries] = field(default_factory=dict)
    steps: list[tuple[Literal["effect", "file", "folder"], Any, Any]] = field(default_factory=list)

    @property
    def effects(self) -> list[str]:
        return [what for kind, what, _ in self.steps if kind == "effect"]


def load(path: Path) -> Recording:
    """What the killer wrote into this file just now."""
    found = pickle.loads(path.read_bytes())
    assert isinstance(found, Recording)
    return found


def power_cuts(run: Recording, names: Names) -> Iterator[dict[str, bytes]]:
    """The files below the root (POSIX paths) if the power goes right before each effect."""
    files, folders = dict(run.files), dict(run.folders)
    for kind, what, found in run.steps:
        if kind == "file":
            files[what] = found
        elif kind == "folder" and names == "synced":
            folders[what] = found
        elif kind == "effect":
            if names == "all":
                folders.update(found)
            yield _tree(run.root, files, folders)


def _tree(root: int, files: dict[int, bytes], folders: dict[int, Entries]) -> dict[str, bytes]:
    tree: dict[str, bytes] = {}
    waiting = [("", root)]
    while waiting:
        place, inode = waiting.pop()
        for name, (entry, is_folder) in folders.get(inode, {}).items():
            if is_folder:
                waiting.append((f"{place}{name}/", entry))
            else:
                tree[f"{place}{name}"] = files.get(entry, b"")
    return tree


def lay(tree: dict[str, bytes], root: Path) -> Path:
    """Write these files into a new folder, which is returned."""
    for name, data in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def led_astray(tree: dict[str, bytes]) -> list[str]:
    """The relative destinations in the notes of a tree that lead to no file, or to an empty one."""
    return [
        f"{note}: {url}"
        for note, data in tree.items()
        if note.startswith("notes/") and note.endswith(".md")
        for url in _relative(data)
        if not tree.get(posixpath.normpath(f"{posixpath.dirname(note)}/{url}"))
    ]


@cache
def _relative(note: bytes) -> list[str]:
    urls = [unquote(link.url) for link in find(note, every=True).links]
    return [url for url in urls if url and "://" not in url and not url.startswith(("#", "mailto:"))]
