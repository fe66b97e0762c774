"""Nouns of the pages: captures, articles, images, albums, and the record of what is archived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum

from archiver.models.coverage import Coverage
from archiver.models.links import Status
from archiver.models.losses import Loss, LossCode
from archiver.models.media import MediaRef, Original, StoredMedia
from archiver.models.reading import Reading
from archiver.models.values import dataclass

PROVENANCE = ("service", "archived_at", "address")  # members of `capture` in article.json, where there is one
IMPORT = "import"  # the service of what came from a file, and the engine of its capture


class Kind(StrEnum):
    """Kinds of article page (WECHAT `item_show_type`)."""

    ARTICLE = "article"
    PICTURE = "picture"
    TEXT = "text"
    VIDEO = "video"
    AUDIO = "audio"
    MUSIC = "music"
    REPOST = "repost"


@dataclass(frozen=True, slots=True)
class Provenance:
    """That a page came from a web archive (`service`, its host) and not from WeChat: when the capture there was made
    (`archived_at`, UTC), and its address (`url`). Of one that came from a file (`service` is IMPORT): when that was
    saved, as it says itself, and its name. Nobody has checked it."""

    service: str
    archived_at: datetime
    url: str

    @property
    def is_import(self) -> bool:
        """Whether it came from a file."""
        return self.service == IMPORT

    @property
    def day(self) -> str:
        """The date of the capture, in UTC."""
        return self.archived_at.date().isoformat()

    @property
    def page(self) -> str:
        """Its address for people: that of the bytes as they were received shows no page."""
        return self.url.replace("id_/", "/", 1)


@dataclass(frozen=True, slots=True)
class Capture:
    """What the server sent for one page: `body` is the main response, content-encoding undone, charset untouched.

    Where those bytes hold no article, `body` is the DOM after the page's own scripts ran, in UTF-8; `rendered` says so.
    """

    url: str
    final_url: str
    http_status: int
    body: bytes
    captured_at: datetime
    engine: str  # "browser" | "http" | IMPORT
    rendered: bool = False
    provenance: Provenance | None = None  # None: from WeChat


@dataclass(frozen=True, slots=True)
class ImageRef:
    """An image that an article or a note wants.

    `key` names the image whatever the URL's host, size and display noise (`mmbiz_png/<ID>`); `url` is what to ask.
    `width`, `height` are pixels as the page promises them, where it does; `original` is the URL of the uncropped
    image, where the page names one.
    """

    key: str
    url: str
    width: int | None = None
    height: int | None = None
    original: str = ""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """Verified image bytes; type and size are read from the bytes (`width`, `height` in pixels; None for some SVG).

    `damaged_at_source`: they are not whole, and nothing better is to be had; `original`: what they were made from. See
    StoredImage."""

    data: bytes
    sha256: str
    media_type: str
    extension: str  # without a dot
    width: int | None
    height: int | None
    damaged_at_source: bool = False
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image in the archive (`path`, POSIX, relative to its root) or why it is not there (`error`, and `code` unless
    an older archiver wrote it).

    `damaged_at_source`: the file is not whole by its format, and is kept all the same, since the server gave the same
    bytes a second time in a complete answer, or the page itself carries it so. `via`: the address at a web archive that
    it came from (empty: from where it belongs). `original`: the file that came, where a smaller one is kept."""

    key: str
    url: str
    path: str | None = None
    sha256: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    error: str | None = None
    code: LossCode | None = None
    damaged_at_source: bool = False
    via: str = ""
    original: Original | None = None

    def kept_in(self, file: ImageFile, path: str) -> StoredImage:
        """This image, kept in a file of the archive."""
        found = StoredImage(self.key, self.url, path, file.sha256, file.media_type, file.width, file.height)
        return replace(found, damaged_at_source=file.damaged_at_source, via=self.via, original=file.original)


