"""archiver verify, archiver gc."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from archiver.amounts import counted, size
from archiver.cli.common import Shared
from archiver.cli.github import github_command
from archiver.cli.jsonlines import print_json
from archiver.cli.output import err, out
from archiver.cli.remark_texts import GARBAGE, finding_json, remark_json, remark_text
from archiver.cli.signals import stopping_on_signals
from archiver.errors import ExitCode, UsageError
from archiver.fixity.mend.log import MendReport
from archiver.fixity.verify import verify
from archiver.models.findings import FindingCode
from archiver.tasks.gc import collect_garbage
from archiver.tasks.mend import mend_archive


def verify_command(shared: Shared, mend: bool, coverage: bool, github: bool, **of_github: Any) -> None:
    """`archiver verify`; `of_github`: what `github_command` takes."""
    config = shared.config()
    if github:
        click.get_current_context().exit(github_command(config, shared, **of_github))
    if any(of_github.values()):
        raise UsageError("NOTE, --ours, --remote and --write-baseline belong to --github")

    def progress(folder: str) -> None:
        if shared.verbose:
            err.print(folder)

    report = MendReport(findings=verify(config, progress, wait=shared.wait, coverage=coverage))
    ended = 0  # exit code of an early end
    if mend and report.findings:
        with stopping_on_signals() as stop:
            report = mend_archive(config, stop=stop, before=report.findings, wait=shared.wait)
            ended = stop.exit_code
    damaged = sum(finding.damage for finding in report.findings)
    unchecked = any(finding.code is FindingCode.NOT_CHECKED for finding in report.findings)
    code = ended or (ExitCode.DAMAGE if damaged else ExitCode.FAILURE if unchecked else ExitCode.OK)
    if shared.as_json:
        _print_json(report, damaged, code)
    else:
        _print(report, damaged)
    click.get_current_context().exit(code)


def _print(report: MendReport, damaged: int) -> None:
    for mark, items in (("mended", report.mended), ("left", report.left)):
        for item in items:
            out.print(f"{mark:<8} {item.path}: {remark_text(item)}")
    for hindrance in report.halted:
        out.print(f"{'halted':<8} {remark_text(hindrance)}")
    for finding in report.findings:
        mark = "DAMAGE" if finding.damage else "note"
        out.print(f"{mark:<8} {finding.path}: {finding.kind}: {remark_text(finding)}")
    out.print("The archive is whole." if not damaged else f"{damaged:,} damaged.")


def _print_json(report: MendReport, damaged: int, code: int) -> None:
    for finding in report.findings:
        print_json("problem", finding_json(finding))
    lists = {"mended": report.mended, "left": report.left, "halted": report.halted}
    members = {
        "damaged": damaged,
        "remarks": len(report.findings) - damaged,
        **{name: [remark_json(item) for item in items] for name, items in lists.items()},
        "exit_code": code,
    }
    print_json("summary", members, schema=2)


def gc_command(shared: Shared, delete: bool) -> None:
    """`archiver gc`."""
    delete = delete and not shared.dry_run
    garbage = collect_garbage(shared.config(), delete=delete, wait=shared.wait)
    total = sum(item.size for item in garbage)
    if shared.as_json:
        files = [{**asdict(item), "why": GARBAGE[item.code]} for item in garbage]
        print_json("gc", {"deleted": delete, "bytes": total, "files": files, "exit_code": 0}, schema=1)
        return
    for item in garbage:
        out.print(f"{'removed' if delete else 'would remove'}  {item.path}  ({GARBAGE[item.code]})")
    advice = "" if delete or not garbage else " Remove them with: archiver gc --delete"
    out.print(f"{counted(len(garbage), 'file')}, {size(total)}.{advice}")
