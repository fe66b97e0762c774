"""SIGKILL at every kind of effect, and power cuts: after another run, notes and archive are what an undisturbed run
makes of them."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from archiver.config import load_config
from archiver.fixity.verify import verify
from tests.builders import album, an_image, article, img, lesson, serve_album
from tests.replica import ArticleSpec, Replica
from tests.runs.killing import Killer, different, start_killer, state
from tests.runs.powercut import NAMES, Recording, lay, led_astray, power_cuts
from tests.world import World, without_destinations

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks, which this system cannot")
ARTICLES = 20
FEW = 4  # for the sample


@pytest.fixture
def nights(tmp_path: Path, replica: Replica, request: pytest.FixtureRequest) -> tuple[Path, Killer]:
    """A folder with notes that name so many articles (20), one more with an audio file and a video, and an album; and
    the killer."""
    articles = getattr(request, "param", ARTICLES)
    root = tmp_path / "template"
    root.mkdir()
    world = World(root, replica)
    shared = an_image("shared by many")
    urls = [
        replica.add_article(
            article(f"第{n}篇", *[an_image(f"k{n}-{m}", width=40, height=30) for m in range(n % 3)], shared, weight=1)
        )
        for n in range(articles)
    ]
    gone = "https://mp.weixin.qq.com/s/GGGGGGGGGGGGGGGGGGGGGG"
    replica.fault(gone, "deleted")
    for n in range(4):
        links = "\r\n".join(f"{m}. [{m}]({url} 't') {img(an_image(f'n{m}'))}" for m, url in enumerate(urls[n::4]))
        world.note(f"深/{n}.md", f"# {n}\r\n{links}\r\n<{urls[n]}> [gone]({gone})".encode())
    listed = album(12)
    serve_album(world, listed)
    world.note("深/more.md", f"[课]({lesson(world)}) [合集]({listed.url})\n")
    return root, start_killer()


@pytest.fixture
def edited(tmp_path: Path, replica: Replica) -> tuple[Path, Killer]:
    """A folder whose three articles were archived ten days ago, of which two were edited since; and the killer."""
    root = tmp_path / "template"
    root.mkdir()
    world = World(root, replica)
    world.configure(fetch={"recheck_archived_days": 1})
    shown = an_image("in every version")

    def serve(n: int, body: str) -> str:
        fixed: dict[str, Any] = {"mid": f"26500000{n}", "sn": "0" * 32, "images": (shown,), "weight": 1}
        return replica.add_article(ArticleSpec(f"第{n}篇", f"{body}{shown.tag}", **fixed), [f"{n}" * 11])

    text = "<p>原来的话，说了一些。</p>" * 3
    world.note("a.md", "".join(f"[x]({serve(n, text)})\n" for n in (10, 11, 12)))
    killer = start_killer()
    assert killer.sync(root)["exit_code"] == 0
    links = world.archive / "links.jsonl"
    lines = [json.loads(line) for line in links.read_text("utf-8").splitlines()]
    for line in lines:
        line.pop("check")
        line["checked"] = (datetime.now(UTC) - timedelta(days=10)).isoformat(timespec="seconds")
    links.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    serve(10, f"{text}<p>补充。</p>")
    serve(12, f"{text}<p>也补充。</p>")
    return root, killer


def kill_at(
    nights: tuple[Path, Killer], tmp_path: Path, places: list[int], *, torn: bool, wanted: dict[str, Any]
) -> int:
    """Kill a first night at each of the places, let a second one run, and compare; how many were killed."""
    template, killer = nights
    killed = 0
    for place in places:
        root = tmp_path / "night"
        shutil.copytree(template, root)
        killed += killer.sync(root, place, torn=torn)["status"] == -9
        again = killer.sync(root)
        assert (again["status"], again["exit_code"]) == (0, 0), place
        made = state(root)
        assert different(made, wanted) == {}, place
        shutil.rmtree(root)
    return killed


def undisturbed(nights: tuple[Path, Killer], tmp_path: Path, articles: int) -> tuple[list[str], dict[str, Any]]:
    """The effects of a night that nobody disturbs, and what it makes."""
    root = tmp_path / "undisturbed"
    shutil.copytree(nights[0], root)
    done = nights[1].sync(root)
    assert done["exit_code"] == 0
    made = state(root)
    assert sum(name.endswith("/article.json") for name in made) == articles
    assert nights[1].sync(root)["exit_code"] == 0
    return done["effects"], made


def kind_of(effect: str) -> tuple[str, ...]:
    """What was renamed: the two folders at the top, and the name, or its suffix where there are many alike."""
    path = PurePosixPath(effect.partition(" ")[2])
    folders = path.parts[1:3] if len(path.parts) > 3 else path.parts[1:2]
    alike = folders[-1] in ("images", "media", "深", "site")
    return (*folders, path.suffix if alike else path.name if "." in path.name or path.name.isupper() else "")


@pytest.mark.parametrize("nights", [FEW], indirect=True)
def test_a_sample_of_kills(nights: tuple[Path, Killer], tmp_path: Path) -> None:
    effects, wanted = undisturbed(nights, tmp_path, FEW + 1)
    # Right before the last rename of each kind: the temporary file is whole, and nothing will ever ask for it again.
    last = {kind_of(effect): n for n, effect in enumerate(effects, 1) if effect.startswith("os.rename")}
    articles = {("archive", "articles", name) for name in ("", "index.html", "SHA256SUMS")}
    assert articles | {("archive", "images", ".png"), ("notes", "深", ".md")} <= {*last}
    some = sorted(last.values())[::2]
    assert kill_at(nights, tmp_path, some, torn=False, wanted=wanted) == len(some)
    writes = [n for n, effect in enumerate(effects, 1) if effect.startswith("fsync") and "jsonl" in effect]
    assert kill_at(nights, tmp_path, writes[:: len(writes) // 3], torn=True, wanted=wanted) >= 3


@pytest.mark.parametrize("step", [19, pytest.param(1, marks=pytest.mark.slow)])
def test_kills_while_versions_are_kept(edited: tuple[Path, Killer], tmp_path: Path, step: int) -> None:
    effects, wanted = undisturbed(edited, tmp_path, 3)
    assert sum(name.endswith("/version.json") for name in wanted) == 2
    places = list(range(1, len(effects) - 4, step))
    assert kill_at(edited, tmp_path, places, torn=False, wanted=wanted) == len(places)


@pytest.mark.slow
def test_kills_at_at_more_than_two_hundred_places(nights: tuple[Path, Killer], tmp_path: Path) -> None:
    effects, wanted = undisturbed(nights, tmp_path, ARTICLES + 1)
    step = max(1, len(effects) // 190)
    places = list(range(1, len(effects) - 4, step))
    killed = kill_at(nights, tmp_path, places, torn=False, wanted=wanted)
    writes = [n for n, effect in enumerate(effects, 1) if effect.startswith("fsync")]
    killed += kill_at(nights, tmp_path, writes[3 :: max(1, len(writes) // 40)], torn=True, wanted=wanted)
    kinds = {effects[n - 1].split(" ")[0] for n in places}
    assert kinds == {"open", "fsync", "os.rename", "os.remove", "os.mkdir", "os.rmdir"} & {
        effect.split(" ")[0] for effect in effects
    }
    assert killed >= 200


def recorded(nights: tuple[Path, Killer], tmp_path: Path) -> tuple[Recording, dict[str, Any]]:
    """A night that nobody disturbs, and what it makes."""
    root = tmp_path / "recorded"
    shutil.copytree(nights[0], root)
    return nights[1].record(root, ["sync"], tmp_path / "recording"), state(root)


def check_notes(template: Path, tree: dict[str, bytes]) -> None:
    """After a power cut no note leads to nothing or has lost a word, and each that was rewritten can be restored."""
    assert led_astray(tree) == []
    for path in template.glob("notes/**/*.md"):
        name, before = path.relative_to(template).as_posix(), path.read_bytes()
        if tree[name] != before:
            assert words_of(tree[name]) == words_of(before)
            assert json.dumps(path.name)[1:-1] in tree["archive/journal.jsonl"].decode()


words_of = cache(without_destinations)


def run_after_cut(nights: tuple[Path, Killer], tmp_path: Path, tree: dict[str, bytes], wanted: dict[str, Any]) -> None:
    """What the next run makes of a tree that a power cut left."""
    root = lay(tree, tmp_path / "cut")
    again = nights[1].sync(root)
    assert (again["status"], again["exit_code"]) == (0, 0)
    assert different(state(root), wanted) == {}
    assert [finding for finding in verify(load_config(root / "config.toml")) if finding.damage] == []
    shutil.rmtree(root)


ON_LINUX = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the recorder reads /proc")


@ON_LINUX
@pytest.mark.parametrize(
    ("nights", "step"),
    [(FEW, 150), pytest.param(FEW, 1, marks=pytest.mark.slow)],
    indirect=["nights"],
)
def test_power_cuts(nights: tuple[Path, Killer], tmp_path: Path, step: int) -> None:
    run, wanted = recorded(nights, tmp_path)
    for names in NAMES:
        for place, tree in enumerate(power_cuts(run, names)):
            check_notes(nights[0], tree)
            if place % step == step // 2:
                run_after_cut(nights, tmp_path, tree, wanted)


@ON_LINUX
@pytest.mark.slow
def test_power_cuts_while_versions_are_kept(edited: tuple[Path, Killer], tmp_path: Path) -> None:
    run, wanted = recorded(edited, tmp_path)
    for names in NAMES:
        for tree in power_cuts(run, names):
            check_notes(edited[0], tree)
            run_after_cut(edited, tmp_path, tree, wanted)
