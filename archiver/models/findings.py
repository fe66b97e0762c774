"""What a check of the archive can find."""

from __future__ import annotations

from enum import StrEnum

from archiver.models.remarks import Remark
from archiver.models.values import dataclass


class FindingKind(StrEnum):
    """Kinds of findings, as `verify --json` names them."""

    CHANGED = "changed"  # the bytes are not those that were written
    MISSING = "missing"  # something names a file that is not there
    UNLISTED = "unlisted"  # a file that SHA256SUMS should name and does not
    UNREADABLE = "unreadable"  # the bytes do not decode, or say nothing
    CONTRADICTION = "contradiction"  # two files say different things
    LOST = "lost"  # a line or a link that must have been there is gone
    UNKNOWN = "unknown"  # a file that archiver did not make
    UNUSED = "unused"  # a file that nothing names
    EDITED = "edited"  # something is not as it was left; its owner may have done that


class FindingCode(StrEnum):
    """What exactly was found. Each code is of one kind; what is no `damage` can be the owner's own doing."""

    kind: FindingKind
    damage: bool

    def __new__(cls, word: str, kind: FindingKind, damage: bool = True) -> FindingCode:
        code = str.__new__(cls, word)
        code._value_ = word
        code.kind = kind
        code.damage = damage
        return code

    # The disk, and files as such.
    NOT_READ = "not-read", FindingKind.UNREADABLE  # `error`
    NOT_LISTED_BY_DISK = "not-listed-by-disk", FindingKind.UNREADABLE  # a folder; `error`
    NOT_CHECKED = "not-checked", FindingKind.UNREADABLE, False  # a fault of archiver's own: `error`, its `file`
    SYMBOLIC_LINK = "symbolic-link", FindingKind.UNKNOWN
    LEFTOVER = "leftover", FindingKind.UNUSED, False
    FOREIGN_FILE = "foreign-file", FindingKind.UNKNOWN, False
    FOREIGN_CONTENT = "foreign-content", FindingKind.UNKNOWN, False  # the user's own file, where a build would write
    GIT_FILE_MISSING = "git-file-missing", FindingKind.MISSING
    GIT_FILE_EDITED = "git-file-edited", FindingKind.EDITED, False
    README_DIFFERS = "readme-differs", FindingKind.CHANGED
    README_MISSING = "readme-missing", FindingKind.MISSING

    # links.jsonl and journal.jsonl.
    LINE_UNREADABLE = "line-unreadable", FindingKind.UNREADABLE  # `error`
    LINE_CUT = "line-cut", FindingKind.UNREADABLE
    LINE_TWICE = "line-twice", FindingKind.EDITED, False
    LINE_ORDER = "line-order", FindingKind.EDITED, False
    LINK_TARGET_MISSING = "link-target-missing", FindingKind.MISSING  # `url`
    KEPT_ELSEWHERE = "kept-elsewhere", FindingKind.EDITED, False  # `value`: so many; [archive] publish
    LINK_OF_OTHER_ARTICLE = "link-of-other-article", FindingKind.CONTRADICTION  # `url`, `file`
    LINK_STATUS = "link-status", FindingKind.CONTRADICTION  # `url`, `value`; `file`, `expected`
    ARTICLE_WITHOUT_LINE = "article-without-line", FindingKind.LOST  # `url`, `file`
    ORIGINAL_WITHOUT_LINE = "original-without-line", FindingKind.LOST  # `url`, `file`

    # SHA256SUMS and the files of articles.
    SUMS_LINE = "sums-line", FindingKind.UNREADABLE
    SUMS_ORDER = "sums-order", FindingKind.CHANGED
    LISTED_FILE_MISSING = "listed-file-missing", FindingKind.MISSING
    CHECKSUM = "checksum", FindingKind.CHANGED
    NOT_IN_SUMS = "not-in-sums", FindingKind.UNLISTED
    RECORD_MISSING = "record-missing", FindingKind.MISSING
    RECORD_UNREADABLE = "record-unreadable", FindingKind.UNREADABLE  # `error`
    ID_OF_OTHER_FOLDER = "id-of-other-folder", FindingKind.CONTRADICTION  # `value`
    DUPLICATE = "duplicate", FindingKind.CONTRADICTION  # `file`
    CAPTURE_UNREADABLE = "capture-unreadable", FindingKind.UNREADABLE  # `error`
    CAPTURE_NO_ARTICLE = "capture-no-article", FindingKind.UNREADABLE  # `error`
    CAPTURE_OF_OTHER = "capture-of-other", FindingKind.CONTRADICTION  # `file`

    LOW_COVERAGE = "low-coverage", FindingKind.LOST, False  # `value`: so much of the page
    COVERAGE_DIFFERS = "coverage-differs", FindingKind.CONTRADICTION, False  # `value`, `expected`
    COVERAGE_NOT_COUNTED = "coverage-not-counted", FindingKind.MISSING, False

    FORGETTING_UNFINISHED = "forgetting-unfinished", FindingKind.UNUSED, False

    # Images, videos and audio.
    SHOWN_FILE_MISSING = "shown-file-missing", FindingKind.MISSING  # `file`
    PLAYED_FILE_MISSING = "played-file-missing", FindingKind.MISSING  # `file`
    WRONG_NAME_IN_RECORD = "wrong-name-in-record", FindingKind.CONTRADICTION  # `file`
    CONTENT_NOT_NAME = "content-not-name", FindingKind.CHANGED
    WRONG_FOLDER = "wrong-folder", FindingKind.CONTRADICTION  # `expected`
    IMAGE_UNREADABLE = "image-unreadable", FindingKind.UNREADABLE  # `error`
    WRONG_TYPE = "wrong-type", FindingKind.CONTRADICTION  # `value`
    UNUSED_FILE = "unused-file", FindingKind.UNUSED, False

    # Albums.
    ALBUM_UNREADABLE = "album-unreadable", FindingKind.UNREADABLE  # `error`
    ALBUM_CHANGED = "album-changed", FindingKind.CHANGED
    ALBUM_SOURCE_MISSING = "album-source-missing", FindingKind.MISSING  # `file`
    ALBUM_TEXT_MISSING = "album-text-missing", FindingKind.MISSING  # `file`
    ALBUM_TEXT_CHANGED = "album-text-changed", FindingKind.CHANGED  # `file`

    # Notes.
    NOTE_UNREADABLE = "note-unreadable", FindingKind.UNREADABLE, False  # `error`
    REWRITTEN_NOTE_UNREADABLE = "rewritten-note-unreadable", FindingKind.UNREADABLE  # `error`
    NOTE_GONE = "note-gone", FindingKind.EDITED, False
    NOTE_LINK_NEW = "note-link-new", FindingKind.LOST, False  # `url`
    NOTE_LINK_BROKEN = "note-link-broken", FindingKind.MISSING  # `url`
    NOTE_LINK_UNKNOWN = "note-link-unknown", FindingKind.EDITED, False  # `url`
    NOTE_LINK_FORGOTTEN = "note-link-forgotten", FindingKind.EDITED  # `url`; nothing is known of any note
    OUR_LINK_GONE = "our-link-gone", FindingKind.EDITED, False  # `url`
    OUR_LINK_DAMAGED = "our-link-damaged", FindingKind.CHANGED  # `url`
    OUR_LINKS_MOVED = "our-links-moved", FindingKind.EDITED, False

    # catalogue.db.
    INDEX_MISSING = "index-missing", FindingKind.MISSING, False
    INDEX_DAMAGED = "index-damaged", FindingKind.UNREADABLE  # `error`
    INDEX_BUSY = "index-busy", FindingKind.UNREADABLE, False
    INDEX_BEHIND = "index-behind", FindingKind.EDITED, False  # `file`
    INDEX_ARTICLE = "index-article", FindingKind.CONTRADICTION  # `file`
    INDEX_IMAGE = "index-image", FindingKind.CONTRADICTION  # `value`

    # The offline reader and the months' lists.
    PAGE_BEHIND = "page-behind", FindingKind.EDITED, False
    PAGE_CHANGED = "page-changed", FindingKind.CHANGED
    PAGE_MISSING = "page-missing", FindingKind.MISSING
    PAGE_UNPROVED = "page-unproved", FindingKind.EDITED, False  # without an index nobody knows why
    PAGE_UNBUILT = "page-unbuilt", FindingKind.MISSING, False  # likewise
    PAGE_UNUSED = "page-unused", FindingKind.UNUSED, False
    SITE_OF_OTHER = "site-of-other", FindingKind.EDITED, False


@dataclass(frozen=True, slots=True, order=True)
class Finding(Remark):
    """One finding of a check."""

    code: FindingCode

    @property
    def kind(self) -> FindingKind:
        return self.code.kind

    @property
    def damage(self) -> bool:
        """Whether something is damaged; what else was found is only reported."""
        return self.code.damage
