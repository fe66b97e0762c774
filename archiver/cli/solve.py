"""archiver solve."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.cli.common import config_option, out, read_config, set_up_log, verbose_option
from archiver.errors import ExitCode
from archiver.tasks.solve import solve, walled_url


@click.command("solve")
@click.argument("url", required=False)
@click.option("--minutes", type=click.FloatRange(min=0), default=10.0, show_default=True, help="Wait so long for you.")
@verbose_option
@config_option
def solve_command(url: str | None, minutes: float, verbose: bool, config_file: Path | None) -> None:
    """Open a browser window on the page that asks for verification, for you to do it.

    The cookies that you get by it are kept for the next nights, where only you can read them. Needs a screen. Without
    URL the page at which the last sync met the wall is opened.
    """
    set_up_log(verbose)
    config = read_config(config_file)
    address = url or walled_url(config)
    out.print(f"Opening {address}", markup=False)
    out.print("Do the verification in the window; it closes by itself when the article shows.")
    kept = solve(config, address, seconds=minutes * 60)
    if kept is None:
        out.print("The verification was not passed; nothing is kept.")
        click.get_current_context().exit(ExitCode.WALL)
    out.print(f"Passed. The cookies are in {kept}; the next sync sends them.", markup=False)
