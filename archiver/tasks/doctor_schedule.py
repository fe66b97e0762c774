"""Whether the nightly sync is really installed, and when it ran last."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.config import Config
from archiver.store.layout import LAST_REPORT
from archiver.tasks.health import Check, ok, warn
from archiver.tasks.schedule import Job

_LATE = timedelta(days=2)  # a nightly run that is not older than that is in time


def check_schedule(config: Config, file: Path, now: datetime) -> Iterator[Check]:
    """One line for each scheduler that has the job of the configuration in `file`, and one for the last run."""
    job = Job(("archiver",), file)
    found = list(_installed(job))
    yield from found or [ok("schedule", "none installed for this configuration: archiver schedule install --help")]
    yield _last_run(config, now, expected=any(check.state == "ok" for check in found))


def _installed(job: Job) -> Iterator[Check]:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    if (home / "systemd/user" / f"{job.name}.timer").is_file():
        yield _systemd(f"{job.name}.timer")
    if any(line.startswith(f"# {job.name}: begin") for line in _said("crontab", "-l").splitlines()):
        yield ok("schedule", f"cron has {job.name}")
    if (plist := Path.home() / "Library/LaunchAgents" / f"{job.name}.plist").is_file():
        loaded = sys.platform != "darwin" or job.name in _said("launchctl", "list")
        cure = f"launchctl bootstrap gui/$(id -u) {plist}"
        yield ok("schedule", f"launchd has {job.name}") if loaded else warn("schedule", f"{plist} is not loaded", cure)
    if sys.platform == "win32" and job.name in _said("schtasks", "/Query", "/TN", job.name):
        yield ok("schedule", f"the Task Scheduler has {job.name}")


def _systemd(timer: str) -> Check:
    cure = f"systemctl --user enable --now {timer}"
    values = dict(
        line.split("=", 1)
        for line in _said("systemctl", "--user", "show", timer, "-p", "ActiveState,LastTriggerUSec").splitlines()
        if "=" in line
    )
    if _said("systemctl", "--user", "is-enabled", timer).strip() != "enabled":
        return warn("schedule", f"{timer} is written, but not enabled", cure)
    if values.get("ActiveState") != "active":
        return warn("schedule", f"{timer} is enabled, but not active", cure)
    ran = values.get("LastTriggerUSec", "")
    return ok(
        "schedule", f"systemd has {timer}; {f'started last {ran}' if ran not in ('', 'n/a') else 'not started yet'}"
    )


def _last_run(config: Config, now: datetime, *, expected: bool) -> Check:
    """Each sync writes its report when it ends, whoever started it."""
    try:
        ended = datetime.fromtimestamp((config.archive_root / LAST_REPORT).stat().st_mtime, UTC)
    except OSError:
        return ok("last sync", "none yet on this machine")
    said = f"{ended:%Y-%m-%d %H:%M} UTC: see {config.archive_root / LAST_REPORT}"
    if expected and now - ended > _LATE:
        return warn("last sync", said, "the schedule is there, but did not run: see its log, or run archiver sync")
    return ok("last sync", said)


def _said(program: str, *arguments: str) -> str:
    """What a program of the system prints; nothing where there is none or it fails."""
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        done = subprocess.run(
            [path, *arguments], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
            timeout=20, check=False, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
