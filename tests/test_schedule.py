"""What `archiver schedule` prints is what each scheduler reads; what it installs can be installed again."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from cronsim import CronSim
from jsonschema import Draft7Validator

from archiver.errors import UsageError
from archiver.tasks.schedule import (
    Job,
    cron_lines,
    launchd_plist,
    systemd_units,
    windows_task,
    without_cron_lines,
)
from archiver.tasks.workflow import github_workflow
from tests.builders import article
from tests.forkserver import PROJECT, run
from tests.world import World, last_line

AWKWARD = Path('/home/林 & co/100% "notes" $HOME\'/config.toml')
JOBS = [
    Job((sys.executable, "-m", "archiver"), Path("/home/me/notes/config.toml")),
    Job((sys.executable, "-m", "archiver"), AWKWARD),
]
jobs = pytest.mark.parametrize("job", JOBS, ids=["plain", "awkward"])


# Ends of lines in files, in Python's eyes, or in a terminal's; and half a character.
CONTROLS = ["\n", "\r", "\t", "\x00", "\x0b", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\udcff"]


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_no_job_with_a_control_character(control: str) -> None:
    for command, config in (("archiver", f"/home/a{control}b/config.toml"), (f"/opt/a{control}b", "/home/config.toml")):
        with pytest.raises(UsageError, match="control character"):
            Job((command,), Path(config))


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
@pytest.mark.parametrize(
    "name", ["a\n* * * * * touch owned", "b\n[Service]\nExecStart=touch owned", "c\x1b[2J", "d\udcff"]
)
def test_a_folder_adds_no_line_to_a_schedule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder, tools, table = tmp_path / name, tmp_path / "bin", tmp_path / "crontab.txt"
    for made in (folder, tools):
        made.mkdir()
    (folder / "config.toml").touch()
    table.write_text("5 4 * * * mine\n")
    (tools / "crontab").write_text(f'#!/bin/sh\n[ "$1" = -l ] && exec cat {table}\nexec cat > {table}\n')
    (tools / "systemctl").write_text("#!/bin/sh\n")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    kinds = ("systemd", "cron", "launchd", "windows", "github-actions")
    asked = [["print", f"--{kind}"] for kind in kinds] + [["install", "--cron"], ["install", "--systemd"]]
    for arguments in asked:
        done = run(["schedule", *arguments, "--config", str(folder / "config.toml")], tmp_path)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert "control character" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert table.read_text() == "5 4 * * * mine\n"
    assert not (tmp_path / "xdg").exists()


def test_a_workflow_holds_no_expression_of_a_files_name() -> None:
    text = github_workflow(Job(("archiver",), Path("/home/${{ github.token }}.toml")))
    assert "--config '${{ '${{' }} github.token }}.toml'" in text


@jobs
def test_systemd_accepts_the_units(job: Job, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this system")
    files = []
    for name, text in systemd_units(job).items():
        (tmp_path / name).write_text(text, "utf-8")
        files.append(str(tmp_path / name))
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        [analyze, "verify", "--user", *files], env=environment, capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if job.name in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_systemd_units_say_what_a_nightly_job_needs() -> None:
    service, timer = systemd_units(JOBS[0]).values()
    for line in ("After=network-online.target", "SuccessExitStatus=3", "Nice=10", "Type=oneshot"):
        assert f"\n{line}\n" in service
    for line in ("Persistent=true", "RandomizedDelaySec=45min"):
        assert f"\n{line}\n" in timer


@jobs
def test_cron_line_is_one_and_means_every_night(job: Job) -> None:
    (line,) = [line for line in cron_lines(job).splitlines() if not line.startswith("#")]
    fields = line.split(" ", 5)
    runs = CronSim(" ".join(fields[:5]), datetime(2026, 3, 1, tzinfo=UTC))
    first, second = next(runs), next(runs)
    assert (second - first).days == 1
    assert first.hour == 2
    assert first.minute not in (0, 30)
    # cron itself: an unescaped % ends the command, then \% is %. The shell must get the words that were meant.
    command = fields[5].replace("\\%", "\0")
    assert "%" not in command
    words = shlex.split(command.replace("\0", "%").partition("; nice")[2])
    assert ["nice", *words] == ["nice", "-n", "10", *job.arguments]
    assert subprocess.run(["sh", "-n", "-c", command.replace("\0", "%")], check=False).returncode == 0


def test_cron_delay_is_a_number_of_seconds() -> None:
    (line,) = [line for line in cron_lines(JOBS[0]).splitlines() if not line.startswith("#")]
    if shutil.which("awk") is None:
        pytest.skip("no awk on this system")
    script = line.split(" ", 5)[5].partition("; nice")[0].replace("sleep", "echo", 1)
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert 0 <= int(said) < 45 * 60


@jobs
def test_launchd_plist(job: Job) -> None:
    value = plistlib.loads(launchd_plist(job).encode())
    assert value["ProgramArguments"] == job.arguments
    assert value["StartCalendarInterval"] == {"Hour": 2, "Minute": job.minute}


@jobs
def test_windows_task(job: Job) -> None:
    # PowerShell's ">" makes UTF-16 of it, that of cmd keeps UTF-8: without a declaration both can be read.
    assert ET.canonicalize(windows_task(job).encode("utf-16")) == ET.canonicalize(windows_task(job))
    root = ET.fromstring(windows_task(job).encode())
    names = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert root.findtext(".//t:Command", namespaces=names) == sys.executable
    assert root.findtext(".//t:StartWhenAvailable", namespaces=names) == "true"
    assert root.findtext(".//t:RunOnlyIfNetworkAvailable", namespaces=names) == "true"
    # The schema wants the parts of a task in this order.
    assert [child.tag.rpartition("}")[2] for child in root] == ["RegistrationInfo", "Triggers", "Settings", "Actions"]


@jobs
def test_github_accepts_the_workflow(job: Job) -> None:
    workflow = yaml.safe_load(github_workflow(job))
    workflow["on"] = workflow.pop(True)  # YAML 1.1 takes the word "on" for true; GitHub does not
    Draft7Validator(get_builtin_schema("vendor.github-workflows")).validate(workflow)
    (schedule,) = workflow["on"]["schedule"]
    assert next(CronSim(schedule["cron"], datetime(2026, 3, 1, tzinfo=UTC))).minute == job.minute
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert "data-centre" in github_workflow(job)


def test_the_workflow_commits_pushes_and_proves() -> None:
    text = github_workflow(Job(("archiver",), Path("/home/me/notes/archiver.toml"), "kept here"))
    assert "Commit archiver.toml too" in text
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    job = workflow["jobs"]["sync"]
    assert job["permissions"] == {"contents": "write"}
    steps = {step["name"]: step for step in job["steps"]}
    assert "archiver sync --commit --push --config archiver.toml" in steps["Sync"]["run"]
    assert "'kept here/reports/last.md'" in steps["Sync"]["run"]
    assert "archiver verify --github --ours --config archiver.toml" in steps["Verify"]["run"]
    assert list(steps).index("Sync") < list(steps).index("Verify")
    assert "!cancelled()" in steps["Verify"]["if"]


WORKFLOWS = {"generated": github_workflow(JOBS[0]), "ci": (PROJECT / ".github/workflows/ci.yml").read_text("utf-8")}


@pytest.mark.parametrize("text", WORKFLOWS.values(), ids=WORKFLOWS.keys())
def test_actions_are_named_by_a_verified_hash_or_by_tag_with_the_reason(text: str) -> None:
    used = [line.partition("uses: ")[2] for line in text.splitlines() if "uses: " in line]
    assert len(used) >= 2
    for action in used:
        name, _, reason = action.partition(" # ")
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", name), action
        assert re.match(r"zizmor: ignore\[unpinned-uses\] \w+", reason), action
    steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
    assert not [step for step in steps if "${{" in step.get("run", "")], "no template in a script"


@pytest.mark.slow
@pytest.mark.parametrize("text", WORKFLOWS.values(), ids=WORKFLOWS.keys())
@pytest.mark.parametrize("linter", [["zizmor", "--offline"], ["actionlint"]], ids=["zizmor", "actionlint"])
def test_linters_of_workflows_find_nothing(tmp_path: Path, linter: list[str], text: str) -> None:
    program = shutil.which(linter[0], path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip(f"{linter[0]} is not installed")
    file = tmp_path / ".github/workflows/archiver.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    command = [program, *linter[1:], str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (3, 0), (1, 1), (5, 5)])
def test_a_wall_is_no_failure_of_the_workflow(tmp_path: Path, code: int, ends: int) -> None:
    steps = yaml.safe_load(github_workflow(JOBS[0]))["jobs"]["sync"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == "Sync"]
    fake = tmp_path / "archiver"
    fake.write_text(f"#!/bin/sh\nexit {code}\n")
    fake.chmod(0o755)
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False
    )
    assert done.returncode == ends


@pytest.mark.parametrize("source", [None, "", "dist/wechat_archiver-0.1.0-py3-none-any.whl", "git+https://x.test/a b"])
def test_the_workflow_installs_what_the_user_names_and_nothing_else(tmp_path: Path, source: str | None) -> None:
    steps = {step.get("name"): step for step in yaml.safe_load(github_workflow(JOBS[0]))["jobs"]["sync"]["steps"]}
    assert steps["Install"]["env"] == {"ARCHIVER_SOURCE": "${{ vars.ARCHIVER_SOURCE }}"}
    called = tmp_path / "called"
    fake = tmp_path / "pipx"
    fake.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {called}\n")
    fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"} | ({} if source is None else {"ARCHIVER_SOURCE": source})
    done = subprocess.run(
        ["bash", "-e", "-c", steps["Install"]["run"]], env=environment, capture_output=True, text=True, check=False
    )
    if source:
        assert (done.returncode, called.read_text()) == (0, f"install\n{source}\n")
    else:
        assert done.returncode != 0
        assert "set the repository variable ARCHIVER_SOURCE" in done.stderr
        assert not called.exists()


def test_another_program_of_this_name_does_not_get_the_job(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = tmp_path / "bin" / "archiver"
    stranger.parent.mkdir()
    stranger.write_text("#!/bin/sh\nexit 0\n")
    stranger.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stranger.parent}:{Path(sys.executable).parent}:/usr/bin:/bin")
    for kind in ("cron", "systemd", "launchd", "windows"):
        printed = world.cli("schedule", "print", f"--{kind}").stdout
        assert str(stranger) not in printed
        assert sys.executable in printed
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    assert f"{Path(sys.executable).with_name('archiver')} sync" in world.cli("schedule", "print", "--cron").stdout


def test_systemd_takes_the_program_as_it_is_and_no_folder_in_its_description() -> None:
    job = Job(("/opt $x/archiver", "$y"), Path("/home/me/notes\\/config.toml"))
    (service,) = [text for name, text in systemd_units(job).items() if name.endswith(".service")]
    assert 'ExecStart="/opt $x/archiver" "$$y" ' in service
    assert not any(line.endswith("\\") for line in service.splitlines())


@jobs
def test_a_lost_comment_costs_the_user_no_line(job: Job) -> None:
    begin, line, end = cron_lines(job).splitlines(keepends=True)
    mine = "5 4 * * * mine\n"
    for table in (begin + line + mine, mine + begin + mine, begin + line + end + mine + begin):
        assert without_cron_lines(table, job).replace(mine, "") == ""
        assert without_cron_lines(table, job).count(mine) == table.count(mine)


@pytest.mark.parametrize(
    ("said", "code", "installed"),
    [("no crontab for me", 0, True), ("crontab: cannot open the spool: Permission denied", 1, False), ("", 1, False)],
)
def test_a_crontab_that_cannot_be_read_is_not_replaced(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int, installed: bool
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    table = tmp_path / "crontab.txt"
    tool = tools / "crontab"
    tool.write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then echo "{said}" >&2; exit 1; fi\nexec cat > {table}\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    done = world.cli("schedule", "install", "--cron")
    assert (done.returncode != 0) == bool(code), done.stderr
    assert said in done.stderr or installed
    assert table.exists() == installed


def test_print_and_install(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With stand-ins for crontab and systemctl that keep what they are given."""
    tools = tmp_path / "bin"
    tools.mkdir()
    table = tmp_path / "crontab.txt"
    (tools / "crontab").write_text(f'#!/bin/sh\n[ "$1" = -l ] && exec cat {table}\nexec cat > {table}\n')
    (tools / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/systemctl.txt\n')
    for tool in tools.iterdir():
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    table.write_text("5 4 * * * mine")
    for _ in range(2):
        done = world.cli("schedule", "install", "--cron")
        assert done.returncode == 0, done.stderr
    lines = table.read_text().splitlines()
    assert lines[0] == "5 4 * * * mine"
    assert len(lines) == 4
    printed = world.cli("schedule", "print", "--cron").stdout
    assert table.read_text().endswith(printed)
    assert without_cron_lines(table.read_text(), Job((), (world.root / "config.toml").resolve())) == "5 4 * * * mine\n"
    assert world.cli("schedule", "install", "--systemd").returncode == 0
    assert len(list((tmp_path / "xdg/systemd/user").iterdir())) == 2
    assert "enable --now" in (tmp_path / "systemctl.txt").read_text()
    for kind in ("systemd", "launchd", "windows", "github-actions"):
        assert world.cli("schedule", "print", f"--{kind}").stdout
    assert world.cli("schedule", "print").returncode == 2
    assert world.cli("schedule", "install").returncode == 2


def test_the_cron_command_really_syncs(world: World) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    job = Job((sys.executable, "-m", "archiver"), world.root / "config.toml")
    done = subprocess.run([*job.arguments, "--json"], cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert last_line(done.stdout)["articles"]["new"] == 1  # type: ignore[index]
