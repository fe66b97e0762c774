"""A sync on a part of what is due, one that says nothing, and one that a log remembers."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from archiver.tasks.only import Only
from archiver.tasks.run import due, view_run
from tests.builders import an_image, article
from tests.terminals import terminal
from tests.world import World

MONTHS = ("2021-12/2021-12-31.md", "2022年3月5日.md", "2022-03.md", "undated.md")


@pytest.fixture
def dated(world: World) -> dict[str, str]:
    """A note for each of MONTHS that links to an article of its own: note -> URL."""
    urls = {note: world.replica.add_article(article(note)) for note in MONTHS}
    for note, url in urls.items():
        world.note(note, f"[x]({url})")
    old = datetime(2020, 5, 5).astimezone().timestamp()
    os.utime(world.notes / "undated.md", (old, old))
    return urls


def asked(world: World, only: Only) -> list[str]:
    with view_run(world.config) as context:
        return [target.url for target in due(context, only).plan.articles]


@pytest.mark.parametrize(
    ("only", "notes"),
    [
        (Only(), MONTHS),
        (Only(since="2022"), MONTHS[1:3]),
        (Only(since="2022-03-05"), MONTHS[1:3]),
        (Only(since="2022-03-06"), MONTHS[2:3]),
        (Only(since="2020-05"), MONTHS),
        (Only(notes=("2021-12/**",)), MONTHS[:1]),
        (Only(notes=("2022*", "undated.md")), MONTHS[1:]),
        (Only(notes=("2022*",), since="2022-03-06"), MONTHS[2:3]),
    ],
)
def test_which_notes_are_meant(
    world: World, dated: dict[str, str], monkeypatch: pytest.MonkeyPatch, only: Only, notes: Sequence[str]
) -> None:
    monkeypatch.chdir(world.notes)
    assert sorted(asked(world, only)) == sorted(dated[note] for note in notes)


@pytest.mark.parametrize(
    "arguments",
    [
        *(["--since", since] for since in ("yesterday", "2031", "2021-13")),
        *(["--note", note] for note in ("nosuch.md", "x*")),
        ["--account", "甲"],
    ],
)
def test_what_means_nothing_is_refused(world: World, dated: dict[str, str], arguments: list[str]) -> None:
    done = world.cli("sync", *arguments)
    assert done.returncode == 2
    assert arguments[1] in done.stderr
    assert world.replica.requests == []


def test_the_rest_waits_and_comes(world: World, dated: dict[str, str]) -> None:
    assert world.cli("sync", "--note", "notes/undated.md").returncode == 0
    assert [request.url for request in world.replica.article_requests] == [dated["undated.md"]]
    assert world.cli("sync").returncode == 0
    assert sorted(request.url for request in world.replica.article_requests) == sorted(dated.values())


def test_an_account(world: World) -> None:
    mine, late = (replace(article(title), account="甲社").with_ids() for title in ("一", "二"))
    other = replace(article("三"), account="乙", biz="MzA5MDAwMDAwOQ==").with_ids()
    first, _, _ = map(world.replica.add_article, (mine, late, other))
    world.note("a.md", f"[x]({first})")
    world.sync()
    world.note("b.md", f"[x]({late.long_url}) [y]({other.long_url})")
    done = world.cli("sync", "--account", "甲")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [record["title"] for record in world.articles()] == ["一", "二"]


def test_an_incomplete_article_belongs_to_the_notes_that_link_to_it(world: World) -> None:
    image = an_image("late")
    world.replica.fault(image.key, "status:500", times=100)
    world.note("a.md", f"[x]({world.replica.add_article(article('一', image))})")
    world.note("b.md", "nothing")
    world.sync()
    with view_run(world.config) as context:
        assert [len(due(context, Only(notes=(str(world.notes / n),))).incomplete) for n in ("a.md", "b.md")] == [1, 0]


def test_quiet_says_only_what_needs_somebody(world: World) -> None:
    world.configure(log={"file": "logs/archiver.log"})
    good, bad = (world.replica.add_article(article(title)) for title in ("好", "坏"))
    world.note("a.md", f"[x]({good})")
    done = world.cli("sync", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    world.note("b.md", f"[x]({bad})")
    world.replica.fault(bad, "status:500", times=100)
    done = world.cli("sync", "-q")
    assert (done.returncode, done.stderr) == (1, "")
    assert re.fullmatch(r"\nNeeds you:\n  b.md:1: .*\n", done.stdout)
    logged = (world.root / "logs/archiver.log").read_text("utf-8").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", line) for line in logged)
    text = "\n".join(logged)
    assert "[1/1] archived: 好" in text
    assert "articles: 1 new" in text
    assert "Needs you:" in text


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_a_log_gets_what_a_terminal_draws_over(world: World) -> None:
    world.configure(log={"file": "archiver.log"})
    world.note("a.md", f"[x]({world.replica.add_article(article('标题'))})")
    with terminal(world, "sync") as shown:
        assert shown.wait() == 0
    text = (world.root / "archiver.log").read_text("utf-8")
    assert "[1/1] archived: 标题" in text
    assert "\x1b" not in text
    before = text
    world.cli("status")
    world.cli("search", "标题")
    assert (world.root / "archiver.log").read_text("utf-8") == before


def test_a_log_that_cannot_be_written_is_said_at_once(world: World) -> None:
    world.configure(log={"file": "notes"})
    done = world.cli("sync")
    assert done.returncode == 2
    assert "[log] file" in done.stderr
