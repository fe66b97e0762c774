"""archiver doctor."""

from __future__ import annotations

from dataclasses import asdict

import click

from archiver.archive.context import utc_now
from archiver.cli.common import Shared
from archiver.cli.jsonlines import print_json
from archiver.cli.output import out
from archiver.tasks.doctor import examine


def doctor_command(shared: Shared) -> None:
    """`archiver doctor`."""
    checks = examine(shared.config_file, utc_now())
    failed = any(check.state == "fail" for check in checks)
    if shared.as_json:
        print_json("doctor", {"checks": [asdict(check) for check in checks], "exit_code": int(failed)}, schema=1)
    else:
        for check in checks:
            out.print(f"{check.state:<5} {check.name + ':':<16} {check.said}")
            if check.cure:
                out.print(f"{'':<23}cure: {check.cure}")
    click.get_current_context().exit(int(failed))
