"""Commands that set up: init, browser, doctor, schedule, completion, man, solve."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.cli.command import LazyCommand
from archiver.cli.options import CONFIG, JSON, VERBOSE

_SCHEDULERS = {
    "systemd": "A service and a timer for systemd (Linux).",
    "cron": "Lines for a crontab.",
    "launchd": "A launch agent (macOS).",
    "windows": "A task for the Windows Task Scheduler.",
    "github-actions": "A workflow for GitHub Actions.",
}


_SHELLS = ("bash", "zsh", "fish")
_PRESETS = ("github", "hexo", "hugo", "logseq", "mkdocs", "obsidian")


def _schedulers(*kinds: str) -> list[click.Option]:
    return [click.Option([f"--{kind}", "kind"], flag_value=kind, help=_SCHEDULERS[kind]) for kind in kinds]


_ADDRESS = click.Argument(["address"], metavar="ADDRESS")

SETUP = (
    LazyCommand(
        "init",
        "archiver.cli.init:init_command",
        """Write a config.toml into your notes FOLDER (default: here) and estimate the work.

        Asks nothing, fetches nothing. Where another program has a config.toml there, it is an archiver.toml. A preset
        sets what suits that program, and writes the files of its own that it needs, over nothing.
        """,
        [
            click.Argument(["folder"], type=click.Path(path_type=Path), default="."),
            click.Option(["--preset"], type=click.Choice(_PRESETS), help="What reads the notes besides you."),
            VERBOSE,
        ],
    ),
    click.Group(
        "browser",
        help="Find or install the browser that loads the pages.",
        commands=[
            LazyCommand(
                "install",
                "archiver.cli.browser:browser_install_command",
                """Make sure that there is a browser: use what is there, else download or install one.

                Needs no configuration; with one, its [browser] path counts.
                """,
                [VERBOSE, CONFIG],
            )
        ],
    ),
    LazyCommand(
        "doctor",
        "archiver.cli.doctor:doctor_command",
        """Check that a sync can work here: browser, network settings, disk, git; each trouble with its cure.

        Asks the network for nothing. Exit code 1 when something fails.
        """,
        [JSON, VERBOSE, CONFIG],
    ),
    click.Group(
        "schedule",
        help="Run `archiver sync` every night by itself.",
        commands=[
            LazyCommand(
                "print",
                "archiver.cli.schedule:print_command",
                "Print what to give your system's scheduler; changes nothing.",
                [*_schedulers(*_SCHEDULERS), CONFIG],
            ),
            LazyCommand(
                "install",
                "archiver.cli.schedule:install_command",
                "Install the nightly sync for you alone; a second time replaces the first.",
                [*_schedulers("systemd", "cron"), CONFIG],
            ),
        ],
    ),
    click.Group(
        "cluster",
        help="Let other machines load pages for `archiver sync --cluster`, each through its own address.",
        commands=[
            LazyCommand(
                "scheduler",
                "archiver.cli.cluster:scheduler_command",
                """Be the Dask scheduler at ADDRESS, which workers and syncs connect to, until Ctrl-C.

                Needs no configuration, but for tls:// addresses, whose certificates [cluster] names.
                """,
                [_ADDRESS, VERBOSE, CONFIG],
            ),
            LazyCommand(
                "worker",
                "archiver.cli.cluster:worker_command",
                """Load pages for the syncs of the scheduler at ADDRESS, until it or Ctrl-C ends this.

                A configuration here counts for the way to the network and the browser; the archive is elsewhere.
                """,
                [
                    _ADDRESS,
                    click.Option(
                        ["--egress"],
                        default="",
                        metavar="NAME",
                        help="What the address is called through which this machine reaches WeChat. Workers that share "
                        "an address must say the same, and share its pace; so do all that say nothing.",
                    ),
                    VERBOSE,
                    CONFIG,
                ],
            ),
        ],
    ),
    LazyCommand(
        "completion",
        "archiver.cli.manual:completion_command",
        """Print what lets SHELL complete commands and options with the TAB key; default: your shell.

        bash (4.4 or newer), zsh and fish. Where to put it is said on standard error.
        """,
        # Named here, for versions of click differ in how they show what need not be given.
        [click.Argument(["shell"], type=click.Choice(_SHELLS), required=False, metavar=f"[{'|'.join(_SHELLS)}]")],
    ),
    LazyCommand("man", "archiver.cli.manual:man_command", "Print the manual page, for man(1).", []),
    LazyCommand(
        "solve",
        "archiver.cli.solve:solve_command",
        """Open a browser window on the page that asks for verification, for you to do it.

        The cookies that you get by it are kept for the next nights, where only you can read them. Needs a screen.
        Without URL the page at which the last sync met the wall is opened.
        """,
        [
            click.Argument(["url"], required=False),
            click.Option(
                ["--minutes"],
                type=click.FloatRange(min=0),
                default=10.0,
                show_default=True,
                help="Wait so long for you.",
            ),
            VERBOSE,
            CONFIG,
        ],
    ),
)
