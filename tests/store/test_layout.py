"""Names of the archive's files stand in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.store import layout

SOURCE = Path(layout.__file__).parents[1]
NAMES = {
    value
    for name, value in vars(layout).items()
    if name.isupper() and isinstance(value, str) and "." in value.strip(".") and name not in ("README", "HOME", "PAGE")
}
FOLDERS = {f"{folder}/" for folder in layout.DEPTHS}


def _texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """The string constants of a module but for its docstrings and messages."""
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in documented:
            yield node


def _names_a_file(value: str) -> bool:
    if " " in value:  # prose for people
        return False
    return any(name in value for name in NAMES) or any(value.startswith(folder) for folder in FOLDERS)


def test_no_other_module_spells_a_name_of_the_archive() -> None:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if path.name == "layout.py":
            continue
        for node in _texts(ast.parse(path.read_text("utf-8"))):
            value = node.value.decode("latin-1") if isinstance(node.value, bytes) else str(node.value)
            if _names_a_file(value):
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno}: {value!r}")
    assert found == []


def test_the_scan_would_see_one() -> None:
    assert len(NAMES) > 10
    assert _names_a_file("/article.md")
    assert _names_a_file("articles/undated")
    assert not _names_a_file("articles")


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("articles/2022/03/2022-03-07-a-b-0123456789ab/article.md", "articles/2022/03/2022-03-07-a-b-0123456789ab"),
        ("articles/undated/undated-a-0123456789ab/x/y.png", "articles/undated/undated-a-0123456789ab"),
        ("albums/123.md", "albums/123.md"),
    ],
)
def test_the_folder_of_an_articles_file(path: str, folder: str) -> None:
    assert layout.article_folder(path) == folder


def test_both_lists_of_an_album() -> None:
    source = layout.album_list("1234")
    assert layout.ALBUM_FILE.fullmatch(source)
    assert layout.ALBUM_FILE.fullmatch(layout.album_text(source))
    assert layout.album_source(layout.album_text(source)) == source


def test_a_blob_is_found_where_it_is_kept() -> None:
    path = layout.blob_path(layout.IMAGES, "ab" * 32, "png")
    assert layout.BLOB.fullmatch(path)
    assert layout.IMAGE_FILE.match(path)
    assert layout.SERVED.fullmatch(path)
    assert layout.INTO_ARCHIVE.search(f"../archive/{path}".encode())
