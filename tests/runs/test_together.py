"""Others at work at the same time: a second sync, git, the user's Ctrl-C. And the server, which wants its rest."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.archive.context import SYSTEM_CLOCK, Clock
from archiver.due.page_queue import REST_SECONDS
from archiver.store.lock import archive_lock, lock_owner
from tests.builders import an_image, article, img
from tests.conditions import until
from tests.processes import alive, descendants, posix, started
from tests.replica import ArticleSpec, Replica
from tests.replica.site import HOSTS
from tests.sampling import one_in
from tests.world import World, broken, without_destinations


def many(world: World, count: int, **changes: object) -> list[str]:
    specs = [ArticleSpec(f"第{n}篇", "<p>字</p>", weight=1, **changes) for n in range(count)]  # type: ignore[arg-type]
    urls = [world.replica.add_article(spec) for spec in specs]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    return urls


def asked(replica: Replica, url: str) -> bool:
    return any(request.url == url for request in replica.requests)


def test_two_syncs_at_once(world: World) -> None:
    urls = many(world, 6)
    held = world.replica.fault(urls[2], "held")
    with started(world, "sync") as first:
        first.until(lambda: asked(world.replica, urls[2]))
        second = world.cli("sync", "--json")
        assert second.returncode == 4
        assert f"(process {first.pid} on " in second.stderr
        with started(world, "sync", "--wait") as third:
            held.release()
            assert first.wait() == 0, first.said
            assert third.wait() == 0, third.said
            assert "6 unchanged" in third.out
    assert sorted(request.url for request in world.replica.article_requests) == sorted(urls)
    assert lock_owner(world.archive) == ""


def test_the_owner_of_the_lock_is_readable_and_gone_afterwards(tmp_path: Path) -> None:
    with archive_lock(tmp_path):
        assert f"process {os.getpid()} on " in lock_owner(tmp_path)
    assert lock_owner(tmp_path) == ""
    (tmp_path / ".lock-owner").write_text("{nonsense")  # a crash in the middle of it
    with archive_lock(tmp_path):
        assert f"process {os.getpid()} on " in lock_owner(tmp_path)


@posix
@pytest.mark.parametrize(
    ("engine", "number", "code"),
    [
        ("http", signal.SIGINT, 130),
        pytest.param("browser", signal.SIGTERM, 143, marks=pytest.mark.slow),
        pytest.param("http", signal.SIGTERM, 143, marks=pytest.mark.slow),
        pytest.param("browser", signal.SIGINT, 130, marks=pytest.mark.slow),
    ],
)
def test_the_first_signal_finishes_the_article_in_hand(
    tmp_path: Path, replica: Replica, number: int, code: int, engine: str
) -> None:
    world = World(tmp_path, replica, engine)
    slow = an_image("slow")
    urls = [replica.add_article(article(f"第{n}篇", slow if n == 1 else an_image(f"s{n}"), weight=1)) for n in range(9)]
    shown = [an_image(f"later{n}") for n in range(15)]
    note = world.note("a.md", "\n".join(f"[x]({url})" for url in urls) + "".join(map(img, shown)))
    world.configure(fetch={"interval": 1, "jitter": 0, "image_jobs": 3})
    held = [replica.fault(slow.key, "held"), replica.fault(urls[2], "held")]
    with started(world, "sync", "--json") as run:
        run.until(lambda: replica.asked("mmbiz.qpic.cn", slow.key) and asked(replica, urls[2]))
        run.signal(number)
        run.until(lambda: "finishing the article in hand" in run.said)
        for fault in held:
            fault.release()
        assert run.wait() == code, run.said
        assert "Traceback" not in run.said
        summary = json.loads(run.out.splitlines()[-1])
    assert summary["exit_code"] == code
    titles = {record["title"] for record in world.articles()}
    assert "第1篇" in titles  # its image was on the way
    assert len(titles) < 9  # of the pages that were left, at a second each, not all were asked for
    assert all(record["status"] == "archived" for record in world.articles())
    text = note.read_text("utf-8")
    assert text.count("archive/articles/") == len(titles)  # what is ready is in the note
    assert broken(note) == []
    replica.clear_faults()
    world.configure(fetch={"interval": 0})
    assert world.cli("sync").returncode == 0
    assert len(world.articles()) == 9


@posix
@pytest.mark.parametrize("engine", ["http", "browser"])
def test_the_second_signal_ends_at_once(tmp_path: Path, replica: Replica, engine: str) -> None:
    world = World(tmp_path, replica, engine)
    urls = many(world, 2)
    replica.fault(urls[1], "held")  # to the end: what waited for it would wait for ever
    with started(world, "sync") as run:
        run.until(lambda: asked(replica, urls[1]))
        started_by_it = descendants(run.pid)
        assert bool(started_by_it) == (engine == "browser")
        run.signal(signal.SIGINT)
        run.until(lambda: "finishing the article in hand" in run.said)
        assert not run.ended
        run.signal(signal.SIGINT)
        assert run.wait() == 130
    until(lambda: not any(map(alive, started_by_it)))
    replica.clear_faults()
    assert world.cli("sync").returncode == 0
    assert len(world.articles()) == 2


@posix
def test_a_sync_that_is_killed_leaves_no_browser(tmp_path: Path, replica: Replica) -> None:
    world = World(tmp_path, replica, "browser")
    urls = many(world, 2)
    replica.fault(urls[0], "held")
    with started(world, "sync") as run:
        run.until(lambda: asked(replica, urls[0]))
        started_by_it = descendants(run.pid)
        assert started_by_it
        run.kill()
        run.wait()
    until(lambda: not any(map(alive, started_by_it)))


@pytest.mark.parametrize(
    ("engine", "jobs"),
    [
        ("http", 3),
        pytest.param("browser", 3, marks=pytest.mark.slow),
        pytest.param("http", 1, marks=pytest.mark.slow),
        pytest.param("browser", 1, marks=pytest.mark.slow),
    ],
)
def test_politeness_in_the_servers_log(world: World, engine: str, jobs: int) -> None:
    """An error that is tried again, a redirect, slow images, a wall: the requests keep their distance all the same,
    at the server to the millisecond, since it counts from the answer before."""
    interval, image_jobs = 0.5, 3
    urls = [
        world.replica.add_article(article(f"第{n}篇", *[an_image(f"p{n}-{m}") for m in range(6)], weight=1))
        for n in range(8)
    ]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    fetch = {"interval": interval, "jitter": 0.2, "jobs": jobs, "image_jobs": image_jobs, "engine": engine}
    world.configure(fetch=fetch)
    world.replica.fault(urls[1], f"redirect:{urls[0]}", times=1)
    world.replica.fault(urls[2], "status:503", times=1)
    world.replica.wall_after(7)
    most = watch(world.replica, lambda: world.sync(timing=without_the_rest_after_a_wall()))
    asked = [request.time for request in world.replica.article_requests]
    assert len(asked) == 9  # one after the wall, to see whose it is
    assert min(b - a for a, b in itertools.pairwise(asked)) >= interval
    assert 0 < most <= image_jobs
    assert len(world.replica.image_requests) == 4 * 6  # those of the four articles before the wall
    assert {request.host for request in world.replica.requests} <= HOSTS
    assert world.replica.refused_requests == []


def without_the_rest_after_a_wall() -> Clock:
    """Real time, but for the minute after a wall, which only the clock sees."""
    skipped = 0.0

    def wait(seconds: float) -> None:
        nonlocal skipped
        if seconds >= REST_SECONDS:
            skipped += REST_SECONDS
            seconds -= REST_SECONDS
        time.sleep(seconds)

    return Clock(monotonic=lambda: time.monotonic() + skipped, wait=wait)


def watch(replica: Replica, run: Callable[[], object]) -> int:
    """The most image requests that were under way at the same time during `run`."""
    usual, lock = replica._proxy._server.answer, threading.Lock()
    now = most = 0

    def answer(request: object) -> object:
        nonlocal now, most
        with lock:
            now += "mmbiz" in request.host  # type: ignore[attr-defined]
            most = max(most, now)
        try:
            return usual(request)  # type: ignore[arg-type]
        finally:
            time.sleep(0.05)
            with lock:
                now -= "mmbiz" in request.host  # type: ignore[attr-defined]

    replica._proxy._server.answer = answer  # type: ignore[assignment]
    run()
    return most


def git(folder: Path, *arguments: str, check: bool = True) -> bool:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=check, capture_output=True)
    return done.returncode == 0


@pytest.mark.parametrize("syncs", one_in(2, [4, 24]))
def test_a_sync_during_git_checkout(world: World, syncs: int) -> None:
    """Whatever git puts there while a sync runs, a note is always one of git's versions, rewritten or not."""
    urls = [world.replica.add_article(article(f"第{n}篇", weight=1)) for n in range(4)]
    git(world.notes, "init", "-q", "-b", "one")
    versions: dict[str, list[bytes]] = {}
    for branch in ("one", "two"):
        if branch == "two":
            git(world.notes, "checkout", "-q", "-b", branch)
        for n in range(12):
            text = f"# {branch} {n}\n" + "".join(f"- [{branch}]({url})\n" for url in urls) * (
                3 if branch == "one" else 5
            )
            world.note(f"{n}.md", text)
            versions.setdefault(f"{n}.md", []).append(text.encode())
        git(world.notes, "add", ".")
        git(world.notes, "commit", "-q", "-m", branch)
    world.sync()
    stopped = threading.Event()
    switched = 0

    def switch() -> None:
        nonlocal switched
        while not stopped.is_set():
            # git gives up on a file that appears between its unlink and its create: it is asked again.
            switched += git(world.notes, "checkout", "-q", "-f", "two" if switched % 2 else "one", check=False)

    thread = threading.Thread(target=switch)
    thread.start()
    try:
        codes: list[int] = []
        while len(codes) < syncs or switched < 4:  # while git is at work
            codes.append(world.sync().exit_code)
    finally:
        stopped.set()
        thread.join()
    assert set(codes) <= {0, 1}  # 1: a note was gone or changed at the moment, and was left for the next run
    git(world.notes, "checkout", "-q", "-f", "one")
    assert world.sync().exit_code == 0
    for name, (one, _) in versions.items():
        note = world.notes / name
        assert b"weixin" not in note.read_bytes()
        assert without_destinations(note.read_bytes()) == without_destinations(one)
        assert broken(note) == []
    assert world.cli("restore").returncode == 0
    for name, (one, _) in versions.items():
        assert (world.notes / name).read_bytes() == one
    assert not list(world.notes.glob(".tmp-*"))


