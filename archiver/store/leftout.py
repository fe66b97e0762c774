"""What lies among the notes and is none: what editors, trash cans and version keepers put aside, and archives."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from fnmatch import fnmatchcase, translate

from archiver.store.layout import ARTICLES, CATALOGUE, JOURNAL, LINKS, OLD_RECORD, README, RECORD, SUMS, TEXT

# Files and folders, as globs of their names. docs/notes.md lists them too.
LEFT_OUT = (
    *(".trash", ".Trash-*", ".Trashes", "_trash", "$RECYCLE.BIN", ".recycle", "#recycle", "@Recycle"),
    *(".obsidian", ".logseq", "logseq/bak", "logseq/.recycle", ".vscode", ".idea", ".zettlr", ".foam"),
    *(".history", ".versions", ".stversions", ".stfolder", ".snapshot", ".snapshots", ".sync", ".dropbox.cache"),
    *("@eaDir", ".svn", ".hg", ".jj", ".cache", "__pycache__"),
    *(".#*", "._*", "~$*", ".~*", "#*#", "*~", "*.bak", "*.orig", "*.swp", "*.tmp"),
)
_SPECIAL = re.compile(r"[*?\[/]")
_OTHERS = {JOURNAL, CATALOGUE, ARTICLES}  # one of them lies beside links.jsonl
_ARTICLE = re.compile(r".-[0-9a-f]{12}(?:-v[1-9]\d*)?\Z")


def left_out(include: Sequence[str]) -> Callable[[str, str], bool]:
    """A function that tells whether LEFT_OUT names what has this path and name, unless a glob of `include` does."""
    asked = [f"/{glob.strip('/')}/" for glob in include]
    names = [name for name in LEFT_OUT if not any(_is_asked(name, glob) for glob in asked)]
    # Asked of each of a hundred thousand files: one look into a set and two at the ends are fast, a pattern of them all
    # is not.
    plain = frozenset(name.lower() for name in names if not _SPECIAL.search(name))
    starts = tuple(name[:-1].lower() for name in names if not _SPECIAL.search(name[:-1]) and name.endswith("*"))
    ends = tuple(name[1:].lower() for name in names if name.startswith("*") and not _SPECIAL.search(name[1:]))
    others = [name for name in names if _SPECIAL.search(name[1:-1]) or "/" in name or (name[0] == name[-1] == "*")]
    odd = re.compile("|".join(rf"(?:^|/){translate(name)}" for name in others) or r"(?!)", re.IGNORECASE)

    def names_it(path: str, name: str) -> bool:
        lower = name.lower()
        return lower in plain or lower.startswith(starts) or lower.endswith(ends) or odd.search(path) is not None

    return names_it


def _is_asked(name: str, glob: str) -> bool:
    # A pattern that is only text need not be compiled.
    return fnmatchcase(glob, f"*/{name}/*") if _SPECIAL.search(name) else f"/{name}/" in glob


def is_archive(names: Collection[str]) -> bool:
    """Whether a folder with files and folders of these names is an archive, or part of one: an article's or month's."""
    if LINKS in names and any(name in names for name in _OTHERS):
        return True
    if TEXT in names and (RECORD in names or OLD_RECORD in names):
        return True
    return README in names and SUMS in names and any(_ARTICLE.search(name) for name in names)


def place_of_archive(folder: str) -> str:
    """What to call the archive of which `folder` is part: a copy of its articles has many."""
    parts = folder.split("/")
    return "/".join(parts[: parts.index(ARTICLES) + 1]) if ARTICLES in parts else folder
