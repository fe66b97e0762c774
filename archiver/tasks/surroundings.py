"""What there is around a notes folder that `archiver init` should know of. Asks nobody, writes nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archiver.errors import BrowserMissingError, GitError
from archiver.fetch.find_browser import find_browser
from archiver.store.git import Repository

Kind = Literal["", "obsidian", "logseq", "hugo", "hexo"]

_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_HUGO = ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default/hugo.toml", "config/_default/config.toml")
_HUGO_OLD = ("config.toml", "config.yaml", "config.yml", "config.json")  # before 0.110; others have such a file too
_HOST = re.compile(r"^(?:\w+://)?(?:[^@/]*@)?([^:/]+)")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`kind` of notes, and the folder (`top`) that shows it; the git `repository`, and its `remotes` as `name (host)`;
    the variable of the environment that names a `proxy`; whether a `browser` is there."""

    kind: Kind = ""
    top: Path | None = None
    repository: Path | None = None
    remotes: tuple[str, ...] = ()
    proxy: str = ""
    browser: bool = False


def look_around(folder: Path) -> Surroundings:
    """What there is around `folder`."""
    folder = folder.resolve()
    repository, remotes = _repository(folder)
    known = next(_kinds(folder, repository), None)
    proxy = next((name for name in _PROXIES if os.environ.get(name)), "")
    kind, top = known or ("", None)
    return Surroundings(kind, top, repository, remotes, proxy, _has_browser())


def _kinds(folder: Path, repository: Path | None) -> Iterator[tuple[Kind, Path]]:
    """What the folder, or one above it in its repository, is known for."""
    above = [place for place in folder.parents if repository and place.is_relative_to(repository)]
    for place in (folder, *above):
        if (place / ".obsidian").is_dir():
            yield "obsidian", place
        elif (place / "logseq").is_dir() and (place / "pages").is_dir():
            yield "logseq", place
        elif _is_hugo(place):
            yield "hugo", place
        elif (place / "_config.yml").is_file() and (place / "source").is_dir():
            yield "hexo", place


def _is_hugo(place: Path) -> bool:
    if any((place / name).is_file() for name in _HUGO):
        return True
    return (place / "content").is_dir() and any(_names_base(place / name) for name in _HUGO_OLD)


def _names_base(file: Path) -> bool:
    try:
        return file.is_file() and "baseurl" in file.read_text("utf-8", "replace").lower()
    except OSError:
        return False


def _repository(folder: Path) -> tuple[Path | None, tuple[str, ...]]:
    try:
        repository = Repository.holding(folder)
        if repository is None:
            return None, ()
        remotes = [(name, repository.text("remote", "get-url", name)) for name in repository.text("remote").split()]
    except GitError:  # git is missing, or leaves the folder alone; `archiver doctor` says so
        return None, ()
    return repository.root, tuple(_remote(name, url) for name, url in remotes)


def _remote(name: str, url: str) -> str:
    """Without what a URL may hold of passwords."""
    is_path = url.startswith(("/", ".", "file:")) or not (match := _HOST.match(url))
    return name if is_path else f"{name} ({match[1]})" if match else name


def _has_browser() -> bool:
    try:
        find_browser()
    except BrowserMissingError:
        return False
    return True
