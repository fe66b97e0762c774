"""`repair` and `verify --repair` that end at every effect on the disk: done again, they come to the same."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archiver.fixity.verify import verify
from tests.builders import an_image, article, img
from tests.fixity.damage import flip, lines_of
from tests.replica import ImageSpec, Replica
from tests.replica.images import image_bytes, placeholder
from tests.runs.killing import Killer, different, start_killer, state
from tests.world import World, broken

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks, which this system cannot")
ENDS = ("kill", "torn", "interrupt", "error")
STEPS = [70, pytest.param(1, marks=pytest.mark.slow)]


@pytest.fixture
def world(tmp_path: Path, replica: Replica) -> World:
    root = tmp_path / "template"
    root.mkdir()
    world = World(root, replica)
    world.configure(rewrite={"repair": False})
    one, two = (replica.add_article(article(f"第{n}篇", an_image(f"k{n}"))) for n in (1, 2))
    world.note("深/a.md", f"[x]({one})\r\n\r\n{img(an_image('n'))}\r\n")
    world.note("b.md", f"[y]({two}) <{one}>\n")
    return world


@pytest.fixture
def killer() -> Killer:
    return start_killer()


def what_stands(root: Path) -> dict[str, Any]:
    """What a repair done twice and one done once have in common: not the checksums of texts that hold times, nor how
    an article was captured, which a record does not tell that was made again."""
    found = {name: what for name, what in state(root).items() if not name.endswith("SHA256SUMS")}
    for what in found.values():
        if isinstance(what, dict):
            what.pop("capture", None)
    return found


def end_everywhere(killer: Killer, world: World, tmp_path: Path, command: str, step: int) -> World:
    """Let a command end at its effects, and do it again; returns a folder where it was not disturbed."""

    def fresh(name: str) -> World:
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        shutil.copytree(world.root, tmp_path / name)
        return World(tmp_path / name, world.replica)

    undisturbed, ends = fresh("undisturbed"), itertools.cycle(ENDS)
    done = killer.run(undisturbed.root, [command])
    assert done["exit_code"] == 0
    wanted = what_stands(undisturbed.root)
    moving = [n for n, effect in enumerate(done["effects"], 1) if effect.startswith("os.re") and "/site/" not in effect]
    for place in sorted({*moving[:: -(-step // 3)], *range(1, len(done["effects"]), step)}):
        end, effect = next(ends), done["effects"][place - 1]
        night = fresh("night")
        ended = killer.run(night.root, [command], place, end)
        assert ended["status"] == (-9 if end in ("kill", "torn") else 0), effect
        again = killer.run(night.root, [command])
        assert again["exit_code"] == 0, (f"{end} at {place} ({effect})", [f for f in verify(night.config) if f.damage])
        assert different(what_stands(night.root), wanted) == {}, f"{end} at {place} ({effect})"
        assert not [finding for finding in verify(night.config) if finding.damage]
    return undisturbed


@pytest.mark.parametrize("step", STEPS)
def test_images_are_repaired_whenever_a_repair_ends(killer: Killer, world: World, tmp_path: Path, step: int) -> None:
    assert world.sync().exit_code == 0
    world.configure(rewrite={"repair": True})
    lost, remote = an_image("lost"), an_image("remote")
    for spec in (lost, remote):
        world.replica.add_image(spec.key, spec)
    folder = world.notes / "深/img"
    folder.mkdir()
    (folder / "lost.png").write_bytes(placeholder())
    (folder / "other.png").write_bytes(image_bytes(ImageSpec("local/jpeg", 40, 30, "jpeg")))
    (folder / "我的 图.png").write_bytes(image_bytes(ImageSpec("local/png", 40, 30, "png")))
    world.note("深/c.md", f'![]({remote.url})\n\n![](img/lost.png "{lost.url}")\n\n![](img/other.png)\n')
    note = world.notes / "深/a.md"
    note.write_bytes(note.read_bytes() + "\r\n![](img/我的 图.png)\r\n".encode())
    done = end_everywhere(killer, world, tmp_path, "repair", step)
    assert [broken(note) for note in sorted(done.notes.rglob("*.md"))] == [[], [], []]
    assert "://" not in (done.notes / "深/c.md").read_text("utf-8").replace(lost.url, "")


@pytest.mark.parametrize("step", STEPS)
def test_an_archive_is_mended_whenever_that_ends(killer: Killer, world: World, tmp_path: Path, step: int) -> None:
    assert world.sync().exit_code == 0
    flip(next(world.archive.glob("images/*/*")))
    first, second = world.article_folders()
    (first / "article.md").unlink()
    flip(second / "capture.html.gz")
    flip(second / "article.json")
    lines = lines_of(world, "links.jsonl")
    (world.archive / "links.jsonl").write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    done = end_everywhere(killer, world, tmp_path, "mend", step)
    assert verify(done.config) == []
