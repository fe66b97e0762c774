"""Failures of what is fetched."""

from __future__ import annotations

from archiver.errors.base import ArchiverError


class FetchError(ArchiverError):
    """Something could not be fetched. `tries`: how often it is asked for in one run at the most; `host_fault`: the
    failure says something about the host, not about the one URL; `retry_after`: seconds of rest that the server asked
    for (0: it did not)."""

    retry = True
    tries = 1
    host_fault = False
    retry_after = 0.0


class ClusterError(ArchiverError):
    """The workers of other machines cannot be reached, or not be used as they are."""


class NetworkError(FetchError):
    """No answer, or one that broke off."""

    tries = 3
    host_fault = True


class HttpStatusError(FetchError):
    """An answer with an HTTP error status. Only what may pass in a moment is asked for again in the same run."""

    def __init__(self, message: str, status: int, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.tries = 3 if (passing := status in (408, 425, 429) or status >= 500) else 1
        self.host_fault = passing or status == 403
        self.retry_after = retry_after


class HostRefusedError(FetchError):
    """The URL's host is not on the allow-list."""

    retry = False


class RedirectError(FetchError):
    """Redirected again and again."""

    host_fault = True


class TooLargeError(FetchError):
    """The answer is larger than its cap."""

    retry = False


class BrowserError(FetchError):
    """The browser crashed, hung or could not load the page."""

    tries = 2
    host_fault = True


class NotAskedError(FetchError):
    """The request that would have told was not made: no attempt and no failure, whatever came before it."""


class HostDownError(NotAskedError):
    """The host failed too often, or asked for a long rest: it is not asked any more in this run."""


class UnreachableError(NotAskedError):
    """No connection to the host came about, so nothing was asked of it. That says something about the way there, and
    nothing about what was to be fetched.

    `sentence`: what is wrong and the cure, with `{hosts}` in the place of `host`.
    """

    tries = 3
    host_fault = True

    def __init__(self, sentence: str, host: str) -> None:
        super().__init__(sentence.replace("{hosts}", host))
        self.sentence = sentence
        self.host = host


class WorkerLostError(NotAskedError):
    """A worker of another machine is gone, or cannot work: whether it has asked is not known. Nobody else is let ask in
    its place: that waits for the next run. `worker`: its address."""

    def __init__(self, message: str, worker: str) -> None:
        super().__init__(message)
        self.worker = worker


class RunEndedError(NotAskedError):
    """The run ended, or had no request left, before all was asked that was needed."""
