"""archiver schedule print, archiver schedule install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from archiver.cli.common import Shared
from archiver.cli.output import err, out
from archiver.config import find_config, load_config
from archiver.errors import StoreError, UsageError
from archiver.store.files import write_if_changed
from archiver.tasks import schedule
from archiver.tasks.program import own_program
from archiver.tasks.schedule import Job
from archiver.tasks.workflow import github_workflow


def _job(config_file: Path | None) -> Job:
    """The job of a configuration, which must be valid."""
    file = (config_file or find_config(Path.cwd())).resolve()
    config = load_config(file)
    program = own_program()  # another program of this name must not get the job
    command = (str(program),) if program else (sys.executable, "-m", "archiver")
    return Job(command, file, os.path.relpath(config.archive_root, file.parent).replace(os.sep, "/"))


def _systemd_text(job: Job) -> str:
    units = schedule.systemd_units(job)
    return "\n".join(f"# ~/.config/systemd/user/{name}\n{text}" for name, text in units.items())


_TEXTS: dict[str, Callable[[Job], str]] = {
    "systemd": _systemd_text,
    "cron": schedule.cron_lines,
    "launchd": schedule.launchd_plist,
    "windows": schedule.windows_task,
    "github-actions": github_workflow,
}


# What to do with it, which is not part of it: on standard error.
_PLACES = {
    "systemd": """\
Each into its file, then: systemctl --user daemon-reload && systemctl --user enable --now {name}.timer
Or let archiver do it: archiver schedule install --systemd""",
    "cron": """\
Into your crontab: crontab -e
Or let archiver do it: archiver schedule install --cron""",
    "launchd": """\
Save it: archiver schedule print --launchd > ~/Library/LaunchAgents/{name}.plist
Then: launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/{name}.plist
To take it out again: launchctl bootout gui/$(id -u)/{name}""",
    "windows": """\
Save it: archiver schedule print --windows > {name}.xml
Then: schtasks /Create /TN {name} /XML {name}.xml
To take it out again: schtasks /Delete /TN {name}""",
    "github-actions": """\
Into .github/workflows/archiver.yml of the repository that holds your notes; it says what else it needs""",
}


def print_command(shared: Shared, kind: str | None) -> None:
    """`archiver schedule print`."""
    if kind is None:
        raise UsageError("for which scheduler? One of " + ", ".join(f"--{name}" for name in _TEXTS))
    job = _job(shared.config_file)
    out.print_exactly(_TEXTS[kind](job))
    err.print_as_it_is(*(f"# {line}" for line in _PLACES[kind].format(name=job.name).splitlines()))


def install_command(shared: Shared, kind: str | None) -> None:
    """`archiver schedule install`."""
    job = _job(shared.config_file)
    if kind == "systemd":
        _install_systemd(job)
    elif kind == "cron":
        _install_cron(job)
    else:
        raise UsageError("--systemd or --cron? For the others see: archiver schedule print")


def _install_systemd(job: Job) -> None:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    for name, text in schedule.systemd_units(job).items():
        write_if_changed(home / "systemd/user" / name, text.encode())
        out.print(f"wrote {home / 'systemd/user' / name}")
    _run(["systemctl", "--user", "daemon-reload"])
    _run(["systemctl", "--user", "enable", "--now", f"{job.name}.timer"])
    out.print(f"See it with: systemctl --user list-timers {job.name}.timer")
    out.print('To have it run while you are logged out: loginctl enable-linger "$USER"')


def _install_cron(job: Job) -> None:
    kept = schedule.without_cron_lines(_crontab(), job)
    if kept and not kept.endswith("\n"):
        kept += "\n"
    _run(["crontab", "-"], kept + schedule.cron_lines(job))
    out.print("Added to your crontab. See it with: crontab -l")


def _crontab() -> str:
    """The user's table, empty where there is none. Raises StoreError when it cannot be told: what is installed replaces
    the whole of it."""
    done = _said(["crontab", "-l"])
    if done.returncode == 0:
        return done.stdout
    if "no crontab for" in done.stderr:
        return ""
    raise _failure(["crontab", "-l"], done)


def _found(program: str, *arguments: str) -> list[str]:
    path = shutil.which(program)
    if path is None:
        raise UsageError(f"there is no {program} on this system; see: archiver schedule print --help")
    return [path, *arguments]


def _run(command: list[str], given: str | None = None) -> None:
    """Run a program of the system. Raises UsageError where there is none, StoreError where it fails."""
    done = _said(command, given)
    if done.returncode:
        raise _failure(command, done)


def _said(command: list[str], given: str | None = None) -> subprocess.CompletedProcess[str]:
    # In English, for who reads the answer; and a crontab may hold bytes that are no text.
    return subprocess.run(
        _found(*command), input=given, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False,
        env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip


def _failure(command: list[str], done: subprocess.CompletedProcess[str]) -> StoreError:
    return StoreError(f"{' '.join(command)}: {done.stderr.strip() or f'exit code {done.returncode}'}")
