"""Two names change places in one step, or nothing happens."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from archiver.store import exchange as module
from archiver.store.articles import ArticleFolders
from archiver.store.exchange import exchange


def pair(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "一", tmp_path / "二"
    for folder in (first, second):
        folder.mkdir()
        (folder / "name").write_text(folder.name, "utf-8")
    return first, second


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system may have no such call")
def test_folders_change_places(tmp_path: Path) -> None:
    first, second = pair(tmp_path)
    assert exchange(first, second)
    assert (first / "name").read_text("utf-8") == "二"
    assert (second / "name").read_text("utf-8") == "一"


def test_a_missing_name_changes_nothing(tmp_path: Path) -> None:
    first, _ = pair(tmp_path)
    assert not exchange(first, tmp_path / "missing")
    assert (first / "name").read_text("utf-8") == "一"


@pytest.mark.parametrize("can", [True, False])
def test_an_article_is_replaced_with_and_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can: bool) -> None:
    if not can:
        monkeypatch.setattr(module, "_function", lambda _name: None)
    folders, folder = ArticleFolders(tmp_path), "articles/2026/01/x-0123456789ab"
    for text in (b"old", b"new"):
        folders.write(folder, {"article.md": text, "article.json": b"{}"})
    assert folders.read(folder, "article.md") == b"new"
    assert [path.name for path in (tmp_path / folder).parent.iterdir() if path.is_dir()] == ["x-0123456789ab"]
    assert folders.recover() == []
