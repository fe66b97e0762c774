"""The root of all expected failures."""

from __future__ import annotations

from archiver.errors.exit_codes import ExitCode


class ArchiverError(Exception):
    """Root of all expected failures. `exit_code` is the process's, `retry` says whether another try may succeed."""

    exit_code = ExitCode.FAILURE
    retry = False
