"""Everything that can go wrong on the way, as a table: what becomes of the link, the run and the archive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.tasks.sync import Options
from tests.builders import an_image, article, img
from tests.clocks import DripTime
from tests.processes import browsers
from tests.replica import ArticleSpec, Replica
from tests.replica.site import HOSTS
from tests.runs.support import NIGHT, run, whole
from tests.sampling import one_in
from tests.world import LONG, World, notices, sync

SLOW = 10**6  # seconds of the clock that only drips move

NOWHERE, REFUSING = "http://no-such-host.invalid:8080", "http://127.0.0.1:9"  # proxies


@dataclass(frozen=True, slots=True)
class Case:
    """A fault of the page or of its image; what links.jsonl says then, the exit code, the message, and how often the
    faulty URL is asked in the one run."""

    fault: str
    status: str
    code: int
    said: str
    requests: int = 1
    retry_after: int | None = None


PAGE = [
    Case("reset", "failed", 1, "", 3),
    Case("reset-body", "failed", 1, "connection", 3),
    Case("half", "failed", 1, "connection", 3),
    Case("truncated", "failed", 1, "cut off", 3),
    Case("slow", "failed", 1, "did not come whole", 3),
    Case("slow-headers", "failed", 1, "did not come whole", 3),
    Case("status:403", "failed", 1, "HTTP 403"),
    Case("status:404", "failed", 1, "HTTP 404"),
    Case("status:429", "failed", 1, "HTTP 429", 3, 0),
    Case("status:429", "failed", 1, "HTTP 429", 1, 7200),
    Case("status:500", "failed", 1, "HTTP 500", 3),
    Case("status:503", "failed", 1, "HTTP 503", 3),
    Case("wrong-type", "archived", 0, ""),
    Case("empty", "failed", 1, "cut off", 3),
    Case("gzip-bomb", "failed", 1, "larger than 32 MB"),
    Case("redirect:https://mp.weixin.qq.com/s/LLLLLLLLLLLLLLLLLLLLLL", "failed", 1, "redirects"),
    Case("redirect:http://169.254.169.254/latest/meta-data/", "failed", 1, "169.254.169.254 is not among the hosts"),
    Case("redirect:http://127.0.0.1:8080/", "failed", 1, "127.0.0.1:8080 is not among the hosts"),
    Case("redirect:http://[::1]/", "failed", 1, "is not among the hosts"),
    Case("redirect:http://2130706433/", "failed", 1, "is not among the hosts"),
    Case("redirect:https://mp.weixin.qq.com:8443/s/x", "failed", 1, "mp.weixin.qq.com:8443 is not among the hosts"),
    Case("redirect:file:///etc/passwd", "failed", 1, "not among the hosts"),
    Case("redirect:https://mp.weixin.qq.com.evil.example/", "failed", 1, "not among the hosts"),
    Case("deleted", "deleted", 0, "删除"),
    Case("account-blocked", "blocked", 0, "屏蔽"),
    Case("unavailable", "unavailable", 0, "暂时无法查看"),
    Case("wall", "wall", 1, "verification"),
    Case("wall-shell", "wall", 1, "verification"),
]


PICTURE = [
    Case("reset", "partial", 1, "", 3),
    Case("truncated", "archived", 0, "", 2),  # damaged at its source, as a second answer proves
    Case("slow", "partial", 1, "did not come whole", 3),
    Case("slow-headers", "partial", 1, "did not come whole", 3),
    Case("status:403", "partial", 1, "HTTP 403"),
    Case("status:404", "partial", 1, "HTTP 404"),
    Case("status:503", "partial", 1, "HTTP 503", 3),
    Case("wrong-type", "archived", 0, ""),
    Case("html", "partial", 1, "an HTML page came instead"),
    Case("gzip-bomb", "partial", 1, "larger than 50 MB"),
    Case("pixel-bomb", "partial", 1, "pixels"),
    Case("redirect:http://169.254.169.254/", "partial", 1, "169.254.169.254 is not among the hosts"),
    Case("redirect:http://localhost/", "partial", 1, "localhost is not among the hosts"),
    Case("redirect:file:///etc/passwd", "partial", 1, "not among the hosts"),
]


@pytest.fixture
def one_by_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `slow` answers take passes on a clock of its own, so the good ones may take as long as they like: in their
    time it does not move, as long as there is but one request at a time."""
    time = DripTime()
    monkeypatch.setattr("archiver.fetch.deadline.time", time)
    world.replica.drip_by(time.drip)
    world.configure(fetch={"jobs": 1, "image_jobs": 1})


