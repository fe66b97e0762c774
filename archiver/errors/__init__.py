"""Every failure that is expected, in one tree.

    ArchiverError                 exit code 1
    ├── UsageError                2   the command line or the configuration
    │   ├── ConfigError
    │   ├── QueryError                what was typed into the search box
    │   ├── NotAnArchiveError         the folder for the archive holds files of somebody else
    │   ├── NoArchiveError            there is no archive to read
    │   ├── UnknownArticleError       no article has that id
    │   ├── NotCommittableError       git cannot take the archive, so no note that leads into it
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
    ├── ClusterError              1   the workers of other machines cannot be reached, or used
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
    │       ├── WorkerLostError           a worker of another machine is gone, whatever it has done
    │       └── RunEndedError             no (further) request was let through
    ├── ImageError                1   the bytes are not the image
    │   ├── NotAnImageError
    │   ├── BrokenImageError          truncated, or does not decode
    │   └── PlaceholderError          WeChat's hot-link notice instead of the image
    ├── MediaError                1   the bytes are not the audio or video
    │   └── BrokenMediaError          cut off
    ├── ImportFileError           1   a file that is to be imported, or a part of it, cannot be read
    ├── NoAddressError            1   the page gives no address of an image, audio or video
    ├── PageError                 1   a page that cannot be read at all
    │   └── TooComplexError           more elements than any article, or deeper ones
    └── InternalError             1   a fault of the program, in one item: archive/boundary.py makes it

Foreign exceptions are translated once, where they enter, with `raise … from`. ExitCode says what the codes mean.
"""

from __future__ import annotations

import errno
import shlex
from collections.abc import Sequence
from pathlib import Path

from archiver.errors.base import ArchiverError as ArchiverError
from archiver.errors.exit_codes import FINE as FINE
from archiver.errors.exit_codes import ExitCode as ExitCode
from archiver.errors.fetching import BrowserError as BrowserError
from archiver.errors.fetching import ClusterError as ClusterError
from archiver.errors.fetching import FetchError as FetchError
from archiver.errors.fetching import HostDownError as HostDownError
from archiver.errors.fetching import HostRefusedError as HostRefusedError
from archiver.errors.fetching import HttpStatusError as HttpStatusError
from archiver.errors.fetching import NetworkError as NetworkError
from archiver.errors.fetching import NotAskedError as NotAskedError
from archiver.errors.fetching import RedirectError as RedirectError
from archiver.errors.fetching import RunEndedError as RunEndedError
from archiver.errors.fetching import TooLargeError as TooLargeError
from archiver.errors.fetching import UnreachableError as UnreachableError
from archiver.errors.fetching import WorkerLostError as WorkerLostError
from archiver.errors.importing import ImportFileError as ImportFileError


class UsageError(ArchiverError):
    """The command line or the configuration is wrong."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """config.toml is missing, unreadable, or holds a wrong key or value."""


class QueryError(UsageError):
    """A search asks for what there is not, such as a date that is none; `chinese` says it to who reads Chinese."""

    def __init__(self, said: str, chinese: str = "") -> None:
        self.chinese = chinese or said
        super().__init__(said)


class NotAnArchiveError(UsageError):
    """The folder that the archive is to be in holds what archiver did not make, under the names of its own files."""

    def __init__(self, root: Path, names: Sequence[str]) -> None:
        self.root = root
        named = f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''}"
        super().__init__(
            f"{root} is no archive, and holds files over which one would be written ({named}): "
            "give the archive a folder of its own, [archive] path"
        )


class NoArchiveError(UsageError):
    """There is no archive to read in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        super().__init__(f"there is no archive at {root}")


class UnknownArticleError(UsageError):
    """No archived article has an id."""

    def __init__(self, article_id: str) -> None:
        self.article_id = article_id
        super().__init__(f"no article has the id {article_id}: it is the end of its folder's name")


class NotCommittableError(UsageError):
    """git cannot take the archive into the repository of the notes: `why`, and what cures it."""

    def __init__(self, why: str, cure: str) -> None:
        self.why = why
        self.cure = cure
        super().__init__(f"nothing can be committed: {why}; {cure}")


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
