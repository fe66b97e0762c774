"""The tree of expected failures and the codes that it ends with."""

from __future__ import annotations

import inspect

from archiver import errors
from archiver.errors import ArchiverError, ExitCode


def _tree(root: type[ArchiverError]) -> list[type[ArchiverError]]:
    return [root, *(below for child in root.__subclasses__() for below in _tree(child))]


def test_every_failure_ends_with_a_known_code() -> None:
    assert all(isinstance(kind.exit_code, ExitCode) for kind in _tree(ArchiverError))


def test_every_code_has_a_meaning() -> None:
    assert len({code.meaning for code in ExitCode}) == len(ExitCode)


def test_the_docstring_draws_the_whole_tree() -> None:
    drawn = inspect.getdoc(errors) or ""
    assert [kind.__name__ for kind in _tree(ArchiverError) if kind.__name__ not in drawn] == []
