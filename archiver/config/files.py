"""config.toml -> Config. Unknown keys, wrong types and wrong values are errors that name the key and the file."""

from __future__ import annotations

import json
import re
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, Literal

from archiver.config.settings import SECTIONS, Config
from archiver.distribution import FILE_NAME, OTHER_NAME
from archiver.errors import ConfigError

_SECTION = re.compile(rf"^\s*\[\s*(?:{'|'.join(SECTIONS)})\b", re.MULTILINE)


def nearest_config(start: Path) -> Path | None:
    """The nearest configuration in `start` or a folder above it, if there is one."""
    return next(filter(None, map(config_in, (start, *start.parents))), None)


def find_config(start: Path) -> Path:
    """The same. Raises ConfigError when there is none."""
    if file := nearest_config(start):
        return file
    passed = [file for folder in (start, *start.parents) if (file := folder / FILE_NAME).is_file()]
    others = "".join(f"; {file} is another program's: it has no section of archiver's" for file in passed)
    raise ConfigError(
        f"no {FILE_NAME} or {OTHER_NAME} in {start} or above: go to your notes folder and run `archiver init`, or give "
        f"--config{others}"
    )


def config_in(folder: Path) -> Path | None:
    """The configuration that `folder` itself has. The one of another program is none."""
    named = folder / OTHER_NAME
    if named.is_file():
        return named
    file = folder / FILE_NAME
    return file if file.is_file() and not _is_foreign(file) else None


def new_config(folder: Path) -> Path:
    """Where a configuration of `folder` is to be written that has none."""
    return folder / (OTHER_NAME if (folder / FILE_NAME).exists() else FILE_NAME)


def _is_foreign(file: Path) -> bool:
    """Whether a config.toml says something, and nothing of what can be configured here."""
    try:
        text = file.read_text("utf-8-sig", errors="replace")
    except OSError:
        return False  # who reads it says so
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return not _SECTION.search(text)
    return bool(said) and not said.keys() & SECTIONS.keys()


def load_config(file: Path) -> Config:
    """Read `file`. Raises ConfigError for a file that cannot be read or says something that cannot be meant."""
    try:
        data = tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from error
    problems: list[str] = []
    sections = {name: _read_section(name, value, problems) for name, value in data.items()}
    if problems:
        raise ConfigError(f"{file}: " + "; ".join(problems))
    config = Config(folder=file.parent.resolve(), **sections)
    if config.archive_root == config.notes_root:
        raise ConfigError(f"{file}: archive.path and notes.root are the same folder; give the archive one of its own")
    return config


def _read_section(name: str, table: Any, problems: list[str]) -> Any:
    section = SECTIONS.get(name)
    if section is None or not isinstance(table, dict):
        problems.append(f"unknown section or key [{name}] (there are {', '.join(SECTIONS)})")
        return None
    known = {key.name: key for key in fields(section)}
    hints = typing.get_type_hints(section)
    values = {}
    for key, value in table.items():
        if key not in known:
            problems.append(f"unknown key {name}.{key} (there are {', '.join(known)})")
        elif problem := _check(value, hints[key], known[key]):
            problems.append(f"{name}.{key} {problem}, not {value!r}")
        else:
            values[key] = float(value) if hints[key] is float else value
    return section(**values)


def _check(value: Any, hint: Any, key: Field[Any]) -> str:
    """What is wrong with the value, or nothing."""
    if typing.get_origin(hint) is Literal:
        choices = typing.get_args(hint)
        return "" if value in choices else f"must be one of {', '.join(map(json.dumps, choices))}"
    if typing.get_origin(hint) is list:
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return _checked(value, key) if good else "must be a list of texts"
    wanted: tuple[type, ...] = (int, float) if hint is float else (hint,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and hint is not bool):
        names = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
        return f"must be {names[hint]}"
    return _checked(value, key)


def _checked(value: Any, key: Field[Any]) -> str:
    check = key.metadata["check"]
    return "" if check is None or check(value) else str(key.metadata["rule"])


def config_text(
    overrides: Mapping[str, Mapping[str, Any]] | None = None, reasons: Mapping[tuple[str, str], str] | None = None
) -> str:
    """A complete config.toml: every key with its comment and its default, or the value in `overrides[section][key]`.
    `reasons`, by section and key, are comments on why it has its value."""
    blocks = ["# Settings of archiver. Every key is shown with its default value unless you changed it.\n"]
    for name, section in SECTIONS.items():
        default = section()
        lines = [f"[{name}]"]
        for key in fields(section):
            value = (overrides or {}).get(name, {}).get(key.name, getattr(default, key.name))
            lines.append(f"# {key.metadata['doc']}")
            if reason := (reasons or {}).get((name, key.name)):
                lines.append("# Here: " + " ".join(reason.split()))
            lines.append(f"{key.name} = {_toml(value)}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _toml(value: Any) -> str:
    # JSON's texts, numbers and lists of texts are TOML's too.
    return json.dumps(value, ensure_ascii=False)
