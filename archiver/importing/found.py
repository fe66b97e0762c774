"""What a file that is to be imported holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Supply = Callable[[], bytes]


class FileKind(StrEnum):
    """What saved a page."""

    HTML = "html"  # a browser, or another exporter: with the images beside it, or without any
    SINGLEFILE = "singlefile"
    MHTML = "mhtml"
    WARC = "warc"
    WACZ = "wacz"
    MARKDOWN = "markdown"


class Why(StrEnum):
    """Why a file, or something in it, gives no article."""

    UNKNOWN = "unknown"  # no kind of file that is known
    NO_ARTICLE = "no-article"  # a page without an article: the text beside it says what it is
    NO_ADDRESS = "no-address"  # it names neither the URL nor the ids of the article
    CONTRADICTION = "contradiction"  # its address and its page, or the archive, name different articles
    NO_PAGE = "no-page"  # a web archive, zip or folder in which there is no page of an article
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    OUTSIDE = "outside"  # a name that leads out of the folder or zip
    SYMBOLIC_LINK = "symbolic-link"
    NESTED = "nested"  # an archive inside an archive
    ENCRYPTED = "encrypted"
    NEEDS_EXTRA = "needs-extra"  # what reads it is not installed
    FORGOTTEN = "forgotten"  # the user had the article forgotten
    FAILED = "failed"  # a fault of the program's own, or the disk's


@dataclass(frozen=True, slots=True)
class Skipped:
    """What gives no article: a file, or `file/what is in it`; `detail` in words where the code does not say all."""

    name: str
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page out of a file. `name`: the file, and the place in it; `url`: the article's, as the file claims it (empty:
    it does not); `body`: the page as HTML; `saved_at`: when, as the file says (UTC). `images`: what gives the bytes of
    an image that the file holds, by the image's key; it may raise ImportFileError."""

    name: str
    kind: FileKind
    url: str
    body: bytes
    saved_at: datetime
    images: Mapping[str, Supply] = field(default_factory=dict)

    @property
    def is_rendered(self) -> bool:
        """Whether the page is the document after its scripts ran."""
        return self.kind in (FileKind.HTML, FileKind.SINGLEFILE, FileKind.MHTML)


Found = Iterator[SavedPage | Skipped]
