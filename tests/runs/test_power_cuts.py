"""Power cuts while a night keeps images compact, and while an older archive gets its present form."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archiver.config import load_config
from archiver.fixity.verify import verify
from tests.builders import an_image, article, img
from tests.older_archive import unpack, web_of_today
from tests.replica import Replica
from tests.runs.killing import Killer, different, start_killer, state
from tests.runs.powercut import NAMES, Names, lay, led_astray, power_cuts
from tests.sampling import one_in
from tests.world import World

OLDER = Path(__file__).parents[1] / "fixtures" / "archive_0_1.tar.gz"
pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the recorder reads /proc")


def assert_cuts_do_no_harm(killer: Killer, template: Path, command: str, names: Names, step: int) -> int:
    """What the power leaves of the command at every so many effects leads no note astray, and is what the undisturbed
    one makes when the command has run again. Returns of how many effects."""
    whole = template.with_name("undisturbed")
    shutil.copytree(template, whole)
    assert killer.run(whole, [command])["exit_code"] == 0
    wanted: dict[str, Any] = state(whole)
    recorded = template.with_name("recorded")
    shutil.copytree(template, recorded)
    run = killer.record(recorded, [command], template.with_name("recording"))
    for place, tree in itertools.islice(enumerate(power_cuts(run, names)), step // 2, None, step):
        assert led_astray(tree) == [], run.effects[place]
        root = lay(tree, template.with_name("cut"))
        assert killer.run(root, [command])["exit_code"] == 0
        assert different(state(root), wanted) == {}, (place, run.effects[place])
        assert not [finding for finding in verify(load_config(root / "config.toml")) if finding.damage]
        shutil.rmtree(root)
    return len(run.effects)


@pytest.mark.parametrize(("names", "step"), one_in(2, itertools.product(NAMES, [101, 1])))
def test_while_a_night_keeps_images_compact(tmp_path: Path, replica: Replica, names: Names, step: int) -> None:
    template = tmp_path / "template"
    template.mkdir()
    world = World(template, replica)
    world.configure(images={"policy": "compact"})
    plain, shared, noted = an_image("plain"), an_image("shared"), an_image("noted")
    one = replica.add_article(article("一篇", plain, shared, an_image("jpeg", format="jpeg")))
    two = replica.add_article(article("二篇", shared, noted))
    world.note("a.md", f"[x]({one}) [y]({two})\n\n{img(noted)}\n")
    assert assert_cuts_do_no_harm(start_killer(), template, "sync", names, step) > 200


@pytest.fixture
def past() -> Iterator[Replica]:
    """The web of the older archive."""
    with web_of_today() as running:
        yield running


@pytest.mark.parametrize(("names", "step"), one_in(2, itertools.product(NAMES, [101, 1])))
def test_while_an_older_archive_is_reparsed(tmp_path: Path, past: Replica, names: Names, step: int) -> None:
    template = tmp_path / "template"
    template.mkdir()
    unpack(OLDER, World(template, past))
    assert assert_cuts_do_no_harm(start_killer(), template, "reparse", names, step) > 200
    assert past.requests == []
