"""`verify --repair` and albums: no list gets shorter by it, whatever comes of the album."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.archive.state import write_budgets
from archiver.due.budget import Budget
from archiver.fixity.mend.log import Cure, Left, Mended, Obstacle
from tests.builders import album, serve_album, titled
from tests.fixity.damage import flip
from tests.fixity.mending import TOKEN, damaged, night, reasons
from tests.fixity.mending import mend_edited as mend
from tests.replica.albums import album_page
from tests.world import World


def archived_album(world: World, count: int) -> tuple[Path, Path]:
    """The .json and .md of an album that was loaded whole."""
    given = album(count)
    serve_album(world, given)
    world.note("album.md", f"[a]({given.url})")
    assert night(world, 0) == 0
    (file,) = world.archive.glob("albums/*.json")
    return file, file.with_suffix(".md")


def test_what_only_the_markdown_of_an_album_lists_is_not_lost(world: World) -> None:
    given = album(15)
    serve_album(world, given)
    title, long, moment = given.articles[14]
    odd = [("a * [b](c) \\ <x> _", given.articles[12][1], moment), (title, long, moment)]
    given = replace(given, articles=[*given.articles[:12], *odd, given.articles[13]])
    serve_album(world, given)
    here = titled("第 13 篇")
    world.replica.add_article(replace(here, mid=long.partition("mid=")[2].partition("&")[0]), [TOKEN])
    world.note("a.md", f"[a]({given.url})")
    assert night(world, 0) == 0
    (file,) = world.archive.glob("albums/*.json")
    text = file.with_suffix(".md")
    before = text.read_text("utf-8").splitlines()
    file.unlink()
    world.replica.add_page(given.url, album_page(replace(given, articles=given.articles[:7])))
    report = mend(world)
    assert (report.mended, report.left) == ([Mended(f"albums/{file.name}", Cure.ALBUM_LOADED)], [])
    assert damaged(report) == []
    assert text.read_text("utf-8").splitlines() == before
    assert len(json.loads(file.read_bytes())["articles"]) == 15


def test_a_list_that_cannot_be_read_back_is_replaced_by_no_shorter_one(world: World) -> None:
    file, text = archived_album(world, 15)
    file.unlink()
    text.write_bytes(text.read_bytes().replace("第 9 篇".encode(), "第 ~9 篇".encode()))
    before, line = text.read_bytes(), (world.archive / "links.jsonl").read_bytes()
    given = album(7)
    world.replica.add_page(given.url, album_page(given))
    report = mend(world)
    assert damaged(report) == [f"albums/{file.name}"]
    shorter = Left(f"albums/{file.name}", Obstacle.ALBUM_SHORTER, file=f"albums/{text.name}", count=7, of=15)
    assert report.left == [shorter]
    assert (text.read_bytes(), (world.archive / "links.jsonl").read_bytes()) == (before, line)
    serve_album(world, album(15))
    assert damaged(mend(world, 41)) == []
    assert list(world.archive.glob(f"quarantine/**/{text.name}")), "the old Markdown is kept"


@pytest.mark.parametrize("how", ["wall", "status:500", "budget"])
def test_a_list_that_does_not_come_whole_changes_nothing(world: World, how: str) -> None:
    file, text = archived_album(world, 50)
    flip(file)
    before = file.read_bytes(), text.read_bytes(), (world.archive / "links.jsonl").read_bytes()
    if how == "budget":
        write_budgets(world.archive, {"": Budget(1, 0, "")})
    else:
        world.replica.fault("begin_msgid", how)
    report = mend(world)
    assert damaged(report) == [f"albums/{file.name}"]
    obstacle = Obstacle.ALBUM_RUN_ENDED if how == "budget" else Obstacle.ALBUM_CUT
    assert reasons(report) == {(f"albums/{file.name}", obstacle)}
    assert (file.read_bytes(), text.read_bytes(), (world.archive / "links.jsonl").read_bytes()) == before
    world.replica.clear_faults()
    write_budgets(world.archive, {"": Budget()})
    assert damaged(mend(world, 41)) == []
    assert text.read_bytes() == before[1]


@pytest.mark.parametrize("lost", ["json", "both"])
def test_an_album_whose_address_has_no_number_is_mended(world: World, lost: str) -> None:
    url = "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA5MDAwMDAwMQ==&action=getalbum"
    world.replica.add_page(url, album_page(album(8)))
    world.note("a.md", f"[a]({url})")
    assert night(world, 0) == 0
    (file,) = world.archive.glob("albums/*.json")
    before = file.read_bytes()
    flip(file)
    if lost == "both":
        file.unlink()
        file.with_suffix(".md").unlink()
    assert damaged(mend(world)) == []
    assert file.read_bytes() == before
