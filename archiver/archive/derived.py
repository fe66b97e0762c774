"""The files of an article that are made from what is known of it: article.md and index.html."""

from __future__ import annotations

from collections.abc import Mapping

from archiver.archive.surroundings import around_article
from archiver.models import Article, ArticleRecord
from archiver.render.surroundings import put_around
from archiver.store.catalogue import Catalogue
from archiver.store.layout import PAGE, TEXT


def derive(
    catalogue: Catalogue, record: ArticleRecord, article: Article, copies: Mapping[str, str]
) -> dict[str, bytes]:
    """Name -> bytes. `copies`: what the article's links lead to, as far as it is archived: URL -> path."""
    from archiver.render.html import render_html  # a run that writes no article does without
    from archiver.render.markdown import render_markdown

    by_url = {image.url: image for image in record.images}
    page = render_html(article, record, by_url, copies)
    return {
        TEXT: render_markdown(article, record, by_url, copies).encode(),
        PAGE: (put_around(page, record.folder, around_article(catalogue, record.folder)) or page).encode(),
    }
