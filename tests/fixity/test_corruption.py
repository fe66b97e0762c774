"""The corruption matrix: whatever happens to a file, a line or a link of the archive, `verify` finds it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from archiver.fixity.verify import verify
from archiver.models.findings import FindingKind
from tests.fixity.damage import KINDS, MUTATIONS, copy_of, flip, lines_of
from tests.sampling import one_in
from tests.world import World


@pytest.fixture
def world(pristine: World, tmp_path: Path) -> World:
    """A copy of the archive, to be damaged. Times are kept, so that the index stays up to date."""
    return copy_of(pristine, tmp_path)


# Flips inside an unused part of a database page change nothing that anybody can read: see the test of its content.
CELLS = [(k, m) for k in KINDS for m in MUTATIONS if not (k == "catalogue.db" and m.startswith("flip-"))]
SLOW = {
    "flip-first",
    "flip-middle",
    "flip-late",
    "cut-one",
    "empty",
    "append",
}  # the others stand for them in the quick tests


def is_slow(kind: str, mutation: str) -> bool:
    """A third of the cells is quick, so that each kind and each of the other mutations has its turn."""
    return mutation in SLOW or (list(KINDS).index(kind) + list(MUTATIONS).index(mutation)) % 3 > 0


@pytest.mark.parametrize(
    ("kind", "mutation"),
    [pytest.param(*cell, marks=pytest.mark.slow if is_slow(*cell) else ()) for cell in CELLS],
)
def test_verify_finds_every_mutation_of_a_file(world: World, kind: str, mutation: str) -> None:
    path, other = KINDS[kind](world)
    MUTATIONS[mutation](path, other)
    problems = verify(world.config)
    assert problems, f"{mutation} of {path} was missed"
    if kind not in (".gitignore", ".gitattributes", "catalogue.db") and mutation != "add":
        assert any(problem.damage for problem in problems), problems


LINES = ["links.jsonl", "journal.jsonl", "articles/2026/01/SHA256SUMS"]  # the replica's usual publish date


@pytest.mark.parametrize(
    ("name", "how"), one_in(4, product(LINES, ["delete", "flip", "double", "swap", "add", "case"]))
)
def test_verify_finds_every_mutation_of_a_line(pristine: World, tmp_path: Path, name: str, how: str) -> None:
    """Every line of the file in turn."""
    count = len(lines_of(pristine, name))
    assert count > 1
    for n in range(count):
        world = copy_of(pristine, tmp_path / str(n))
        lines = lines_of(world, name)
        if how == "delete":
            del lines[n]
        elif how == "flip":
            lines[n] = lines[n][:20] + bytes([lines[n][20] ^ 1]) + lines[n][21:]
        elif how == "double":
            lines.insert(n, lines[n])
        elif how == "swap":
            lines[n], lines[n - 1] = lines[n - 1], lines[n]
        elif how == "add":
            lines.insert(n, b'{"url":"https://mp.weixin.qq.com/s/x"}\n')
        else:
            lines[n] = lines[n].swapcase()
        (world.archive / name).write_bytes(b"".join(lines))
        assert verify(world.config), f"{how} of line {n + 1} was missed"


def edits_of_note(note: Path) -> dict[str, Callable[[bytes], bytes]]:
    data = note.read_bytes()
    start = data.index(b"](") + 2
    first = data[start : data.index(b")", start)]
    second_at = data.index(b"](", start) + 2
    second = data[second_at : data.index(b")", second_at)]
    image = data[data.index(b'src="') + 5 :].split(b'"')[0]
    swapped = data.replace(first, b"@").replace(second, first).replace(b"@", second)
    return {
        "flip in the name": lambda d: d.replace(first, first[:-20] + b"X" + first[-19:]),
        "flip in ../": lambda d: d.replace(first, b"/" + first[1:]),
        "flip in the folder": lambda d: d.replace(b"archive/articles", b"archivf/articles", 1),
        "flip in articles": lambda d: d.replace(b"/articles/", b"/artikles/", 1),
        "truncated link": lambda d: d.replace(first, first[:-10]),
        "deleted link": lambda d: d.replace(b"[" + "甲".encode() + b"](" + first + b")", b""),
        "swapped links": lambda _: swapped,
        "added link": lambda d: d + b"\n[x](../archive/articles/2026/01/nothing/article.md)\n",
        "case": lambda d: d.replace(b"article.md", b"Article.md", 1),
        "flip in an image": lambda d: d.replace(image, image[:-10] + b"0" + image[-9:]),
        "image case": lambda d: d.replace(image, image.upper()),
        "truncated note": lambda d: d[:40],
        "empty note": lambda _: b"",
    }


def test_verify_finds_every_mutation_of_a_note_link(world: World) -> None:
    note = world.notes / "one.md"
    data = note.read_bytes()
    for name, change in edits_of_note(note).items():
        changed = change(data)
        assert changed != data, name
        note.write_bytes(changed)
        assert verify(world.config), f"{name} was missed"
    note.unlink()
    assert verify(world.config), "a deleted note was missed"


def test_a_note_that_its_owner_edits_is_no_damage(world: World) -> None:
    note = world.notes / "one.md"
    note.write_bytes(b"# new\n\n" + note.read_bytes() + "\n自己的话。\n".encode())
    assert verify(world.config) == []


@pytest.mark.parametrize(
    "sql",
    [
        "update articles set title = 'x' where rowid = 1",
        "update articles set folder = folder || 'x'",
        "delete from aliases",
        "update aliases set article = (select min(id) from articles)",
        "update images set path = 'images/00/0.png'",
        "delete from articles",
        "delete from article_images",
    ],
)
def test_verify_finds_an_index_that_says_something_else(world: World, sql: str) -> None:
    db = sqlite3.connect(world.archive / "catalogue.db")
    with db:
        db.execute(sql)
    db.close()
    assert any(problem.damage for problem in verify(world.config))


def test_whole_folders(world: World) -> None:
    folder = world.article_folders()[0]
    moved = folder.with_name(folder.name.swapcase())
    folder.rename(moved)
    problems = verify(world.config)
    assert any(problem.damage for problem in problems)
    moved.rename(folder)
    assert verify(world.config) == []
    shutil.copytree(folder, folder.with_name(f"copy-{folder.name}"))
    assert any(problem.damage for problem in verify(world.config))
    shutil.rmtree(folder.with_name(f"copy-{folder.name}"))
    shutil.rmtree(folder)
    assert any(problem.damage for problem in verify(world.config))


def test_verify_changes_nothing(world: World) -> None:
    flip(world.article_folders()[0] / "article.md")
    (world.archive / "catalogue.db").write_bytes(b"garbage")
    before = world.tree(with_machine_state=True)
    problems = verify(world.config)
    assert {problem.path for problem in problems if problem.damage} == {
        "catalogue.db", f"{world.article_folders()[0].relative_to(world.archive).as_posix()}/article.md",
    }  # fmt: skip
    after = world.tree(with_machine_state=True)
    after.pop("archive/.lock", None)
    before.pop("archive/.lock", None)
    assert after == before


def test_a_note_in_an_encoding_of_its_own_is_told_and_no_damage(pristine: World, tmp_path: Path) -> None:
    world = copy_of(pristine, tmp_path / "copy")
    world.note("latin.md", "caf\xe9".encode("latin-1"))
    (problem,) = verify(world.config)
    assert (problem.path, problem.kind, problem.damage) == ("notes:latin.md", FindingKind.UNREADABLE, False)
