"""Every failure that is expected, in one tree.

    ArchiverError                 exit code 1
    ├── UsageError                2   the command line or the configuration
    │   ├── ConfigError
    │   ├── QueryError                what was typed into the search box
    │   └── BrowserMissingError       no browser, and how to get one
    ├── LockedError               4   another run holds the archive
    ├── DamageError               5   the archive's own files contradict each other
    ├── StoreError                1   the disk said no
    ├── NoteError                 1   a note cannot be read or safely written; it is left as it was
    ├── FetchError                1   `retry`: worth another try on another night
    │   ├── NetworkError              no answer, or a broken one
    │   ├── HttpStatusError           an answer with an error status
    │   ├── HostRefusedError          not on the host allow-list; never asked again
    │   ├── TooLargeError             over a cap; never asked again
    │   └── BrowserError              the browser died or timed out
    ├── ImageError                1   the bytes are not the picture
    │   ├── NotAnImageError
    │   ├── BrokenImageError          truncated, or does not decode
    │   └── PlaceholderError          WeChat's hot-link notice instead of the picture
    ├── MediaError                1   the bytes are not the sound or film
    │   └── BrokenMediaError          cut off
    └── PageError                 1   a page that cannot be read at all

Foreign exceptions are translated once, where they enter, with `raise … from`. Exit codes are listed in README.
"""

from __future__ import annotations


class ArchiverError(Exception):
    """Root of all expected failures. `exit_code` is the process's, `retry` says whether another try may succeed."""

    exit_code = 1
    retry = False


class UsageError(ArchiverError):
    """The command line or the configuration is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """config.toml is missing, unreadable, or holds a wrong key or value."""


class QueryError(UsageError):
    """A search asks for what there is not, such as a date that is none."""


class BrowserMissingError(UsageError):
    """No usable browser was found; the message says how to get one."""


class LockedError(ArchiverError):
    """Another archiver works on this archive."""

    exit_code = 4
    retry = True


class DamageError(ArchiverError):
    """The archive's own files contradict each other."""

    exit_code = 5


class StoreError(ArchiverError):
    """A file of the archive cannot be read or written."""


class NoteError(ArchiverError):
    """A note cannot be read or safely rewritten; it was left as it was."""


class FetchError(ArchiverError):
    """Something could not be fetched."""

    retry = True


class NetworkError(FetchError):
    """No answer, or one that broke off."""


class HttpStatusError(FetchError):
    """An answer with an HTTP error status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class HostRefusedError(FetchError):
    """The URL's host is not on the allow-list."""

    retry = False


class TooLargeError(FetchError):
    """The answer is larger than its cap."""

    retry = False


class BrowserError(FetchError):
    """The browser crashed, hung or could not load the page."""


class ImageError(ArchiverError):
    """The bytes are not the picture that was asked for."""

    retry = True


class NotAnImageError(ImageError):
    """The bytes are no image of a known type (an HTML page, nothing at all, …)."""


class BrokenImageError(ImageError):
    """The image is truncated or does not decode."""


class PlaceholderError(ImageError):
    """WeChat's hot-link notice came instead of the picture."""


class MediaError(ArchiverError):
    """The bytes are not the sound or film that was asked for."""


class BrokenMediaError(MediaError):
    """The sound or film is cut off."""

    retry = True


class PageError(ArchiverError):
    """A page that cannot be read at all."""
