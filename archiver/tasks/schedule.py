"""`archiver sync` every night, in the words of each system's own scheduler. Nothing here touches the system."""

from __future__ import annotations

import hashlib
import plistlib
import shlex
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from archiver.errors import ExitCode, UsageError
from archiver.harmless import harmless

HOUR = 2  # local time; the minute follows from the folder, off the full hour
SPREAD_MINUTES = 45  # a random delay of up to this much more
RUN_HOURS = 8  # a run that takes longer is stopped; the next goes on


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: `command` (program and arguments) and the absolute path of the configuration. `archive` is the
    archive's path relative to that file's folder. Raises UsageError where one of them holds control characters."""

    command: tuple[str, ...]
    config: Path
    archive: str = "archive"

    def __post_init__(self) -> None:
        # What ends a line would add one to a crontab, a unit or a script; the rest is not read as it is written.
        for word in (*self.command, str(self.config), self.archive):
            if harmless(word) != word or "\t" in word:
                raise UsageError(
                    f"no scheduler gets the path {word!r}: it holds a control character. Rename that folder or file"
                )

    @property
    def name(self) -> str:
        """Different for each configuration, the same for the same one."""
        return f"archiver-{hashlib.sha256(str(self.config).encode()).hexdigest()[:8]}"

    @property
    def minute(self) -> int:
        """2 to 57: schedulers of the whole world are busy on the hour."""
        return 2 + int(hashlib.sha256(str(self.config).encode()).hexdigest(), 16) % 56

    @property
    def arguments(self) -> list[str]:
        return [*self.command, "sync", "--config", str(self.config)]


def systemd_units(job: Job) -> dict[str, str]:
    """File name -> text, for ~/.config/systemd/user/."""
    program, *arguments = job.arguments
    # systemd replaces $NAME in arguments, never in the program's path: there a doubled $ stays doubled.
    words = " ".join([_systemd_word(program), *(_systemd_word(word.replace("$", "$$")) for word in arguments)])
    service = f"""\
[Unit]
# No folder's name here: a backslash at its end would swallow the next line.
Description=Archive the WeChat articles that your notes link to
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
# A user's services cannot wait for the system's network target: wait for the name, two minutes at most.
ExecStartPre=-/bin/sh -c "for n in 1 2 3 4 5 6 7 8; do getent hosts mp.weixin.qq.com && break; sleep 15; done"
ExecStart={words}
SuccessExitStatus={ExitCode.WALL:d}
Nice=10
IOSchedulingClass=idle
TimeoutStartSec={RUN_HOURS}h
"""
    timer = f"""\
[Unit]
Description=Every night: {job.name}.service

[Timer]
OnCalendar=*-*-* {HOUR:02}:{job.minute:02}:00
RandomizedDelaySec={SPREAD_MINUTES}min
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{job.name}.service": service, f"{job.name}.timer": timer}


def _systemd_word(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_percent(quoted)}"'


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def cron_lines(job: Job) -> str:
    """Lines for `crontab -e`, between two comments by which they are found again."""
    delay = f"""sleep "$(awk 'BEGIN {{ srand(); print int(rand() * {SPREAD_MINUTES * 60}) }}')\""""
    # cron takes a bare % for the end of the line.
    words = shlex.join(job.arguments).replace("%", "\\%")
    return f"""\
# {job.name}: begin. cron knows neither the network nor missed runs: a laptop is better served by systemd or launchd.
{job.minute} {HOUR} * * * {delay}; nice -n 10 {words}
# {job.name}: end
"""


def without_cron_lines(crontab: str, job: Job) -> str:
    """A crontab without the lines of an earlier installation. Each is known by itself, not by standing between our
    comments: where one of those was lost, the rest of the table is the user's."""
    command = shlex.join(job.arguments[-3:]).replace("%", "\\%")  # the program may have moved since
    kept, begun = [], False
    for line in crontab.splitlines(keepends=True):
        ours = line.startswith((f"# {job.name}: begin", f"# {job.name}: end"))
        if not ours and not (begun and line.rstrip().endswith(f" {command}")):
            kept.append(line)
        begun = line.startswith(f"# {job.name}: begin")
    return "".join(kept)


def launchd_plist(job: Job) -> str:
    """Text for ~/Library/LaunchAgents/<name>.plist. launchd runs what the machine slept through when it wakes."""
    value = {
        "Label": job.name,
        "ProgramArguments": job.arguments,
        "StartCalendarInterval": {"Hour": HOUR, "Minute": job.minute},
        "ProcessType": "Background",
        "Nice": 10,
        "LowPriorityIO": True,
        "StandardErrorPath": str(job.config.parent / f"{job.name}.log"),
    }
    return plistlib.dumps(value, sort_keys=False).decode()


def windows_task(job: Job) -> str:
    """A task as `schtasks /Create /TN <name> /XML <file>` reads it."""
    program, *arguments = job.arguments
    words = " ".join(f'"{word}"' if " " in word else word for word in arguments)
    return f"""\
<?xml version="1.0"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Archive the WeChat articles that your notes link to</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T{HOUR:02}:{job.minute:02}:00</StartBoundary>
      <RandomDelay>PT{SPREAD_MINUTES}M</RandomDelay>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT{RUN_HOURS}H</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(words)}</Arguments>
      <WorkingDirectory>{escape(str(job.config.parent))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
