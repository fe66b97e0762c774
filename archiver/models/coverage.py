"""How much of a page its copy has."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from archiver.models.values import dataclass

ENOUGH = 0.995  # below this share, people are told


class Counted(StrEnum):
    """What is counted of a page."""

    CHARACTERS = "characters"
    LINKS = "links"
    IMAGES = "images"
    TABLES = "tables"
    DRAWINGS = "drawings"
    CODE = "code"
    AUDIO = "audio"
    VIDEO = "video"


# Files that are missing are losses already, each with its reason.
_FILES = frozenset({Counted.IMAGES, Counted.AUDIO, Counted.VIDEO})


@dataclass(frozen=True, slots=True)
class Share:
    """How many the `source` has, and how many of these stand in article.md and index.html."""

    source: int
    markdown: int
    html: int

    @property
    def lowest(self) -> float:
        """The smaller share, from 0 to 1."""
        return min(self.markdown, self.html) / self.source if self.source else 1.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a page holds, and how much of it its copy has."""

    shares: Mapping[Counted, Share]

    def counts_shown(self) -> dict[Counted, Share]:
        """What article.json says: of what the page has none, nothing."""
        return {what: share for what, share in self.shares.items() if share.source or what is Counted.CHARACTERS}

    @property
    def lowest(self) -> float:
        """The smallest share of what is no file."""
        return min((share.lowest for what, share in self.shares.items() if what not in _FILES), default=1.0)


def lacking(coverage: Coverage | None) -> float | None:
    """The share of the page that a copy has, rounded down to thousandths; None where that is enough."""
    if coverage is None or coverage.lowest >= ENOUGH:
        return None
    return int(coverage.lowest * 1000) / 1000
