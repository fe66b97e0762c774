"""The files of an article that are made from what is known of it: article.md and index.html."""

from __future__ import annotations

from collections.abc import Mapping

from archiver.archive.surroundings import around_article
from archiver.models import Article, ArticleRecord
from archiver.render.front_matter import NO_KEYS, Facts, Keys
from archiver.render.surroundings import put_around
from archiver.render.text import beijing_date
from archiver.store.catalogue import Catalogue
from archiver.store.layout import PAGE, TEXT


def derive(
    catalogue: Catalogue, record: ArticleRecord, article: Article, copies: Mapping[str, str], keys: Keys = NO_KEYS
) -> dict[str, bytes]:
    """Name -> bytes. `copies`: what the article's links lead to, as far as it is archived: URL -> path."""
    from archiver.render.html import render_html  # a run that writes no article does without
    from archiver.render.markdown import render_markdown

    by_url, around = {image.url: image for image in record.images}, around_article(catalogue, record.folder)
    page = render_html(article, record, by_url, copies)
    facts = Facts(record.title, record.digest, beijing_date(record.published_at))
    return {
        TEXT: render_markdown(article, record, by_url, copies, keys.lines(facts, around.backlinks)).encode(),
        PAGE: (put_around(page, record.folder, around) or page).encode(),
    }
