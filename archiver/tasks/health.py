"""A line of `archiver doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and what cures it (empty where nothing needs to be)."""

    name: str
    state: Literal["ok", "warn", "fail"]
    said: str
    cure: str = ""


def ok(name: str, said: str) -> Check:
    return Check(name, "ok", said)


def warn(name: str, said: str, cure: str) -> Check:
    return Check(name, "warn", said, cure)


def fail(name: str, said: str, cure: str) -> Check:
    return Check(name, "fail", said, cure)
