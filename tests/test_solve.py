"""The cookies of a verification that a person passed reach the next runs; nobody else can read them."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archiver.errors import HttpStatusError, UsageError
from archiver.fetch.http import HttpClient
from archiver.fetch.settings import network_settings
from archiver.store.cookies import cookie_file, load_cookies, save_cookies
from archiver.tasks.solve import Person, solve, walled_url
from tests.builders import an_image, article
from tests.world import LONG, World


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.asks("captcha.gtimg.com")  # a verification needs more than WeChat's hosts
@pytest.mark.parametrize("engine", [pytest.param("browser", marks=pytest.mark.slow), "http"])
def test_cookies_go_round(world: World, engine: str) -> None:
    world.configure(fetch={"engine": engine})
    urls = [world.replica.add_article(article(f"第{n}篇")) for n in range(2)]
    world.note("a.md", "\n".join(f"[{n}]({url})" for n, url in enumerate(urls)))
    world.replica.wall_until_solved()
    assert world.sync().exit_code == 3
    url = walled_url(world.config)
    assert url in urls

    walls: list[str] = []
    kept = solve(world.config, url, Person(LONG, lambda: walls.append(url)), headless=True)

    assert walls == [url]
    assert kept == cookie_file(world.config.archive_root)
    assert kept is not None
    assert not kept.is_relative_to(world.archive)
    if os.name != "nt":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert [cookie["name"] for cookie in load_cookies(world.config.archive_root)] == ["poc_sid"]
    # The wall was met at the first article: the next runs go one step at a time, though nothing is walled any more.
    assert [world.sync().exit_code for _ in range(2)] == [0, 0]
    assert len(world.articles()) == 2
    for path in world.archive.rglob("*"):
        assert not path.is_file() or b"poc_sid=solved" not in path.read_bytes()


@pytest.mark.asks("captcha.gtimg.com")
def test_a_wall_that_stands_keeps_nothing(world: World) -> None:
    url = world.replica.add_article(article("一"))
    world.replica.wall_after(0)
    assert solve(world.config, url, Person(2, lambda: None), headless=True) is None
    assert load_cookies(world.config.archive_root) == ()


def kept(**more: object) -> dict[str, object]:
    return {"name": "sess", "value": "secret", "domain": ".qq.com", "path": "/", **more}


def cookies_sent(world: World) -> dict[str, str]:
    """Host -> the cookies that it was sent."""
    return {urlsplit(asked.url).hostname or "": asked.headers.get("cookie", "") for asked in world.replica.requests}


@pytest.mark.asks("pics.qq.com")
@pytest.mark.parametrize(
    ("cookie", "sent"),
    [
        (kept(secure=True, expires=-1), "sess=secret"),
        (kept(expires=4_000_000_000.5), "sess=secret"),
        (kept(expires=1_600_000_000), ""),
    ],
    ids=["of the session", "fresh", "expired"],
)
def test_cookies_go_to_pages_alone(world: World, cookie: dict[str, object], sent: str) -> None:
    world.configure(fetch={"engine": "http"}, images={"mirror_hosts": ["pics.qq.com"]})
    shown = an_image("shown")
    save_cookies(world.config.archive_root, [cookie])
    world.note("a.md", f"[x]({world.replica.add_article(article('一', shown))}) ![i](http://pics.qq.com/a.png)")
    world.sync()
    hosts = cookies_sent(world)
    assert hosts.pop("mp.weixin.qq.com") == sent
    assert len(hosts) > 0
    assert set(hosts.values()) == {""}


def test_a_page_is_not_followed_into_clear_text(world: World) -> None:
    world.configure(fetch={"engine": "http"})
    save_cookies(world.config.archive_root, [kept(secure=True)])
    world.note("a.md", f"[x](https://mp.weixin.qq.com/s/{'Y' * 22})")
    world.replica.fault("Y" * 22, f"redirect:http://mp.weixin.qq.com/s/{'Z' * 22}")
    assert world.sync().exit_code == 1
    assert {urlsplit(asked.url).scheme for asked in world.replica.requests} == {"https"}


def test_secure_cookies_are_not_sent_in_clear_text(world: World) -> None:
    settings = replace(network_settings(world.config), cookies=(kept(secure=True),))
    world.replica.fault("Z" * 22, "status:404")
    with HttpClient(settings, lambda _host: True) as client, pytest.raises(HttpStatusError):
        client.get(f"http://mp.weixin.qq.com/s/{'Z' * 22}", max_bytes=1000)
    assert cookies_sent(world) == {"mp.weixin.qq.com": ""}


def test_what_is_no_article_is_not_opened(world: World) -> None:
    with pytest.raises(UsageError):
        solve(world.config, "https://example.org/", Person(1, lambda: None), headless=True)
    assert world.replica.requests == []
    world.note("a.md", "nothing")
    world.sync()
    done = world.cli("solve")
    assert done.returncode == 2
    assert "no article waits" in done.stderr


@pytest.mark.asks("captcha.gtimg.com")
def test_where_there_is_no_wall_nobody_is_asked(world: World) -> None:
    walls: list[str] = []
    url = world.replica.add_article(article("一"))
    solve(world.config, url, Person(LONG, lambda: walls.append(url)), headless=True)
    assert walls == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen, as far as they say")
def test_without_a_screen_nobody_is_asked_to_do_anything(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    done = world.cli("solve", f"https://mp.weixin.qq.com/s/{'Y' * 22}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no screen" in done.stderr or "no browser with a window" in done.stderr
    assert world.replica.requests == []


def test_a_broken_cookie_file_stops_nothing(world: World) -> None:
    path = cookie_file(world.config.archive_root)
    path.parent.mkdir(parents=True)
    for text in ("garbage", json.dumps([1, {"name": "x"}]), "{}"):
        path.write_text(text)
        assert load_cookies(world.config.archive_root) == ()
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    assert world.sync().exit_code == 0
