"""Beyond one machine: workers of a Dask cluster load the pages, each egress at its own pace, and no page twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from archiver.archive.state import read_budgets
from archiver.config import config_text
from archiver.errors import ClusterError, ConfigError
from archiver.fetch.cluster import check_cluster_address
from archiver.models.halts import HaltCode, Halted
from tests.builders import an_image, article
from tests.cluster import Cluster, Door, SharedNight, cluster, free_port
from tests.conditions import until
from tests.replica import Replica
from tests.world import PROJECT, World

pytest.importorskip("distributed", reason="the extra cluster is not installed")

NIGHT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
INTERVAL = 3.0


def a_world(folder: Path, replica: Replica, engine: str, urls: Sequence[str]) -> World:
    folder.mkdir()
    world = World(folder, replica, engine)
    world.note("a.md", "\n".join(f"[{n}]({url})" for n, url in enumerate(urls)))
    return world


def kept(world: World) -> dict[str, str]:
    """All files that do not tell in how many nights they came."""
    by_night = ("journal.jsonl", "site/", "reports/")
    return {
        path: digest
        for path, (digest, _) in world.tree().items()
        if not any(part in path for part in by_night) and path != "config.toml"
    }


def set_the_scene(doors: Mapping[str, Door], running: Cluster) -> None:
    """The second page of one worker is its last, that of another meets a wall; the third waits for both with its own,
    or it might do all before they have begun."""
    doors["dies"].on_page = lambda number: running.workers["dies"].kill() if number == 2 else None
    doors["walls"].walls_from = 2
    both = [(doors["dies"], 2), (doors["walls"], 3)]
    doors[""].on_page = lambda number: (
        until(lambda: all(len(door.pages) >= most for door, most in both)) if number == 2 else None
    )


@pytest.mark.parametrize(
    ("engine", "articles"),
    [pytest.param("http", 9, id="sample"), pytest.param("browser", 60, marks=pytest.mark.slow, id="browser")],
)
def test_a_cluster_archives_what_a_machine_does(tmp_path: Path, replica: Replica, engine: str, articles: int) -> None:
    """Of three egresses one meets a wall and one dies; the third does the rest, and the next night what was in hand."""
    urls = [replica.add_article(article(f"第{n}篇", an_image(f"c{n}"), weight=1)) for n in range(articles)]
    alone = a_world(tmp_path / "alone", replica, engine, urls)
    alone.sync(now=lambda: NIGHT)
    replica.clear_requests()

    night = SharedNight()
    doors = {name: Door(replica, night) for name in ("dies", "walls", "")}
    world = a_world(tmp_path / "many", replica, engine, urls)
    with cluster(replica, doors, tmp_path) as (scheduler, running):
        world.configure(fetch={"interval": INTERVAL}, cluster={"scheduler": scheduler})
        set_the_scene(doors, running)
        summary = world.sync(timing=night.timing, now=lambda: NIGHT)

        halts = {event.code: event for event in world.events if isinstance(event, Halted)}
        died = running.workers["dies"].address
        assert halts == {
            HaltCode.EGRESS_WALLED: Halted(HaltCode.EGRESS_WALLED, "walls"),
            HaltCode.WORKER_LOST: Halted(HaltCode.WORKER_LOST, died, f"the worker at {died} is no longer there"),
        }
        asked = Counter(url for door in doors.values() for url, _ in door.pages)
        walled = {url for url, _ in doors["walls"].pages[1:]}
        lost = doors["dies"].pages[1][0]
        assert asked == Counter(urls)  # each once, whatever became of its worker
        assert replica.article_requests == []  # this machine asks for images alone
        assert len(walled) == 2  # the page at the wall, and the one that was to tell what it is evidence of
        assert {url for url, link in world.links().items() if link["status"] == "archived"} == set(urls) - walled - {
            lost
        }
        for door in doors.values():
            assert min(door.distances, default=INTERVAL) >= INTERVAL
        assert summary.exit_code == 1
        budgets = read_budgets(world.archive)
        assert {name: (budget.requests, budget.walled) for name, budget in budgets.items()} == {
            "walls": (1, True),  # of two requests up to the wall
            "dies": (0, False),
            "": (0, False),
        }

        doors["walls"].walls_from = 0
        world.sync(timing=night.timing, now=lambda: NIGHT)
    again = Counter(url for door in doors.values() for url, _ in door.pages) - asked
    assert again == Counter([*walled, lost])
    assert kept(world) == kept(alone)


@pytest.mark.slow
def test_workers_that_declare_nothing_share_one_pace(tmp_path: Path, replica: Replica) -> None:
    """They may be behind one router."""
    urls = [replica.add_article(article(f"第{n}篇", weight=1)) for n in range(12)]
    night = SharedNight()
    doors = [Door(replica, night) for _ in range(2)]
    world = a_world(tmp_path / "many", replica, "http", urls)
    with cluster(replica, {"": doors[0]}, tmp_path) as (scheduler, running):
        running.start_worker(scheduler, replica, doors[1])
        world.configure(fetch={"interval": INTERVAL}, cluster={"scheduler": scheduler})
        assert world.sync(timing=night.timing).articles["new"] == 12
    moments = sorted(moment for door in doors for _, moment in door.pages)
    assert len(moments) == 12
    assert min(after - before for before, after in pairwise(moments)) >= INTERVAL


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_a_cluster_over_tls(tmp_path: Path, replica: Replica) -> None:
    """Certificates on both sides, in the configuration of each machine; without them nobody is let in."""
    documented = (PROJECT / "docs/scale.md").read_text("utf-8").partition("```sh\n")[2].partition("```")[0]
    subprocess.run(["sh", "-euc", documented], cwd=tmp_path, check=True, capture_output=True)
    named = {"tls_ca": "ca.pem", "tls_cert": "office.pem", "tls_key": "office.key"}
    files = {key: str(tmp_path / name) for key, name in named.items()}
    machine = tmp_path / "config.toml"
    machine.write_text(config_text({"cluster": files}), "utf-8")
    door = Door(replica, SharedNight())
    url = replica.add_article(article("加密", weight=1))
    world = a_world(tmp_path / "many", replica, "http", [url])
    with ExitStack() as stack:
        running = Cluster(tmp_path, stack)
        address = running.start("scheduler", f"tls://127.0.0.1:{free_port()}", "--config", str(machine)).address
        running.start_worker(address, replica, door, "home", "--config", str(machine))
        world.configure(cluster={"scheduler": address})
        with pytest.raises(ConfigError, match="tls_ca, tls_cert and tls_key"):
            world.sync()
        world.configure(cluster=files)
        assert world.sync().articles["new"] == 1
        assert [asked for asked, _ in door.pages] == [url]
        world.note("b.md", replica.add_article(article("又一篇", weight=1)))
        refused = world.cli("sync", "--cluster", f"tcp://127.0.0.1:{address.rpartition(':')[2]}")
        assert refused.returncode == 1
        assert "archiver: no Dask scheduler answers" in refused.stderr.splitlines()[-1]


@pytest.mark.slow
def test_a_cluster_that_cannot_be_used_is_refused(tmp_path: Path, replica: Replica) -> None:
    world = a_world(tmp_path / "many", replica, "http", [replica.add_article(article("一", weight=1))])
    with cluster(replica, {}, tmp_path) as (scheduler, _):
        world.configure(cluster={"scheduler": scheduler})
        with pytest.raises(ClusterError, match="has no workers: start one with `archiver cluster worker "):
            world.sync()
    scheduler = f"tcp://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", scheduler.rpartition(":")[2]]
    with subprocess.Popen([*command, "--host", "127.0.0.1", "--no-dashboard"], stderr=subprocess.DEVNULL) as dask:
        world.configure(cluster={"scheduler": scheduler})
        with pytest.raises(ClusterError, match="be done again"):
            world.sync()
        dask.terminate()
    assert replica.article_requests == []


@pytest.mark.parametrize(
    "address", ["tcp://192.0.2.7:8786", "192.0.2.7:8786", "tcp://scheduler.example:8786", "tcp://[2001:db8::1]:8786"]
)
def test_a_port_beyond_this_machine_needs_tls(tmp_path: Path, replica: Replica, address: str) -> None:
    config = World(tmp_path, replica).config
    with pytest.raises(ConfigError, match="beyond this machine and without TLS"):
        check_cluster_address(address, config)
    with pytest.raises(ConfigError, match="tls_ca, tls_cert and tls_key"):
        check_cluster_address("tls://192.0.2.7:8786", config)


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"])
def test_this_machine_needs_none(tmp_path: Path, replica: Replica, address: str) -> None:
    assert check_cluster_address(address, World(tmp_path, replica).config).startswith("tcp://")


@pytest.mark.parametrize("address", ["", "tcp://", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://127.0.0.1:x"])
def test_what_is_no_address(tmp_path: Path, replica: Replica, address: str) -> None:
    with pytest.raises(ConfigError, match="no address of a cluster"):
        check_cluster_address(address, World(tmp_path, replica).config)
