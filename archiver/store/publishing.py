"""What of an archive goes into git, as [archive] publish says: decided by path, and told to git in archive/.gitignore.

docs/publishing.md has it as a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, get_args

from archiver.store.layout import (
    ALBUMS,
    ARTICLES,
    ASIDE,
    CATALOGUE,
    FULL_CAPTURE,
    GITATTRIBUTES,
    GITIGNORE,
    HOME,
    IMAGES,
    JOURNAL,
    LINKS,
    LOCK,
    MEDIA,
    PUBLISHED,
    QUARANTINE,
    READER_STATE,
    README,
    REPORTS,
    SITE,
    TEMPORARY,
    top_folder,
)

Publish = Literal["all", "images", "nothing"]
_MACHINE_STATE = f"{CATALOGUE}*\n{REPORTS}/\n{QUARANTINE}/\n{LOCK}*\n{TEMPORARY}*\n{ASIDE}*\n{FULL_CAPTURE}\n"
IGNORED = f"{READER_STATE}\n{_MACHINE_STATE}"
AS_IGNORED = (IGNORED, _MACHINE_STATE)  # what this and older versions wrote
# Without these a fresh checkout would ask for everything anew, and nothing could be taken back.
_ALWAYS = frozenset({LINKS, JOURNAL, GITIGNORE, GITATTRIBUTES})
_KEPT_OUT = (f"/{ARTICLES}/", f"/{ALBUMS}/", f"/{MEDIA}/", f"/{SITE}/", f"/{README}", f"/{HOME}")
_SECTION = re.compile(r'^# archiver: publish = "(\w+)".*?^# archiver: end\n', re.MULTILINE | re.DOTALL)


def is_published(path: str, publish: Publish) -> bool:
    """Whether a file of the archive (POSIX, relative to its root) is of a kind that goes into git. Of "images" only
    those do that notes show."""
    top = top_folder(path)
    return top in PUBLISHED and (publish == "all" or top in _ALWAYS or (publish == "images" and top == IMAGES))


def is_withdrawn(path: str, publish: Publish) -> bool:
    """Whether a file is of a kind that archiver makes and that goes into git in another mode only."""
    return top_folder(path) in PUBLISHED and not is_published(path, publish)


def path_inside(folder: str, path: str) -> str:
    """The path of a file in the archive, which is in the repository's `folder` (`.`: it is all of it; empty: it is not
    in it), given that in the repository. Empty for a file that is not in the archive."""
    if folder == ".":
        return path
    return path.removeprefix(f"{folder}/") if folder and path.startswith(f"{folder}/") else ""


def gitignore(before: str | None, publish: Publish, shown: Iterable[str] = ()) -> str:
    """What archive/.gitignore has to say, given what it says (None: there is none): what the user wrote into it stays.
    `shown` are the images (POSIX, relative to the root) that notes show."""
    text = IGNORED if before is None else _SECTION.sub("", before)
    if publish == "all":
        return text
    images = [f"/{IMAGES}/"] if publish == "nothing" else [f"/{IMAGES}/*/*", *(f"!/{path}" for path in sorted(shown))]
    head = f'# archiver: publish = "{publish}" (from here on, these lines are written anew)'
    lines = [head, *_KEPT_OUT, *images, "# archiver: end"]
    return "".join(f"{line}\n" for line in (*([text.removesuffix("\n")] if text else []), *lines))


def published_as(text: str) -> Publish:
    """The mode for which an archive/.gitignore was written."""
    found = _SECTION.search(text)
    return next((mode for mode in get_args(Publish) if found and mode == found[1]), "all")


def without_section(text: str) -> str:
    """An archive/.gitignore without the lines that depend on the mode."""
    return _SECTION.sub("", text)