@pytest.mark.parametrize("case", one_in(3, PAGE), ids=lambda case: f"{case.fault}-{case.retry_after}")
def test_a_page_that_goes_wrong(world: World, case: Case, one_by_one: None) -> None:
    url = world.replica.add_article(ArticleSpec("坏页", "<p>字</p>" * 300, weight=1))
    good = world.replica.add_article(article("好", an_image("good")))
    before = f"[x]({url})"
    note = world.note("a.md", before)
    world.note("b.md", f"[y]({good})")
    world.replica.fault(url, case.fault, seconds=SLOW, retry_after=case.retry_after)
    if "LLLL" in case.fault:
        world.replica.fault("LLLLLL", case.fault)
    code, said = run(world)
    assert (code, world.links()[url]["status"]) == (case.code, case.status)
    assert case.said in world.links()[url].get("reason", "") + said
    assert len([r for r in world.replica.article_requests if r.url == url]) == case.requests
    assert world.replica.refused_requests == []
    if case.status != "archived":
        assert note.read_text("utf-8") == before
    stops = bool(case.retry_after)
    assert len(world.articles()) == (0 if stops else 1) + (case.status == "archived")
    assert world.links()[good]["status"] == ("pending" if stops else "archived")
    whole(world)
    world.replica.clear_faults()
    for night in (200, 201):
        code, _ = run(world, NIGHT + timedelta(days=night))
    assert (code, len(world.articles())) == (0, 2)
    whole(world)


@pytest.mark.parametrize("engine", ["browser", "http"])
def test_a_page_that_does_not_come(tmp_path: Path, replica: Replica, engine: str) -> None:
    world = World(tmp_path, replica, engine)
    url = replica.add_article(article("不来", weight=1))
    world.note("a.md", f"[x]({url})")
    replica.fault(url, "held")
    world.configure(fetch={"timeout": 2})
    assert run(world)[0] == 1
    assert world.links()[url]["status"] == "failed"
    assert "no answer" in world.links()[url]["reason"]
    whole(world)
    replica.clear_faults()
    world.configure(fetch={"timeout": LONG})
    assert run(world, NIGHT + timedelta(days=1))[0] == 0
    assert len(world.articles()) == 1


