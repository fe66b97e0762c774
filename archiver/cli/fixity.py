"""archiver verify, archiver gc."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from archiver.cli.common import err, out, read_config, set_up_log
from archiver.cli.github import show_github_check
from archiver.cli.signals import stopping_on_signals
from archiver.errors import ExitCode
from archiver.fixity.damage import Problem
from archiver.fixity.verify import verify
from archiver.tasks.gc import collect_garbage
from archiver.tasks.mend import mend_archive


def verify_command(
    mend: bool, github: bool, wait: bool, as_json: bool, verbose: bool, config_file: Path | None
) -> None:
    """`archiver verify`."""
    set_up_log(verbose)
    config = read_config(config_file)
    if github:
        click.get_current_context().exit(show_github_check(config, as_json=as_json, verbose=verbose))

    def progress(folder: str) -> None:
        if verbose:
            err.print(folder)

    mended: list[str] = []
    ended = 0  # exit code of an early end
    problems = verify(config, progress, wait=wait)
    if mend and problems:
        with stopping_on_signals(err) as stop:
            mended, problems = mend_archive(config, stop=stop, wait=wait)
            ended = stop.exit_code
    damaged = sum(problem.damage for problem in problems)
    code = ended or (ExitCode.DAMAGE if damaged else ExitCode.OK)
    if as_json:
        _print_json(problems, mended, damaged, code)
    else:
        for line in mended:
            # A line begins with the article or file that it is about.
            left = any(p.damage and p.path.startswith(line.partition(": ")[0]) for p in problems)
            out.print(f"{'left' if left else 'mended':<8} {line}")
        for problem in problems:
            mark = "DAMAGE" if problem.damage else "note"
            out.print(f"{mark:<8} {problem.path}: {problem.finding}: {problem.detail}")
        out.print("The archive is whole." if not damaged else f"{damaged:,} damaged.")
    click.get_current_context().exit(code)


def _print_json(problems: Sequence[Problem], mended: Sequence[str], damaged: int, code: int) -> None:
    for problem in problems:
        click.echo(json.dumps({"event": "problem", **asdict(problem)}, ensure_ascii=False))
    remarks = len(problems) - damaged
    summary = {"event": "summary", "schema": 1, "damaged": damaged, "told": remarks, "mended": list(mended)}
    click.echo(json.dumps({**summary, "exit_code": code}, ensure_ascii=False))


def gc_command(delete: bool, wait: bool, as_json: bool, verbose: bool, config_file: Path | None) -> None:
    """`archiver gc`."""
    set_up_log(verbose)
    garbage = collect_garbage(read_config(config_file), delete=delete, wait=wait)
    size = sum(item.size for item in garbage)
    if as_json:
        files = [asdict(item) for item in garbage]
        click.echo(json.dumps({"event": "gc", "schema": 1, "deleted": delete, "bytes": size, "files": files}))
        return
    for item in garbage:
        out.print(f"{'removed' if delete else 'would remove'}  {item.path}  ({item.why})")
    advice = "" if delete or not garbage else " Remove them with: archiver gc --delete"
    out.print(f"{len(garbage):,} files, {size / 1e6:.1f} MB.{advice}")
