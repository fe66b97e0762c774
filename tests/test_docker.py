"""The image, the compose file and the scripts of the container."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft7Validator

from tests.builders import article
from tests.conditions import until
from tests.image import Build, read_stages, sources
from tests.world import PROJECT, World

DOCKERFILE = (PROJECT / "Dockerfile").read_text("utf-8")
COMPOSE = (PROJECT / "compose.yaml").read_text("utf-8")
STAGES = read_stages(DOCKERFILE)
SENT = {line[1:] for line in (PROJECT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
posix = pytest.mark.skipif(os.name == "nt", reason="scripts of a Linux container")


def test_what_docker_is_sent() -> None:
    assert [line for line in (PROJECT / ".dockerignore").read_text("utf-8").splitlines() if line == "*"] == ["*"]
    assert [name for name in SENT if not (PROJECT / name).exists()] == []
    taken = {name for stage in STAGES for found, words in stage.steps if found == "COPY" for name in sources(words)}
    assert {name for name in taken - {"."} if not {name, name.partition("/")[0]} & SENT} == set()
    assert all((PROJECT / name).exists() for name in taken)


def test_the_image_is_no_roots_and_has_a_check_of_its_health() -> None:
    last = STAGES[-1]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last.last("USER"))
    assert last.last("HEALTHCHECK").endswith('CMD ["archiver-healthy"]')
    assert (last.last("VOLUME"), last.last("ENTRYPOINT")) == ("/notes", '["archiver"]')
    assert {line.partition(":")[0] for line in re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)} == {"python"}


def test_compose() -> None:
    value = yaml.safe_load(COMPOSE)
    Draft7Validator(get_builtin_schema("vendor.compose-spec")).validate(value)
    # What only the user knows has no default, and stops compose where it is missing.
    assert set(re.findall(r"\$\{(\w+):\?", COMPOSE)) == {"ARCHIVER_NOTES", "ARCHIVER_USER"}
    for service in value["services"].values():
        assert "image" not in service, "nobody publishes one"
        assert service["cap_drop"] == ["ALL"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        (profile,) = [one.partition("=")[2] for one in service["security_opt"] if one.startswith("seccomp=")]
        assert (PROJECT / profile).is_file()


def test_the_profile_takes_away_what_no_browser_needs() -> None:
    profile = json.loads((PROJECT / "docker/seccomp.json").read_text("utf-8"))
    (rule,) = profile["syscalls"]
    assert (profile["defaultAction"], rule["action"]) == ("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO")
    assert {"mount", "bpf", "ptrace", "keyctl", "init_module", "open_by_handle_at", "io_uring_setup"} < set(
        rule["names"]
    )
    assert not {"clone", "clone3", "unshare", "chroot"} & set(rule["names"])


def stand_in(folder: Path, code: int) -> dict[str, str]:
    """An environment with an archiver that ends so, after it has written down that it was called, and how."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "archiver").write_text(f'#!/bin/sh\necho "$*" >> {folder}/said.txt\n[ "$1" = status ] || exit {code}\n')
    (tools / "archiver").chmod(0o755)
    return {"PATH": f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin", "ARCHIVER_LAST": str(folder / "last")}


@posix
@pytest.mark.parametrize(("code", "well"), [(0, True), (1, True), (3, True), (4, True), (2, False), (5, False)])
def test_the_night_and_its_health(tmp_path: Path, code: int, well: bool) -> None:
    environment = stand_in(tmp_path, code)
    last, healthy = tmp_path / "last", PROJECT / "docker/healthy.sh"
    with subprocess.Popen([PROJECT / "docker/nightly.py", "--commit"], env=environment) as nightly:
        until(lambda: last.exists() and last.read_text() == f"{code}\n")
        done = subprocess.run([healthy], env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode == 0, done.stdout == "") == (well, well)
        assert nightly.poll() is None, "it waits for the next night"
        nightly.send_signal(signal.SIGTERM)
        assert nightly.wait() == 143
    assert (tmp_path / "said.txt").read_text() == ("sync --commit\nstatus\n" if well else "sync --commit\n")
    os.utime(last, (0, 0))
    assert subprocess.run([healthy], env=environment, capture_output=True, check=False).returncode == 1
    last.unlink()
    assert subprocess.run([healthy], env=environment, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("now", "hours"),
    [("00:00", 2), ("02:00", 0), ("02:01", 24 - 1 / 60), ("08:09", 18 - 9 / 60), ("23:59", 2 + 1 / 60)],
)
def test_it_sleeps_until_two_at_night(now: str, hours: float) -> None:
    nightly = runpy.run_path(str(PROJECT / "docker/nightly.py"))
    assert nightly["pause"](datetime.fromisoformat(f"2026-03-01T{now}")) == timedelta(hours=hours)
    assert nightly["SPREAD"] == timedelta(hours=2)


@posix
def test_a_stop_is_passed_on_to_the_sync(tmp_path: Path) -> None:
    environment = stand_in(tmp_path, 0)
    (tmp_path / "tools/archiver").write_text(
        f"#!/bin/sh\ntrap 'echo finished > {tmp_path}/end; exit 143' TERM\ntouch {tmp_path}/begun\n"
        "while :; do sleep 0.1; done\n"
    )
    with subprocess.Popen([PROJECT / "docker/nightly.py"], env=environment) as nightly:
        until((tmp_path / "begun").exists)
        nightly.terminate()
        assert nightly.wait() == 143
    assert (tmp_path / "end").read_text() == "finished\n"
    assert not (tmp_path / "last").exists()


@pytest.mark.slow
def test_hadolint_finds_nothing() -> None:
    program = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([program, "Dockerfile"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_the_steps_build_what_archives_a_note(world: World, tmp_path: Path) -> None:
    """All steps, apt-get among them, over this machine's files instead of the base image's; then a first night by the
    image's user, with a sandboxed browser, and the check of its health."""
    mounts = (
        subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False) if os.name != "nt" else None
    )
    if mounts is None or mounts.returncode or shutil.which("apt-get") is None:
        pytest.skip("needs Linux, root who may mount, and Debian")
    context = tmp_path / "context"
    for name in sorted(SENT):
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy2
        copy(PROJECT / name, context / name)
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})\n")
    world.configure(fetch={"engine": "browser"}, network={"ca_bundle": "ca.pem"})
    shutil.copy2(world.replica.ca_bundle, world.root / "ca.pem")
    volume = tmp_path / "volume"
    volume.mkdir()
    for name in ("notes", "config.toml", "ca.pem"):
        shutil.move(world.root / name, volume / name)
    subprocess.run(["chown", "-R", "1000:1000", volume], check=True)
    shutil.copy2(PROJECT / "docker/seccomp.json", volume)
    build = Build(tmp_path / "layers", context, STAGES)
    build.mount(volume, STAGES[-1].last("VOLUME"))
    last = STAGES[-1].last
    inside = [
        f"cd {last('WORKDIR')}",
        "export ARCHIVER_LAST=/tmp/archiver-last-of-the-test",
        "if unshare --user --map-root-user --mount mount -t tmpfs none /mnt; then exit 9; fi # a profile is in force",
        "archiver doctor",
        f"archiver {json.loads(last('CMD'))[0]}",
        "archiver-healthy",
    ]
    build.run(last("USER"), "\n".join(inside), f"{last('VOLUME')}/seccomp.json")
    done = build.perform()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "articles: 1 new" in done.stdout
    assert "archive/articles/" in (volume / "notes/a.md").read_text("utf-8")
    (browser,) = [line for line in done.stdout.splitlines() if " browser: " in line]
    assert "ok" in browser, browser
    assert "without" not in browser, browser
