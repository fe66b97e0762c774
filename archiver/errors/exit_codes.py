"""How commands end."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ends. Help, documents, schedules and reports take number and meaning from here."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    WALL = 3
    LOCKED = 4
    DAMAGE = 5
    INTERRUPTED = 130
    TERMINATED = 143

    @property
    def meaning(self) -> str:
        """What it means, in one clause."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "nothing that was due failed (articles that are gone, refused or private are settled)",
    ExitCode.FAILURE: "something that was due failed or is incomplete; the next run tries it again",
    ExitCode.USAGE: "the command line or the configuration is wrong, or the archive is a newer archiver's",
    ExitCode.WALL: "WeChat asks this address for verification, and the run stopped there; the next run goes on",
    ExitCode.LOCKED: "another run holds the archive",
    ExitCode.DAMAGE: "the archive's own files contradict each other: archiver verify --repair",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C; the next run goes on",
    ExitCode.TERMINATED: "ended by SIGTERM; the next run goes on",
}
FINE = (ExitCode.OK, ExitCode.WALL)  # nobody need be called: after a wall the next run goes on
