"""What a disk can say at any write of a sync: the run ends in order, or leaves one item, and the next makes it good."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from pathlib import Path

import pytest

from archiver import errors
from tests.builders import album, an_image, article, img, lesson, serve_album
from tests.replica import Replica
from tests.runs.killing import Killer, different, start_killer, state
from tests.world import World, broken

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks, which this system cannot")
SAID: tuple[str, ...] = ("ENOSPC", "EDQUOT", "EIO", "EROFS", "EACCES", "EPERM", "ENAMETOOLONG", "EMFILE")
SAID += ("ENFILE", "EBUSY", "ESTALE", "EFBIG")


@pytest.fixture
def killer() -> Killer:
    return start_killer()


@pytest.fixture
def template(tmp_path: Path, replica: Replica) -> World:
    root = tmp_path / "template"
    root.mkdir()
    world = World(root, replica)
    one, two = (replica.add_article(article(f"第{n}篇", an_image(f"k{n}"), weight=1)) for n in (1, 2))
    listed = album(3)
    serve_album(world, listed)
    world.note("深/a.md", f"[x]({one})\r\n\r\n{img(an_image('n'))}\r\n")
    world.note("b.md", f"[y]({two}) <{one}> [课]({lesson(world)}) [合集]({listed.url})\n")
    return world


@pytest.mark.parametrize("step", [83, pytest.param(1, marks=pytest.mark.slow)])
def test_every_write(killer: Killer, template: World, tmp_path: Path, step: int) -> None:
    def fresh(name: str) -> World:
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        shutil.copytree(template.root, tmp_path / name)
        return World(tmp_path / name, template.replica)

    undisturbed, said = fresh("undisturbed"), itertools.cycle(SAID)
    done = killer.sync(undisturbed.root)
    assert done["exit_code"] == 0
    wanted = state(undisturbed.root)
    for place in range(1, len(done["effects"]), step):
        answers = [next(said)] if step > 1 else SAID
        for answer in answers:
            where = f"{answer} at {place} ({done['effects'][place - 1]})"
            night = fresh("night")
            ended = killer.run(night.root, ["sync"], place, answer)
            assert ended["status"] == 0, where
            if "ended_by" in ended:
                assert issubclass(getattr(errors, ended["ended_by"]), (errors.StoreError, errors.NoHandlesError)), where
            assert all(broken(note) == [] for note in night.notes.rglob("*.md")), where
            again = killer.sync(night.root)
            assert again["exit_code"] == 0, where
            assert different(state(night.root), wanted) == {}, where


def test_these_are_names_of_errors() -> None:
    assert len(SAID) == 12
    assert set(SAID) <= set(errno.errorcode.values())
