"""[hooks] after_article: a program of the user's is run for every article that a run has archived.

That it fails never fails the run: it is named, and after three failures in a row the rest is not tried.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from archiver.archive.context import Context
from archiver.errors import DamageError, StoreError
from archiver.events import Summary
from archiver.models.hooks import HookFailed, HooksLeft, HookTrouble
from archiver.tasks.command import program_name

MOST_FAILURES = 3  # in a row
_SAID = 200  # characters of what a program that failed has said


def run_hooks(context: Context, summary: Summary, new: Iterable[str]) -> None:
    """Run the program for each of the new articles in these folders, and enter in the summary how that went."""
    command = context.config.hooks.after_article
    folders = [folder for folder in new if context.archive.has_article(folder)]
    if not command or not folders:
        return
    done: list[HookFailed | None] = []
    for folder in folders:
        tried = done[-MOST_FAILURES:]
        if context.stop.requested or (len(tried) == MOST_FAILURES and all(tried)):
            break
        done.append(_after_article(context, command, folder))
    failed = [trouble for trouble in done if trouble]
    summary.hooks = {"run": len(done), "failed": len(failed), "left": len(folders) - len(done)}
    summary.attention += failed
    if len(done) < len(folders):
        summary.attention.append(HooksLeft(len(folders) - len(done)))


def _after_article(context: Context, command: Sequence[str], folder: str) -> HookFailed | None:
    """Run the program for an article: None, or how it failed."""
    from archiver.export.lines import json_line  # a run without such a program does without
    from archiver.export.source import Source

    root = context.archive.root
    source = Source(root, context.archive.catalogue)
    try:
        line = json_line(source.article(folder), source.text(folder))
    except (StoreError, DamageError) as error:
        return HookFailed(folder, HookTrouble.NO_ARTICLE, said=str(error))
    with _files() as (given, said):
        given.write(f"{line}\n".encode())
        given.seek(0)
        try:
            code = _run(command, root, (given, said), context.config.hooks.timeout)
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
            return HookFailed(folder, HookTrouble.NOT_STARTED, said=f"{program_name([*command])}: {reason}")
        if code is None:
            return HookFailed(folder, HookTrouble.TIMEOUT, seconds=context.config.hooks.timeout)
        return HookFailed(folder, HookTrouble.EXIT, code=code, said=_last(said)) if code else None


def _run(command: Sequence[str], root: Path, files: tuple[IO[bytes], IO[bytes]], seconds: float) -> int | None:
    """The program's exit code; None: it did not end in time, and was ended with all that it had started.

    It is given files, no pipes: whoever does not read, writes a lot, or leaves somebody behind holds up nothing.
    """
    given, said = files
    environment = {**os.environ, "ARCHIVER_ARCHIVE": str(root)}
    program = subprocess.Popen(
        command, stdin=given, stdout=subprocess.DEVNULL, stderr=said, cwd=root, env=environment, start_new_session=True
    )
    try:
        return program.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if program.poll() is None:
            _end(program)


def _end(program: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(program.pid, signal.SIGKILL)
        else:
            program.kill()
    program.wait()


@contextmanager
def _files() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        yield given, said


def _last(said: IO[bytes]) -> str:
    """The end of what a program has said."""
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - 4 * _SAID))
    return said.read().decode("utf-8", "replace").strip()[-_SAID:]
