"""Commands that care for the archive: verify, gc, reparse."""

from __future__ import annotations

import click

from archiver.cli.command import LazyCommand
from archiver.cli.options import CONFIG, JSON, VERBOSE, WAIT

CARE = (
    LazyCommand(
        "verify",
        "archiver.cli.fixity:verify_command",
        """Check every file, name and link of the archive; exit code 5 when something is damaged.

        Changes nothing without --repair. That accepts only what equals the lost file or proves itself; damaged files
        are moved to the archive's folder quarantine/. --github renders notes and archive as GitHub does and proves
        that every relative link and image leads to a file that GitHub will have; it lists the images that are still
        remote. As a check in CI, for notes with older links of your own: --ours, [verify] ignore, or a baseline.
        """,
        [
            click.Option(
                ["--repair", "mend"],
                is_flag=True,
                help="Mend what can be mended; fetch again what cannot be else.",
            ),
            click.Option(
                ["--coverage"],
                is_flag=True,
                help="Count again how much of each page stands in article.md and index.html.",
            ),
            click.Option(["--github"], is_flag=True, help="Check instead that GitHub will show every link and image."),
            click.Option(["--ours"], is_flag=True, help="With --github: only what archiver itself wrote."),
            click.Option(
                ["--write-baseline"],
                is_flag=True,
                help="With --github: what is found now goes into [verify] baseline, and fails nothing from then on.",
            ),
            WAIT,
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "gc",
        "archiver.cli.fixity:gc_command",
        """List (or --delete) the images that no article, note or line names any more.

        An archived article is never garbage, nor is what it shows, whether or not a note still links to it.
        """,
        [
            click.Option(["--delete"], is_flag=True, help="Really remove them; without it they are only listed."),
            click.Option(["--dry-run"], is_flag=True, help="Only list them, even with --delete."),
            WAIT,
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "reparse",
        "archiver.cli.reparse:reparse_command",
        """Derive all articles again from their captures, without network.

        For a newer archiver that reads pages better. Writes what differs and tells what that is; articles without a
        capture are left alone.
        """,
        [JSON, WAIT, VERBOSE, CONFIG],
    ),
)
