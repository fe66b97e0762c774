"""archiver solve."""

from __future__ import annotations

import click

from archiver.cli.common import Shared
from archiver.cli.output import out
from archiver.errors import ExitCode
from archiver.tasks.solve import Person, check_solvable, solve, walled_url


def solve_command(shared: Shared, url: str | None, minutes: float) -> None:
    """`archiver solve`."""
    config = shared.config()
    address = url or walled_url(config)
    check_solvable(config, address)
    met = False

    def walled() -> None:
        nonlocal met
        met = True
        out.print("Do the verification in the window; it closes by itself when the article shows.")

    out.print(f"Opening {address}")
    kept = solve(config, address, Person(minutes * 60, walled))
    if kept is None and met:
        out.print("The verification was not passed; nothing is kept.")
        click.get_current_context().exit(ExitCode.WALL)
    passed = "Passed." if met else "WeChat asked for no verification: the next sync may just go on."
    out.print(f"{passed} The cookies are in {kept}; the next sync sends them." if kept else passed)
