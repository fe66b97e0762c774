"""`verify --repair` loses nothing that is sound, neither text nor images, and says why something stays damaged."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.fixity.mend.log import Cure, Left, Mended, MendReport, Obstacle
from tests.builders import NEW, OLD, TEXT, revised, titled
from tests.fixity.damage import flip
from tests.fixity.mending import TOKEN, cures, damaged, night, reasons
from tests.fixity.mending import mend_edited as mend
from tests.replica import ImageSpec
from tests.replica.images import image_bytes
from tests.world import World

PRECIOUS = "<p>珍贵的原文，作者后来删掉了。</p>"


def name_of(world: World, path: Path) -> str:
    """As a finding names it."""
    return path.relative_to(world.archive).as_posix()


def archived(world: World, capture: str = "slim", body: str = TEXT + PRECIOUS + OLD.tag) -> tuple[str, Path]:
    """The URL of an archived article and its folder."""
    world.configure(archive={"capture": capture})
    url = world.replica.add_article(revised(body), [TOKEN])
    world.note("a.md", f"[x]({url})")
    assert night(world, 0) == 0
    (folder,) = world.article_folders()
    return url, folder


# Text


@pytest.mark.parametrize("capture", ["slim", "none"])
@pytest.mark.parametrize("lost", ["article.md", "index.html", "article.json"])
def test_an_edited_page_takes_no_sound_text_away(world: World, capture: str, lost: str) -> None:
    _, folder = archived(world, capture)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / lost).write_bytes(before[lost][:-20])
    (folder / "capture.html.gz").unlink(missing_ok=True)
    world.replica.add_article(revised("<p>无</p>", "改了"), [TOKEN])
    report = mend(world)
    assert damaged(report) == []
    assert "无" in (folder / "article.md").read_text("utf-8")
    old = folder.with_name(f"{folder.name}-v1")
    kept = {"article.md", "index.html"} - {lost}
    assert {path.name for path in old.iterdir()} == kept | {"version.json"}
    assert all((old / name).read_bytes() == before[name] for name in kept)
    if lost != "article.json":
        assert (old / "version.json").read_bytes() == before["article.json"]
    edited = Mended(name_of(world, folder), Cure.CAPTURED_EDITED, file=name_of(world, old))
    assert edited in report.mended
    assert [v["folder"][-3:] for v in json.loads((folder / "article.json").read_bytes())["versions"]] == ["-v1"]
    world.replica.clear_requests()
    assert night(world, 41) == 0
    assert world.replica.article_requests == []
    assert mend(world, 42) == MendReport([], [], [], [])
    picture = json.loads(before["article.json"])["images"][0]["path"]
    assert world.cli("gc", "--delete").returncode == 0
    assert (world.archive / picture).exists(), "the old version shows it"


@pytest.mark.parametrize("lost", ["article.md", "index.html", "article.json"])
def test_a_page_that_is_the_same_makes_no_version(world: World, lost: str) -> None:
    _, folder = archived(world, "none")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / lost).write_bytes(b"rubbish")
    assert damaged(mend(world)) == []
    assert not folder.with_name(f"{folder.name}-v1").exists()
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after | {"article.json": b""} == before | {"article.json": b""}


# Images


@pytest.mark.parametrize("fault", ["deleted", "wall", "status:500"])
def test_a_damaged_picture_stays_where_nothing_would_be_cured(world: World, fault: str) -> None:
    _, folder = archived(world, "none")
    (picture,) = world.archive.glob("images/*/*")
    flip(picture)
    before = picture.read_bytes(), {path.name: path.read_bytes() for path in folder.iterdir()}
    world.replica.fault(OLD.key, "status:404")
    world.replica.fault(TOKEN, fault)
    report = mend(world)
    assert damaged(report) == [name_of(world, picture)]
    assert (picture.read_bytes(), {path.name: path.read_bytes() for path in folder.iterdir()}) == before
    why = Left(name_of(world, picture), Obstacle.SHOWN_BY_ARTICLE, file=name_of(world, folder))
    assert why in report.left


@pytest.mark.parametrize("instead", [None, NEW])
def test_a_damaged_picture_goes_when_the_article_is_written_without_it(world: World, instead: ImageSpec | None) -> None:
    _, folder = archived(world, "none")
    (picture,) = world.archive.glob("images/*/*")
    flip(picture)
    if instead:
        world.replica.add_image(OLD.key, image_bytes(instead))
    else:
        world.replica.fault(OLD.key, "status:404")
    assert damaged(mend(world)) == []
    assert not picture.exists()
    assert list(world.archive.glob(f"quarantine/**/{picture.name}"))
    (image,) = json.loads((folder / "article.json").read_bytes())["images"]
    assert ("path" not in image) is (instead is None)


def test_a_sound_article_is_not_written_again_for_a_picture_that_came(world: World) -> None:
    _, folder = archived(world, "none")
    (picture,) = world.archive.glob("images/*/*")
    before = picture.read_bytes(), {path.name: path.read_bytes() for path in folder.iterdir()}
    flip(picture)
    world.replica.add_article(revised("<p>无</p>", "改了"), [TOKEN])
    report = mend(world)
    assert report.mended == [Mended(name_of(world, picture), Cure.FETCHED_AGAIN)]
    assert (report.left, report.findings) == ([], [])
    assert (picture.read_bytes(), {path.name: path.read_bytes() for path in folder.iterdir()}) == before


def test_the_line_of_a_lost_picture_is_due_again(world: World) -> None:
    world.replica.add_image(OLD.key, OLD)
    world.note("a.md", f"![]({OLD.url})")
    night(world, 0)
    world.note("a.md", "nothing")
    night(world, 1)
    (picture,) = world.archive.glob("images/*/*")
    flip(picture)
    world.replica.fault(OLD.key, "status:404")
    report = mend(world)
    assert damaged(report) == []
    assert not picture.exists()
    (entry,) = world.links().values()
    assert (entry["status"], entry.get("target", ""), entry.get("next", "")) == ("failed", "", "")
    assert Mended("links.jsonl", Cure.LINK_FAILED, url=entry["url"]) in report.mended
    world.replica.clear_faults()
    world.note("a.md", f"![]({OLD.url})")
    assert night(world, 41) == 0
    assert picture.exists()


def test_a_lost_picture_that_a_note_shows_stays_and_is_told(world: World) -> None:
    world.replica.add_image(OLD.key, OLD)
    note = world.note("a.md", f"![]({OLD.url})")
    night(world, 0)
    (picture,) = world.archive.glob("images/*/*")
    assert picture.name in note.read_text("utf-8")
    flip(picture)
    line = (world.archive / "links.jsonl").read_bytes()
    world.replica.fault(OLD.key, "status:404")
    report = mend(world)
    assert report.left == [Left(name_of(world, picture), Obstacle.SHOWN_BY_NOTES)]
    assert (report.mended, damaged(report)) == ([], [name_of(world, picture)])
    assert picture.exists()
    assert (world.archive / "links.jsonl").read_bytes() == line


# The pace, and what is told


def test_a_repair_keeps_to_max_articles(world: World) -> None:
    urls = [world.replica.add_article(titled(f"第{n}篇")) for n in range(5)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    night(world, 0)
    for folder in world.article_folders():
        (folder / "capture.html.gz").unlink()
    world.configure(fetch={"max_articles": 2})
    world.replica.clear_requests()
    report = mend(world)
    assert len(world.replica.article_requests) == 2
    assert [item.code for item in report.left] == [Obstacle.PAGE_NOT_ASKED] * 3
    assert {path.rpartition("/")[0] for path in damaged(report)} == {item.path for item in report.left}


def test_why_something_stays_damaged_is_told(world: World) -> None:
    url, folder = archived(world)
    world.note("a.md", "nothing")
    night(world, 1)
    shutil.rmtree(folder)
    world.replica.fault(url, "deleted")
    report = mend(world)
    assert {path.rpartition("/")[0] for path in damaged(report)} == {name_of(world, folder)}
    assert reasons(report) == {(name_of(world, folder), Obstacle.PAGE_REFUSED)}
    told = world.cli("verify", "--repair").stdout.splitlines()
    assert [line[:8] for line in told if "its page did not come" in line] == ["left    "]


def test_what_nothing_can_mend_is_told_too(world: World) -> None:
    archived(world)
    note = world.notes / "a.md"
    note.write_bytes(note.read_bytes().replace(b"article.md", b"articel.md"))
    report = mend(world)
    assert damaged(report) == ["notes:a.md:1"]
    assert reasons(report) == {("notes:a.md:1", Obstacle.UNEXPLAINED)}


@pytest.mark.parametrize("answer", ["status:404", "status:503"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_picture_with_two_addresses_comes_from_either(world: World, which: int, answer: str) -> None:
    first = ImageSpec.named("one", 64, 48)
    second = replace(ImageSpec.named("two", 64, 48), data=image_bytes(first))
    world.replica.add_image(second.key, second)
    urls = [world.replica.add_article(titled(f"第{n}篇", i.tag, images=(i,))) for n, i in enumerate((first, second))]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    assert night(world, 0) == 0
    (file,) = world.archive.glob("images/*/*")
    flip(file)
    world.replica.fault((first, second)[which].key.partition("/")[2], answer)
    report = mend(world)
    assert damaged(report) == []
    assert (name_of(world, file), Cure.FETCHED_AGAIN) in cures(report)
    assert {record["status"] for record in world.articles()} == {"archived"}
