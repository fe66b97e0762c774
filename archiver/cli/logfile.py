"""[log] file: what a run says, with the time, where it stays."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from archiver.cli.output import LogHandler, err, log_lines, out
from archiver.errors import ConfigError

MOST_BYTES = 1_000_000  # then it is put aside as FILE.1, in place of the one before
_FORMAT = logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S")


class _Unseen(logging.Handler):
    """Logs what the terminal does not show; what it does is said there, and heard."""

    def emit(self, record: logging.LogRecord) -> None:
        for line in log_lines(record):
            err.note(line, shown=False)


class _File(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A disk that is full or gone does not end the run: the log is the least of what it has."""


def log_to(file: Path) -> None:
    """Let what is said and logged from now on be written to a file too. Raises ConfigError where that cannot be."""
    if out.is_heard:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = _File(file, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigError(f"[log] file names {file}, which cannot be written: {error.strerror}") from error
    handler.setFormatter(_FORMAT)
    for channel in (out, err):
        channel.heard_by(lambda line: handler.handle(logging.makeLogRecord({"msg": line})))
    root = logging.getLogger()
    shown = min((known.level for known in root.handlers if isinstance(known, LogHandler)), default=logging.WARNING)
    unseen = _Unseen(logging.INFO)
    unseen.addFilter(lambda record: record.levelno < shown)
    root.addHandler(unseen)
    root.setLevel(logging.INFO)