@dataclass(frozen=True, slots=True)
class AlbumArticle:
    """One line of an album: an article's title, its URL, when it was published."""

    title: str
    url: str
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Album:
    """A list of articles (合集). `id` is WeChat's number of it; `count` says how many articles it has, of which
    `articles` may be only the first."""

    id: str
    url: str
    title: str
    account: str
    description: str
    count: int
    articles: tuple[AlbumArticle, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A page as read, before any image is fetched.

    `body` is a neutral HTML fragment: no script, style, comment or lazy attribute; every image is `<img src>` (or a CSS
    `url()` in a style attribute) whose URL is exactly the `url` of one of `images`. Conventions for what HTML has no
    element for: code is `<pre><code class="language-x">text</code></pre>`, the `<pre>` in the block's own colours if it
    has any; a formula is `<span data-tex="…" data-display="inline|block">` around its image; a card (account,
    mini-program, vote, audio, video, music …) is `<p data-card="profile">readable text, perhaps a link</p>`, with
    `data-media` = `MediaRef.key` where it stands for one of `media`; `data-decoration` marks a background that says
    nothing (window buttons above code); `data-image` of an `<svg>` is the URL of the image that the drawing is where
    HTML cannot stand.
    `images` has one entry per distinct image in reading order; the cover is named by `cover` (an `ImageRef.key` in
    `images`, last when the body does not show it) or is empty.
    """

    url: str
    kind: Kind
    title: str
    account: str
    author: str
    published_at: datetime | None
    biz: str
    mid: str
    idx: str
    sn: str
    digest: str
    cover: str
    body: str
    images: tuple[ImageRef, ...] = ()
    losses: tuple[Loss, ...] = ()
    media: tuple[MediaRef, ...] = ()
    reading: Reading | None = None  # how its page was read


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page that is no article: which state, and in which words the page said so.

    `empty`: it says nothing at all; its own scripts may put an article there. `reading`: of a page of a kind that
    nobody knows, what could be read.
    """

    status: Status
    reason: str
    empty: bool = False
    reading: Reading | None = None


class EditedPart(StrEnum):
    """What of an article its author can edit."""

    TITLE = "title"
    AUTHOR = "author"
    TEXT = "text"
    IMAGES = "images"
    MEDIA = "media"
    LINKS = "links"
    UNKNOWN = "unknown"  # what stood there before is no longer known


@dataclass(frozen=True, slots=True)
class PageChange:
    """One thing that an author has edited. Of title and author: what it was `before` and `after`; of the text: how many
    characters it `had` and `has`; of images, media and links: how many of those it had are gone, how many are new."""

    part: EditedPart
    before: str = ""
    after: str = ""
    had: int = 0
    has: int = 0


@dataclass(frozen=True, slots=True)
class OldVersion:
    """An earlier version of an archived article, kept when the article had really changed: its `folder` (POSIX,
    relative to the archive's root) holds what the article's folder held, with version.json for article.json. `changed`
    says what is different in the version that took its place. One that was `imported` from a file has never been in
    the article's own folder, and `changed` is empty."""

    folder: str
    captured_at: datetime
    changed: tuple[str, ...]
    imported: bool = False


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """An archived article: what article.json says, `folder` POSIX and relative to the archive's root."""

    id: str
    folder: str
    status: Status
    kind: Kind
    url: str
    aliases: tuple[str, ...]
    title: str
    account: str
    author: str
    published_at: datetime | None
    biz: str
    mid: str
    idx: str
    sn: str
    digest: str
    cover: str
    images: tuple[StoredImage, ...]
    losses: tuple[Loss, ...]
    captured_at: datetime
    capture: Mapping[str, str | int | bool] = field(default_factory=dict)
    media: tuple[StoredMedia, ...] = ()
    links: tuple[str, ...] = ()  # canonical URLs of the WeChat articles and albums that the body links to
    versions: tuple[OldVersion, ...] = ()
    coverage: Coverage | None = None  # how much of its page it has; None where that was not counted
    reading: Reading | None = None  # how its page was read; None where an older archiver wrote it

    @property
    def provenance(self) -> Provenance | None:
        """The web archive that it came from; None where that was WeChat."""
        service, moment, url = (str(self.capture.get(name, "")) for name in PROVENANCE)
        try:
            return Provenance(service, datetime.fromisoformat(moment), url) if service and url else None
        except ValueError:
            return None

    @property
    def files(self) -> frozenset[str]:
        """Paths of the images, audio and video files that it has."""
        paths = [image.path for image in self.images] + [item.path for item in self.media]
        return frozenset(path for path in paths if path)
