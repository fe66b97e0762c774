"""A sync with all that goes around it: display or JSON lines, report, notification."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from archiver.archive.context import utc_now
from archiver.cli.command import REPORTED
from archiver.cli.jsonlines import broken_off_line, event_line, start_line, summary_line
from archiver.cli.output import out
from archiver.cli.progress import Display
from archiver.cli.run_texts import attention_line
from archiver.cli.signals import stopping_on_signals
from archiver.config import Config
from archiver.errors import ArchiverError, ExitCode, InternalError, LockedError, StoreError
from archiver.events import Event, Failed, ItemFailed, Report, Summary
from archiver.models.values import dataclass
from archiver.store.layout import LAST_REPORT
from archiver.store.ownership import is_archive
from archiver.tasks.notify import notify_end, notify_start
from archiver.tasks.report import report_text, write_report
from archiver.tasks.run import open_run
from archiver.tasks.sync import Options, sync

if TYPE_CHECKING:
    from archiver.cli.commit import Commit

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Show:
    """How a sync is shown, and the commit at its end, if there is to be one."""

    as_json: bool = False
    verbose: bool = False
    quiet: bool = False
    commit: Commit | None = None


def run_sync(config: Config, options: Options, show: Show, *, wait: bool = False) -> Summary:
    """Sync, show it, write reports/last.md and notify. Raises what open_run and sync raise, after having told so.

    `wait`: for another run that holds the archive. A run that another one keeps from starting tells nobody: that one
    does.
    """
    with _crash_reported(config):
        return _run(config, options, show, wait=wait)


@contextmanager
def _crash_reported(config: Config) -> Iterator[None]:
    """Tell of what nobody foresaw, and let it go on its way: a check that heard of the start must hear of an end."""
    foreseen = False
    try:
        yield
        foreseen = True
    except (ArchiverError, KeyboardInterrupt, SystemExit):
        foreseen = True
        raise
    finally:
        if not foreseen:
            code = ExitCode.FAILURE  # Python's own for what nobody caught
            notify_end(config, code, broken_off_line("crashed", code))


def _warn_root(config: Config) -> None:
    """Say once what root does without: in the first run on an archive. `archiver doctor` says it whenever asked."""
    if config.fetch.engine == "http" or (config.archive_root / LAST_REPORT).exists():
        return
    from archiver.fetch.find_browser import is_root

    if is_root():
        log.warning("running as root: Chromium has no sandbox then; better run archiver as an ordinary user")


def _run(config: Config, options: Options, show: Show, *, wait: bool) -> Summary:
    started, as_json = utc_now(), show.as_json
    _warn_root(config)
    if as_json:
        out.print_json(start_line(started.isoformat(timespec="seconds")))
    try:
        with ExitStack() as stack:
            stop = stack.enter_context(stopping_on_signals())
            display = stack.enter_context(Display(verbose=show.verbose, quiet=show.quiet))
            faults: list[InternalError] = []
            tell = _listeners(config, display.tell, show, faults)
            if show.commit:
                show.commit.check(config)
            context = stack.enter_context(open_run(config, tell, stop=stop, wait=wait))
            summary = sync(context, options)
            if show.commit:
                show.commit.make(context, summary)
            _add_faults(summary, faults)
        if show.commit:
            show.commit.push(config, summary)
    except LockedError:
        raise
    except ArchiverError as error:
        failed = Summary(attention=[Failed(str(error))], exit_code=error.exit_code)
        _tell(config, failed, started, as_json=as_json)
        click.get_current_context().meta[REPORTED] = True
        raise
    except (KeyboardInterrupt, SystemExit) as end:
        code = end.code if isinstance(end, SystemExit) and isinstance(end.code, int) else ExitCode.INTERRUPTED
        line = broken_off_line("interrupted", code)
        notify_end(config, code, line)
        if as_json:
            out.print_json(line)
        raise
    _tell(config, summary, started, as_json=as_json)
    return summary


def _add_faults(summary: Summary, faults: Iterable[InternalError]) -> None:
    """Let a notification that failed for a reason that nobody foresaw be a failure of the run."""
    for fault in faults:
        summary.attention.append(ItemFailed("notification", "", str(fault), fault.report))
        summary.exit_code = summary.exit_code or ExitCode.FAILURE


def _listeners(config: Config, display: Report, show: Show, faults: list[InternalError]) -> Report:
    begun = False

    def tell(event: Event) -> None:
        nonlocal begun, faults
        if not begun:
            # Only who holds the archive has anything to tell, so this is the first sign that the run goes on.
            begun = True
            faults += notify_start(config)
        display(event)
        if show.commit:
            show.commit.tell(event)
        if show.as_json:
            out.print_json(event_line(event))

    return tell


def _tell(config: Config, summary: Summary, started: datetime, *, as_json: bool) -> None:
    try:
        if is_archive(config.archive_root):
            write_report(config.archive_root, report_text(summary, attention_line, started, utc_now()))
    except StoreError as error:
        log.warning("%s", error)
    _add_faults(summary, notify_end(config, summary.exit_code, summary_line(summary)))
    if as_json:
        out.print_json(summary_line(summary))
