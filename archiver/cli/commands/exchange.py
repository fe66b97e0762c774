"""Commands that exchange with other programs: import, export, mcp."""

from __future__ import annotations

import click

from archiver.cli.command import LazyCommand
from archiver.cli.options import CONFIG, JSON, PATH, VERBOSE, WAIT

FORMATS = {
    "jsonl": "JSON Lines, an object for each article, with its text: for corpora and retrieval",
    "csv": "a table, a row for each article",
    "html": "one web page that needs no other file, images in it; with --each one for each article",
    "epub": "a book, its chapters by month or account",
    "pdf": "a book on A4 with bookmarks and page numbers, by Chromium; with --each one for each article",
    "wacz": "a web archive to replay (needs the extra wacz)",
    "md": "a zip of Markdown files, their images beside them",
    "atom": "a feed of the newest 50, or --newest",
    "bibtex": "an entry for each article",
}
_LISTED = "\n".join(f"{name:<8}{what}" for name, what in FORMATS.items())

EXCHANGE = (
    LazyCommand(
        "import",
        "archiver.cli.import_files:import_command",
        """Take articles out of FILES that other programs saved, or folders of such.

        \b
        web pages      saved by a browser with their folder, by SingleFile, or by other exporters
        MHTML
        web archives   WARC and WACZ (need the extra wacz)
        Markdown       whose front matter or first lines name the article's URL
        zip files      of web pages or Markdown, with their images

        It becomes the copy where there is none, else it is kept beside it. What a file says of itself is not checked.
        Asks no network.
        """,
        [
            click.Argument(["files"], nargs=-1, required=True, metavar="FILES...", type=PATH),
            click.Option(["--fetch"], is_flag=True, help="Ask for the images that the files do not hold."),
            click.Option(["--dry-run"], is_flag=True, help="Tell what would come of it; write nothing."),
            WAIT,
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "export",
        "archiver.cli.export:export_command",
        f"""Write archived articles (QUERY: as for search; default: all) to OUT in a format of others.

        \b
        {_LISTED.replace(chr(10), chr(10) + "        ")}

        The same archive and selection give the same bytes. Reads the archive only, asks no network. An earlier export
        is replaced; any other file only by --force.
        """,
        [
            click.Argument(["format"], type=click.Choice(list(FORMATS))),
            click.Argument(["query"], nargs=-1, metavar="[QUERY]..."),
            click.Option(
                ["-o", "--output", "target"],
                required=True,
                metavar="OUT",
                type=PATH,
                help="File to write; - is standard output, for jsonl, csv, atom and bibtex.",
            ),
            click.Option(
                ["--note", "notes"],
                multiple=True,
                metavar="FILE",
                type=PATH,
                help="Only articles to which this note, or a note in this folder, links.",
            ),
            click.Option(
                ["--ids"], multiple=True, metavar="ID[,ID]...", help="Only these; an id ends the name of a folder."
            ),
            click.Option(["--newest"], type=click.IntRange(min=0), metavar="N", help="Only the newest N; 0: all."),
            click.Option(
                ["--by"],
                type=click.Choice(["month", "account"]),
                default="month",
                show_default=True,
                help="How html, epub and pdf group the articles.",
            ),
            click.Option(["--each"], is_flag=True, help="A file for each article, into the folder OUT (html, pdf)."),
            click.Option(["--title"], default="", metavar="TEXT", help="What the whole is called."),
            click.Option(["--force"], is_flag=True, help="Write over OUT, whatever file it is."),
            JSON,
            VERBOSE,
            CONFIG,
        ],
    ),
    LazyCommand(
        "mcp",
        "archiver.cli.mcp:mcp_command",
        """Let an assistant search and read the archive, by the Model Context Protocol on standard input and output.

        For programs that start it, not for people: docs/api.md shows how. Its tools search, read an article page by
        page, list accounts, and tell which notes link to an article. It only reads, and needs the extra mcp.
        """,
        [VERBOSE, CONFIG],
    ),
)
