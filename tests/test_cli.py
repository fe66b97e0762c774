"""The commands as a user runs them: what they print, write and answer."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from archiver.store.lock import archive_lock
from tests.builders import an_image, article, img
from tests.forkserver import run_fresh
from tests.processes import started
from tests.replica import ArticleSpec, Replica
from tests.world import World, last_line


def test_sync_ends_with_a_summary_for_people(world: World) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一篇', an_image('s')))})")
    done = world.cli("sync")
    assert done.returncode == 0, done.stderr
    assert "articles: 1 new" in done.stdout
    assert "notes:    1 of 1 rewritten" in done.stdout
    assert "[1/1] archived: 一篇" in done.stderr


def test_sync_json_is_lines_on_stdout_and_ends_with_the_summary(world: World) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一篇'))}) {img(an_image('j'))}")
    done = world.cli("sync", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    names = [event["event"] for event in told]
    # Which of image and article comes first, the network decides.
    assert (names[:2], sorted(names[2:4]), names[4:]) == (
        ["start", "planned"],
        ["article", "image"],
        ["note", "summary"],
    )
    assert told[0]["schema"] == told[-1]["schema"] == 1
    done_article = next(event for event in told if event["event"] == "article")
    assert [done_article[name] for name in ("title", "status", "where")] == ["一篇", "archived", "a.md:1"]
    summary = last_line(done.stdout)
    assert summary["event"] == "summary"
    assert summary["exit_code"] == 0
    assert summary["articles"] == {
        "new": 1, "unchanged": 0, "partial": 0, "gone": 0, "refused": 0, "forgotten": 0, "failed": 0, "pending": 0,
    }  # fmt: skip
    assert summary["images"] == {"new": 1, "failed": 0}
    assert summary["notes"] == {"read": 1, "rewritten": 1, "failed": 0}


def test_exit_codes_of_a_bad_night(world: World) -> None:
    url = world.replica.add_article(article("坏"))
    world.note("a.md", f"[x]({url})")
    world.replica.fault(url, "status:500", times=3)
    failed = world.cli("sync", "--json")
    assert (failed.returncode, last_line(failed.stdout)["exit_code"]) == (1, 1)
    world.replica.wall_after(0)
    walled = world.cli("sync")
    assert walled.returncode == 3
    assert "verification" in walled.stdout
    with archive_lock(world.archive):
        locked = world.cli("sync")
    assert locked.returncode == 4
    assert "another archiver" in locked.stderr
    (world.archive / "links.jsonl").write_bytes(b"garbage\n")
    damaged = world.cli("sync")
    assert damaged.returncode == 5
    assert "links.jsonl:1" in damaged.stderr
    assert "Traceback" not in damaged.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sync", "--nope"], "--nope"),
        (["sync", "--limit", "x"], "--limit"),
        (["nope"], "nope"),
        (["sync", "--config", "missing.toml"], "missing.toml"),
        (["sync", "--rewrite", "/etc/passwd"], "not in the notes folder"),
        (["init", "nowhere"], "nowhere is no folder"),
    ],
)
def test_wrong_usage_is_2_and_says_what(world: World, arguments: list[str], said: str) -> None:
    done = world.cli(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_config_is_found_above_and_by_name(world: World, tmp_path: Path) -> None:
    world.note("a/b/c.md", "nothing")
    assert world.cli("status", cwd=world.notes / "a" / "b").returncode == 0
    assert world.cli("status", "--config", str(world.root / "config.toml"), cwd=Path("/")).returncode == 0


def test_dry_run_asks_nothing_and_writes_nothing(world: World) -> None:
    urls = [world.replica.add_article(article(f"{n}")) for n in range(2)]
    world.note("a.md", f"[x]({urls[0]}) {img(an_image('d'))}")
    before = world.tree(with_machine_state=True)
    short = world.cli("sync", "--dry-run").stdout.splitlines()
    assert short[:5] == [
        "For example, line 1 of a.md:", f"  [x]({urls[0]}) {img(an_image('d'))}", "becomes, when its page has come:",
        f"  [x](../archive/articles/…/article.md) {img(an_image('d'))}", "",
    ]  # fmt: skip
    assert short[-1].endswith("archiver sync --dry-run -v")
    done = world.cli("sync", "--dry-run", "-v")
    assert done.returncode == 0, done.stderr
    assert world.replica.requests == []
    assert world.tree(with_machine_state=True) == before
    assert not world.archive.exists()
    assert f"would load   {urls[0]}  (a.md:1)" in done.stdout
    assert "would fetch  https://mmbiz.qpic.cn/" in done.stdout
    assert "Due: 1 article and 1 image" in done.stdout
    # What is archived already shows as a diff.
    world.sync()
    world.note("b.md", f"first\n[again]({urls[0]})\n[new]({urls[1]})\n")
    before = world.tree(with_machine_state=True)
    short = world.cli("sync", "--dry-run").stdout.splitlines()
    assert short[:3] == ["For example, line 2 of b.md:", f"  [again]({urls[0]})", "becomes:"]
    assert short[3].startswith("  [again](../archive/articles/20")
    assert "1 link in 1 note can be rewritten at once." in short
    done = world.cli("sync", "--dry-run", "-v")
    assert world.tree(with_machine_state=True) == before
    assert "--- a/b.md\n+++ b/b.md" in done.stdout
    assert f"-[again]({urls[0]})\n+[again](../archive/articles/" in done.stdout
    assert f" [new]({urls[1]})" in done.stdout


def test_init_names_a_folder_in_brackets(world: World) -> None:
    (world.root / "[b]").mkdir()
    done = world.cli("init", "[b]")
    assert done.stdout.startswith(f"Wrote {Path('[b]', 'config.toml')}.\n")


def test_init_estimates_and_warns(tmp_path: Path) -> None:
    notes = tmp_path / "my notes"
    notes.mkdir()
    lines = [f"[{n}](https://mp.weixin.qq.com/s/{n:022})" for n in range(1000)]
    (notes / "a.md").write_text("\n".join(lines), "utf-8")
    done = run_fresh(["init"], notes)
    assert done.returncode == 0, done.stderr
    assert "1,000 links to WeChat articles" in done.stdout
    assert "about 62 minutes" in done.stdout
    assert "1 night" in done.stdout
    assert "GB" in done.stdout
    assert "republishes" in done.stdout
    assert sorted(os.listdir(notes)) == ["a.md", "config.toml"]
    (notes / "config.toml").write_text("[fetch]\nmax_articles = 40\n", "utf-8")
    again = run_fresh(["init"], notes)
    assert "left as it is" in again.stdout
    assert "25 nights" in again.stdout
    assert (notes / "config.toml").read_text("utf-8") == "[fetch]\nmax_articles = 40\n"


def test_status(world: World) -> None:
    gone = "https://mp.weixin.qq.com/s/DDDDDDDDDDDDDDDDDDDDDD"
    world.replica.fault(gone, "expired")
    urls = [world.replica.add_article(article(f"{n}", an_image(f"st{n}"))) for n in range(3)]
    world.note("a.md", f"[a]({urls[0]}) [b]({urls[1]}) [g]({gone})")
    world.sync()
    world.note("b.md", f"[c]({urls[2]})")
    before = world.tree(with_machine_state=True)
    done = world.cli("status")
    assert done.returncode == 0, done.stderr
    assert "2 articles, 2 images" in done.stdout
    assert "2 archived, 1 expired" in done.stdout
    assert "Due: 1 article.\n" in done.stdout
    assert f"expired: {gone}" in done.stdout
    status = last_line(world.cli("status", "--json").stdout)
    assert status["event"] == "status"
    assert status["links"] == {"article": {"archived": 2, "expired": 1}}
    assert status["schema"] == 1
    due = status["due"]
    assert isinstance(due, dict)
    assert [due[kind] for kind in ("articles", "albums", "videos", "images", "files")] == [1, 0, 0, 0, 0]
    assert due["requests"]["articles"] == [{"url": urls[2], "where": "b.md:1"}]
    assert due["estimate"]["images"] > 0  # how many there are only the page can tell
    assert world.tree(with_machine_state=True) == before


def test_restore_names_what_it_cannot(world: World) -> None:
    world.note("a.md", "no links")
    done = world.cli("restore", "notes/a.md")
    assert done.returncode == 1
    assert "notes/a.md" in done.stderr or "a.md" in done.stderr
    assert "holds no rewritten links" in done.stderr


def test_browser_install_needs_no_configuration(tmp_path: Path) -> None:
    done = run_fresh(["browser", "install"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip().removeprefix("browser: ")).is_file()


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_goes_on_next_time(tmp_path: Path, replica: Replica, number: int, code: int) -> None:
    world = World(tmp_path, replica)
    world.configure(fetch={"interval": 0.5, "jitter": 0})
    urls = [replica.add_article(ArticleSpec(f"第{n}篇", "<p>字</p>", weight=1)) for n in range(30)]
    world.note("a.md", "\n".join(f"[{n}]({url})" for n, url in enumerate(urls)))
    held = replica.fault(urls[2], "held")
    with started(world, "sync") as run:
        run.until(lambda: len(replica.article_requests) == 3 and world.article_folders())
        run.signal(number)
        run.until(lambda: "finishing the article in hand" in run.said)
        held.release()
        assert run.wait() == code, run.said
        assert "Traceback" not in run.said
    archived = len(world.articles())
    assert 0 < archived < 30
    replica.clear_faults()
    world.configure(fetch={"interval": 0})
    replica.clear_requests()
    assert world.sync().exit_code == 0
    assert len(replica.article_requests) <= 30 - archived + 1
    assert len(world.articles()) == 30
