"""Commands that care for the archive: verify, rescue, gc, reparse, report."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.cli.command import LazyCommand
from archiver.cli.options import CONFIG, JSON, PATH, VERBOSE, WAIT

CARE = (
    LazyCommand(
        "verify",
        "archiver.cli.fixity:verify_command",
        """Check every file, name and link of the archive; exit code 5 when something is damaged.

        Changes nothing without --repair. That accepts only what equals the lost file or proves itself; damaged files
        are moved to the archive's folder quarantine/. --github renders notes and archive as GitHub does and proves
        that every relative link and image leads to a file that GitHub will have; it lists the images that are still
        remote. As a check in CI, for notes with older links of your own: --ours, [verify] ignore, or a baseline. Where
        NOTEs (files or folders) are named, it looks at these only.
        """,
        [
            click.Argument(["notes"], nargs=-1, type=PATH, metavar="[NOTE]..."),
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
                ["--remote"],
                is_flag=True,
                help="With --github: only list WeChat's images that are not local yet; they fail nothing.",
            ),
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
        "rescue",
        "archiver.cli.rescue:rescue_command",
        """Look in the Internet Archive for lost articles and images, and point the notes at what came back.

        Lost is what is gone or walled for good, and images that are gone. SELECTION: links (URLs), ids of articles that
        lack images, notes or folders of notes, or the words deleted, violation, private, malformed, blocked, expired,
        unavailable, wall. Without it: all that is lost, but what was deleted by its author, removed, private or
        malformed: that has to be named by its link or that word. What you had forgotten never comes back.

        One request in 3 seconds, [rescue] max_requests in one run; the next run goes on.
        """,
        [
            click.Argument(["selection"], nargs=-1, type=PATH, metavar="[SELECTION]..."),
            click.Option(["--dry-run"], is_flag=True, help="Ask for nothing, write nothing: list what is looked for."),
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
    LazyCommand(
        "report",
        "archiver.cli.bug_report:report_command",
        """Write what a bug report needs of ARTICLE (URL, id, folder or file), without a word of the article.

        A zip with its captured page in disguise: tags, classes and keys that are known stay, texts become filler of
        the same length, ids and addresses stand-ins. Asks for nothing, sends nothing: look at it, then share it.
        """,
        [
            click.Argument(["article"], type=PATH, metavar="ARTICLE"),
            click.Option(
                ["--output", "-o", "target"],
                type=click.Path(path_type=Path),
                metavar="FILE",
                help="The file to write; default: archiver-report.zip here. Only an earlier report is written over.",
            ),
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
)
