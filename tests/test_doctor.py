"""archiver doctor on set-ups that are broken in one way each; archiver status in full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.store.layout import LAST_REPORT
from archiver.store.lock import archive_lock
from archiver.tasks.doctor import examine
from archiver.tasks.health import Check
from archiver.tasks.schedule import Job, cron_lines
from tests.builders import article
from tests.forkserver import PROJECT, run_fresh
from tests.sampling import one_in
from tests.world import World, last_line

NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)


def checks(world: World, now: datetime = NOW) -> dict[str, Check]:
    return {check.name: check for check in examine(world.root / "config.toml", now)}


def git(world: World, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(world.root), *arguments], check=True, capture_output=True)


@pytest.fixture
def filled(world: World) -> World:
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    world.sync()
    return world


def test_a_sound_set_up(filled: World) -> None:
    filled.configure(fetch={"engine": "auto"})
    done = filled.cli("doctor", "--json")
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert (found["event"], found["schema"], found["exit_code"]) == ("doctor", 1, 0)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert {"python", "config", "notes", "browser", "fonts", "proxy", "ca", "archive", "disk", "lock", "clock"} <= set(
        states
    )
    assert "fail" not in states.values()
    assert filled.replica.article_requests[1:] == []
    assert all(check["cure"] for check in found["checks"] if check["state"] != "ok")
    assert "ok    python:" in filled.cli("doctor").stdout


def test_values_and_where_they_come_from(filled: World) -> None:
    host = filled.replica.proxy_url.removeprefix("http://")
    filled.configure(network={"proxy": f"http://me:hunter2@{host}"}, fetch={"interval": 7})
    found = checks(filled)
    assert found["fetch.interval"].said.startswith("7.0 (config.toml") or found["fetch.interval"].said.startswith("7 (")
    assert host in found["proxy"].said
    assert "configuration" in found["proxy"].said
    assert "hunter2" not in filled.cli("doctor").stdout


def test_another_program_of_this_name(filled: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Path(sys.executable).with_name("archiver")
    copy, stranger = tmp_path / "copy" / "archiver", tmp_path / "stranger" / "archiver"
    for path, data in ((copy, ours.read_bytes()), (stranger, b"#!/bin/sh\n")):
        path.parent.mkdir()
        path.write_bytes(data)
        path.chmod(0o755)
    for path, state in ((ours, "ok"), (copy, "ok"), (stranger, "warn")):
        monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
        program = checks(filled)["program"]
        assert (program.state, str(path) in program.said) == (state, True)
    assert "wechat-archiver" in program.cure


def test_no_configuration(tmp_path: Path) -> None:
    done = run_fresh(["doctor"], tmp_path)
    assert done.returncode == 1
    assert "fail  config:" in done.stdout
    assert "archiver init" in done.stdout


def broken(world: World, name: str) -> None:
    """Break one thing."""
    if name == "config":
        (world.root / "config.toml").write_text("[fetch]\nintervall = 3\n")
    elif name == "notes":
        world.configure(notes={"root": "nowhere"})
    elif name == "browser":
        world.configure(browser={"path": "no-such-browser"}, fetch={"engine": "browser"})
    elif name == "proxy":
        world.configure(network={"proxy": "http://127.0.0.1:9"})
    elif name == "network":
        (world.root / "bad.pem").write_text("no certificate")
        world.configure(network={"ca_bundle": "bad.pem"})
    elif name == "archive":
        (world.archive / "reports").rename(world.archive / "old") if (world.archive / "reports").exists() else None
        (world.archive / "reports").write_bytes(b"a file where a folder must be")
    elif name == "catalogue":
        (world.archive / "catalogue.db").write_bytes(b"garbage" * 1000)
    elif name == "git ignore":
        git(world, "init")
        (world.root / ".gitignore").write_text("*.png\n")
    elif name == "git autocrlf":
        git(world, "init")
        git(world, "config", "core.autocrlf", "true")
        (world.archive / ".gitattributes").unlink()


@pytest.mark.parametrize(
    ("name", "state", "said"),
    one_in(
        2,
        [
            ("config", "fail", "unknown key fetch.intervall"),
            ("notes", "fail", "is no folder"),
            ("browser", "fail", "no such file"),
            ("proxy", "fail", "cannot be reached"),
            ("network", "fail", "no certificate"),
            ("archive", "fail", "cannot write"),
            ("catalogue", "warn", "damaged"),
            ("git ignore", "fail", "a clone would be damaged"),
            ("git autocrlf", "fail", "core.autocrlf is true"),
        ],
    ),
)
def test_a_broken_set_up_is_named_with_its_cure(filled: World, name: str, state: str, said: str) -> None:
    assert name not in checks(filled) or checks(filled)[name].state == "ok"
    broken(filled, name)
    check = checks(filled)[name]
    assert (check.state, said in check.said, bool(check.cure)) == (state, True, True), check
    assert filled.cli("doctor").returncode == (1 if state == "fail" else 0)


def test_a_browser_that_does_not_start(filled: World, tmp_path: Path) -> None:
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\necho 'libnss3.so: cannot open' >&2\nexit 127\n")
    fake.chmod(0o755)
    filled.configure(browser={"path": str(fake)})
    assert "libnss3.so" in checks(filled)["browser"].said
    filled.configure(fetch={"engine": "browser"})
    fake.write_text(
        "#!/bin/sh\n[ \"$1\" = --version ] && echo 'Chromium 1' && exit\necho 'No usable sandbox!' >&2\nexit 1\n"
    )
    said = checks(filled)["browser"].said
    assert "does not start" in said
    assert "[browser] sandbox" in said


def test_a_lock_that_is_held(filled: World) -> None:
    with archive_lock(filled.archive):
        assert checks(filled)["lock"].state == "warn"


def test_a_wrong_clock(filled: World) -> None:
    assert checks(filled, datetime(1970, 1, 2, tzinfo=UTC))["clock"].state == "fail"
    os.utime(filled.article_folders()[0] / "article.json", (4e9, 4e9))
    assert checks(filled)["clock"].state == "warn"


def test_a_file_that_github_refuses(filled: World) -> None:
    git(filled, "init")
    assert checks(filled)["git size"].state == "ok"
    with (filled.archive / "large.bin").open("wb") as file:
        file.truncate(101_000_000)
    assert "large.bin" in checks(filled)["git size"].said


def test_status_tells_what_is_due_when(world: World) -> None:
    walled = world.replica.add_article(article("墙"))
    later = "https://mp.weixin.qq.com/s/UUUUUUUUUUUUUUUUUUUUUU"
    failed = "https://mp.weixin.qq.com/s/FFFFFFFFFFFFFFFFFFFFFF"
    world.replica.fault(later, "unavailable")
    world.replica.fault(failed, "status:500")
    world.note("a.md", f"[l]({later}) [f]({failed})")
    world.sync()
    world.note("b.md", f"[w]({walled}) [v]({world.replica.add_article(article('墙后'))})")
    world.replica.wall_after(0)
    assert world.sync().exit_code == 3
    status = last_line(world.cli("status", "--json").stdout)
    assert status["walls"] == 2  # the page at the wall, and the one that showed whose it is
    assert sum(status["next_try"].values()) == 4  # type: ignore[attr-defined]
    assert status["walled_at"]
    said = world.cli("status").stdout
    assert "next try:" in said
    assert "archiver solve" in said
    assert f"failed: {failed}" in said


def test_which_distribution_this_is(filled: World) -> None:
    found = checks(filled)["distribution"]
    assert found.state == "ok"
    assert str(PROJECT / "archiver") in found.said


FAKES = {
    "systemctl": "case $2 in is-enabled) echo $ENABLED;; *) echo ActiveState=active; echo LastTriggerUSec=$RAN;; esac",
    "crontab": 'cat "$HOME/table" 2>/dev/null',
}


@pytest.mark.skipif(os.name == "nt", reason="programs of POSIX")
def test_whether_the_schedule_is_installed_and_when_it_ran(
    filled: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in FAKES.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / "home").mkdir()
    assert "none installed" in checks(filled)["schedule"].said
    assert checks(filled)["last sync"].said.startswith("none yet")
    file = filled.root / "config.toml"
    job = Job(("archiver",), file.resolve())
    (tmp_path / "home/table").write_text(cron_lines(job))
    assert checks(filled)["schedule"].said == f"cron has {job.name}"
    (tmp_path / "home/table").unlink()
    timer = tmp_path / "home/.config/systemd/user" / f"{job.name}.timer"
    timer.parent.mkdir(parents=True)
    timer.write_text("")
    assert checks(filled)["schedule"].state == "warn"
    monkeypatch.setenv("ENABLED", "enabled")
    monkeypatch.setenv("RAN", "Mon 2027-02-01 02:13:00 CST")
    assert checks(filled)["schedule"].said.endswith("started last Mon 2027-02-01 02:13:00 CST")
    filled.cli("sync")
    ended = (filled.archive / LAST_REPORT).stat().st_mtime
    soon, late = (datetime.fromtimestamp(ended, UTC) + timedelta(hours=hours) for hours in (30, 60))
    assert [checks(filled, now)["last sync"].state for now in (soon, late)] == ["ok", "warn"]
