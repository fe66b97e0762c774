"""archiver status."""

from __future__ import annotations

from pathlib import Path

from archiver.cli import texts
from archiver.cli.common import out, read_config, set_up_log
from archiver.cli.duelines import status_members
from archiver.cli.jsonlines import print_json
from archiver.tasks.run import view_run
from archiver.tasks.status import read_status


def status_command(as_json: bool, verbose: bool, config_file: Path | None) -> None:
    """`archiver status`."""
    set_up_log(verbose)
    config = read_config(config_file)
    with view_run(config) as context:
        found = read_status(context)
    if as_json:
        print_json("status", status_members(found, config), schema=1)
    else:
        out.print(texts.status_text(config.archive_root, found))
