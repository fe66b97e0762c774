"""archiver export."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.progress import TimeRemainingColumn

from archiver.amounts import counted
from archiver.archive.context import Context
from archiver.cli.bars import counting
from archiver.cli.common import Shared
from archiver.cli.jsonlines import print_json
from archiver.cli.output import err, out
from archiver.cli.search import as_query, asked, tell_unknown
from archiver.cli.short import short
from archiver.errors import ExitCode, UsageError
from archiver.export.job import Step
from archiver.rewriting.noteindex import index_notes
from archiver.tasks.export import Exported, Wanted, export_to_file, export_to_folder, export_to_stream
from archiver.tasks.run import view_run
from archiver.tasks.selection import Selection

_STDOUT = "-"


def export_command(shared: Shared, target: str, query: tuple[str, ...], ids: tuple[str, ...], **options: Any) -> None:
    """`archiver export`."""
    if target == _STDOUT and shared.as_json:
        raise UsageError("--json and -o - both want standard output: name a file")
    config = shared.config()
    if not config.archive_root.is_dir():
        raise UsageError(f"there is no archive at {config.archive_root} yet: run `archiver sync`")
    tell_unknown(asked(query))
    listed = tuple(one for given in ids for one in given.replace(",", " ").split())
    selection = Selection(as_query(query), options.pop("notes"), listed)
    each = options.pop("each")
    wanted = Wanted(selection=selection, **options)
    with view_run(config, texts=selection.has_words) as context, _showing(verbose=shared.verbose) as tell:
        index_notes(config, context.archive)
        if target == _STDOUT:
            done = _print(context, wanted, tell)
        else:
            export = export_to_folder if each else export_to_file
            done = export(context, wanted, Path(target), tell)
    _finish(shared, wanted, target, done)


def _print(context: Context, wanted: Wanted, tell: Callable[[Step], None]) -> Exported:
    try:
        with out.binary() as stream:
            return export_to_stream(context, wanted, stream, tell)
    except BrokenPipeError:
        out.discard()  # who read it has had enough, as `head` has
        raise SystemExit(ExitCode.OK) from None


@contextlib.contextmanager
def _showing(*, verbose: bool) -> Iterator[Callable[[Step], None]]:
    """Shows on a terminal how far an export is, and with `verbose` each article."""
    with counting("articles", TimeRemainingColumn()) as show:

        def tell(step: Step) -> None:
            show(step.number, step.of, step.name)
            if verbose:
                err.print(f"[{step.number}/{step.of}] {short(step.name)}")

        yield tell


def _finish(shared: Shared, wanted: Wanted, target: str, done: Exported) -> None:
    """Tell what is in the export and what is not; ends the command."""
    code = ExitCode.OK if done.whole else ExitCode.FAILURE
    if shared.as_json:
        lists = {
            "failed": [{"folder": folder, "reason": reason} for folder, reason in done.failed.items()],
            "missing": [{"path": path, "reason": reason} for path, reason in done.missing.items()],
        }
        counts = {"articles": done.articles, "bytes": done.size, "left_out": done.left_out}
        members = {"format": wanted.format, "path": str(Path(target).absolute()), **counts, **lists}
        print_json("export", {**members, "exit_code": int(code)}, schema=1)
        click.get_current_context().exit(code)
    for folder, reason in done.failed.items():
        err.print(f"{folder}: left out: {reason}")
    for path, reason in done.missing.items():
        err.print(f"{path}: not in the export: {reason}")
    if done.left_out:
        err.print(f"{counted(done.left_out, 'audio or video file')} are left out: the format does not take them")
    if target != _STDOUT:
        out.print(f"{counted(done.articles, 'article')}: {target}")
    click.get_current_context().exit(code)
