"""What of an article is not in the archive, and why."""

from __future__ import annotations

from enum import StrEnum

from archiver.models.values import dataclass


class LossCode(StrEnum):
    """Why something is missing: enough to say so in any language. The text beside it has the details."""

    # What the page itself keeps back.
    PAID = "paid"  # only the preview of a paid article is public
    PAID_WHOLE = "paid-whole"  # nothing of a paid article is public
    EXCERPT = "excerpt"  # only an excerpt of a reposted article is on the page
    LIVE_PHOTO = "live-photo"  # the moving part of a live photo
    NO_ADDRESS = "no-address"  # the page gives no address of it
    LINE_ONLY = "line-only"  # what was embedded is kept as a line of text
    MINI_PROGRAM_LINK = "mini-program-link"  # the text of such a link is kept, and leads nowhere

    # What archiver leaves out.
    LEFT_OUT = "left-out"  # as the configuration says
    TOO_MANY = "too-many"  # more images, or audio and video, than an article may have
    TOO_LARGE = "too-large"
    HOST_REFUSED = "host-refused"  # its address leads to a host that is not asked

    # What came of asking for it.
    NOT_FOUND = "not-found"  # HTTP 404 or 410
    HTTP_REFUSED = "http-refused"  # another 4xx
    SERVER_ERROR = "server-error"  # 5xx, or too many requests
    NO_ANSWER = "no-answer"  # none, or one that broke off
    REDIRECTED = "redirected"  # again and again
    HOST_DOWN = "host-down"  # the host failed too often in that run
    NOT_ASKED = "not-asked"  # the run ended before
    BROWSER_FAILED = "browser-failed"
    PLACEHOLDER = "placeholder"  # WeChat's hot-link notice came instead
    NOT_AN_IMAGE = "not-an-image"  # something else came instead
    BROKEN_IMAGE = "broken-image"  # it is cut off, or does not decode
    DAMAGED_AT_SOURCE = "damaged-at-source"  # it is so where it comes from either: kept as it came
    NOT_MEDIA = "not-media"  # no audio or video came
    BROKEN_MEDIA = "broken-media"  # it is cut off
    INTERNAL = "internal-error"  # a fault of archiver's own
    FAILED = "failed"  # anything else

    # What became of the file in the archive.
    LOST = "lost"  # it was damaged, and cannot be fetched again
    UNKNOWN = "unknown"  # article.json was damaged, and nothing else names its file


ONLY_A_LINE = "kept as a line only: "  # how `Loss.why` begins for what was embedded


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the article that is not in the archive; `body` tells the article's own substance from extras.

    `why` has the details in words, `code` the reason itself: None where an older archiver wrote it.
    """

    what: str  # "image", "video", "audio", "paid", "card", …
    why: str
    url: str = ""
    body: bool = True
    code: LossCode | None = None
