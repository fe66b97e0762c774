"""Presets of `archiver init`: the settings, and the files of their own, with which an archive suits another program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from archiver.errors import ConfigError, StoreError
from archiver.store.files import write_atomic

_FILES: Final = "presets"  # in the package: a folder for each program, with what goes into the user's
_SUFFIX: Final = ".txt"  # of these files there: what they are is not for our own tools
_ADD: Final = "add"  # among them: what users have to put into files of their own
_PLACE: Final = "@ARCHIVE@"  # in their text: the name of the archive's folder
_EXCLUDED: Final = "userIgnoreFilters"  # of Obsidian's app.json


@dataclass(frozen=True, slots=True)
class Preset:
    """`root` is the folder that holds notes, `above` the one that the archive is to be in, both relative to that of the
    configuration; `settings` are keys of it, by section."""

    root: str = "."
    above: str = "."
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_TITLES: Final = {"link_text": "{title}"}
_KEYS: Final = {"front_matter": ["tags", "aliases", "stars", "notes", "digest"], "tags": ["wechat"]}
PRESETS: Final[Mapping[str, Preset]] = {
    "github": Preset(settings={"rewrite": _TITLES}),
    "hexo": Preset("source", "source", {"rewrite": _TITLES}),
    "hugo": Preset("content", settings={"rewrite": _TITLES}),
    "logseq": Preset(settings={"rewrite": _TITLES}),
    "mkdocs": Preset("docs", "docs", {"rewrite": _TITLES}),
    "obsidian": Preset(settings={"output": _KEYS, "rewrite": _TITLES}),
}


@dataclass(frozen=True, slots=True)
class ProgramFiles:
    """`files` that were written for a program, `kept` those that were there already, and what the user has to `add` to
    files of their own; paths are relative to the folder of the configuration."""

    files: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    add: str = ""


def settings_of(name: str, archive: str) -> dict[str, dict[str, Any]]:
    """The keys of config.toml for a preset, with the archive in a folder of that name."""
    preset = PRESETS[name]
    path = archive if preset.above == "." else f"{preset.above}/{archive}"
    found: dict[str, dict[str, Any]] = {"notes": {"root": preset.root}, "archive": {"path": path}}
    return found | {section: dict(keys) for section, keys in preset.settings.items()}


def texts_of(name: str, archive: str) -> tuple[dict[str, str], str]:
    """The files that the program needs (path -> text), and what users have to put into files of their own."""
    here = files("archiver") / _FILES / name
    texts = {path: file.read_text("utf-8").replace(_PLACE, archive) for path, file in _below(here, "")}
    add = texts.pop(_ADD, "")
    return texts, add


def write_files(name: str, folder: Path, archive: str) -> ProgramFiles:
    """Write what the program needs into `folder`, over nothing that is there. Raises ConfigError."""
    if name == "obsidian" and _exclude(folder / ".obsidian", f"{archive}/"):
        return ProgramFiles((".obsidian/app.json",))
    texts, add = texts_of(name, archive)
    kept = tuple(path for path in texts if (folder / path).exists())
    for path, text in texts.items():
        if path not in kept:
            _write(folder / path, text)
    return ProgramFiles(tuple(path for path in texts if path not in kept), kept, add)


def _below(folder: Traversable, above: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else ():
        if entry.is_dir() and entry.name != "__pycache__":
            found += _below(entry, f"{above}{entry.name}/")
        elif entry.is_file():
            found.append((f"{above}{entry.name.removesuffix(_SUFFIX)}", entry))
    return found


def _write(path: Path, text: str) -> None:
    try:
        write_atomic(path, text.encode())  # it may be the user's, with settings of their own
    except StoreError as error:
        raise ConfigError(str(error)) from error


def _exclude(folder: Path, path: str) -> bool:
    """Add a path to those that a vault of Obsidian's does not index; whether that could be done: settings that are no
    JSON object, or that somebody linked elsewhere, are the user's business."""
    file = folder / "app.json"
    if not folder.is_dir() or file.is_symlink():
        return False
    try:
        settings = json.loads(file.read_text("utf-8")) if file.exists() else {}
        json.dumps(settings, ensure_ascii=False).encode()  # half a character cannot be written again
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(settings, dict) or not isinstance(settings.setdefault(_EXCLUDED, []), list):
        return False
    if path not in settings[_EXCLUDED]:
        settings[_EXCLUDED].append(path)
        _write(file, json.dumps(settings, ensure_ascii=False, indent=2))
    return True
