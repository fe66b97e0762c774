"""archiver reparse."""

from __future__ import annotations

import click

from archiver.amounts import counted
from archiver.archive.reparse import Reparsed
from archiver.cli.common import Shared, tell_internal_errors
from archiver.cli.jsonlines import print_json
from archiver.cli.output import err, out
from archiver.errors import ExitCode
from archiver.tasks.reparse import reparse_archive
from archiver.tasks.run import open_run


def reparse_command(shared: Shared) -> None:
    """`archiver reparse`."""
    config = shared.config()

    def tell(folder: str, names: list[str]) -> None:
        if not shared.as_json:
            out.print(f"{folder}: {', '.join(names)}")

    with open_run(config, wait=shared.wait) as context:
        done = reparse_archive(context, tell)
        broken = tell_internal_errors(context.archive.boundary)
    for folder, reason in done.failed.items():
        err.print(f"{folder}: left as it is: {reason}")
    code = ExitCode.FAILURE if broken else ExitCode.OK
    exit_code = ExitCode.DAMAGE if done.damaged else code
    if shared.as_json:
        failures = [{"folder": folder, "reason": reason} for folder, reason in done.failed.items()]
        members = {**counts(done), "compacted": done.compacted, "failures": failures, "exit_code": int(exit_code)}
        print_json("reparse", members, schema=1)
    else:
        out.print(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts(done).items()))
        if done.compacted:
            out.print(
                f"{counted(done.compacted, 'image')} in smaller files now; delete the old files: archiver gc --delete"
            )
    click.get_current_context().exit(exit_code)


def counts(done: Reparsed) -> dict[str, int]:
    return {
        "changed": len(done.changed),
        "unchanged": done.same,
        "without_capture": len(done.without_capture),
        "failed": len(done.failed),
    }
