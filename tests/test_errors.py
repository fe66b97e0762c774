"""The tree of expected failures and the codes that it ends with."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from archiver import errors
from archiver.errors import (
    ArchiverError,
    ExitCode,
    HttpStatusError,
    NewerFormatError,
    NoAddressError,
    NoHandlesError,
    NotAnArchiveError,
    NotCommittableError,
    UnreachableError,
    WorkerLostError,
)


def _tree(root: type[ArchiverError]) -> list[type[ArchiverError]]:
    return [root, *(below for child in root.__subclasses__() for below in _tree(child))]


def test_every_failure_ends_with_a_known_code() -> None:
    assert all(isinstance(kind.exit_code, ExitCode) for kind in _tree(ArchiverError))


def test_every_code_has_a_meaning() -> None:
    assert len({code.meaning for code in ExitCode}) == len(ExitCode)


def test_the_docstring_draws_the_whole_tree() -> None:
    drawn = inspect.getdoc(errors) or ""
    assert [kind.__name__ for kind in _tree(ArchiverError) if kind.__name__ not in drawn] == []


_MADE: dict[type[ArchiverError], Callable[[], ArchiverError]] = {
    NoAddressError: NoAddressError,
    NotCommittableError: lambda: NotCommittableError("git cannot take it", "make room"),
    HttpStatusError: lambda: HttpStatusError("busy", 503, 7.0),
    NewerFormatError: lambda: NewerFormatError("links.jsonl:3", 9, 2),
    NoHandlesError: NoHandlesError,
    NotAnArchiveError: lambda: NotAnArchiveError(Path("a"), ["README.md"]),
    UnreachableError: lambda: UnreachableError("no way to {hosts}", "mp.weixin.qq.com"),
    WorkerLostError: lambda: WorkerLostError("gone", "tcp://127.0.0.1:8786"),
}


@pytest.mark.parametrize("kind", _tree(ArchiverError), ids=lambda kind: kind.__name__)
def test_every_failure_is_the_same_in_another_process(kind: type[ArchiverError]) -> None:
    make = _MADE.get(kind)
    error = make() if make else kind("what went wrong")
    error.__cause__ = OSError("foreign")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))
