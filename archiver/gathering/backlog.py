"""Keeps pages from running ahead of what they need: what waits for its images waits in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST_FILES = 300  # on their way before another page is loaded: about ten articles' images
MOST_PAGES = 2  # for each worker, read and not yet dealt with


class Backlog:
    """Counts what is under way; threads share it. `files` and `pages`: how much of each lets a page worker wait."""

    def __init__(self, files: int, pages: int) -> None:
        self._most_files = files
        self._most_pages = pages
        self._files = 0
        self._pages = 0
        self._ended = False
        self._changed = threading.Condition()

    def wait(self) -> bool:
        """Wait until there is room for another page; False when it will not be needed any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or not self._is_full())
            return not self._ended

    def add_page(self) -> None:
        """A page was read."""
        self._count(pages=1)

    def page_done(self) -> None:
        """A page was dealt with: its files are on their way."""
        self._count(pages=-1)

    def add_file(self) -> None:
        """A file is to be fetched."""
        self._count(files=1)

    @contextmanager
    def file(self) -> Iterator[None]:
        """Inside, a file is fetched; whatever comes of it, it is no longer under way."""
        try:
            yield
        finally:
            self._count(files=-1)

    def end(self) -> None:
        """Nobody waits any more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _is_full(self) -> bool:
        return self._files >= self._most_files or self._pages >= self._most_pages

    def _count(self, *, files: int = 0, pages: int = 0) -> None:
        with self._changed:
            self._files += files
            self._pages += pages
            self._changed.notify_all()
