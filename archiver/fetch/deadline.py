"""What requests does not tell of its connections: whether one was still being made when it failed, and how long an
answer takes as a whole.

A server that sends a byte now and then never meets a socket's timeout, which starts anew with every byte. So the bytes
of an answer are read through a `Deadline`: http.client lets its connections name what makes their answers
(`response_class`), for what a proxy says to CONNECT too. No thread watches, and connections are kept as ever.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

C = TypeVar("C")


class Deadline:
    """By when the bytes that one thread reads have to be there; `missed` says whether they were not, `connecting`
    whether a connection was being made last and was not yet there."""

    def __init__(self) -> None:
        self._end = math.inf
        self.missed = False
        self.connecting = False

    def start(self, seconds: float) -> None:
        """All that is read from now on has to come within so many seconds."""
        self._end = time.monotonic() + seconds
        self.missed = self.connecting = False

    def extend(self, seconds: float) -> None:
        """Allow so many seconds more."""
        self._end += seconds

    def left(self) -> float:
        """Seconds until the end. Raises TimeoutError when it is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            self.missed = True
            raise TimeoutError("the deadline is over")
        return left

    def bind(self, connection_class: type[C]) -> type[C]:
        """A class of connections (http.client's or a child of it) whose answers are read within the deadline."""

        def connect(connection: Any) -> None:
            self.connecting = True
            connection_class.connect(connection)  # type: ignore[attr-defined]
            self.connecting = False

        parts = {"response_class": self._answer, "connect": connect}
        return type(connection_class.__name__, (connection_class,), parts)

    def _answer(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> http.client.HTTPResponse:
        answer = _Answer(sock, debuglevel, method, url)
        answer.fp = io.BufferedReader(_Bytes(answer.fp.detach(), sock, self))
        return answer


class _Answer(http.client.HTTPResponse):
    """An answer without what may come before it: http.client skips 100 Continue, but takes 103 Early Hints (RFC 8297)
    and its like for the whole."""

    def begin(self) -> None:
        super().begin()
        while 102 <= self.status < 200:
            self.headers = None  # type: ignore[assignment]  # for http.client, what has headers has begun
            super().begin()


class _Bytes(io.RawIOBase):
    """What comes through a socket, each piece of it within the socket's timeout and all of it within a deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._raw = raw
        self._socket = sock
        self._deadline = deadline
        self._timeout = sock.gettimeout() or math.inf

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._deadline.left()
        timeout = min(self._timeout, left)
        if timeout != self._socket.gettimeout():
            self._socket.settimeout(timeout)
        try:
            return self._raw.readinto(buffer)
        except TimeoutError:
            self._deadline.missed = left <= self._timeout
            raise

    def close(self) -> None:
        self._raw.close()
        super().close()
