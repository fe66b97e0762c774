"""What came of a search in the web archive."""

from __future__ import annotations

from dataclasses import field, replace

from archiver.models.values import dataclass


@dataclass(frozen=True, slots=True)
class CameBack:
    """How many lost `articles` and `images` a run got back from the web archive, how many articles that are alive it
    had captured there (`saved`), and how many it could not ask about (`left`), since `why`."""

    articles: int = 0
    images: int = 0
    saved: int = 0
    left: int = 0
    why: str = ""

    def and_saved(self, other: CameBack) -> CameBack:
        """With what the web archive was asked to capture."""
        why = "; ".join(filter(None, (self.why, other.why)))
        return replace(self, saved=other.saved, left=self.left + other.left, why=why)

    def __bool__(self) -> bool:
        return bool(self.articles or self.images or self.saved or self.why)


@dataclass(frozen=True, slots=True)
class RescuedArticle:
    """An article that was got back: its link (`url`), `folder` and `title`, and the capture that it is from (`via`,
    made at `archived`, ISO; empty where it was archived already, by another link)."""

    url: str
    folder: str
    title: str
    archived: str
    via: str


@dataclass(frozen=True, slots=True)
class RescuedImage:
    """An image that was got back: its `url`, its file (`path`), and the capture that it is from (`via`; empty: the
    archive had the image already, as that of another link)."""

    url: str
    path: str
    via: str


@dataclass(slots=True)
class Rescued:
    """What a rescue came to. By URL: what the web archive does not have (`in_vain`), and what could not be found out
    (`failed`, with the reason); by the address of a capture, why it was `refused`. `left`: links and articles that it
    did not come to, since `why` (empty: it came to all). `troubled`: it ended early for another reason than that the
    run's requests were used up."""

    articles: list[RescuedArticle] = field(default_factory=list)
    images: list[RescuedImage] = field(default_factory=list)
    in_vain: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    left: int = 0
    why: str = ""
    troubled: bool = False
    requests: int = 0

    @property
    def came_back(self) -> CameBack:
        """The same in numbers."""
        return CameBack(len(self.articles), len(self.images), 0, self.left + len(self.failed), self.why)
