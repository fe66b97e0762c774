"""Read captured pages and make files of articles: in processes of their own where pages come fast."""

from __future__ import annotations

import gc
import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, Protocol, TypeVar

from archiver.archive.captures import CaptureMode, Packed, pack, with_packed
from archiver.archive.derived import Draft, Made, make
from archiver.errors import PageError
from archiver.gathering.heap import give_back, share_heap
from archiver.models import Article, Capture, Refusal
from archiver.wechat.page import read_page

FEW = 8  # pages: a process takes as long to start as two or three take to be read
_TIDIED_AFTER = 200  # questions: some seconds of work
_TRIES = 2  # a process may be ended by the system for what others use
# Not multiprocessing: a fork takes the threads' locks along, and what it spawns runs the main script once more.
_PROGRAM = (
    "import gc, sys; gc.set_threshold{collecting}; sys.path[:] = {path!r}; "
    "from archiver.gathering.page_reading import serve; serve()"
)

_Read = tuple[Article | Refusal, Packed | None]
T = TypeVar("T")


class ReadPage(Protocol):
    """Reads a captured page; the capture comes back, packed where that was done on the way. Raises PageError."""

    def __call__(self, capture: Capture) -> tuple[Capture, Article | Refusal]: ...


def read_here(capture: Capture) -> tuple[Capture, Article | Refusal]:
    """Read a page in the thread that asks. Raises PageError."""
    return capture, read_page(capture.body, capture.final_url)


def processors() -> int:
    """How many this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class PageProcesses:
    """At most `most` processes that read pages, pack them as `mode` says, and make the files of articles; each starts
    when it is first needed.

    Threads share it. A page that ends its process (the system does that to who needs too much memory) is read once more
    in a new one; if that ends too, the page cannot be read, and no other suffers. To be closed when no thread reads.
    """

    def __init__(self, most: int, mode: CaptureMode) -> None:
        self._mode = mode
        self._free: queue.LifoQueue[Process | None] = queue.LifoQueue()
        self._most = most
        for _ in range(most):
            self._free.put(None)

    def __call__(self, capture: Capture) -> tuple[Capture, Article | Refusal]:
        """See ReadPage."""
        try:
            page, packed = self._ask(lambda process: process.read(capture, self._mode))
        except _NoRoomError:
            return read_here(capture)
        except _EndedError as error:
            raise PageError(f"the process that read the page {error}") from error
        return with_packed(capture, packed) if packed else capture, page

    def make(self, draft: Draft) -> Made | None:
        """The files of an article; None where no process can make them."""
        try:
            return self._ask(lambda process: process.make(draft))
        except (_NoRoomError, _EndedError):
            return None

    def _ask(self, question: Callable[[Process], T]) -> T:
        process = self._free.get()
        try:
            for _ in range(_TRIES):
                try:
                    process = process or Process()
                except OSError as error:
                    raise _NoRoomError from error
                try:
                    return question(process)
                except (EOFError, OSError, pickle.UnpicklingError):
                    process.end()
                    process = None
        finally:
            self._free.put(process)
        raise _EndedError("was ended, and so was another one: perhaps memory is short")

    def close(self) -> None:
        """End the processes."""
        for _ in range(self._most):
            if process := self._free.get():
                process.end()


class _NoRoomError(Exception):
    """There is no room for another process."""


class _EndedError(Exception):
    """The system ends each process that is asked this."""


class Process:
    """A process that does one thing at a time: questions and answers are pickled, and nobody else has its pipes."""

    def __init__(self) -> None:
        """Raises OSError where there is no room for another process."""
        command = [sys.executable, "-c", _PROGRAM.format(path=sys.path, collecting=gc.get_threshold())]
        pipe = subprocess.PIPE
        # In a session of its own, Ctrl-C does not reach it.
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True)

    def read(self, capture: Capture, mode: CaptureMode) -> _Read:
        """Raises PageError, or EOFError, OSError or UnpicklingError where the process is gone."""
        answer: _Read | PageError | None = self._ask(_read, capture.body, capture.final_url, mode)
        if isinstance(answer, PageError):
            raise answer
        return answer or (read_here(capture)[1], None)  # here it meets the boundary of who asked

    def make(self, draft: Draft) -> Made | None:
        """None: nobody foresaw what came of it. Raises EOFError, OSError or UnpicklingError where the process is
        gone."""
        made: Made | None = self._ask(make, draft)
        return made

    def _ask(self, function: Callable[..., object], *arguments: object) -> Any:
        asked, answers = self.process.stdin, self.process.stdout
        if asked is None or answers is None:
            raise EOFError
        pickle.dump((function, arguments), asked, pickle.HIGHEST_PROTOCOL)
        asked.flush()
        return pickle.load(answers)  # noqa: S301 - from our own program

    def end(self) -> None:
        self.process.kill()  # it has nothing to lose
        with suppress(OSError):  # what it was asked and has not read
            self.process.communicate()


def serve() -> None:
    """Answer on standard output what comes on standard input, until the program closes it, or dies."""
    share_heap()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed is no answer
    with suppress(EOFError, OSError):
        for number in count(1):
            function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301
            try:
                answer = function(*arguments)
            except Exception:  # noqa: BLE001 - it is met again where it can be reported
                answer = None
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
            del arguments, answer
            if number % _TIDIED_AFTER == 0:
                give_back()


def _read(body: bytes, url: str, mode: CaptureMode) -> _Read | PageError:
    try:
        page = read_page(body, url)
    except PageError as error:
        return error
    return page, pack(body, mode) if isinstance(page, Article) else None
