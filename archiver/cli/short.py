"""How much of a value from a note or page is shown: whole in what is archived, but no output is to be filled by one."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from archiver.amounts import counted
from archiver.cli.secrets import without_secrets

MOST = 300  # characters of a value in JSON
MOST_IN_TEXT = 200  # in a line for people, which has more than one value
MOST_OF_A_SENTENCE = 600  # our own words, with the cure; values in them are cut where they enter
_URL = re.compile(r"(?:https?:)?//\S+", re.IGNORECASE)
_PLACES = frozenset({"path", "where", "note", "file", "folder", "target", "report", "root"})  # of files, needed whole
_SENTENCES = frozenset({"error", "why", "reason", "now", "detail", "said", "cure"})
_TEXTS = frozenset({"diff", "attention", "notices", "snippet"})  # made for people, of values that are cut already


def short(value: str, most: int = MOST_IN_TEXT) -> str:
    """The beginning of a value, and how long it is, where it is longer than `most`; without passwords in any case."""
    value = without_secrets(value)
    if len(value) <= most:
        return value
    tail = f"… ({counted(len(value), 'character')})"
    return value[: most - len(tail)] + tail


def short_fields(item: Any, most: int = MOST_IN_TEXT) -> Any:
    """A dataclass with each of its texts cut, but for the places of files."""
    changed = {}
    for field in fields(item):
        value = getattr(item, field.name)
        if isinstance(value, str) and field.name not in _PLACES:
            limit = MOST_OF_A_SENTENCE if field.name in _SENTENCES else most
            cut = short(str(value), limit) if len(value) > limit else value
        elif is_dataclass(value) and not isinstance(value, type):
            cut = short_fields(value, most)
        else:
            continue
        if cut is not value:
            changed[field.name] = cut
    return replace(item, **changed) if changed else item


def clean(value: Any, name: str = "") -> Any:
    """A value for machines, with all in it: without the passwords and credentials of URLs, and no text longer than
    `MOST` that is neither a URL, which programs need whole, nor a place of a file."""
    if isinstance(value, str):
        whole = name in _PLACES or name in _TEXTS or _URL.fullmatch(value)
        return without_secrets(value) if whole else short(value, MOST_OF_A_SENTENCE if name in _SENTENCES else MOST)
    if isinstance(value, dict):
        return {key: clean(item, key) for key, item in value.items()}
    return [clean(item, name) for item in value] if isinstance(value, list | tuple) else value
