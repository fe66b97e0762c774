"""What a run leaves for its owner: the health check, the program, the report; and nothing secret in any of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import get_args

import pytest

from archiver.cli.jsonlines import NAMES
from archiver.cli.secrets import without_secrets
from archiver.config import Config, NotifyConfig
from archiver.errors import LockedError
from archiver.events import Event
from archiver.store.lock import archive_lock
from archiver.tasks import notify
from tests.builders import an_image, article, img
from tests.world import World


class HealthCheck:
    """A server that notes the paths it is asked for."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.status = 200
        paths, check = self.paths, self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                paths.append(self.path)
                self.send_response(check.status)
                if check.status == 302:
                    self.send_header("Location", self.path)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/ping/abc"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def health() -> Iterator[HealthCheck]:
    server = HealthCheck()
    yield server
    server.close()


@pytest.fixture
def watched(world: World, health: HealthCheck) -> World:
    """The health check is on this machine: requests reach it past the proxy, as the environment says."""
    world.configure(network={"proxy": ""}, notify={"healthchecks_url": health.url})
    return world


def run(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, world.replica.proxy_url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    from archiver.cli.nightly import Show, run_sync
    from archiver.tasks.sync import Options

    return run_sync(world.config, Options(), Show()).exit_code


def test_the_health_check_is_told(watched: World, health: HealthCheck, monkeypatch: pytest.MonkeyPatch) -> None:
    url = watched.replica.add_article(article("一"))
    watched.note("a.md", f"[x]({url})")
    assert run(watched, monkeypatch) == 0
    assert health.paths == ["/ping/abc/start", "/ping/abc"]
    watched.note("b.md", "[y](https://mp.weixin.qq.com/s/YYYYYYYYYYYYYYYYYYYYYY)")
    watched.replica.fault("YYYYYYYY", "status:500")
    assert run(watched, monkeypatch) == 1
    assert health.paths[2:] == ["/ping/abc/start", "/ping/abc/fail"]


def test_a_wall_is_no_failure(watched: World, health: HealthCheck, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.note("a.md", f"[x]({watched.replica.add_article(article('一'))})")
    watched.replica.wall_after(0)
    assert run(watched, monkeypatch) == 3
    assert health.paths[-1] == "/ping/abc"


@pytest.mark.asks("127.0.0.1")  # the user's own
def test_a_health_check_that_is_down_fails_nothing(world: World) -> None:
    world.configure(notify={"healthchecks_url": "http://127.0.0.1:9/ping", "command": "no-such-program"})
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    done = world.cli("sync")
    assert done.returncode == 0, done.stderr
    assert "could not be told" in done.stderr
    assert "command could not be run" in done.stderr


def test_a_blank_command_is_none(world: World) -> None:
    world.configure(notify={"command": " "})
    world.note("a.md", "x")
    done = world.cli("sync")
    assert done.returncode == 0, done.stderr
    assert "notify" not in done.stderr


@pytest.mark.parametrize("command", ["sh -c 'sleep 9' TOKEN", "/no/such/program TOKEN", "'sleep TOKEN"])
def test_the_commands_arguments_are_not_logged(
    command: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "COMMAND_SECONDS", 0.1)
    notify.notify_end(Config(Path(), notify=NotifyConfig(command=command)), 0, "{}")
    assert "[notify] command" in caplog.text
    assert "TOKEN" not in caplog.text


def test_doctor_shows_no_arguments_of_the_command(world: World) -> None:
    world.configure(notify={"command": "/usr/bin/curl https://example.com/TOKEN"})
    said = world.cli("doctor").stdout
    assert "curl and 1 argument" in " ".join(said.split())
    assert "TOKEN" not in said


def test_the_health_checks_path_is_not_logged(
    watched: World, health: HealthCheck, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(health, "status", 302)
    notify.notify_start(watched.config)
    assert "the health check at 127.0.0.1 could not be told: RedirectError" in caplog.text
    assert "abc" not in caplog.text


def test_the_program_gets_the_summary(world: World, tmp_path: Path) -> None:
    heard = tmp_path / "heard.json"
    code = f"""
import json, os, sys
said = json.load(sys.stdin) | {{"env": os.environ["ARCHIVER_EXIT_CODE"]}}
json.dump(said, open({str(heard)!r}, "w"))
"""
    (tmp_path / "hook.py").write_text(code)
    world.configure(notify={"command": f"'{sys.executable}' '{tmp_path / 'hook.py'}'"})
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    assert world.cli("sync").returncode == 0
    said = json.loads(heard.read_text())
    assert (said["event"], said["schema"], said["articles"]["new"], said["env"]) == ("summary", 1, 1, "0")
    # What stops a run before its summary is told too.
    (world.archive / "links.jsonl").write_bytes(b"garbage\n")
    assert world.cli("sync").returncode == 5
    said = json.loads(heard.read_text())
    assert said["exit_code"] == 5
    assert "links.jsonl:1" in said["attention"][0]


def test_a_run_that_found_another_at_work_tells_nobody(world: World, tmp_path: Path) -> None:
    world.configure(notify={"command": f"touch {tmp_path / 'told'}"})
    world.note("a.md", "x")
    with archive_lock(world.archive):
        assert world.cli("sync").returncode == 4
    assert not (tmp_path / "told").exists()
    assert not (world.archive / "reports/last.md").exists()


def test_a_run_that_found_another_at_work_tells_no_health_check(
    watched: World, health: HealthCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.note("a.md", "x")
    with archive_lock(watched.archive), pytest.raises(LockedError):
        run(watched, monkeypatch)
    assert health.paths == []


def test_the_health_check_is_told_of_a_crash(
    watched: World, health: HealthCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyError("unforeseen")

    watched.note("a.md", "x")
    monkeypatch.setattr("archiver.tasks.sync.add_notices", crash)
    with pytest.raises(KeyError):
        run(watched, monkeypatch)
    assert health.paths == ["/ping/abc/start", "/ping/abc/fail"]


def test_the_report(world: World) -> None:
    bad = an_image("bad")
    world.replica.fault(bad.key, "empty")
    world.note("a.md", f"[x]({world.replica.add_article(article('缺*图', bad))}) {img(an_image('ok'))}")
    assert world.cli("sync").returncode == 1
    report = (world.archive / "reports/last.md").read_text("utf-8")
    assert "exit code 1" in report
    assert "| articles | 1 partial |" in report
    assert "缺\\*图" in report
    assert "reports/" in (world.archive / ".gitignore").read_text()


def test_no_secret_is_written_anywhere(world: World) -> None:
    """Neither the proxy's password nor the credentials in a copied link."""
    url = world.replica.add_article(article("一"))
    world.note("a.md", f"[x]({url}?key=TOPSECRET&uin=MTIz&pass_ticket=PASSTICKET)")
    host = world.replica.proxy_url.removeprefix("http://")
    world.configure(network={"proxy": f"http://me:hunter2@{host}"})
    done = world.cli("sync", "--json", "--verbose")
    everything = done.stdout + done.stderr + (world.archive / "reports/last.md").read_text("utf-8")
    assert done.returncode == 0, done.stderr
    for secret in ("TOPSECRET", "PASSTICKET", "MTIz", "hunter2"):
        assert secret not in everything


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("http://me:pw@host:1/x", "http://***@host:1/x"),
        ("see https://mp.weixin.qq.com/s?a=1&key=abc&b=2 now", "see https://mp.weixin.qq.com/s?a=1&key=***&b=2 now"),
        ("nothing: here@x", "nothing: here@x"),
    ],
)
def test_secrets_are_blanked(text: str, clean: str) -> None:
    assert without_secrets(text) == clean


def test_every_event_has_a_name_in_the_json() -> None:
    assert set(NAMES) == set(get_args(Event))
    assert len(set(NAMES.values())) == len(NAMES)
