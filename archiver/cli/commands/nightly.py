"""Commands for every night: sync, status."""

from __future__ import annotations

import click

from archiver.cli.command import LazyCommand
from archiver.cli.options import CONFIG, JSON, PATH, QUIET, VERBOSE, WAIT

ONLY = (
    click.Option(
        ["--note", "notes"],
        multiple=True,
        metavar="NOTE",
        help='Ask only for what these notes link to: a note, a folder, or a glob such as "2026/**". The rest waits.',
    ),
    click.Option(
        ["--since"],
        default="",
        metavar="DATE",
        help="Likewise of notes from DATE on (2026, 2026-03 or 2026-03-05), by the date in a note's path, else by when "
        "it was changed.",
    ),
    click.Option(
        ["--account"],
        default="",
        metavar="NAME",
        help="Ask only for articles that are known to be of this account: by a long link, or archived and incomplete.",
    ),
)
NIGHTLY = (
    LazyCommand(
        "sync",
        "archiver.cli.sync:sync_command",
        """Archive what the notes link to and point the notes at the local copies.

        Made to be run every night: what is archived is not asked for again.
        """,
        [
            click.Option(
                ["--dry-run"],
                is_flag=True,
                help="Ask for nothing, write nothing: show a change in a note, and how much is due; -v: everything.",
            ),
            click.Option(
                ["--limit"],
                type=click.IntRange(min=0),
                default=0,
                metavar="N",
                help="Load at most N articles in this run.",
            ),
            *ONLY,
            WAIT,
            click.Option(
                ["--rewrite"],
                multiple=True,
                type=PATH,
                metavar="NOTE",
                help="Rewrite this note again although it was restored.",
            ),
            click.Option(
                ["--cluster"],
                default="",
                metavar="ADDRESS",
                help="Let the workers of this Dask scheduler load the pages, each through its own address.",
            ),
            click.Option(
                ["--commit"], is_flag=True, help="Commit notes and archive to git, and nothing else of yours."
            ),
            click.Option(["--push"], is_flag=True, help="Commit, and push in batches under 500 MB."),
            click.Option(
                ["--json", "as_json"], is_flag=True, help="Tell everything as lines of JSON, the summary last."
            ),
            QUIET,
            VERBOSE,
            CONFIG,
        ],
        tells_codes=True,
    ),
    LazyCommand(
        "status",
        "archiver.cli.status:status_command",
        """Tell what is archived, what is due and what needs you.

        Asks for nothing, writes nothing.
        """,
        [JSON, VERBOSE, CONFIG],
    ),
)
