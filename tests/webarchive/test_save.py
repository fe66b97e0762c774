"""Articles that are alive are captured by the web archive, with keys that nobody else gets to see."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.errors import ConfigError
from archiver.models.rescue import CameBack
from archiver.tasks.saving import ENVIRONMENT, read_keys
from tests.builders import article
from tests.replica.wayback import HOST, KEYS, PER_MINUTE
from tests.webarchive.rescuing import NOW, note_of
from tests.world import Night, World, notices


@pytest.fixture
def saving(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Three articles, one of which is gone, and the keys in the environment."""
    for name, value in zip(ENVIRONMENT, KEYS, strict=True):
        monkeypatch.setenv(name, value)
    urls = [world.replica.add_article(article(f"活着 {n}")) for n in range(2)]
    gone = world.replica.add_article(article("没了"))
    world.replica.fault(gone[-22:], "account-blocked")
    world.note("a.md", note_of([*urls, gone]))
    world.replica.wayback.is_open = True
    world.configure(rescue={"save": True})
    return world


def came_back(world: World, days: int = 0) -> CameBack:
    """What a night says of the web archive."""
    night = Night()
    world.replica.wayback.clock = lambda: night.seconds
    summary = world.sync(timing=night.timing, now=lambda: NOW + timedelta(days=days))
    return next((notice for notice in summary.notices if isinstance(notice, CameBack)), CameBack())


def test_what_is_alive_is_captured_once(saving: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    way = saving.replica.wayback
    assert came_back(saving) == CameBack(saved=2)
    alive = [url for url, entry in saving.links().items() if entry["status"] == "archived"]
    assert (sorted(way.saved), len(alive)) == (sorted(alive), 2)
    assert {saving.links()[url]["saved"] for url in alive} == {"2026-03-04T05:06:07+00:00"}
    assert way.most_in_a_minute() <= PER_MINUTE
    way.asked.clear()
    assert came_back(saving, 40) == CameBack()
    assert way.asked == []
    written = b"".join(path.read_bytes() for path in saving.root.rglob("*") if path.is_file())
    assert not [key for key in KEYS if key.encode() in written or key in caplog.text]
    keyed = [request for request in saving.replica.requests if "authorization" in request.headers]
    assert {request.host for request in keyed} == {HOST}


@pytest.mark.parametrize(
    ("trouble", "left", "why"),
    [
        ("keys", 2, "archive.org refuses your keys"),
        ("user-session-limit", 2, "Save Page Now: user-session-limit: no"),
        ("down", 2, "the server answered HTTP 503"),
        ("blocked-url", 0, ""),
        ("never done", 0, ""),
    ],
)
def test_what_cannot_be_captured(
    saving: World, trouble: str, left: int, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = saving.replica.wayback
    if trouble == "keys":
        monkeypatch.setenv(ENVIRONMENT[0], "wrong")
    elif trouble == "down":
        saving.replica.fault(f"{HOST}/save", "status:503")
    elif trouble == "never done":
        way.pending = 100
    else:
        way.save_error = trouble
    assert came_back(saving) == CameBack(left=left, why=why)
    seek = [entry["seek"][:10] for entry in saving.links().values() if "seek" in entry]
    assert len(seek) == 2 - left
    saving.replica.clear_faults()
    way.save_error, way.pending = "", 0
    for name, value in zip(ENVIRONMENT, KEYS, strict=True):
        monkeypatch.setenv(name, value)
    assert came_back(saving, 1).saved == left
    assert came_back(saving, 32).saved == 2 - left


def test_without_keys_the_night_goes_on_and_says_what_to_do(saving: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT[1])
    summary = saving.sync()
    assert [line for line in notices(summary) if "IA_SECRET_ACCESS_KEY" in line]
    assert (summary.exit_code, saving.replica.asked(HOST)) == (0, [])


def test_keys_come_from_a_file_outside_of_repository_and_archive(
    world: World, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    file = tmp_path_factory.mktemp("home") / "ia.ini"
    file.write_text("[s3]\naccess = access\nsecret = 100%secret\n[cookies]\nlogged-in-sig = x\n", "utf-8")
    world.configure(rescue={"keys": str(file)})
    keys = read_keys(world.config)
    assert keys.headers["Authorization"] == "LOW access:100%secret"
    assert "secret" not in repr(keys)
    (world.root / ".git").mkdir()
    (world.root / "archive").mkdir()
    for place in (world.root / "ia.ini", world.root / "archive/ia.ini"):
        place.write_text(file.read_text("utf-8"), "utf-8")
        refused(world, place, "where keys do not belong")
    for text in ("", "[s3]\naccess = a\n", "[s3]\naccess = a\nsecret =\n", "access = a"):
        file.write_text(text, "utf-8")
        refused(world, file, "has no section")
    refused(world, file.with_name("none.ini"), "cannot read")


def refused(world: World, file: Path, why: str) -> None:
    """A file of keys is not read, and no key is told."""
    world.configure(rescue={"keys": str(file)})
    with pytest.raises(ConfigError, match=why) as error:
        read_keys(world.config)
    assert "100%secret" not in str(error.value)
