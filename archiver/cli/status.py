"""archiver status."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.cli import texts
from archiver.cli.common import out, read_config, set_up_log
from archiver.cli.duelines import status_line
from archiver.tasks.run import view_run
from archiver.tasks.status import read_status


def status_command(as_json: bool, verbose: bool, config_file: Path | None) -> None:
    """`archiver status`."""
    set_up_log(verbose)
    config = read_config(config_file)
    with view_run(config) as context:
        found = read_status(context)
    if as_json:
        click.echo(status_line(found, config))
    else:
        out.print(texts.status_text(config.archive_root, found))
