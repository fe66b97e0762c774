"""The root of all expected failures."""

from __future__ import annotations

from typing import Any

from archiver.errors.exit_codes import ExitCode


class ArchiverError(Exception):
    """Root of all expected failures. `exit_code` is the process's, `retry` says whether another try may succeed."""

    exit_code = ExitCode.FAILURE
    retry = False

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions go to other processes as calls of their class with `args`: more than half of ours take others.
        return _made_again, (type(self), self.args), self.__dict__


def _made_again(kind: type[ArchiverError], args: tuple[Any, ...]) -> ArchiverError:
    error = kind.__new__(kind, *args)
    error.args = args
    return error
