"""What needs the user: first what is new, then what earlier runs have said already, and nothing again that stays as it
is whatever they do."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

from archiver.events import (
    AddressLeft,
    ArticleDone,
    Attention,
    CopyLost,
    Failed,
    GluedLink,
    ImageDone,
    ItemFailed,
    ItemWaits,
    Notice,
    RefusedLink,
    Summary,
    WallStands,
)
from archiver.models.halts import Halted
from archiver.models.hooks import HookFailed, HooksLeft
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.guard import is_inside
from archiver.store.layout import ATTENTION

_EVENTS = (Halted, WallStands, Failed, ItemFailed, HookFailed, HooksLeft)  # each run has its own
_LINE = re.compile(r":\d+$")


def sort_attention(root: Path, summary: Summary) -> None:
    """Set apart what the last run on the archive at `root` has said too, and leave out of that what nobody can change.
    Raises StoreError."""
    before = _read(root)
    keys = [_key(item) for item in summary.attention]
    pairs = list(zip(keys, summary.attention, strict=True))
    new = [item for key, item in pairs if key not in before]
    known = [item for key, item in pairs if key in before and not _stays(item)]
    summary.attention, summary.as_before = new, known
    if is_inside(root, ATTENTION):
        kept = sorted({key for key, item in pairs if not isinstance(item, _EVENTS)})
        write_if_changed(root / ATTENTION, json.dumps(kept, indent=1).encode() + b"\n")


def _stays(item: Attention) -> bool:
    """Whether it will be so again in the next run, is no failure, and the user cannot change it."""
    if isinstance(item, ArticleDone):
        return item.settled or not item.status.is_incomplete
    return isinstance(item, ItemWaits | RefusedLink)


def _key(item: Attention) -> str:
    """The same for the same thing in another run, wherever in its note it has moved."""
    match item:
        case ItemWaits():
            item = replace(item, until="")
        case GluedLink() | RefusedLink() | ArticleDone() | ImageDone() | CopyLost():
            item = replace(item, where=_LINE.sub("", item.where))
        case Notice():
            item = replace(item, line=0)
        case AddressLeft():
            item = replace(item, line=0, column=0)
    return hashlib.sha256(repr(item).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _read(root: Path) -> frozenset[str]:
    """What the last run has said; a file that is missing or wrong says nothing."""
    path = root / ATTENTION
    with disk_errors(path, "read"):
        try:
            found = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError, RecursionError):
            return frozenset()
    return frozenset(filter(lambda key: isinstance(key, str), found)) if isinstance(found, list) else frozenset()