@pytest.fixture
def never_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser waits a moment only for a body that no script will bring."""
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", 1)


@pytest.mark.parametrize("engine", ["browser", "http"])
def test_a_page_cut_off_before_its_body_is_tried_again(
    tmp_path: Path, replica: Replica, engine: str, never_ready: None
) -> None:
    world = World(tmp_path, replica, engine)
    url = replica.add_article(article("短", weight=1))
    world.note("a.md", f"[x]({url})")
    replica.fault(url, "truncated")
    assert run(world)[0] == 1
    assert world.links()[url]["status"] == "failed"
    assert "cut off" in world.links()[url]["reason"]
    replica.clear_faults()
    assert run(world, NIGHT + timedelta(days=1))[0] == 0
    assert len(world.articles()) == 1


@pytest.mark.parametrize("case", one_in(2, PICTURE), ids=lambda case: case.fault)
def test_a_picture_that_goes_wrong(world: World, case: Case, one_by_one: None) -> None:
    bad = an_image("bad")
    url = world.replica.add_article(article("缺图", an_image("fine"), bad))
    # Pages and images of notes are asked for at the same time, which a clock that drips move must not see.
    world.note("a.md", f"[x]({url})\n" + ("" if case.fault.startswith("slow") else img(bad)))
    world.replica.fault(bad.key, case.fault, seconds=SLOW)
    code, said = run(world)
    assert (code, world.links()[url]["status"]) == (case.code, case.status)
    assert case.said in said
    assert len([r for r in world.replica.image_requests if bad.key in r.path]) == case.requests
    assert world.replica.refused_requests == []
    whole(world)
    world.replica.clear_faults()
    code, _ = run(world, NIGHT + timedelta(days=40))
    assert (code, world.links()[url]["status"]) == (0, "archived")
    whole(world)


@pytest.mark.parametrize(
    ("engine", "proxy"),
    [
        ("http", NOWHERE),
        ("http", REFUSING),
        ("browser", REFUSING),
        pytest.param("browser", NOWHERE, marks=pytest.mark.slow),
    ],
)
def test_no_way_to_the_network(world: World, proxy: str, engine: str) -> None:
    """Names that are not resolved, and connections that are refused: the run gives up soon, and loses nothing."""
    urls = [f"https://mp.weixin.qq.com/s/{n:022}" for n in range(30)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.configure(network={"proxy": proxy}, fetch={"engine": engine})
    code, said = run(world)
    assert code == 1
    assert f"the proxy {proxy.removeprefix('http://')} cannot be reached" in said
    assert [entry["status"] for entry in world.links().values()] == ["pending"] * 30
    whole(world)


def test_a_direct_connection_into_a_private_network_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from archiver.errors import HostRefusedError
    from archiver.fetch.http import HttpClient
    from archiver.fetch.settings import network_settings

    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    world.configure(network={"proxy": ""})
    with (
        HttpClient(network_settings(world.config), lambda _host: True) as client,
        pytest.raises(HostRefusedError, match="localhost leads to"),
    ):
        client.get("http://localhost/", referer="", max_bytes=10)


def test_a_page_may_load_no_script_from_elsewhere(
    tmp_path: Path, replica: Replica, never_ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page whose body comes by script, and whose script host sends the browser into the local network."""
    world = World(tmp_path, replica, "browser")
    url = replica.add_article(ArticleSpec("脚本", "<p>字</p>", late_body=True, weight=1))
    replica.fault("res.wx.qq.com", "redirect:http://169.254.169.254/latest/meta-data/")
    world.note("a.md", f"[x]({url})")
    run(world)
    assert (world.links()[url]["status"], len(replica.article_requests)) == ("failed", 1 + 3)
    assert "a script of the page is missing: https://res.wx.qq.com/" in world.links()[url]["reason"]
    assert replica.asked("res.wx.qq.com")
    assert {request.host for request in replica.requests} <= HOSTS
    assert world.articles() == []
    replica.clear_faults()
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", LONG)
    assert run(world, NIGHT + timedelta(days=200))[0] == 0
    assert len(world.articles()) == 1


