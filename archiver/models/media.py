"""More nouns: audio and video files, as a page names them, as bytes, and as the archive has them."""

from __future__ import annotations

from enum import StrEnum

from archiver.models.losses import LossCode
from archiver.models.values import dataclass


@dataclass(frozen=True, slots=True)
class Original:
    """The file that an image came in, of which a smaller one is kept: its SHA-256 in hex, its bytes, its media type."""

    sha256: str
    size: int
    media_type: str


class MediaKind(StrEnum):
    """What a media file is for; the `kind` of an entry of `media` in article.json."""

    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class MediaSource:
    """One address of an audio or video file, with its size in bytes as the page promises it (0: it does not)."""

    url: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class MediaRef:
    """An audio or video file that an article plays itself.

    `key` names it (`audio/<media id>`, `video/<vid>`); `sources` are its addresses, best quality first, and may be
    empty. Addresses of videos are signed and expire. `body` tells the article's own substance from extras.
    """

    kind: MediaKind
    key: str
    title: str = ""
    sources: tuple[MediaSource, ...] = ()
    body: bool = True

    @property
    def url(self) -> str:
        """The address of the best quality; empty where the page gives none."""
        return self.sources[0].url if self.sources else ""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """Verified bytes of an audio or video file; the type is read from the bytes."""

    data: bytes
    sha256: str
    media_type: str
    extension: str  # without a dot


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """An audio or video file in the archive (`path`, POSIX, relative to its root; `size` in bytes), or why it is not
    there (`error`, and `code` unless an older archiver wrote it).

    `final`: another try will not change the `error`.
    """

    kind: MediaKind
    key: str
    url: str
    path: str | None = None
    sha256: str | None = None
    media_type: str | None = None
    size: int | None = None
    error: str | None = None
    final: bool = False
    code: LossCode | None = None
