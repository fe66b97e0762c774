"""Runs without a network, or with a host that is down: they say what is wrong once, and no link is the worse for it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.archive.state import read_budget
from archiver.events import ArticleDone
from archiver.models.halts import HaltCode, Halted
from tests.builders import an_image, article, img
from tests.replica import Replica
from tests.replica.fronts import Front, http, keeps_silent
from tests.runs.support import NIGHT, run, whole
from tests.world import World, attention

PAGES, IMAGES, MIRROR = "mp.weixin.qq.com", "mmbiz.qpic.cn", "pics.example.org"
NIGHTS = 8  # as many failures make a link wait for a month


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)


def halts(world: World) -> list[Halted]:
    return [event for event in world.events if isinstance(event, Halted)]


def attempts(world: World) -> set[int]:
    return {entry.get("attempts", 0) for entry in world.links().values()}


@pytest.mark.parametrize(
    ("count", "engine"),
    [(1, "http"), (12, "http"), *(pytest.param(n, "browser", marks=pytest.mark.slow) for n in (1, 12))],
)
def test_nights_offline_cost_no_attempt(tmp_path: Path, replica: Replica, engine: str, count: int) -> None:
    """However few or many links are due, and however many nights it lasts."""
    world = World(tmp_path, replica, engine)
    urls = [replica.add_article(article(f"第{n}篇", weight=1)) for n in range(count)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.configure(network={"proxy": "http://127.0.0.1:9"})
    for night in range(NIGHTS if engine == "http" else 2):
        code, said = run(world, NIGHT + timedelta(days=night))
        assert (code, len(halts(world))) == (1, 1)
        assert "the proxy 127.0.0.1:9 cannot be reached: start it, or mend [network] proxy" in said
        assert "net::" not in said
        assert "given up" not in said
        assert not [event for event in world.events if isinstance(event, ArticleDone)]
        assert {entry["status"] for entry in world.links().values()} == {"pending"}
        assert attempts(world) == {0}
        assert read_budget(world.archive).made == 0
        world.events.clear()
    world.configure(network={"proxy": replica.proxy_url})
    assert run(world, NIGHT + timedelta(days=NIGHTS))[0] == 0
    assert len(world.articles()) == count
    whole(world)


def test_one_sentence_for_all_hosts_and_kinds(world: World) -> None:
    spec = an_image("shown")
    world.note("a.md", f"[x]({world.replica.add_article(article('一', weight=1))}) {img(spec)}")
    world.configure(network={"proxy": ""})
    code, said = run(world)
    sentence = f"no address is found for {IMAGES} and {PAGES}: check the network connection and its DNS server"
    swapped = sentence.replace(f"{IMAGES} and {PAGES}", f"{PAGES} and {IMAGES}")
    assert code == 1
    assert [halt.code for halt in halts(world)] == [HaltCode.UNREACHABLE]
    assert halts(world)[0].error in (sentence, swapped)
    assert halts(world)[0].error in said
    assert attempts(world) == {0}


@pytest.mark.parametrize("what", ["article", "image", "both", "added"])
def test_a_certificate_that_is_not_trusted_is_no_success(
    world: World, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    for name in list(os.environ):
        if name.upper().endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)
    world.configure(network={"ca_bundle": ""})
    url, shown = world.replica.add_article(article("一篇")), img(an_image("shown"))
    world.note("a.md", {"article": f"[x]({url})", "image": shown, "both": f"[x]({url}) {shown}"}.get(what, ""))
    if what == "added":
        assert world.cli("add", url).returncode == 1
    summary = world.sync()
    (line,) = attention(summary)
    assert (summary.exit_code, "is not trusted: " in line) == (1, True)
    assert all(entry["status"] == "pending" for entry in world.links().values())


def test_a_failed_link_stays_as_it_was(world: World) -> None:
    url = world.replica.add_article(article("坏", weight=1))
    world.note("a.md", f"[x]({url})")
    world.replica.fault(url, "status:404")
    run(world)
    before = world.links()[url]
    assert (before["status"], before["attempts"]) == ("failed", 1)
    world.configure(network={"proxy": "http://127.0.0.1:9"})
    assert run(world, NIGHT + timedelta(days=2))[0] == 1
    assert world.links()[url] == before


def test_a_network_that_says_nothing(world: World) -> None:
    """Such as a VPN that is gone: packets vanish, and each try ends with its time."""
    url = world.replica.add_article(article("无声", weight=1))
    world.note("a.md", f"[x]({url})")
    with Front(keeps_silent) as front:
        world.configure(network={"proxy": f"http://{front.address}"}, fetch={"timeout": 1})
        code, said = run(world)
        assert code == 1
        assert f"no connection to {PAGES} through the proxy {front.address} came about in time" in said
    assert attempts(world) == {0}


@pytest.mark.parametrize("fault", ["status:503", "reset"])
def test_a_host_that_is_down_costs_no_attempt(world: World, fault: str) -> None:
    urls = [world.replica.add_article(article(f"第{n}篇", weight=1)) for n in range(8)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.replica.fault("/s/", fault)
    for night in range(NIGHTS):
        code, said = run(world, NIGHT + timedelta(days=night))
        assert code == 1
        assert f"{PAGES} was given up for this run: 5 failures in a row" in said
        assert {entry["status"] for entry in world.links().values()} == {"pending"}
        assert attempts(world) == {0}
    world.replica.clear_faults()
    assert run(world, NIGHT + timedelta(days=NIGHTS))[0] == 0
    whole(world)


def test_pages_that_fail_among_others_do_cost_one(world: World) -> None:
    urls = [world.replica.add_article(article(f"第{n}篇", weight=1)) for n in range(8)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    for url in urls[:4]:
        world.replica.fault(url, "status:503")
    assert run(world)[0] == 1
    assert [world.links()[url]["attempts"] for url in urls] == [1] * 8
    assert [world.links()[url]["status"] for url in urls] == ["failed"] * 4 + ["archived"] * 4


def test_the_hour_that_a_host_asks_for_is_kept(world: World) -> None:
    url = world.replica.add_article(article("忙", weight=1))
    world.note("a.md", f"[x]({url})")
    world.replica.fault("/s/", "status:503", retry_after=7200)
    run(world)
    entry = world.links()[url]
    assert (entry["status"], entry.get("attempts", 0)) == ("failed", 0)
    assert entry["next"] == (NIGHT + timedelta(hours=2)).isoformat(timespec="seconds")


@pytest.mark.parametrize("down", ["no way", "status:503"])
def test_articles_whose_image_host_is_down(world: World, monkeypatch: pytest.MonkeyPatch, down: str) -> None:
    urls = [world.replica.add_article(article(f"第{n}篇", an_image(f"{n}"), weight=1)) for n in range(7)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    if down == "no way":
        world.configure(network={"proxy": ""})
        monkeypatch.setenv("HTTPS_PROXY", world.replica.proxy_url)
        monkeypatch.setenv("NO_PROXY", IMAGES)
    else:
        world.replica.fault(IMAGES, down)
    for night in range(3):
        code, said = run(world, NIGHT + timedelta(days=night))
        assert code == 1
        assert IMAGES in said
        assert {entry["status"] for entry in world.links().values()} == {"partial"}
        assert attempts(world) == {0}
    monkeypatch.delenv("NO_PROXY", raising=False)
    world.replica.clear_faults()
    assert run(world, NIGHT + timedelta(days=3))[0] == 0
    whole(world)


@pytest.mark.asks("gone.example.org")
@pytest.mark.parametrize("online", [True, False])
def test_a_host_of_others_that_is_gone_for_good(world: World, online: bool) -> None:
    """An image's host that no longer exists is asked ever less; but not because this machine was offline."""
    gone = "https://gone.example.org/a.png"
    good = an_image("good")
    world.note("a.md", f"![x]({gone}) {img(good)}")
    world.configure(images={"mirror_hosts": ["gone.example.org"]})
    with Front(http, world.replica.proxy_url) as front:
        proxy = f"http://{front.address}" if online else "http://127.0.0.1:9"
        world.configure(network={"proxy": proxy})
        for night in range(3):
            assert run(world, NIGHT + timedelta(days=night))[0] == 1
            if online:
                world.note("a.md", f"![x]({gone}) {img(an_image(f'{night}'))}")  # something that does come
    entry = world.links()[gone]
    assert entry.get("attempts", 0) == (3 if online else 0)
    assert entry["status"] == ("failed" if online else "pending")
