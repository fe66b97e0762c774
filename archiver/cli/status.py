"""archiver status."""

from __future__ import annotations

from archiver.cli import texts
from archiver.cli.common import Shared
from archiver.cli.duelines import status_members
from archiver.cli.jsonlines import print_json
from archiver.cli.output import out
from archiver.tasks.run import view_run
from archiver.tasks.status import read_status
from archiver.tasks.uncollected import uncollected


def status_command(shared: Shared) -> None:
    """`archiver status`."""
    config = shared.config()
    with uncollected(), view_run(config) as context:
        found = read_status(context)
    if shared.as_json:
        print_json("status", status_members(found, config), schema=1)
    else:
        out.print(*texts.status_lines(config.archive_root, found))
