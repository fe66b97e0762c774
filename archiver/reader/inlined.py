"""Scripts and styles inside a page: opened from disk, each file more takes a browser as long as 250 kB of another."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from archiver.reader.assets import asset


@dataclass(frozen=True, slots=True)
class Inlined:
    """The styles of a page, those for the dark, the script in its head, and the one at its end: files of archiver's own
    in which nothing is to be escaped."""

    style: str
    dark: str
    early: str
    script: str

    def policy(self, policy: str) -> str:
        """A policy that allows them, by their checksums, besides what it allows."""
        for directive, texts in (("style-src", (self.style, self.dark)), ("script-src", (self.early, self.script))):
            policy = policy.replace(directive, " ".join((directive, *map(_checksum, texts))))
        return policy


def inlined(styles: Sequence[str], dark: str, scripts: Sequence[str]) -> Inlined:
    """Of assets; the first script is that of the head."""
    early, *others = scripts
    return Inlined(_all(styles), _all([dark]), _all([early]), _all(others))


def _all(paths: Sequence[str]) -> str:
    return "\n".join(asset(path).decode() for path in paths)


def _checksum(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
