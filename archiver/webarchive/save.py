"""Save Page Now of the Internet Archive: how a page is asked to be captured, and what comes of it.

The interface (SPN2) takes a form with the address at /save and answers with the number of a job, of which
/save/status/<job> tells. It wants the keys of an account of archive.org: saving without is over (reported, 2026-08).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from archiver.errors import NetworkError
from archiver.webarchive.cdx import HOST

SAVE_URL = f"https://{HOST}/save"
_JOB = re.compile(r"[A-Za-z0-9_-]{1,100}")
_WHOLE = re.compile(r"\d{14}")
_LIMITS = ("limit", "too-many", "celery")  # in a code: it is not this page that is refused


class SaveState(StrEnum):
    """What became of a wish to have a page captured."""

    SAVED = "saved"
    PENDING = "pending"
    FAILED = "failed"  # of this page
    LIMITED = "limited"  # of all pages, for now


@dataclass(frozen=True, slots=True)
class SaveAnswer:
    """How a wish stands: the `job` to ask about, the `timestamp` of the capture that was made, why not (`reason`)."""

    state: SaveState
    job: str = ""
    timestamp: str = ""
    reason: str = ""


def save_form(url: str, unless_within: str) -> bytes:
    """What to send: capture `url`, unless there is a capture that is younger than `unless_within` (`30d`)."""
    asked = {"url": url, "if_not_archived_within": unless_within, "skip_first_archive": "1"}
    return urlencode(asked).encode()


def status_url(job: str) -> str:
    """Where to ask how a job stands."""
    return f"{SAVE_URL}/status/{job}"


def read_answer(body: bytes) -> SaveAnswer:
    """What /save, or /save/status/<job>, answered. Raises NetworkError where it is no such answer."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NetworkError("Save Page Now answered something else") from error
    if not isinstance(value, dict):
        raise NetworkError("Save Page Now answered something else")
    job, state, code, timestamp = (_text(value, name) for name in ("job_id", "status", "status_ext", "timestamp"))
    if state == "success" and _WHOLE.fullmatch(timestamp):
        return SaveAnswer(SaveState.SAVED, timestamp=timestamp)
    if state != "error" and _JOB.fullmatch(job):
        return SaveAnswer(SaveState.PENDING, job=job, reason=_text(value, "message"))
    reason = ": ".join(filter(None, (code.removeprefix("error:"), _text(value, "message"))))[:200]
    limited = any(word in code for word in _LIMITS)
    return SaveAnswer(SaveState.LIMITED if limited else SaveState.FAILED, reason=reason or "it did not say why")


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
