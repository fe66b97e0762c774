"""Nouns of what is wrong with image links."""

from __future__ import annotations

from enum import StrEnum

from archiver.models import ImageFile
from archiver.models.values import dataclass


class Verdict(StrEnum):
    """What keeps an image from being shown; the words are for people."""

    FINE = "fine"
    REMOTE = "remote image"
    HOTLINK = "hot-link to a host that is not mirrored"
    INLINED = "image inside the note (data: URI)"
    MISSING = "no such file"
    CASE = "wrong case"
    SPACES = "unescaped spaces"
    BACKSLASHES = "backslashes"
    RESERVED = "unescaped #, ? or % in the name"
    ABSOLUTE = "absolute path"
    OUTSIDE = "outside of the repository"
    MOVED = "path into the archive that leads elsewhere"
    EMPTY = "empty file"
    NO_IMAGE = "no image"
    BROKEN = "broken image"
    PLACEHOLDER = "WeChat's hot-link notice instead of the image"
    WRONG_NAME = "name with another type than the bytes"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, and the cure: `target`, a path relative to the archive's root (`file`, if given, has to be put
    there first), or `place`, an absolute path outside of it. `wanted` is the URL that may give the image, `broken`
    the path of a file of the archive that is not what it should be. `fragment` is what the link has behind its path,
    such as `#gh-dark-mode-only`."""

    verdict: Verdict
    why: str = ""
    target: str = ""
    place: str = ""
    file: ImageFile | None = None
    wanted: str = ""
    broken: str = ""
    fragment: str = ""

    @property
    def cured(self) -> bool:
        return bool(self.target or self.place)


FINE = Diagnosis(Verdict.FINE)
