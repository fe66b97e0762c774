"""`verify --repair` and `forget` where an article has earlier versions beside it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archiver.fixity.mend.log import Left, Obstacle
from archiver.fixity.verify import verify
from archiver.tasks.sync import Options
from tests.builders import NEW, OLD, TEXT, revised
from tests.fixity.mending import damaged, mend
from tests.runs.support import NIGHT
from tests.world import Night, World, sync

TOKEN = "EEEEEEEEEEEEEEEEEEEEEE"
FIRST = "<p>第一版的话。</p>"


def night(world: World, days: int) -> None:
    moment = NIGHT + timedelta(days=days)
    assert sync(world.config, Options(), lambda _: None, lambda: moment, timing=Night().timing).exit_code == 0


def now() -> datetime:
    return NIGHT + timedelta(days=40)


@pytest.fixture
def edited(world: World) -> World:
    """A world whose one article was edited: only its old version shows OLD."""
    world.configure(fetch={"recheck_archived_days": 30})
    url = world.replica.add_article(revised(TEXT + FIRST + OLD.tag), [TOKEN])
    world.note("a.md", f"[x]({url})")
    night(world, 0)
    world.replica.add_article(revised(TEXT + "<p>第二版。</p>" + NEW.tag, "第二版"), [TOKEN])
    night(world, 31)
    return world


def folders(world: World) -> tuple[Path, Path]:
    (folder,) = world.article_folders()
    return folder, folder.with_name(f"{folder.name}-v1")


def damage(world: World) -> list[str]:
    return [problem.path for problem in verify(world.config) if problem.damage]


def versions(folder: Path) -> list[str]:
    record = json.loads((folder / "article.json").read_bytes())
    return [version["folder"][-3:] for version in record.get("versions", [])]


@pytest.mark.parametrize("name", ["article.json", "capture.html.gz"])
def test_repair_keeps_the_versions(edited: World, name: str) -> None:
    folder, old = folders(edited)
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: len(data) // 2])
    mend(edited, now)
    assert versions(folder) == ["-v1"]
    assert damage(edited) == []
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    edited.replica.add_article(revised(TEXT + "<p>第三版。</p>" + NEW.tag, "第三版"), [TOKEN])
    night(edited, 90)
    assert versions(folder) == ["-v1", "-v2"]
    assert {path.name: path.read_bytes() for path in old.iterdir()} == before


def test_an_edit_overwrites_no_version_that_the_record_forgot(edited: World) -> None:
    folder, old = folders(edited)
    record = json.loads((folder / "article.json").read_bytes())
    del record["versions"]
    (folder / "article.json").write_text(json.dumps(record), "utf-8")
    edited.replica.add_article(revised(TEXT + "<p>第三版。</p>" + NEW.tag, "第三版"), [TOKEN])
    night(edited, 90)
    assert FIRST[3:-4] in (old / "article.md").read_text("utf-8")
    assert versions(folder) == ["-v1", "-v2"]


def pictures(folder: Path, name: str = "article.json") -> list[Path]:
    record = json.loads((folder / name).read_bytes())
    return [folder.parents[3] / image["path"] for image in record["images"]]


def test_forget_takes_the_versions_along(edited: World) -> None:
    folder, old = folders(edited)
    only_there = pictures(old, "version.json")
    assert edited.cli("forget", "--yes", folder.name[-12:]).returncode == 0
    assert not old.exists()
    assert [path for path in only_there if path.exists()] == []
    assert damage(edited) == []


def test_forget_leaves_what_a_version_of_another_article_shows(edited: World) -> None:
    _, old = folders(edited)
    other = edited.replica.add_article(revised(TEXT + OLD.tag, "另一篇", mid="2650000099", sn="9" * 32), ["F" * 22])
    edited.note("b.md", f"[y]({other})")
    night(edited, 32)
    assert edited.cli("forget", "--yes", other).returncode == 0
    assert all(path.exists() for path in pictures(old, "version.json"))
    assert damage(edited) == []


def test_forget_leaves_what_a_note_embeds(edited: World) -> None:
    folder, _ = folders(edited)
    (picture,) = pictures(folder)
    edited.note("mine.md", f"![my](../{picture.relative_to(edited.root).as_posix()})")
    night(edited, 32)
    assert edited.cli("forget", "--yes", folder.name[-12:]).returncode == 0
    assert picture.exists()


def only_in_the_version(world: World) -> tuple[Path, str]:
    """An image that only an old version shows, and its key."""
    _, old = folders(world)
    (image,) = json.loads((old / "version.json").read_bytes())["images"]
    return world.archive / image["path"], image["key"]


@pytest.mark.parametrize("how", ["flipped", "missing"])
def test_a_picture_of_a_version_is_checked_and_fetched_again(edited: World, how: str) -> None:
    path, _ = only_in_the_version(edited)
    before = path.read_bytes()
    path.unlink()
    if how == "flipped":
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    assert damage(edited) == [path.relative_to(edited.archive).as_posix()]
    assert damaged(mend(edited, now)) == []
    assert path.read_bytes() == before


def test_a_picture_of_a_version_that_is_gone_stays_and_is_told(edited: World) -> None:
    path, key = only_in_the_version(edited)
    path.write_bytes(path.read_bytes() + b"x")
    edited.replica.fault(key, "status:404")
    report = mend(edited, now)
    place, old = (item.relative_to(edited.archive).as_posix() for item in (path, folders(edited)[1]))
    assert report.left == [Left(place, Obstacle.SHOWN_BY_VERSION, file=old)]
    assert path.exists()
    assert damaged(report) == [place]


@pytest.mark.parametrize("name", ["article.md", "index.html", "version.json"])
def test_a_version_is_mended_from_its_capture(edited: World, name: str) -> None:
    folder, old = folders(edited)
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    now_there = {path.name: path.read_bytes() for path in folder.iterdir()}
    (old / name).write_bytes(before[name][:-20])
    edited.replica.clear_requests()
    assert damaged(mend(edited, now)) == []
    assert edited.replica.requests == []
    after = {path.name: path.read_bytes() for path in old.iterdir()}
    if name == "version.json":  # how it was captured may not be known any more
        old_record, record = (json.loads(files.pop(name)) for files in (before, after))
        assert record["images"] == old_record["images"]
        assert record["title"] == old_record["title"]
    if name == "index.html":  # what it says of the articles around it is of today
        assert FIRST.encode() in after.pop(name)
        del before[name]
    assert after == before
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == now_there
