"""docs/operating.md: how a command ends."""

from __future__ import annotations

from archiver.errors import ExitCode
from tests.reference.tables import table


def exit_codes() -> str:
    """Markdown: a table of the exit codes."""
    return table(("code", "meaning"), ([str(int(code)), code.meaning] for code in ExitCode))
