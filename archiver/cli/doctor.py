"""archiver doctor."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from archiver.cli.common import config_option, json_option, out, set_up_log, verbose_option
from archiver.tasks.doctor import examine
from archiver.tasks.sync import utc_now


@click.command("doctor")
@json_option
@verbose_option
@config_option
def doctor_command(as_json: bool, verbose: bool, config_file: Path | None) -> None:
    """Check that a sync can work here: browser, network settings, disk, git; each trouble with its cure.

    Asks the network for nothing. Exit code 1 when something fails.
    """
    set_up_log(verbose)
    checks = examine(config_file, utc_now())
    failed = any(check.state == "fail" for check in checks)
    if as_json:
        event = {
            "event": "doctor",
            "schema": 1,
            "checks": [asdict(check) for check in checks],
            "exit_code": int(failed),
        }
        click.echo(json.dumps(event, ensure_ascii=False))
    else:
        for check in checks:
            out.print(f"{check.state:<5} {check.name + ':':<16} {check.said}", markup=False)
            if check.cure:
                out.print(f"{'':<23}cure: {check.cure}", markup=False)
    click.get_current_context().exit(int(failed))
