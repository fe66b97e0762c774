"""Archiving without notes."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from archiver.archive.state import read_budget, write_budgets
from archiver.due.budget import Budget
from archiver.store.lock import archive_lock
from archiver.tasks.add import Given, add, read_lines
from archiver.tasks.run import open_run
from archiver.tasks.sync import Options
from tests.forkserver import run_fresh
from tests.processes import posix, started
from tests.replica import ArticleSpec, ImageSpec
from tests.world import Night, World, sync


def article(world: World, title: str) -> str:
    image = ImageSpec.named(f"of {title}", 64, 48)
    body = f"<p>{title}。</p>{image.tag}"
    return world.replica.add_article(ArticleSpec(title=title, account="测试号", body=body, images=(image,)))


def titles(world: World) -> set[str]:
    return {record["title"] for record in world.articles()}


def test_urls_on_the_command_line(world: World) -> None:
    first, second = article(world, "一"), article(world, "二")
    done = world.cli("add", first, f"{second}#wechat_redirect")
    assert done.returncode == 0, done.stderr
    assert titles(world) == {"一", "二"}
    assert {entry["status"] for entry in world.links().values()} == {"archived"}
    world.replica.clear_requests()
    again = world.cli("add", first)
    assert again.returncode == 0
    assert again.stdout.startswith(f"there already: {first}: {world.links()[first]['target']}\n")
    assert "\nnotes:    0 rewritten\n" in again.stdout
    assert world.sync().exit_code == 0
    assert world.replica.requests == []
    # A note that names it later finds it there.
    note = world.note("a.md", f"[x]({first})")
    world.sync()
    assert world.replica.requests == []
    assert "../archive/articles/" in note.read_text("utf-8")


def test_a_list_and_what_is_wrong_in_it(world: World) -> None:
    first, second = article(world, "一"), article(world, "二")
    lines = f"# my list\n\n标题 {first}，\nhttps://example.org/x\n- [二]({second}) 和 {first}\nnonsense\n"
    (world.root / "list.txt").write_text(lines, "utf-8")
    done = world.cli("add", "--from", "list.txt")
    assert done.returncode == 1
    assert titles(world) == {"一", "二"}
    assert "list.txt:4: https://example.org/x: no WeChat article" in done.stdout
    assert "list.txt:6: nonsense" in done.stdout


def test_every_url_of_a_line_that_is_not_taken_is_told(world: World) -> None:
    first, second = article(world, "一"), article(world, "二")
    wrong, odd = "https://example.org/x", "https://mp.weixin.qq.com/nothing"
    (world.root / "list.txt").write_text(f"{first} {wrong}\n{odd},{second}\n# {wrong} {second}\n", "utf-8")
    done = world.cli("add", "--from", "list.txt")
    assert done.returncode == 1
    assert titles(world) == {"一", "二"}
    told = [line for line in done.stdout.splitlines() if "no WeChat article" in line]
    assert [line.partition(": no WeChat")[0].strip() for line in told] == [f"list.txt:1: {wrong}", f"list.txt:2: {odd}"]


def test_joined_urls_are_all_taken(world: World) -> None:
    a, b, c, d, e = (article(world, title) for title in "一二三四五")
    (world.root / "list.txt").write_text(f"{a},{b}\n{c}{d}\n[{e}]({e})\n", "utf-8")
    done = world.cli("add", "--from", "list.txt")
    assert done.returncode == 0, done.stderr
    assert titles(world) == {"一", "二", "三", "四", "五"}
    assert len(world.links()) == 5, "no address that nobody meant"


def test_a_list_with_a_byte_order_mark(world: World) -> None:
    (world.root / "list.txt").write_text(f"# my list\n{article(world, '一')}\n", "utf-8-sig")
    done = world.cli("add", "--from", "list.txt")
    assert done.returncode == 0, done.stdout
    assert titles(world) == {"一"}


def test_standard_input(world: World) -> None:
    url = article(world, "一")
    done = run_fresh(["add", "--from", "-", "--json"], world.root, url)
    assert done.returncode == 0, done.stderr
    assert '"new": 1' in done.stdout
    assert titles(world) == {"一"}


def test_nothing_given(world: World) -> None:
    assert world.cli("add").returncode == 2


def test_what_a_wall_keeps_back_comes_with_a_later_sync(world: World) -> None:
    urls = [article(world, str(n)) for n in range(3)]
    world.replica.wall_after(1)
    with open_run(world.config, clock=Night().timing) as context:  # after a wall there is a minute of rest
        assert add(context, read_lines(Given(url, "", n) for n, url in enumerate(urls))).exit_code == 3
    assert len(titles(world)) == 1
    world.replica.clear_wall()
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert len(world.replica.article_requests) == 1, "the wall at the second article was learnt from"
    assert world.sync().exit_code == 0
    assert titles(world) == {"0", "1", "2"}
    world.replica.clear_requests()
    world.sync()
    assert world.replica.requests == []


def test_the_nights_before_set_the_pace(world: World) -> None:
    urls = [article(world, str(n)) for n in range(5)]
    write_budgets(world.archive, {"": Budget(2, 0, "2020-01-01")})
    done = world.cli("add", *urls)
    assert done.returncode == 0, done.stderr
    assert len(world.replica.article_requests) == 2
    assert len(titles(world)) == 2
    assert "3 to go, about 2 nights at this pace" in done.stdout
    assert read_budget(world.archive).clean == 1


def test_a_full_disk_is_asked_for_nothing(world: World) -> None:
    url = article(world, "一")
    world.configure(archive={"min_free_mb": 10**9})
    done = world.cli("add", url)
    assert done.returncode == 1
    assert "min_free_mb" in done.stdout
    assert world.replica.requests == []
    world.configure(archive={"min_free_mb": 0})
    assert world.sync().exit_code == 0
    assert titles(world) == {"一"}


@posix
def test_ctrl_c_finishes_the_article_in_hand(world: World) -> None:
    urls = [article(world, str(n)) for n in range(6)]
    world.configure(fetch={"interval": 1, "jitter": 0})
    image = ImageSpec.named("of 1", 64, 48).key
    held = [world.replica.fault(image, "held"), world.replica.fault(urls[2], "held")]
    with started(world, "add", *urls) as run:
        run.until(lambda: world.replica.asked("mmbiz.qpic.cn", image) and len(world.replica.article_requests) == 3)
        run.signal(signal.SIGINT)
        run.until(lambda: "finishing the article in hand" in run.said)
        for fault in held:
            fault.release()
        assert run.wait() == 130, run.said
    assert "1" in titles(world)
    assert len(titles(world)) < 6
    world.replica.clear_faults()
    world.configure(fetch={"interval": 0})
    assert world.sync().exit_code == 0
    assert len(titles(world)) == 6


@posix
def test_add_waits_for_a_sync(world: World) -> None:
    url = article(world, "一")
    with ExitStack() as stack:
        with archive_lock(world.archive):
            assert world.cli("add", url).returncode == 4
            run = stack.enter_context(started(world, "add", url, "--wait"))
            time.sleep(2)  # where it has not come as far by now, this only shows less
            assert not run.ended
            assert world.replica.requests == []
        assert run.wait() == 0, run.said
    assert titles(world) == {"一"}


def test_a_failure_is_tried_again_and_a_deleted_one_is_not(world: World) -> None:
    url, gone = article(world, "一"), "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
    world.replica.fault(url, "status:404")
    world.replica.fault(gone, "deleted")
    assert world.cli("add", url, gone).returncode == 1
    assert world.links()[gone]["status"] == "deleted"
    world.replica.clear_faults(url)
    world.replica.clear_requests()
    assert world.cli("add", gone).stdout.startswith(f"not asked for again: {gone}: deleted\n")
    assert world.sync().exit_code == 0
    assert titles(world) == {"一"}
    assert not [request for request in world.replica.requests if gone.endswith(request.path)]


def test_a_picture(world: World) -> None:
    image = ImageSpec.named("alone", 64, 48)
    assert world.cli("add", image.url).returncode == 0
    assert len(list((world.archive / "images").rglob("*.png"))) == 1


def test_add_brings_back_what_was_forgotten(world: World) -> None:
    url = article(world, "一")
    world.note("a.md", f"[x]({url})")
    world.sync()
    assert world.cli("forget", "--yes", url).returncode == 0
    assert world.sync().exit_code == 0
    assert titles(world) == set()
    assert world.cli("add", url).returncode == 0
    assert titles(world) == {"一"}
    assert world.links()[url]["status"] == "archived"
    world.sync()
    assert "archive/articles" in (world.notes / "a.md").read_text("utf-8")


def test_what_was_forgotten_is_never_asked_for_again(world: World) -> None:
    url = article(world, "一")
    world.note("a.md", f"[x]({url})")
    world.sync()
    assert world.cli("forget", "--yes", url).returncode == 0
    world.replica.clear_requests()
    for days in (1, 100, 400):
        now = datetime.now(UTC) + timedelta(days=days)
        assert sync(world.config, Options(), lambda _: None, lambda now=now: now).exit_code == 0  # type: ignore[misc]
    assert world.replica.requests == []
