"""Commands about notes and single articles: add, repair, scan, restore, forget."""

from __future__ import annotations

import click

from archiver.cli.command import LazyCommand
from archiver.cli.options import CONFIG, JSON, PATH, QUIET, VERBOSE, WAIT

NOTES = (
    LazyCommand(
        "add",
        "archiver.cli.notes:add_command",
        """Archive the WeChat articles at these URLs, without any note.

        With --album the URLs may be those of albums (合集) too: their lists and all their articles are archived. So
        that what comes later into the list is archived as well, set [albums] follow.
        """,
        [
            click.Argument(["urls"], nargs=-1, metavar="[URL]..."),
            click.Option(
                ["--from", "source"],
                # Windows' editors begin a file with a mark.
                type=click.File("r", encoding="utf-8-sig", errors="replace"),
                help="Read URLs from FILE (- is stdin).",
            ),
            click.Option(["--album"], is_flag=True, help="Take albums, too."),
            WAIT,
            JSON,
            QUIET,
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "repair",
        "archiver.cli.notes:repair_command",
        """Mend the images in notes that GitHub does not show, and list those that cannot be mended.

        Fetches images, but no article. archiver restore takes it back.
        """,
        [
            click.Option(
                ["--dry-run"],
                is_flag=True,
                help="Ask for nothing, write nothing: list what is wrong and show the diff.",
            ),
            WAIT,
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "scan",
        "archiver.cli.scan:scan_command",
        """Account for every WeChat address in the notes: rewritten, kept, archived only, in code, not understood.

        Reads the bytes of the notes without their Markdown, so that it sees what the parser passes over.
        Asks for nothing, writes nothing. -v lists every address that is not rewritten.
        """,
        [JSON, VERBOSE, CONFIG],
    ),
    LazyCommand(
        "restore",
        "archiver.cli.notes:restore_command",
        """Give notes (PATH: a note or a folder; default: all) their original links back, byte for byte
        but for credentials in links, which are never kept.

        In a note that you have edited since, every link that still leads to a copy gets its original back.
        Later syncs leave restored notes alone, until sync --rewrite NOTE.
        """,
        [
            click.Argument(["notes"], nargs=-1, type=PATH, metavar="[PATH]..."),
            click.Option(["--dry-run"], is_flag=True, help="Write nothing: list what would be restored."),
            WAIT,
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "forget",
        "archiver.cli.forget:forget_command",
        """Delete ARTICLE (id, URL, folder or file) from the archive, give its links back, and never fetch it again.

        Images that only it shows go too. archiver add URL fetches it again. Asks before it deletes; where nobody can
        be asked, --yes is needed.
        """,
        [
            click.Argument(["articles"], nargs=-1, required=True, type=PATH, metavar="ARTICLE..."),
            click.Option(["--dry-run"], is_flag=True, help="Delete nothing: list what would be deleted and rewritten."),
            click.Option(["--yes", "-y"], is_flag=True, help="Do not ask."),
            WAIT,
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
)
