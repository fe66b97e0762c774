"""Commands of the offline reader: build, search, serve."""

from __future__ import annotations

import click

from archiver.cli.command import LazyCommand
from archiver.cli.options import CONFIG, JSON, VERBOSE, WAIT

READING = (
    LazyCommand(
        "build",
        "archiver.cli.reader:build_command",
        """Write the offline reader: archive/index.html and all it leads to.

        Sync does this by itself, for what changed; this also makes good what was deleted or edited. Writes only files
        whose content changes.
        """,
        [
            click.Option(
                ["--all", "everything"],
                is_flag=True,
                help="Compare every page, also where nothing seems to have changed.",
            ),
            click.Option(["--dry-run"], is_flag=True, help="Write and remove nothing: tell what a build would."),
            WAIT,
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "search",
        "archiver.cli.search:search_command",
        """Find archived articles that hold all words of QUERY: title before text, newer first.

        Words may be of any length and script; full and half width, upper and lower case are the same. "a phrase" in
        quotes is one word. Narrow with account:NAME, after:2022-03, before:2022-06-15, note:NAME, stars:2, is:partial.
        """,
        [
            click.Argument(["query"], nargs=-1, required=True),
            click.Option(
                ["--limit"],
                type=click.IntRange(min=1),
                default=20,
                show_default=True,
                metavar="N",
                help="At most N results.",
            ),
            click.Option(
                ["--json", "as_json"], is_flag=True, help="One line of JSON for each result: url, title, path, …"
            ),
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "serve",
        "archiver.cli.reader:serve_command",
        """Read and search the archive in the browser, at http://127.0.0.1:8017/, until Ctrl-C.

        For this machine only, unless --host says otherwise.
        """,
        [
            click.Option(
                ["--host"], default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on."
            ),
            click.Option(
                ["--port"],
                type=click.IntRange(0, 65535),
                default=8017,
                show_default=True,
                help="Port; 0: any free one.",
            ),
            click.Option(
                ["--state"],
                is_flag=True,
                help="Keep what is read and marked in reader-state.jsonl also where others can reach the server.",
            ),
            VERBOSE,
            CONFIG,
        ],
    ),
)
