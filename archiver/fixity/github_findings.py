"""What `verify --github` finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """`ERROR` is damage: GitHub shows something else than what is meant."""

    ERROR = "error"
    WARNING = "warning"
    HOTLINK = "hot-link"


class GitHubCode(StrEnum):
    """What exactly is not as it should be; the comments name the fields that say more."""

    level: Level

    def __new__(cls, word: str, level: Level) -> GitHubCode:
        code = str.__new__(cls, word)
        code._value_ = word
        code.level = level
        return code

    UNREADABLE = "unreadable", Level.ERROR  # a note or a file of the archive: `value` says why
    NO_ADDRESS = "no-address", Level.ERROR  # what stands there is none: `value` says why
    OUTSIDE = "outside", Level.ERROR  # it leads out of the repository
    SYMBOLIC_LINK = "symbolic-link", Level.ERROR  # it leads through one
    NO_FILE = "no-file", Level.ERROR
    OTHER_CASE = "other-case", Level.ERROR  # there is such a file, but its name is written in another case
    NO_IMAGE = "no-image", Level.ERROR
    IGNORED = "ignored", Level.ERROR  # git ignores the file
    UNPUBLISHED = "unpublished", Level.ERROR  # [archive] publish keeps the file out of git
    REFUSED_SIZE = "refused-size", Level.ERROR  # `size`: GitHub refuses the file
    LARGE_FILE = "large-file", Level.WARNING  # `size`: GitHub warns of the file
    LARGE_IMAGE = "large-image", Level.WARNING  # `size`: GitHub may not show it
    ELEMENT_LEFT_OUT = "element-left-out", Level.WARNING  # `value`, as `<video>`
    SCHEME_LEFT_OUT = "scheme-left-out", Level.WARNING  # `value`, as `data:`
    REMOTE_WECHAT = "remote-wechat", Level.HOTLINK
    REMOTE = "remote", Level.HOTLINK


@dataclass(frozen=True, slots=True)
class GitHubFinding:
    """Something that is not as it should be; `path` is relative to the configuration's folder, `line` counts from 1 (0:
    the file as such), `size` is in bytes, `hint` is a guess at what was meant."""

    path: str
    line: int
    url: str
    code: GitHubCode
    value: str = ""
    size: int = 0
    hint: str = ""

    @property
    def level(self) -> Level:
        return self.code.level


@dataclass(slots=True)
class Checked:
    """What was looked at: files rendered, their relative links and images; and what was found. `no_notes`: how many
    names of the scope stood for no such file."""

    files: int = 0
    links: int = 0
    images: int = 0
    no_notes: int = 0
    findings: list[GitHubFinding] = field(default_factory=list)

    @property
    def damaged(self) -> bool:
        return any(finding.level is Level.ERROR for finding in self.findings)
