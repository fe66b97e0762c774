"""How articles are kept, as the configuration says."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.archive.captures import CaptureMode
from archiver.config import Config
from archiver.config.templates import ARTICLE_PATH


@dataclass(frozen=True, slots=True)
class Form:
    """`capture` says what is kept of the pages of new articles, `path` is the template of their folders' names."""

    capture: CaptureMode = "slim"
    path: str = ARTICLE_PATH


USUAL = Form()


def form_of(config: Config) -> Form:
    """What the configuration says of it."""
    return Form(config.archive.capture, config.output.article_path)