def test_wall_after_n(world: World) -> None:
    urls = [world.replica.add_article(article(f"{n}", weight=1)) for n in range(25)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    for night, (archived, code) in enumerate([(10, 3), (18, 0), (25, 0)]):
        world.replica.wall_after(10)
        world.replica.clear_requests()
        assert run(world, NIGHT + timedelta(days=night))[0] == code
        assert len(world.articles()) == archived
        assert len(world.replica.article_requests) <= (12 if night == 0 else 8)


def test_deleted_on_recheck(world: World) -> None:
    world.configure(fetch={"recheck_archived_days": 30})
    urls = [world.replica.add_article(article(f"第{n}篇", an_image(f"d{n}"))) for n in range(3)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    run(world)
    kept = {path: path.read_bytes() for folder in world.article_folders() for path in folder.iterdir()}
    for url in urls[:2]:
        world.replica.fault(url, "deleted")
    summary = sync(world.config, Options(), world.events.append, lambda: NIGHT + timedelta(days=31))
    assert summary.exit_code == 0
    assert notices(summary) == ["2 of your articles were deleted this month, both safe"]
    assert [world.links()[url].get("gone") for url in urls] == ["2026-04-01", "2026-04-01", None]
    assert {world.links()[url]["status"] for url in urls} == {"archived"}
    assert {path: path.read_bytes() for path in kept} == kept
    world.replica.clear_requests()
    summary = sync(world.config, Options(), world.events.append, lambda: NIGHT + timedelta(days=33))
    assert world.replica.requests == []
    assert len(summary.notices) == 1
    # It comes back: people do take back a deletion.
    world.replica.clear_faults()
    assert run(world, NIGHT + timedelta(days=31 + 91))[0] == 0
    assert not any("gone" in entry for entry in world.links().values())


def test_browser_killed_in_the_middle_of_a_page(tmp_path: Path, replica: Replica) -> None:
    world = World(tmp_path, replica, "browser")
    urls = [replica.add_article(ArticleSpec(f"第{n}篇", "<p>字</p>" * 2000, weight=1)) for n in range(3)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    replica.fault(urls[1], "held", times=1)
    killed: list[int] = []

    def kill() -> None:
        while not any(request.url == urls[1] for request in replica.requests):
            if finished.wait(0.05):
                return
        for process in browsers(os.getpid()):
            os.kill(process, signal.SIGKILL)
            killed.append(process)

    finished = threading.Event()
    thread = threading.Thread(target=kill)
    thread.start()
    try:
        code, _ = run(world)
    finally:
        finished.set()
        thread.join()
    assert killed
    assert (code, len(world.articles())) == (0, 3)  # a new browser asked again
    assert browsers(os.getpid()) == []


@contextmanager
def small_disk(folder: Path, *options: str) -> Iterator[None]:
    """A tmpfs at `folder`."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
def test_disk_full(world: World) -> None:
    noise = [an_image(f"big{n}", width=900, height=900) for n in range(12)]
    urls = [world.replica.add_article(article(f"第{n}篇", spec)) for n, spec in enumerate(noise)]
    for spec in noise:
        world.replica.add_image(spec.key, noisy_png(spec.key))
    before = "\n".join(f"[x]({url})" for url in urls)
    note = world.note("a.md", before)
    with small_disk(world.archive, "size=6m"):
        world.configure(archive={"min_free_mb": 0})
        done = world.cli("sync")
        assert done.returncode == 1
        assert "No space left" in done.stderr
        assert "Traceback" not in done.stderr
        sound = len(world.articles())
        whole(world)
        # With room to be left, the run ends by itself before that, and says so.
        world.configure(archive={"min_free_mb": 200})
        code, said = run(world)
        assert code == 1
        assert "less than [archive] min_free_mb = 200" in said
        assert len(world.articles()) == sound
        whole(world)
        remount(world.archive, "size=200m")
        world.configure(archive={"min_free_mb": 1})
        assert run(world, NIGHT + timedelta(days=2))[0] == 0
        assert len(world.articles()) == 12
        whole(world)
    assert note.read_text("utf-8") != before


def noisy_png(seed: str) -> bytes:
    """A PNG that does not compress: about a megabyte."""
    import io
    import random

    from PIL import Image

    data = random.Random(seed).randbytes(600 * 600 * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (600, 600), data).save(out, "PNG")
    return out.getvalue()


def test_read_only_archive(world: World) -> None:
    urls = [world.replica.add_article(article(f"{n}")) for n in range(2)]
    world.note("a.md", f"[x]({urls[0]})")
    assert world.cli("sync").returncode == 0
    note = world.note("b.md", f"[y]({urls[1]})")
    before = note.read_bytes()
    with read_only(world.archive) as again_writable:
        done = world.cli("sync")
        assert done.returncode == 1
        assert "cannot" in done.stderr
        assert str(world.archive) in done.stderr
        assert "Traceback" not in done.stderr
        assert note.read_bytes() == before
        again_writable()
    assert world.cli("sync").returncode == 0
    assert len(world.articles()) == 2


@contextmanager
def read_only(folder: Path) -> Iterator[Callable[[], None]]:
    """`folder` cannot be written to: by its permissions, or for root, whom these do not bind, by a read-only mount."""
    if os.geteuid() != 0:
        folder.chmod(0o500)
        yield lambda: folder.chmod(0o700)
        folder.chmod(0o700)
        return
    bound = subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True, check=False)
    if bound.returncode:
        pytest.skip("root needs to be allowed to mount")
    try:
        remount(folder, "bind,ro")
        yield lambda: remount(folder, "bind,rw")
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_clock_jump(world: World) -> None:
    """A night with a clock that is years ahead, then one with the right time: nothing waits for the wrong year."""
    urls = [world.replica.add_article(article(f"{n}")) for n in range(3)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.replica.fault(urls[1], "status:404")
    world.replica.fault(urls[2], "deleted")
    for _ in range(4):  # enough for a long wait
        run(world, NIGHT + timedelta(days=4000))
    world.replica.clear_faults()
    assert run(world)[0] == 0
    assert len(world.articles()) == 3
    assert run(world, NIGHT - timedelta(days=400))[0] == 0
