"""The cookies that a person got by solving a verification: machine state, readable by its owner alone, never in git."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import platformdirs

from archiver.store.files import disk_errors
from archiver.store.layout import TEMPORARY


def cookie_file(archive: Path) -> Path:
    """Where the cookies for an archive are: in the user's state folder (on Linux below ~/.local/state)."""
    name = hashlib.sha256(str(archive).encode()).hexdigest()[:16]
    return platformdirs.user_state_path("archiver", appauthor=False) / name / "cookies.json"


def load_cookies(archive: Path) -> tuple[dict[str, Any], ...]:
    """The kept cookies; none where there is no file, or one that cannot be read. Raises StoreError."""
    path = cookie_file(archive)
    with disk_errors(path, "read"):
        data = path.read_bytes() if path.is_file() else b"[]"
    try:
        values = json.loads(data)
    except ValueError:
        return ()  # the next `archiver solve` writes it again
    needed = {"name", "value", "domain"}
    return tuple(value for value in values if isinstance(value, dict) and needed <= value.keys())


def save_cookies(archive: Path, cookies: Iterable[Mapping[str, Any]]) -> Path:
    """Keep the cookies, in a file that nobody but the user can read at any moment. Raises StoreError."""
    path = cookie_file(archive)
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(6)}")
    with disk_errors(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps([dict(cookie) for cookie in cookies], indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    return path
