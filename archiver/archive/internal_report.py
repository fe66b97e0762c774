"""Files that describe internal errors, for who can mend the program: what happened, where, and in which version."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import platform
import re
import traceback
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from archiver.amounts import counted
from archiver.distribution import DISTRIBUTION
from archiver.errors import StoreError
from archiver.harmless import harmless
from archiver.models.values import dataclass
from archiver.store.files import write_atomic
from archiver.store.guard import is_inside
from archiver.store.layout import INTERNAL_REPORT_GLOB, REPORTS, internal_report
from archiver.wechat.secrets import without_any_secrets

log = logging.getLogger(__name__)

MOST_REPORTS = 20
MOST_CHARACTERS = 50_000
_LONGEST_NAME = 300
# User names and passwords of proxies, and headers that hold credentials.
_CREDENTIALS = re.compile(
    r"(?<=://)[^/\s@'\"]+(?=@)|(?<=cookie)['\"]?\s*[:=].*|(?<=authorization)['\"]?\s*[:=].*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception that nobody foresaw, and the item in which it was raised: its `kind`, and its URL or path."""

    kind: str
    name: str
    error: Exception

    @property
    def signature(self) -> str:
        """The same for the same fault: its type and the places in the program that it came through, each once."""
        frames = traceback.extract_tb(self.error.__traceback__)
        places = dict.fromkeys((frame.filename, frame.lineno, frame.name) for frame in frames)
        return repr((type(self.error).__qualname__, *places))


def write_internal_report(root: Path, fault: Fault, now: datetime, hidden: Iterable[str] = ()) -> str:
    """Describe a fault in the reports of the archive at `root`, without what is `hidden` or any credentials; the file,
    relative to the root, or "" where it cannot be written. Only the newest files are kept."""
    digest = hashlib.sha256(f"{fault.signature} {fault.kind} {fault.name}".encode("utf-8", "replace")).hexdigest()
    path = internal_report(digest[:12])
    if not is_inside(root, path):
        return ""
    try:
        write_atomic(root / path, _text(fault, now, hidden).encode("utf-8", "replace"))
        _drop_old(root / REPORTS)
    except StoreError as error:
        log.warning("an internal error cannot be described: %s", error)
        return ""
    return path


def _text(fault: Fault, now: datetime, hidden: Iterable[str]) -> str:
    head = [
        f"archiver {program_version()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        now.isoformat(timespec="seconds"),
        f"{fault.kind}: {harmless(fault.name[:_LONGEST_NAME])}",
    ]
    text = "\n".join(head) + "\n\n" + "".join(traceback.format_exception(fault.error))
    for secret in filter(None, hidden):
        text = text.replace(secret, "***")
    text = _CREDENTIALS.sub("***", without_any_secrets(text))
    if len(text) > MOST_CHARACTERS:
        half = MOST_CHARACTERS // 2
        text = f"{text[:half]}\n... {counted(len(text) - 2 * half, 'character')} left out ...\n{text[-half:]}"
    return "\n".join(map(harmless, text.split("\n")))


def program_version() -> str:
    """The version of archiver that runs."""
    from importlib.metadata import PackageNotFoundError, version

    with contextlib.suppress(PackageNotFoundError):
        return version(DISTRIBUTION)
    return "(not installed)"


def _drop_old(folder: Path) -> None:
    """Keep the newest reports only."""
    with contextlib.suppress(OSError):
        reports = sorted(folder.glob(INTERNAL_REPORT_GLOB), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in reports[MOST_REPORTS:]:
            path.unlink()
