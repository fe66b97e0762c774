"""A page in Chromium that is watched."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from playwright.sync_api import Page

EVERY_MS = 20


@dataclass(slots=True)
class Watched:
    """A page and all that it said or asked for: a good page is silent, and asks only for what is beside it."""

    page: Page
    noise: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def assert_calm(self, *allowed: str) -> None:
        assert self.noise == []
        assert [url for url in self.requests if not url.startswith(allowed)] == []

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for a condition; the page lives on meanwhile."""
        while not condition():
            self.page.wait_for_timeout(EVERY_MS)


Open = Callable[..., AbstractContextManager[Watched]]
