"""Generated files have no checksums: what is damage there, and what is only behind."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from archiver.fixity.verify import verify
from archiver.models.findings import FindingKind
from tests.builders import an_image, article
from tests.fixity.damage import copy_of, flip
from tests.world import World


@pytest.fixture
def world(pristine: World, tmp_path: Path) -> World:
    return copy_of(pristine, tmp_path / "here")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()


def found(world: World) -> dict[str, tuple[FindingKind, bool]]:
    return {problem.path: (problem.kind, problem.damage) for problem in verify(world.config)}


def star(world: World) -> None:
    """The owner rates an article: its month's page, its note's and others are behind then."""
    note = world.notes / "one.md"
    note.write_bytes(note.read_bytes().replace(b"article.md)", b"article.md) :star:", 1))


def test_a_site_that_is_behind_is_no_damage(world: World) -> None:
    star(world)
    assert found(world) == {}
    world.sync()
    assert found(world) == {}


def test_damage_is_damage_also_where_the_site_is_behind(world: World) -> None:
    star(world)
    flip(world.archive / "site/reader.css")
    flip(world.archive / "site/search.html")
    flip(world.archive / "site/month/2026-01.html")
    assert found(world) == {
        "site/reader.css": (FindingKind.CHANGED, True),
        "site/search.html": (FindingKind.CHANGED, True),
        "site/month/2026-01.html": (FindingKind.EDITED, False),  # the next sync writes it in any case
    }
    world.sync()
    assert "site/month/2026-01.html" not in found(world)


def test_what_another_machine_wrote_is_no_damage(pristine: World, world: World, tmp_path: Path) -> None:
    """git brings articles, notes and the pages that were made of them; the index stays as it was."""
    there = copy_of(pristine, tmp_path / "there")
    there.note("three.md", f"[新]({there.replica.add_article(article('新的一篇', an_image('z')))})\n")
    star(there)
    assert there.sync().exit_code == 0
    for name in ("notes", "archive"):
        hidden = shutil.ignore_patterns("catalogue.db*", "reports", ".lock*")
        shutil.copytree(there.root / name, world.root / name, dirs_exist_ok=True, ignore=hidden)
    assert set(found(world)) == {"catalogue.db"}
    assert not any(damage for _, damage in found(world).values())
    flip(world.archive / "site/asking.js")
    assert found(world)["site/asking.js"] == (FindingKind.CHANGED, True)
    shutil.copy(there.archive / "site/asking.js", world.archive / "site/asking.js")
    world.sync()
    assert found(world) == {}


def test_without_the_index_it_is_told_and_no_damage(world: World) -> None:
    (world.archive / "catalogue.db").unlink()
    assert set(found(world)) == {"catalogue.db"}
    flip(world.archive / "site/asking.js")
    (world.archive / "site/months.html").unlink()
    assert found(world) == {
        "catalogue.db": (FindingKind.MISSING, False),
        "site/asking.js": (FindingKind.EDITED, False),
        "site/months.html": (FindingKind.MISSING, False),
    }


def test_of_another_versions_site_only_the_names_are_known(world: World) -> None:
    db = sqlite3.connect(world.archive / "catalogue.db")
    with db:
        db.execute("update builders set print = 'older'")
    db.close()
    flip(world.archive / "site/asking.js")
    (world.archive / "index.html").unlink()
    assert found(world) == {"site": (FindingKind.EDITED, False), "index.html": (FindingKind.MISSING, True)}


def test_a_damaged_article_is_no_damage_of_the_site(world: World) -> None:
    for name in ("article.json", "index.html"):
        flip(world.article_folders()[0] / name)
    damaged = {path.rpartition("/")[2] for path, (_, damage) in found(world).items() if damage}
    assert {"article.json", "index.html"} <= damaged <= {"article.json", "index.html", "links.jsonl"}
    assert not any(path.startswith("site") for path in found(world))


def test_files_that_no_build_makes_are_told(world: World) -> None:
    for name in ("site/month/1999-01.html", "site/mine.txt", "mine.html", "articles/2026/01/README-7.md"):
        (world.archive / name).write_text("x")
    assert found(world) == {
        "site/month/1999-01.html": (FindingKind.UNUSED, False),
        "site/mine.txt": (FindingKind.UNKNOWN, False),
        "mine.html": (FindingKind.UNKNOWN, False),
        "articles/2026/01/README-7.md": (FindingKind.UNKNOWN, False),
    }


def test_the_check_writes_nothing(world: World) -> None:
    star(world)
    flip(world.archive / "site/search.html")
    before = world.tree(with_machine_state=True)
    verify(world.config)
    after = world.tree(with_machine_state=True)
    for tree in (before, after):
        tree.pop("archive/.lock", None)
    assert after == before


def test_build_all_cures_what_verify_names(world: World) -> None:
    for name in ("index.html", "site/search/new.1.js", "articles/2026/01/README.md"):
        flip(world.archive / name)
    assert {damage for _, damage in found(world).values()} == {True}
    world.cli("build", "--all")
    assert found(world) == {}
