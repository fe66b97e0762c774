"""What the tests themselves keep to: nobody leans on another test, and nobody on the speed of the machine."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
# Where something waits for seconds, and why a slow machine does not mind.
WAITS = {
    "conditions.py": "between two looks at a condition",
    "clocks.py": "between two looks at a condition",
    "reader/watching.py": "between two looks at a condition",
    "runs/test_faults.py": "between two looks at a condition",
    "reader/test_hostile.py": "nothing happens meanwhile; a slow machine proves less",
    "fetch/test_pace.py": "nothing happens meanwhile; a slow machine proves less",
    "test_add.py": "nothing happens meanwhile; a slow machine proves less",
    "runs/test_together.py": "answers overlap, as many as may",
    "fetch/test_deadline.py": "bytes drip for ever",
}


@functools.cache
def files() -> dict[str, ast.Module]:
    """All files of the tests, parsed: by the test that needs them, and not by each process that collects it."""
    return {path.relative_to(TESTS).as_posix(): ast.parse(path.read_text("utf-8")) for path in TESTS.rglob("*.py")}


def imported(tree: ast.Module) -> Iterator[str]:
    """Every name that a file imports, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Constant) and str(node.value).startswith("tests."):  # for importlib, or `python -m`
            yield str(node.value)


def waits(tree: ast.Module) -> list[int]:
    """The lines where a file waits for a while, or for something at most so long."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and _waits(node)]


def _waits(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("sleep", "wait_for_timeout"):
        return True
    if name in ("wait", "join", "settimeout", "timeout") and any(map(_is_number, call.args)):
        return True
    limits = [given.value for given in call.keywords if given.arg in ("timeout", "deadline")]
    return name not in ("get", "config") and any(map(_is_number, limits))  # there it is what is tried


def _is_number(value: ast.expr) -> bool:
    """Whether it is a number that stands there, but 0, which in some libraries means no limit."""
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value > 0


def test_nobody_imports_a_test() -> None:
    """What tests share is in builders, world, damage and the like."""
    found = [
        (file, name)
        for file, tree in files().items()
        for name in imported(tree)
        if any(part.startswith("test_") or part == "conftest" for part in name.split("."))
    ]
    assert found == []


def test_nobody_waits_for_seconds() -> None:
    """A condition is waited for, and what never comes meets the timeout of the test."""
    found = {file: lines for file, tree in files().items() if (lines := waits(tree))}
    assert {file: lines for file, lines in found.items() if file not in WAITS} == {}
    assert WAITS.keys() <= found.keys()


def test_waits_in_a_page_are_functions() -> None:
    """An expression that does not hold at once ends in an EvalError where a page's policy forbids eval."""
    waits = [
        (name, node.lineno)
        for name, tree in files().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "wait_for_function"
        and "=>" not in ast.unparse(node.args[0])
    ]
    assert waits == []
