"""archiver solve."""

from __future__ import annotations

import click

from archiver.cli.common import Shared
from archiver.cli.output import out
from archiver.errors import ExitCode
from archiver.tasks.solve import solve, walled_url


def solve_command(shared: Shared, url: str | None, minutes: float) -> None:
    """`archiver solve`."""
    config = shared.config()
    address = url or walled_url(config)
    out.print(f"Opening {address}")
    out.print("Do the verification in the window; it closes by itself when the article shows.")
    kept = solve(config, address, seconds=minutes * 60)
    if kept is None:
        out.print("The verification was not passed; nothing is kept.")
        click.get_current_context().exit(ExitCode.WALL)
    out.print(f"Passed. The cookies are in {kept}; the next sync sends them.")
