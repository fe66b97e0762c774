"""The one way out: whatever the program prints or logs passes here, and is text there, whatever a page or a file's name
holds. A line feed ends a line only where the program ends it: a title cannot add a line to a log.
"""

from __future__ import annotations

import io
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import BinaryIO, TextIO

import click

from archiver.cli.secrets import without_secrets
from archiver.cli.short import short
from archiver.cli.wrapping import break_line
from archiver.harmless import harmless

_MOST_OF_A_LOG_LINE = 2_000  # characters: a server logs addresses that others made
# What the log of GitHub Actions, and of those who do as it does, takes for a command.
_COMMAND = re.compile(r"^\s*(?=::)|(?<=##)(?=\[)")


Piece = tuple[str, Mapping[str, bool]]


class Channel:
    """Standard output or standard error."""

    def __init__(self, *, error: bool = False) -> None:
        self._error = error
        self._above: Callable[[str], None] | None = None
        self._below: Callable[[str], None] | None = None
        self._heard: Callable[[str], object] | None = None

    def heard_by(self, write: Callable[[str], object]) -> None:
        """Let `write` have every line that is said here, as text."""
        self._heard = write

    @property
    def is_heard(self) -> bool:
        return self._heard is not None

    def note(self, line: str, *, shown: bool) -> None:
        """Say a line to who hears, and to others where it is to be `shown`."""
        if shown:
            self.print(line)
        elif self._heard:
            self._heard(harmless(line))

    @contextmanager
    def drawn_on(self, above: Callable[[str], None], below: Callable[[str], None]) -> Iterator[None]:
        """For as long as something is drawn on it: `above` prints a line above that; `below` has a line drawn under it
        from now on, and may be called in a signal handler."""
        self._above, self._below = above, below
        try:
            yield
        finally:
            self._above = self._below = None

    def interject(self, line: str) -> None:
        """Show a line of the program's own from within a signal handler, in whatever it came between."""
        if self._below:
            self._below(line)
        else:
            os.write(2 if self._error else 1, f"{line}\n".encode())

    def abandon(self) -> None:
        """Give the terminal back as it was, before the process ends at once."""
        if self._below:
            os.write(2 if self._error else 1, b"\x1b[?25h\n")  # with a cursor

    def print(self, *lines: str) -> None:
        """Print lines."""
        for line in lines:
            self.print_styled((line, {}))

    def print_error(self, text: str) -> None:
        """Print what may have several lines. Those behind the first are indented: they may be what others say."""
        head, *more = text.split("\n")
        self.print(head, *(f"  {line}" for line in more))

    def print_styled(self, *pieces: Piece) -> None:
        """Print a line put together from pieces of text, each with its style (see click.style). A terminal gets it
        broken between words."""
        shown = [(_no_command(harmless(text)), style) for text, style in pieces]
        if self._heard:
            self._heard("".join(text for text, _ in shown))
        columns = self._columns()
        for line in broken(shown, columns) if columns else [shown]:
            self._print_line("".join(click.style(text, **style) if style else text for text, style in line))

    def print_as_it_is(self, *lines: str) -> None:
        """Print lines that are not to be broken, such as those of a table."""
        for line in lines:
            if self._heard:
                self._heard(harmless(line))
            self._print_line(_no_command(harmless(line)))

    def _print_line(self, line: str) -> None:
        if self._above:
            self._above(line)
        else:
            click.echo(line, err=self._error)

    def confirm(self, question: str) -> bool:
        """Ask a person, who says yes or no; who says neither means no."""
        try:
            return click.confirm(harmless(question), default=False, err=self._error)
        except click.Abort:
            return False

    def _columns(self) -> int:
        """How wide the terminal is; 0 where there is none, or it does not say."""
        if not self._stream.isatty():
            return 0
        said = os.environ.get("COLUMNS", "")
        try:
            return int(said) if said.isdecimal() else os.get_terminal_size(self._stream.fileno()).columns
        except OSError:
            return 0

    def print_json(self, line: str) -> None:
        """Print a line of JSON, as archiver.cli.jsonlines makes it."""
        try:
            line.encode(self._stream.encoding or "utf-8")
        except UnicodeEncodeError:  # escaped as JSON escapes: what a stream writes instead of a character is none
            line = "".join(c if c.isascii() else _json_escape(c) for c in line)
        click.echo(line, err=self._error)

    def print_exactly(self, text: str) -> None:
        """Print what is for a file or another program: as it is, unless a person or a log gets it."""
        if self._stream.isatty() or _read_for_commands():
            self.print_as_it_is(*text.removesuffix("\n").split("\n"))
        else:
            click.echo(text, err=self._error, nl=False)

    @contextmanager
    def binary(self) -> Iterator[BinaryIO]:
        """Where bytes of UTF-8 go that are for a file or another program: as they are, unless a person or a log gets
        them."""
        if self._stream.isatty() or _read_for_commands():
            with io.BytesIO() as held:
                yield held
                self.print_as_it_is(*held.getvalue().decode("utf-8", "replace").removesuffix("\n").split("\n"))
        else:
            self._stream.flush()
            yield self._stream.buffer
            self._stream.buffer.flush()

    def discard(self) -> None:
        """Let whatever is still to be written go nowhere, since nobody reads it; Python would flush it at its end."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    @property
    def _stream(self) -> TextIO:
        return sys.stderr if self._error else sys.stdout


def broken(pieces: Sequence[Piece], columns: int) -> Iterator[list[Piece]]:
    """The lines into which a line is broken for so many columns."""
    text = "".join(piece for piece, _ in pieces)
    for indent, start, end in break_line(text, columns):
        line: list[Piece] = [(" " * indent, {})]
        place = 0
        for piece, style in pieces:
            cut = piece[max(0, start - place) : max(0, end - place)]
            line += [(cut, style)] if cut else []
            place += len(piece)
        yield line


def _read_for_commands() -> bool:
    return "GITHUB_ACTIONS" in os.environ


def _no_command(text: str) -> str:
    return _COMMAND.sub(r"\g<0>\\", text) if _read_for_commands() else text


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))


out = Channel()
err = Channel(error=True)


def is_watched() -> bool:
    """Whether standard error is a terminal, as rich tells it, which need not be loaded to write a log."""
    return sys.stderr.isatty() or bool({"FORCE_COLOR", "TTY_COMPATIBLE"} & os.environ.keys())


def can_ask() -> bool:
    """Whether a person sits at the terminal who sees a question and can answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class LogHandler(logging.Handler):
    """Logs to the error channel, without secrets."""

    def emit(self, record: logging.LogRecord) -> None:
        err.print(*log_lines(record))


def log_lines(record: logging.LogRecord) -> list[str]:
    """What is said of something that was logged, without secrets."""
    lines = [f"{record.levelname:<8} {short(record.getMessage(), _MOST_OF_A_LOG_LINE)}"]
    if record.exc_info:
        lines += logging.Formatter().formatException(record.exc_info).split("\n")
    return list(map(without_secrets, lines))


def print_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What is said of an exception that ends the program."""
    text = "".join(traceback.format_exception(kind, error, trace)).removesuffix("\n")
    err.print_as_it_is(*map(without_secrets, text.split("\n")))
