"""What is said of an internal error."""

from __future__ import annotations

from archiver.errors import ArchiverError, InternalError


def report_it(report: str) -> str:
    """What to do about an error that a file describes, as the end of a sentence; empty where there is none."""
    return f"; please report it with the file {report} of the archive" if report else ""


def error_text(error: ArchiverError) -> str:
    """An error, and of one of archiver's own what to do about it."""
    return str(error) + (report_it(error.report) if isinstance(error, InternalError) else "")
