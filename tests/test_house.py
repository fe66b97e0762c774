"""Small and flat: no file is long, no function either, and few modules are in no room."""

from __future__ import annotations

import ast
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "archiver"
LONGEST_FILE = 300  # lines
LONGEST_FUNCTION = 40
MOST_LOOSE = 8  # modules that are in no room

FILES = {path.relative_to(PROGRAM).as_posix(): path.read_text("utf-8") for path in sorted(PROGRAM.rglob("*.py"))}


def test_no_file_is_long() -> None:
    assert {name: lines for name, text in FILES.items() if (lines := text.count("\n")) > LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    long = {
        f"{name}:{node.lineno} {node.name}"
        for name, text in FILES.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert long == set()


def test_modules_are_in_rooms() -> None:
    assert len([name for name in FILES if "/" not in name]) <= MOST_LOOSE
