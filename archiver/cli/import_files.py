"""archiver import."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from archiver.archive.context import Context
from archiver.cli.bars import counting
from archiver.cli.common import Shared, tell_internal_errors
from archiver.cli.import_texts import count_line, missing_lines, reason_text, skipped_line, taken_line
from archiver.cli.jsonlines import print_json
from archiver.cli.output import err, out
from archiver.cli.progress import Display
from archiver.cli.signals import stopping_on_signals
from archiver.errors import UsageError
from archiver.importing.found import Skipped
from archiver.importing.taking import Outcome, Taken
from archiver.tasks.import_files import Imported, Step, complete, import_files
from archiver.tasks.run import open_run, view_run


def import_command(shared: Shared, files: tuple[str, ...], *, fetch: bool) -> None:
    """`archiver import`."""
    if fetch and shared.dry_run:
        raise UsageError("--dry-run writes nothing, so there is nothing for --fetch to complete: leave one out")
    config, paths = shared.config(), [Path(file) for file in files]
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(stopping_on_signals())
        if shared.dry_run:
            context = stack.enter_context(view_run(config))
        else:
            context = stack.enter_context(open_run(config, stop=stop, wait=shared.wait))
        done = _import(replace(context, stop=stop), paths, shared)
        if fetch and not stop.requested:
            with Display(verbose=shared.verbose) as display:
                complete(replace(context, report=display.tell, stop=stop), done)
        tell_internal_errors(context.archive.boundary)
    if shared.as_json:
        print_json("import", _members(done, dry_run=shared.dry_run), schema=1)
    else:
        _tell(done, shared)
    click.get_current_context().exit(done.exit_code)


def _import(context: Context, paths: list[Path], shared: Shared) -> Imported:
    with context.stop.heeded(), _showing(len(paths), verbose=shared.verbose) as tell:
        return import_files(context, paths, tell)


@contextlib.contextmanager
def _showing(files: int, *, verbose: bool) -> Iterator[Callable[[Step], None]]:
    """Shows on a terminal how far it is, and with `verbose` each page."""
    with counting("files", total=files) as show:

        def tell(step: Step) -> None:
            show(step.number - 1, files, step.result.title if isinstance(step.result, Taken) else step.result.name)
            if verbose:
                err.print(_line(step.result, rehearsal=False))

        yield tell


def _line(result: Taken | Skipped, *, rehearsal: bool) -> str:
    return skipped_line(result) if isinstance(result, Skipped) else taken_line(result, rehearsal=rehearsal)


def _tell(done: Imported, shared: Shared) -> None:
    for skipped in done.skipped:
        err.print(skipped_line(skipped))
    for taken in done.taken:
        if taken.outcome is not Outcome.KNOWN:
            out.print(taken_line(taken, rehearsal=shared.dry_run))
    out.print(count_line(done, rehearsal=shared.dry_run), *missing_lines(done))


def _members(done: Imported, *, dry_run: bool) -> dict[str, Any]:
    skipped = [{"name": one.name, "code": one.why.value, "reason": reason_text(one)} for one in done.skipped]
    articles = [_article(one) for one in done.taken]
    return {"dry_run": dry_run, "articles": articles, "skipped": skipped, "exit_code": int(done.exit_code)}


def _article(taken: Taken) -> dict[str, Any]:
    record = taken.record
    return {
        "name": taken.name,
        "url": taken.url,
        "title": taken.title,
        "outcome": taken.outcome.value,
        "folder": record.folder if record else taken.folder,
        "status": record.status.value if record else None,
        "images": taken.images,
        "held": taken.held,
        "coverage": record.coverage.lowest if record and record.coverage else None,
    }
