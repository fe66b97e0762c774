"""The program: its commands, and how it ends."""

from __future__ import annotations

import gc
import io
import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from archiver.cli.command import SectionGroup
from archiver.cli.commands import SECTIONS
from archiver.cli.internal import error_text
from archiver.cli.output import err, print_traceback
from archiver.distribution import DISTRIBUTION
from archiver.errors import ArchiverError, ExitCode, NoHandlesError, is_out_of_handles

# Click 8.1 has no such error: it prints the help itself.
_NO_ARGUMENTS: type[click.ClickException] | tuple[()] = getattr(click.exceptions, "NoArgsIsHelpError", ())

# Objects between two searches for circles. Python's 700 makes a search of every few modules that are loaded and of each
# page that is read, a twentieth of the work on one article; and there is hardly a circle in what is made.
_SEARCHED_AFTER = 10_000

app = SectionGroup(
    SECTIONS,
    name="archiver",
    help="Keep local, readable copies of the WeChat articles and images that your Markdown notes link to.",
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
click.version_option(package_name=DISTRIBUTION, message="%(prog)s %(version)s")(app)


def _on_sigterm(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(ExitCode.TERMINATED)


def _show(error: click.ClickException) -> None:
    text = io.StringIO()
    error.show(text)
    err.print(*text.getvalue().removesuffix("\n").split("\n"))


def _exit_code_of(error: ArchiverError | OSError) -> int:
    """The exit code for an error, after it was told. Raises it again where nobody foresaw it."""
    if is_out_of_handles(error):
        error = NoHandlesError()
    if not isinstance(error, ArchiverError):
        raise error
    err.print_error(f"archiver: {error_text(error)}")
    return error.exit_code


def main() -> None:
    """Run the command line and exit with its code."""
    sys.excepthook = print_traceback
    gc.set_threshold(_SEARCHED_AFTER)
    signal.signal(signal.SIGTERM, _on_sigterm)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console without Chinese shows escapes; it is no reason to die in mid-run.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
    except _NO_ARGUMENTS as error:
        _show(error)
        code = 0
    except click.ClickException as error:
        _show(error)
        code = error.exit_code
    except (ArchiverError, OSError) as error:
        code = _exit_code_of(error)
    except (KeyboardInterrupt, click.Abort):
        err.print("archiver: interrupted; the next run goes on from here")
        code = ExitCode.INTERRUPTED
    gc.freeze()  # or Python, as it ends, would go through all objects again, some three times
    sys.exit(code or 0)
