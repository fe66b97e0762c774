"""Scripts and styles inside a page: opened from disk, each file more takes a browser as long as 250 kB of another."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from archiver.reader.assets import asset


@dataclass(frozen=True, slots=True)
class Inlined:
    """The styles of a page, those for the dark, and its scripts: before the styles, behind them (which it changes), and
    at the end. Files of archiver's own in which nothing is to be escaped."""

    style: str
    dark: str
    ahead: str
    early: str
    scripts: tuple[str, ...]

    def policy(self, policy: str) -> str:
        """A policy that allows them, by their checksums, besides what it allows."""
        scripts = (self.ahead, self.early, *self.scripts)
        for directive, texts in (("style-src", (self.style, self.dark)), ("script-src", scripts)):
            policy = policy.replace(directive, " ".join((directive, *map(_checksum, texts))))
        return policy


def inlined(styles: Sequence[str], dark: str, scripts: Sequence[Sequence[str]]) -> Inlined:
    """Of assets; those that are together make one script, and the first two are those of the head."""
    ahead, early, *others = map(_all, scripts)
    return Inlined(_all(styles), _all([dark]), ahead, early, tuple(others))


def _all(paths: Sequence[str]) -> str:
    return "\n".join(asset(path).decode() for path in paths)


def _checksum(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