def test_pages_do_not_run_ahead_of_their_pictures(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.gathering.workers.MOST_FILES", 4)
    each, pages = 5, 12
    urls = [
        world.replica.add_article(article(f"第{n}篇", *[an_image(f"s{n}-{m}") for m in range(each)], weight=1))
        for n in range(pages)
    ]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.configure(fetch={"image_jobs": 1})
    watch(world.replica, lambda: world.sync())  # every image takes its time
    assert len(world.articles()) == pages
    order = sorted(world.replica.requests, key=lambda request: request.time)
    articles = [number for number, request in enumerate(order) if "mmbiz" not in request.host]
    for before, place in enumerate(articles):
        pictures = place - before
        # Three pages are read or on their way, and of all others at most so many images are missing.
        assert pictures >= each * (before - 3) - 4


@pytest.mark.parametrize("engine", ["http", pytest.param("browser", marks=pytest.mark.slow)])
def test_a_redirect_may_wait_longer_than_a_page_may_take(tmp_path: Path, replica: Replica, engine: str) -> None:
    world = World(tmp_path, replica, engine)
    world.configure(fetch={"interval": 9, "jitter": 0, "timeout": 8})
    url, there = (replica.add_article(article(f"第{n}篇", weight=1)) for n in range(2))
    replica.fault(url, f"redirect:{there}")
    world.note("a.md", f"[x]({url})")
    assert world.sync(timing=SYSTEM_CLOCK).exit_code == 0
    first, second = (request.time for request in replica.article_requests)
    assert second - first >= 9
