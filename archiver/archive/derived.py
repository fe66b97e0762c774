"""The files of an article that are made from what is known of it: article.md and index.html. Values go in, bytes come
out: that can be done in another process."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from archiver.archive.coverage import Held, derived_and_counted
from archiver.models import Article, ArticleRecord
from archiver.models.values import dataclass
from archiver.render.front_matter import NO_KEYS, Facts, Keys
from archiver.store.layout import PAGE, TEXT

if TYPE_CHECKING:
    from archiver.render.surroundings import Around


@dataclass(frozen=True, slots=True)
class Draft:
    """All that an article's files are made from. `copies`: what its links lead to, as far as it is archived: URL ->
    path; `held`: what its page was found to hold, where that was done already."""

    record: ArticleRecord
    article: Article
    copies: Mapping[str, str]
    around: Around
    keys: Keys = NO_KEYS
    held: Held = None


@dataclass(frozen=True, slots=True)
class Made:
    """An article's files: name -> bytes; its record, with how much of the page stands in them; the text to search."""

    record: ArticleRecord
    files: Mapping[str, bytes]
    text: str


def derive(draft: Draft, record: ArticleRecord) -> dict[str, bytes]:
    """Name -> bytes, as `record` has it."""
    from archiver.render.html import render_html  # a run that writes no article does without
    from archiver.render.markdown import render_markdown
    from archiver.render.surroundings import put_around
    from archiver.render.text import beijing_date

    article, by_url = draft.article, {image.url: image for image in record.images}
    page = render_html(article, record, by_url, draft.copies)
    facts = Facts(record.title, record.digest, beijing_date(record.published_at))
    more = draft.keys.lines(facts, draft.around.backlinks)
    return {
        TEXT: render_markdown(article, record, by_url, draft.copies, more).encode(),
        PAGE: (put_around(page, record.folder, draft.around) or page).encode(),
    }


def make(draft: Draft, kept: Mapping[str, bytes] = MappingProxyType({})) -> Made:
    """The article's files, with what is `kept` of its captures among them."""
    from archiver.render.plain import page_text

    record, files = derived_and_counted(draft.record, lambda record: derive(draft, record), kept, draft.held)
    return Made(record, files, page_text(files[PAGE].decode()))
