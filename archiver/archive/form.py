"""How articles are kept, as the configuration says."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.archive.captures import CaptureMode
from archiver.config import Config
from archiver.config.templates import ARTICLE_PATH
from archiver.render.front_matter import NO_KEYS, Keys


@dataclass(frozen=True, slots=True)
class Form:
    """`capture` says what is kept of the pages of new articles, `path` is the template of their folders' names;
    `keys` are what the front matter of all has besides the usual."""

    capture: CaptureMode = "slim"
    path: str = ARTICLE_PATH
    keys: Keys = NO_KEYS


USUAL = Form()


def form_of(config: Config) -> Form:
    """What the configuration says of it."""
    output = config.output
    keys = Keys(tuple(output.front_matter), tuple(output.tags))
    return Form(config.archive.capture, output.article_path, keys)
