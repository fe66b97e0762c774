"""Failures of files that are to be imported."""

from __future__ import annotations

from archiver.errors.base import ArchiverError


class ImportFileError(ArchiverError):
    """A file that is to be imported, or a part of it, cannot be read. `why`: the value of an `importing.found.Why`."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why = why
        self.detail = detail
