"""Templates are compiled once for all runs, where that can be kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment

from archiver.reader.pages import _environment
from tests.work import calls


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def compiled(*, trim_blocks: bool = True) -> int:
    """How many templates a new run compiles."""

    def load() -> None:
        environment = _environment.__wrapped__().overlay(trim_blocks=trim_blocks)
        for name in environment.list_templates(extensions=["html"]):
            assert environment.get_template(name).render is not None

    return calls(load, Environment._generate)[0]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("templates/*") if path.is_file())


def test_a_second_run_compiles_nothing(kept: Path) -> None:
    first = compiled()
    assert first == len(files(kept)) > 5
    assert compiled() == 0


def test_what_was_damaged_is_compiled_again(kept: Path) -> None:
    all_of_them = compiled()
    for number, path in enumerate(files(kept)):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if number % 2 else data[:-9] + b"\0" * 9)
    assert compiled() == all_of_them
    assert compiled() == 0


def test_other_options_make_other_code(kept: Path) -> None:
    all_of_them = compiled()
    assert compiled(trim_blocks=False) == all_of_them


def test_where_nothing_can_be_written_each_run_compiles(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept / "file").write_bytes(b"")
    monkeypatch.setattr(sys, "pycache_prefix", str(kept / "file"))
    assert compiled() == compiled() > 5
    monkeypatch.setattr(sys, "pycache_prefix", str(kept))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled() == compiled() > 5
    assert files(kept) == []
