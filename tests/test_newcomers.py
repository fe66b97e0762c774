"""What somebody meets who has never used it: questions before something is lost, and a next step with each trouble."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.reader.live import live_status
from tests.builders import an_image, article
from tests.forkserver import run_fresh
from tests.replica import Replica
from tests.terminals import terminal
from tests.world import World, last_line

EXPIRED = "https://mp.weixin.qq.com/s/DDDDDDDDDDDDDDDDDDDDDD"


@pytest.fixture
def filled(world: World) -> World:
    """Two articles, one of them with an image, and a link that has expired."""
    world.replica.fault(EXPIRED, "expired")
    first, second = (world.replica.add_article(article(title, an_image(title))) for title in ("一", "二"))
    world.note("a.md", f"[1]({first})\n[2]({second})\n[gone]({EXPIRED})\n")
    world.sync()
    return world


def ids(world: World) -> list[str]:
    return [record["id"] for record in world.articles()]


def test_forget_deletes_nothing_where_nobody_can_be_asked(filled: World) -> None:
    before = filled.tree()
    done = filled.cli("forget", ids(filled)[0])
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert filled.tree() == before
    assert filled.cli("forget", "--json", ids(filled)[0]).returncode == 2
    assert filled.tree() == before


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
@pytest.mark.parametrize(("key", "code", "left"), [(b"y\n", 0, 1), (b"n\n", 1, 2), (b"\n", 1, 2), (b"\x04", 1, 2)])
def test_forget_asks_a_person(filled: World, key: bytes, code: int, left: int) -> None:
    with terminal(filled, "forget", ids(filled)[0]) as shown:
        shown.until(lambda: "[y/N]" in shown.shown)
        assert "1 image or media file" in shown.shown
        assert len(filled.articles()) == 2
        shown.press(key)
        assert shown.wait() == code
    assert ("Nothing is deleted." in shown.undrawn) is (left == 2)
    assert len(filled.articles()) == left


def test_what_is_forgotten_is_called_so(filled: World) -> None:
    assert filled.cli("forget", "--yes", *ids(filled)[:1]).returncode == 0
    status = filled.cli("status").stdout
    assert "1 archived, 1 expired, 1 forgotten" in status
    summary = filled.cli("sync").stdout
    assert "articles: 1 unchanged, 1 gone, 1 forgotten" in summary
    assert "refused" not in status + summary
    states = dict(live_status(filled.archive)["states"])
    assert states["已由你移除"] == [1]
    assert "不是文章" not in states
    assert "not archived (forgotten by you)" in filled.cli("scan", "-v").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sync", "--rewrite", "notes/nosuch.md"], "does not exist"),
        (["sync", "--rewrite", "notes/other.txt"], "include and exclude"),
        (["sync", "--rewrite", "notes/empty"], "none in that folder"),
        (["restore", "notes/nosuch.md"], "does not exist"),
        (["restore", "notes/empty"], "none in that folder"),
        (["export", "csv", "-o", "-", "--note", "nosuch.md"], "nosuch.md"),
        (["add", "notaurl"], "notaurl"),
        (["add", "https://example.org/x", "https://example.org/y"], "https://example.org/x, https://example.org/y"),
    ],
)
def test_an_argument_that_names_nothing_is_refused(world: World, arguments: list[str], said: str) -> None:
    world.note("a.md", "nothing")
    world.note("other.txt", "nothing")
    (world.notes / "empty").mkdir()
    world.archive.mkdir()
    before = world.tree()
    done = world.cli(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert world.tree() == before


def test_a_folder_of_notes_may_be_rewritten_again(filled: World) -> None:
    filled.cli("restore")
    assert EXPIRED.encode() in (filled.notes / "a.md").read_bytes()
    filled.cli("sync", "--rewrite", "notes")
    assert b"archive/articles/" in (filled.notes / "a.md").read_bytes()


def test_status_says_what_to_do_about_each_trouble(filled: World) -> None:
    (line,) = (line for line in filled.cli("status").stdout.splitlines() if line.startswith("  expired"))
    assert f"expired: {EXPIRED} (a.md:3)" in line
    assert line.endswith("Open the article in WeChat, copy its link there, and put that into the note")


def test_an_expired_video_is_no_article(world: World) -> None:
    video = "http://mpvideo.qpic.cn/a.f10004.mp4?dis_k=1&vid=wxv_1"
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})\n<video src='{video}'></video>\n")
    done = world.cli("sync")
    assert "due: 1 article with all its images, 1 audio or video file" in done.stderr
    for said in (done.stdout, world.cli("status").stdout):
        (line,) = (line for line in said.splitlines() if "mpvideo" in line)
        assert "expired" in line
        assert line.endswith("link to the article, which keeps the video")
    assert world.cli("rescue", "--dry-run").stdout == "Nothing is known to be lost that can be looked for.\n"


def test_a_restored_note_is_no_example_until_it_may_be_rewritten(filled: World) -> None:
    assert "archiver sync --rewrite PATH" in filled.cli("restore").stdout
    new = filled.replica.add_article(article("三"))
    note = filled.notes / "a.md"
    note.write_bytes(note.read_bytes() + f"[3]({new})\n".encode())
    left = filled.cli("sync", "--dry-run").stdout
    assert ("For example" in left, "Due: 1 article" in left) == (False, True)
    assert "For example, line 1 of a.md:" in filled.cli("sync", "--dry-run", "--rewrite", "notes/a.md").stdout


def test_a_new_archive_was_not_checked_before_it_was_there(filled: World) -> None:
    assert "checked:   not every file yet" in filled.cli("status").stdout
    assert last_line(filled.cli("status", "--json").stdout)["checked"] is None
    start = datetime.now(UTC)
    for day in range(31):
        filled.sync(now=lambda day=day: start + timedelta(days=day))  # type: ignore[misc]
    assert f"every file since {start + timedelta(days=1):%Y-%m}" in filled.cli("status").stdout


def test_browser_install_heeds_the_nearest_configuration(tmp_path: Path, replica: Replica) -> None:
    world = World(tmp_path, replica)
    world.configure(browser={"path": "nowhere/chrome"})
    done = run_fresh(["browser", "install"], world.notes)
    assert done.returncode == 2
    assert f"[browser] path names {tmp_path / 'nowhere/chrome'}" in done.stderr


PLACES = {
    "systemd": "systemctl --user enable --now archiver-",
    "cron": "crontab -e",
    "launchd": "~/Library/LaunchAgents/archiver-",
    "windows": "schtasks /Create /TN archiver-",
    "github-actions": ".github/workflows/",
}


@pytest.mark.parametrize("kind", PLACES)
def test_what_is_printed_for_a_scheduler_says_where_it_goes(world: World, kind: str) -> None:
    done = world.cli("schedule", "print", f"--{kind}")
    assert PLACES[kind] in done.stderr
    assert all(line.startswith("# ") for line in done.stderr.splitlines())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="not root")
def test_root_is_warned_once(world: World) -> None:
    world.configure(fetch={"engine": "auto"})
    world.note("a.md", "nothing")
    assert ["running as root" in world.cli("sync").stderr for _ in range(3)] == [True, False, False]
    assert "warn  browser:" in world.cli("doctor").stdout
