"""A sync with all that goes around it: display or JSON lines, report, notification."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import click

from archiver.cli.command import REPORTED
from archiver.cli.common import err
from archiver.cli.jsonlines import broken_off_line, event_line, start_line, summary_line
from archiver.cli.progress import Display
from archiver.cli.run_texts import attention_line
from archiver.cli.signals import stopping_on_signals
from archiver.config import Config
from archiver.errors import ArchiverError, ExitCode, LockedError, StoreError
from archiver.events import Event, Failed, Summary
from archiver.tasks.notify import notify_end, notify_start
from archiver.tasks.report import report_text, write_report
from archiver.tasks.sync import Options, sync, utc_now

log = logging.getLogger(__name__)


def run_sync(
    config: Config, options: Options, *, as_json: bool, verbose: bool, listen: Callable[[Event], None] | None = None
) -> Summary:
    """Sync, show it, write reports/last.md and notify; `listen` hears every event too. Raises what sync raises, after
    having told so.

    A run that another one keeps from starting tells nobody: that one does.
    """
    with _crash_reported(config):
        return _run(config, options, as_json=as_json, verbose=verbose, listen=listen)


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


def _run(
    config: Config, options: Options, *, as_json: bool, verbose: bool, listen: Callable[[Event], None] | None
) -> Summary:
    started = utc_now()
    if as_json:
        click.echo(start_line(started.isoformat(timespec="seconds")))
    try:
        with ExitStack() as stack:
            stop = stack.enter_context(stopping_on_signals(err))
            display = stack.enter_context(Display(err, verbose=verbose))
            summary = sync(config, options, _listeners(config, display.tell, listen, as_json=as_json), stop=stop)
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
            click.echo(line)
        raise
    _tell(config, summary, started, as_json=as_json)
    return summary


def _listeners(
    config: Config, show: Callable[[Event], None], listen: Callable[[Event], None] | None, *, as_json: bool
) -> Callable[[Event], None]:
    begun = False

    def tell(event: Event) -> None:
        nonlocal begun
        if not begun:
            # Only who holds the archive has anything to tell, so this is the first sign that the run goes on.
            begun = True
            notify_start(config)
        show(event)
        if listen:
            listen(event)
        if as_json:
            click.echo(event_line(event))

    return tell


def _tell(config: Config, summary: Summary, started: datetime, *, as_json: bool) -> None:
    attention = [attention_line(item) for item in summary.attention]
    try:
        write_report(config.archive_root, report_text(summary, attention, started, utc_now()))
    except StoreError as error:
        log.warning("%s", error)
    line = summary_line(summary)
    notify_end(config, summary.exit_code, line)
    if as_json:
        click.echo(line)
