"""The cookies of a verification that a person passed reach the next nights; nobody else can read them."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.nightly.solve import solve, walled_url
from archiver.store.cookies import cookie_file, load_cookies
from tests.test_sync import article
from tests.world import World


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.asks("captcha.gtimg.com")  # a verification needs more than WeChat's hosts
@pytest.mark.parametrize("engine", ["browser", "http"])
def test_cookies_go_round(world: World, engine: str) -> None:
    world.configure(fetch={"engine": engine})
    urls = [world.replica.add_article(article(f"第{n}篇")) for n in range(2)]
    world.note("a.md", "\n".join(f"[{n}]({url})" for n, url in enumerate(urls)))
    world.replica.wall_until_solved()
    assert world.sync().exit_code == 3
    url = walled_url(world.config)
    assert url in urls

    kept = solve(world.config, url, seconds=60, headless=True)

    assert kept == cookie_file(world.config.archive_root)
    assert kept is not None
    assert not kept.is_relative_to(world.archive)
    if os.name != "nt":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert [cookie["name"] for cookie in load_cookies(world.config.archive_root)] == ["poc_sid"]
    # The wall was met at the first article: the next nights go one step at a time, though nothing is walled any more.
    assert [world.sync().exit_code for _ in range(2)] == [0, 0]
    assert len(world.articles()) == 2
    for path in world.archive.rglob("*"):
        assert not path.is_file() or b"poc_sid=solved" not in path.read_bytes()


@pytest.mark.asks("captcha.gtimg.com")
def test_a_wall_that_stands_keeps_nothing(world: World) -> None:
    url = world.replica.add_article(article("一"))
    world.replica.wall_after(0)
    assert solve(world.config, url, seconds=2, headless=True) is None
    assert load_cookies(world.config.archive_root) == ()


def test_what_is_no_article_is_not_opened(world: World) -> None:
    with pytest.raises(UsageError):
        solve(world.config, "https://example.org/", seconds=1, headless=True)
    assert world.replica.requests == []
    world.note("a.md", "nothing")
    world.sync()
    done = world.cli("solve")
    assert done.returncode == 2
    assert "no article waits" in done.stderr


def test_a_broken_cookie_file_stops_nothing(world: World) -> None:
    path = cookie_file(world.config.archive_root)
    path.parent.mkdir(parents=True)
    for text in ("garbage", json.dumps([1, {"name": "x"}]), "{}"):
        path.write_text(text)
        assert load_cookies(world.config.archive_root) == ()
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    assert world.sync().exit_code == 0
