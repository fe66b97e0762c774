"""`forget` and `restore` that end at every effect on the disk: what comes next finishes it, and nothing comes back."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import an_image
from tests.replica import ArticleSpec, Replica
from tests.runs.killing import Killer, different, start_killer, state
from tests.runs.powercut import NAMES, Names, Recording, lay, led_astray, power_cuts
from tests.world import World

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks, which this system cannot")
ENDS = ("kill", "torn", "interrupt", "error")
TEXT = "<p>要忘记的话，说了一些。</p>" * 3
FORGOTTEN = "forgotten by you"


@dataclass
class Template:
    """A folder to copy: `article` is the id of the one to be forgotten, `url` its address."""

    root: Path
    killer: Killer
    replica: Replica
    article: str
    url: str

    def copy(self, root: Path) -> World:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.root, root)
        world = World(root, self.replica)
        self.replica.clear_requests()
        return world


@pytest.fixture
def template(tmp_path: Path, replica: Replica) -> Template:
    """Notes that link to an article in many ways, which another article links to and which has an earlier version and
    images of its own; all archived."""
    root = tmp_path / "template"
    root.mkdir()
    world = World(root, replica)
    world.configure(fetch={"recheck_archived_days": 1})
    own, common = an_image("own"), an_image("common")

    def serve(body: str) -> str:
        spec = ArticleSpec(
            "忘记我", f"{body}{own.tag}{common.tag}", images=(own, common), mid="2650000001", sn="0" * 32
        )
        return replica.add_article(spec, ["F" * 22])

    url = serve(TEXT)
    kept = replica.add_article(ArticleSpec("留下", f"<p><a href='{url}'>见</a></p>{common.tag}", images=(common,)))
    world.note("a.md", f"[x]({url}) <{url}#rd> [y]({kept})\n")
    world.note("深/b.md", f"# b\r\n\r\n{url} 和 [x][r]\r\n\r\n[r]: {url}\r\n")
    assert world.sync().exit_code == 0
    serve(f"{TEXT}<p>补充。</p>")
    assert world.sync(now=lambda: datetime.now(UTC) + timedelta(days=10)).exit_code == 0
    assert len(list(world.archive.glob("articles/**/version.json"))) == 1
    (found,) = [record["id"] for record in world.articles() if record["title"] == "忘记我"]
    world.configure(fetch={"recheck_archived_days": 0})
    return Template(root, start_killer(), replica, found, url)


def forget_again(template: Template, world: World) -> None:
    assert template.killer.run(world.root, ["forget", template.article])["exit_code"] == 0


def sync(template: Template, world: World) -> None:
    assert template.killer.sync(world.root)["exit_code"] == 0


def mend(_template: Template, world: World) -> None:
    done = world.cli("verify", "--repair")
    assert done.returncode == 0 or "leads to nothing" in done.stdout, done.stdout + done.stderr


def build(_template: Template, world: World) -> None:
    assert world.cli("build").returncode == 0


FOLLOWED_BY: tuple[Callable[[Template, World], None], ...] = (forget_again, sync, mend, build)


def seen(root: Path) -> dict[str, Any]:
    found = state(root)
    for what in found.values():
        if isinstance(what, dict) and what.get("action") == "restore":
            what["before"] = ""  # of a restore that was done again it is another
    return found


def places_of(effects: list[str], step: int) -> list[int]:
    """Each effect, or about every so many of them: those that remove or rename something first of all."""
    if step == 1:
        return list(range(1, len(effects) + 1))
    moving = [n for n, effect in enumerate(effects, 1) if effect.startswith(("os.re", "os.rm"))]
    return sorted({*(n for n in moving[::3] if "/site/" not in effects[n - 1]), *range(1, len(effects), step)})


@pytest.mark.parametrize("step", [90, pytest.param(1, marks=pytest.mark.slow)])
def test_what_is_to_be_forgotten_is_forgotten_whenever_that_ends(template: Template, tmp_path: Path, step: int) -> None:
    before, ways = seen(template.root), itertools.cycle(itertools.product(FOLLOWED_BY, ENDS))
    world = template.copy(tmp_path / "undisturbed")
    effects = template.killer.run(world.root, ["forget", template.article])["effects"]
    wanted = seen(world.root)
    assert len(list(world.archive.glob("images/*/*"))) == 1
    assert template.article not in str(sorted(wanted))
    assert {effect.split()[0] for effect in effects} >= {"open", "fsync", "os.rename", "os.remove", "os.rmdir"}
    for place in places_of(effects, step):
        follow, end = next(ways)
        world = template.copy(tmp_path / "night")
        ended = template.killer.run(world.root, ["forget", template.article], place, end)
        assert ended["status"] == (-9 if end in ("kill", "torn") else 0), effects[place - 1]
        begun = FORGOTTEN in (world.archive / "links.jsonl").read_text("utf-8")
        follow(template, world)
        if end == "error" and begun and follow in (mend, build):
            sync(template, world)  # a note that could not be written gets its links back where notes are looked at
        made = seen(world.root)
        how = f"{end} at {place} ({effects[place - 1]}), then {follow.__name__}"
        assert different(made, wanted if begun or follow is forget_again else before) == {}, how
        assert template.replica.requests == [], how


def test_who_only_looks_tells_of_it_and_changes_nothing(template: Template, tmp_path: Path) -> None:
    world = template.copy(tmp_path / "night")
    effects = template.killer.run(world.root, ["forget", template.article])["effects"]
    place = next(n for n, effect in enumerate(effects, 1) if effect.startswith("os.remove") and "/images/" in effect)
    world = template.copy(tmp_path / "night")
    assert template.killer.run(world.root, ["forget", template.article], place)["status"] == -9
    tree = world.tree(with_machine_state=True)
    for command in (["status"], ["sync", "--dry-run"], ["gc"], ["restore", "--dry-run"], ["verify"]):
        done = world.cli(*command)
        said = " ".join((done.stdout + done.stderr).split())
        assert done.returncode == 0, (command, said)
        assert "is forgotten, but not all of it is deleted yet" in said, command
    after = world.tree(with_machine_state=True)
    assert {name for name in tree if after.get(name) != tree[name]} <= {"archive/.lock-owner"}
    assert world.cli("gc", "--delete").returncode == 0
    assert not list(world.archive.glob(f"**/*{template.article}*"))


def test_what_git_left_of_a_forgotten_article_goes_too(template: Template, tmp_path: Path) -> None:
    """On another machine git takes away what it knows; the full capture, which it ignores, is still there."""
    here, there = template.copy(tmp_path / "here"), template.copy(tmp_path / "there")
    template.killer.run(here.root, ["forget", template.article])
    (folder,) = (path for path in there.article_folders() if path.name.endswith(template.article))
    for file in folder.iterdir():
        file.unlink()
    (folder / "capture.full.html.gz").write_bytes(b"what the page was")
    shutil.copy(here.archive / "links.jsonl", there.archive / "links.jsonl")
    (there.archive / "quarantine/2026-11-22" / folder.relative_to(there.archive)).mkdir(parents=True)
    sync(template, there)
    assert not list(there.archive.glob(f"**/*{template.article}*"))


def test_a_damaged_record_keeps_nobody_from_forgetting(template: Template, tmp_path: Path) -> None:
    world = template.copy(tmp_path / "night")
    effects = template.killer.run(world.root, ["forget", template.article])["effects"]
    place = next(n for n, effect in enumerate(effects, 1) if effect.startswith("os.remove") and "/images/" in effect)
    world = template.copy(tmp_path / "night")
    template.killer.run(world.root, ["forget", template.article], place)
    (folder,) = (path for path in world.article_folders() if path.name.endswith(template.article))
    (folder / "capture.html.gz").write_bytes(b"")
    sync(template, world)
    assert not list(world.archive.glob(f"**/*{template.article}*"))


@pytest.mark.parametrize("step", [25, pytest.param(1, marks=pytest.mark.slow)])
def test_notes_are_restored_whenever_a_restore_ends(template: Template, tmp_path: Path, step: int) -> None:
    """One of the notes, in a folder of its own, is unknown to the journal."""
    notes = template.root / "notes"
    (notes / "lost").mkdir()
    text = (notes / "a.md").read_text("utf-8").replace("](../archive", "](../../archive")
    (notes / "lost/c.md").write_text(text, "utf-8")
    world = template.copy(tmp_path / "undisturbed")
    effects = template.killer.run(world.root, ["restore"])["effects"]
    wanted, ends = seen(world.root), itertools.cycle(ENDS)
    for place in places_of(effects, step):
        end = next(ends)
        world = template.copy(tmp_path / "night")
        template.killer.run(world.root, ["restore"], place, end)
        again = template.killer.run(world.root, ["restore"])
        assert again["exit_code"] == 0
        assert different(seen(world.root), wanted) == {}, f"{end} at {place} ({effects[place - 1]})"
        template.killer.run(world.root, ["restore"], place, end)
        sync(template, world)
        seen(world.root)  # no leftovers


def recorded(template: Template, tmp_path: Path, command: list[str]) -> tuple[Recording, dict[str, Any]]:
    """A command that nobody disturbs, and what it makes."""
    world = template.copy(tmp_path / "recorded")
    return template.killer.record(world.root, command, tmp_path / "recording"), seen(world.root)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the recorder reads /proc")
@pytest.mark.parametrize("names", NAMES)
def test_power_cuts_while_an_article_is_forgotten(template: Template, tmp_path: Path, names: Names) -> None:
    before = seen(template.root)
    run, wanted = recorded(template, tmp_path, ["forget", template.article])
    for place, tree in enumerate(power_cuts(run, names)):
        assert led_astray(tree) == [], place
        world = World(lay(tree, tmp_path / f"cut {place}"), template.replica)
        sync(template, world)
        begun = FORGOTTEN.encode() in tree["archive/links.jsonl"]
        assert different(seen(world.root), wanted if begun else before) == {}, (place, run.effects[place])
        shutil.rmtree(world.root)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the recorder reads /proc")
@pytest.mark.parametrize("names", NAMES)
def test_power_cuts_while_notes_are_restored(template: Template, tmp_path: Path, names: Names) -> None:
    run, wanted = recorded(template, tmp_path, ["restore"])
    for place, tree in enumerate(power_cuts(run, names)):
        assert led_astray(tree) == [], place
        root = lay(tree, tmp_path / f"cut {place}")
        assert template.killer.run(root, ["restore"])["exit_code"] == 0
        assert different(seen(root), wanted) == {}, (place, run.effects[place])
        shutil.rmtree(root)
