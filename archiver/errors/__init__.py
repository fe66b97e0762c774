"""Every failure that is expected, in one tree.

    ArchiverError                 exit code 1
    ├── UsageError                2   the command line or the configuration
    │   ├── ConfigError
    │   ├── QueryError                what was typed into the search box
    │   └── BrowserMissingError       no browser, and how to get one
    ├── LockedError               4   another run holds the archive
    ├── DamageError               5   the archive's own files contradict each other
    │   └── NewerFormatError      2   a newer archiver wrote the file in a format that this one does not know
    ├── StoreError                1   the disk said no
    │   └── DiskFullError             there is less room than [archive] min_free_mb
    ├── NoteError                 1   a note cannot be read or safely written; it is left as it was
    │   ├── NoteChangedError          somebody else wrote it meanwhile
    │   └── NoteKeptError             to replace it would take something from it
    ├── GitError                  1   git is missing or refuses
    │   └── NotOwnerError             the repository belongs to another user
    ├── NoHandlesError            1   no more files can be opened: the run ends, no item is to blame
    ├── FetchError                1   `retry`: worth another try in another run
    │   ├── NetworkError              no answer, or a broken one
    │   ├── HttpStatusError           an answer with an error status
    │   ├── RedirectError             redirected again and again
    │   ├── HostRefusedError          not on the host allow-list; once a month at the most
    │   ├── TooLargeError             over a cap; asked again once a month at the most
    │   ├── BrowserError              the browser died or timed out
    │   └── NotAskedError             nothing was learnt: what was to be fetched stays as it was
    │       ├── HostDownError             the host failed too often in this run
    │       ├── UnreachableError          no connection: no name, no route, no proxy, no trust
    │       └── RunEndedError             no (further) request was let through
    ├── ImageError                1   the bytes are not the image
    │   ├── NotAnImageError
    │   ├── BrokenImageError          truncated, or does not decode
    │   └── PlaceholderError          WeChat's hot-link notice instead of the image
    ├── MediaError                1   the bytes are not the audio or video
    │   └── BrokenMediaError          cut off
    ├── NoAddressError            1   the page gives no address of an image, audio or video
    ├── PageError                 1   a page that cannot be read at all
    │   └── TooComplexError           more elements than any article, or deeper ones
    └── InternalError             1   a fault of the program, in one item: archive/boundary.py makes it

Foreign exceptions are translated once, where they enter, with `raise … from`. ExitCode says what the codes mean.
"""

from __future__ import annotations

import errno
import shlex

from archiver.errors.exit_codes import FINE as FINE
from archiver.errors.exit_codes import ExitCode as ExitCode


class ArchiverError(Exception):
    """Root of all expected failures. `exit_code` is the process's, `retry` says whether another try may succeed."""

    exit_code = ExitCode.FAILURE
    retry = False


class UsageError(ArchiverError):
    """The command line or the configuration is wrong."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """config.toml is missing, unreadable, or holds a wrong key or value."""


class QueryError(UsageError):
    """A search asks for what there is not, such as a date that is none."""


class BrowserMissingError(UsageError):
    """No usable browser was found; the message says how to get one."""


class LockedError(ArchiverError):
    """Another archiver works on this archive."""

    exit_code = ExitCode.LOCKED
    retry = True


class DamageError(ArchiverError):
    """The archive's own files contradict each other."""

    exit_code = ExitCode.DAMAGE


class NewerFormatError(DamageError):
    """A file of the archive has a newer format. Only where its checksum does not match either is it damaged."""

    exit_code = ExitCode.USAGE

    def __init__(self, where: str, number: int, known: int) -> None:
        super().__init__(
            f"{where}: written by a newer archiver (schema {number}, this one reads up to {known}): upgrade archiver"
        )


class StoreError(ArchiverError):
    """A file of the archive cannot be read or written."""


class NoteError(ArchiverError):
    """A note cannot be read or safely rewritten; it was left as it was."""


class NoteKeptError(NoteError):
    """A note is left as it is, since to replace it would take something from it: no failure."""


class DiskFullError(StoreError):
    """There is less room on the disk than the configuration wants to be left."""


class NoteChangedError(NoteError):
    """Somebody else wrote the note between reading and replacing it; their version stands."""

    retry = True


class GitError(ArchiverError):
    """git is not there, or does not do what was asked of it."""


class NotOwnerError(GitError):
    """A repository belongs to another user, for whom git would run what its configuration says. `cure` is a command."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.cure = f"git config --global --add safe.directory {shlex.quote(place)}"
        super().__init__(f"{place} belongs to another user, so git leaves it alone; if you trust it: {self.cure}")


class NoHandlesError(ArchiverError):
    """The process, or the machine, cannot open another file or connection. Nothing that was asked for is to blame."""

    retry = True

    def __init__(self) -> None:
        super().__init__(
            "no more files and connections can be opened: close other programs, or allow more (ulimit -n 4096)"
        )


def is_out_of_handles(error: BaseException) -> bool:
    """Whether an error, or one that led to it, is the system's word that no more files can be opened."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and link.errno in (errno.EMFILE, errno.ENFILE):
            return True
        link = link.__cause__ or link.__context__
    return False


class FetchError(ArchiverError):
    """Something could not be fetched. `tries`: how often it is asked for in one run at the most; `host_fault`: the
    failure says something about the host, not about the one URL; `retry_after`: seconds of rest that the server asked
    for (0: it did not)."""

    retry = True
    tries = 1
    host_fault = False
    retry_after = 0.0


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


class RunEndedError(NotAskedError):
    """The run ended, or had no request left, before all was asked that was needed."""


class ImageError(ArchiverError):
    """The bytes are not the image that was asked for."""

    retry = True


class NotAnImageError(ImageError):
    """The bytes are no image of a known type (an HTML page, nothing at all, …)."""


class BrokenImageError(ImageError):
    """The image is truncated or does not decode."""


class PlaceholderError(ImageError):
    """WeChat's hot-link notice came instead of the image."""


class MediaError(ArchiverError):
    """The bytes are not the audio or video that was asked for."""


class BrokenMediaError(MediaError):
    """The audio or video is cut off."""

    retry = True


class NoAddressError(ArchiverError):
    """The page gives no address of an image, audio or video."""

    def __init__(self) -> None:
        super().__init__("the page gives no address of it")


class PageError(ArchiverError):
    """A page that cannot be read at all."""


class TooComplexError(PageError):
    """A page with more elements than any article has, or nested deeper."""


class InternalError(ArchiverError):
    """What nobody foresaw happened in one item. `report`: the file of the archive that describes it, if any."""

    retry = True
    report = ""
