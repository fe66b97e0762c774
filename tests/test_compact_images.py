"""`[images] policy = "compact"`: what is kept, what it was made from, and how an archive becomes compact."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archiver.config import load_config
from archiver.fixity.verify import verify
from archiver.models.findings import FindingCode, FindingKind
from archiver.tasks.gc import collect_garbage
from archiver.tasks.mend import mend_archive
from tests.builders import an_image, article, img
from tests.replica import Replica
from tests.replica.images import image_bytes
from tests.runs.killing import Killer, different, start_killer, state
from tests.runs.powercut import NAMES, Names, lay, led_astray, power_cuts
from tests.sampling import one_in
from tests.world import World, broken

PLAIN, SHARED, JPEG = an_image("plain"), an_image("shared"), an_image("jpeg", format="jpeg")
NOTED = an_image("noted")


def images(world: World) -> dict[str, dict[str, Any]]:
    """Every image of every article.json, by its key; the same one is the same everywhere."""
    found: dict[str, dict[str, Any]] = {}
    for record in world.articles():
        for image in record["images"]:
            entry = {name: value for name, value in image.items() if name != "url"}
            assert found.setdefault(image["key"], entry) == entry
            data = (world.archive / image["path"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == image["sha256"]
            assert image["sha256"] in image["path"]
    return found


def assert_compact(world: World, *specs: Any) -> None:
    found = images(world)
    for spec in specs:
        image, data = found[spec.key], image_bytes(spec)
        assert image["media_type"] == "image/webp"
        assert image["path"].endswith(".webp")
        sha = hashlib.sha256(data).hexdigest()
        assert image["original"] == {"sha256": sha, "bytes": len(data), "media_type": "image/png"}
        assert (world.archive / image["path"]).stat().st_size < 0.95 * len(data)


def assert_known_to_the_next(world: World) -> None:
    """What shows a compact image next asks for nothing, and knows what it was."""
    url = world.replica.add_article(article("三篇", PLAIN))
    world.note("b.md", f"[z]({url})\n")
    asked = len(world.replica.requests)
    assert world.sync().exit_code == 0
    assert not [request for request in world.replica.requests[asked:] if PLAIN.key in request.url]
    assert_compact(world, PLAIN, SHARED)


def serve(world: World) -> None:
    one = world.replica.add_article(article("一篇", PLAIN, SHARED, JPEG))
    two = world.replica.add_article(article("二篇", SHARED, NOTED))
    world.note("a.md", f"[x]({one}) [y]({two})\n\n{img(NOTED)}\n")


@pytest.fixture
def kept(world: World) -> World:
    """An archive that has the images as they came."""
    serve(world)
    assert world.sync().exit_code == 0
    assert all("original" not in image for image in images(world).values())
    return world


def test_a_night_keeps_images_compact(world: World) -> None:
    world.configure(images={"policy": "compact"})
    serve(world)
    original = (world.notes / "a.md").read_bytes()
    assert world.sync().exit_code == 0
    assert_compact(world, PLAIN, SHARED)
    found = images(world)
    assert found[JPEG.key]["media_type"] == "image/jpeg"
    assert found[NOTED.key]["media_type"] == "image/png"  # GitHub is to show it in the note
    assert not {"original"} & (found[JPEG.key].keys() | found[NOTED.key].keys())
    assert verify(world.config) == []
    for folder in world.article_folders():
        assert broken(folder / "article.md") == []
    assert broken(world.notes / "a.md") == []
    assert_known_to_the_next(world)
    (world.archive / "catalogue.db").unlink()
    before = world.tree()
    assert world.sync().exit_code == 0
    assert world.tree() == before
    assert collect_garbage(world.config, delete=False) == []
    assert world.cli("restore").returncode == 0
    assert (world.notes / "a.md").read_bytes() == original


def test_reparse_makes_an_archive_compact(kept: World) -> None:
    old = {key: image["path"] for key, image in images(kept).items()}
    note = (kept.notes / "a.md").read_bytes()
    kept.configure(images={"policy": "compact"})
    done = kept.cli("reparse")
    assert done.returncode == 0
    assert "2 images in smaller files now; delete the old files: archiver gc --delete\n" in done.stdout
    assert_compact(kept, PLAIN, SHARED)
    found = images(kept)
    assert found[NOTED.key]["path"] == old[NOTED.key]
    assert found[JPEG.key]["path"] == old[JPEG.key]
    assert (kept.notes / "a.md").read_bytes() == note
    assert {finding.code for finding in verify(kept.config)} == {FindingCode.UNUSED_FILE}
    garbage = {item.path for item in collect_garbage(kept.config, delete=True)}
    assert garbage == {old[PLAIN.key], old[SHARED.key]}
    assert verify(kept.config) == []
    assert broken(kept.notes / "a.md") == []
    before = kept.tree()
    assert "smaller" not in kept.cli("reparse").stdout
    assert kept.tree() == before
    # What the index knows is where the image is now.
    assert_known_to_the_next(kept)
    # There is no way back but a new fetch: the images that are there stay.
    kept.configure(images={"policy": "original"})
    before = kept.tree()
    assert kept.cli("reparse").returncode == 0
    assert kept.tree() == before


def test_loss_has_to_be_asked_for(kept: World) -> None:
    kept.configure(images={"policy": "compact", "lossy": True})
    assert kept.cli("reparse").returncode == 0
    assert images(kept)[PLAIN.key]["media_type"] == "image/webp"
    assert {finding.code for finding in verify(kept.config)} == {FindingCode.UNUSED_FILE}


def test_a_damaged_compact_image_is_made_of_its_original_again(world: World) -> None:
    world.configure(images={"policy": "compact"})
    serve(world)
    assert world.sync().exit_code == 0
    path = world.archive / images(world)[PLAIN.key]["path"]
    data = path.read_bytes()
    path.write_bytes(data[:-9])
    assert verify(world.config)
    world.configure(images={"policy": "original"})  # what is to be mended has its name already
    assert not [finding for finding in mend_archive(world.config).findings if finding.damage]
    assert path.read_bytes() == data
    assert_compact(world, PLAIN, SHARED)


def assert_nothing_lost(root: Path) -> None:
    findings = verify(load_config(root / "config.toml"))
    assert not [finding for finding in findings if finding.kind in (FindingKind.LOST, FindingKind.MISSING)]
    for file in (root / "archive").glob("articles/*/*/[!.]*/article.json"):  # what begins with a dot is under way
        for image in json.loads(file.read_bytes())["images"]:
            assert (root / "archive" / image["path"]).stat().st_size


def _to_be_compact(tmp_path: Path, replica: Replica) -> tuple[Killer, Path]:
    """A folder to copy, whose archive has the images as they came and is to have them compact."""
    template = tmp_path / "template"
    template.mkdir()
    world = World(template, replica)
    serve(world)
    killer = start_killer()
    assert killer.sync(template)["exit_code"] == 0
    world.configure(images={"policy": "compact"})
    return killer, template


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks, which this system cannot")
@pytest.mark.parametrize("step", [23, pytest.param(1, marks=pytest.mark.slow)])
def test_a_reparse_that_is_killed_loses_nothing(tmp_path: Path, replica: Replica, step: int) -> None:
    killer, template = _to_be_compact(tmp_path, replica)
    effects, wanted = _undisturbed(killer, template, tmp_path / "undisturbed")
    killed = 0
    for place in range(1, len(effects) + 1, step):
        root = tmp_path / "night"
        shutil.copytree(template, root)
        killed += killer.run(root, ["reparse"], place)["status"] == -9
        assert_nothing_lost(root)
        assert killer.run(root, ["reparse"])["exit_code"] == 0
        assert different(state(root), wanted) == {}, place
        shutil.rmtree(root)
    assert killed >= len(effects) // step - 1


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the recorder reads /proc")
@pytest.mark.parametrize(("names", "step"), one_in(4, itertools.product(NAMES, [23, 1])))
def test_power_cuts_while_images_are_made_compact(tmp_path: Path, replica: Replica, names: Names, step: int) -> None:
    killer, template = _to_be_compact(tmp_path, replica)
    _, wanted = _undisturbed(killer, template, tmp_path / "undisturbed")
    recorded = tmp_path / "recorded"
    shutil.copytree(template, recorded)
    run = killer.record(recorded, ["reparse"], tmp_path / "recording")
    for place, tree in itertools.islice(enumerate(power_cuts(run, names)), 0, None, step):
        assert led_astray(tree) == [], place
        root = lay(tree, tmp_path / f"cut {place}")
        assert_nothing_lost(root)
        assert killer.run(root, ["reparse"])["exit_code"] == 0
        assert different(state(root), wanted) == {}, (place, run.effects[place])
        shutil.rmtree(root)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the recorder reads /proc")
@pytest.mark.parametrize("names", one_in(2, NAMES))
def test_power_cuts_while_what_is_left_is_collected(tmp_path: Path, replica: Replica, names: Names) -> None:
    killer, template = _to_be_compact(tmp_path, replica)
    assert killer.run(template, ["reparse"])["exit_code"] == 0
    run = killer.record(template, ["gc", "--delete"], tmp_path / "recording")
    assert len([effect for effect in run.effects if effect.startswith("os.remove") and "/images/" in effect]) == 2
    for place, tree in enumerate(power_cuts(run, names)):
        root = lay(tree, tmp_path / f"cut {place}")
        assert_nothing_lost(root)
        shutil.rmtree(root)


def _undisturbed(killer: Killer, template: Path, root: Path) -> tuple[list[str], dict[str, Any]]:
    shutil.copytree(template, root)
    done = killer.run(root, ["reparse"])
    assert done["exit_code"] == 0
    return done["effects"], state(root)
