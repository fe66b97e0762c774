"""How a program of the user's failed that is run for new articles."""

from __future__ import annotations

from enum import StrEnum

from archiver.models.values import dataclass


class HookTrouble(StrEnum):
    """Why [hooks] after_article failed."""

    NOT_STARTED = "not-started"
    EXIT = "exit"
    TIMEOUT = "timeout"
    NO_ARTICLE = "no-article"  # the article could not be read back


@dataclass(frozen=True, slots=True)
class HookFailed:
    """[hooks] after_article failed for the article in `folder`: by its exit `code`, or because it did not end in so
    many `seconds`; `said` is the end of what it has said, or why it was not started."""

    folder: str
    trouble: HookTrouble
    code: int = 0
    seconds: float = 0.0
    said: str = ""


@dataclass(frozen=True, slots=True)
class HooksLeft:
    """It was not run for so many `articles`, after failures or because the run was to end."""

    articles: int
