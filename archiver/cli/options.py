"""The options that many commands share."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.distribution import FILE_NAME, OTHER_NAME

CONFIG = click.Option(
    ["--config", "config_file"],
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=f"Configuration; default: {OTHER_NAME} or {FILE_NAME} here or in the nearest folder above.",
)
VERBOSE = click.Option(["--verbose", "-v"], is_flag=True, help="Tell more of what happens.")
QUIET = click.Option(["--quiet", "-q"], is_flag=True, help="Say nothing but what needs you.")
WAIT = click.Option(["--wait"], is_flag=True, help="Wait for another run that holds the archive, instead of giving up.")
JSON = click.Option(["--json", "as_json"], is_flag=True, help="End with one line of JSON, for machines.")

# Text that may be a path: the TAB key offers files. Whether it is one, and may be read, the command says.
PATH = click.Path(readable=False)
