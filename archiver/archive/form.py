"""How articles are kept, as the configuration says."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from archiver.config import Config
from archiver.config.sections import ImagesConfig
from archiver.config.templates import ARTICLE_PATH
from archiver.models import ImageFile
from archiver.models.values import dataclass
from archiver.render.front_matter import NO_KEYS, Keys

if TYPE_CHECKING:
    from archiver.archive.captures import CaptureMode


@dataclass(frozen=True, slots=True)
class Form:
    """`capture` says what is kept of the pages of new articles, `path` is the template of their folders' names;
    `keys` are what the front matter of all has besides the usual; `images` says which bytes of images are kept."""

    capture: CaptureMode = "slim"
    path: str = ARTICLE_PATH
    keys: Keys = NO_KEYS
    images: ImagesConfig = field(default_factory=ImagesConfig)

    @property
    def is_compact(self) -> bool:
        """Whether images are kept in fewer bytes than they came in."""
        return self.images.policy == "compact"

    def as_kept(self, file: ImageFile) -> ImageFile:
        """The form of an image of an article that is kept."""
        if not self.is_compact:
            return file
        from archiver.media.compact import compact  # most archives do without

        return compact(file, lossy=self.images.lossy)


USUAL = Form()


def form_of(config: Config) -> Form:
    """What the configuration says of it."""
    output = config.output
    keys = Keys(tuple(output.front_matter), tuple(output.tags))
    return Form(config.archive.capture, output.article_path, keys, config.images)
