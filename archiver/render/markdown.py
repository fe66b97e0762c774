"""An article as Markdown that GitHub renders, with local images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archiver.models import Article, ArticleRecord, Loss, StoredImage
from archiver.render.blocks import BlockBuilder
from archiver.render.escape import destination, escape, guard_line
from archiver.render.front_matter import front_matter
from archiver.render.inline import Place, Run, render_runs
from archiver.render.join import join
from archiver.render.links import NOWHERE, LocalFiles, by_key, safe_url
from archiver.render.losses import loss_line
from archiver.render.sitemap import is_month
from archiver.render.text import archived_text, byline, title_of
from archiver.render.tree import parse_body, shift_headings

# Links at an article's head to files that are only beside it in an archive.
NEIGHBOURS = ("[网页版](index.html)", "[同月文章](../README.md)", "[同一文件夹](../README.md)")


def body_markdown(body: str, local_files: LocalFiles) -> str:
    """The Markdown of a body fragment (possibly hostile); no raw HTML of it passes."""
    root = parse_body(body)
    shift_headings(root)
    return join(BlockBuilder(local_files).build(root)).strip("\n")


def _byline(article: Article, record: ArticleRecord) -> str:
    parts = [escape(part) for part in byline(article)]
    original = safe_url(record.url)
    if original:
        parts.append(f"[原文]({destination(original)})")
    if (found := record.provenance) and not found.is_import:
        address, said = safe_url(found.page), escape(archived_text(found))
        parts.append(f"[{said}]({destination(address)})" if address else said)
    page, month, folder = NEIGHBOURS
    parts += [page, month if is_month(record.folder.rpartition("/")[0]) else folder]
    return guard_line(" · ".join(parts))


def _loss(loss: Loss) -> str:
    address = safe_url(loss.url)
    link = f" [原链接]({destination(address)})" if address else ""
    return f"> - {escape(loss_line(loss))}{link}"


def _losses(losses: tuple[Loss, ...]) -> str:
    return "\n".join(["> 以下内容没有存档：", ">", *map(_loss, losses)]) if losses else ""


def render_markdown(
    article: Article,
    record: ArticleRecord,
    images: Mapping[str, StoredImage],
    copies: Mapping[str, str] = NOWHERE,
    more: Iterable[str] = (),
) -> str:
    """The complete `article.md` of an article in `record.folder`: front matter, title, a line about it, losses, body.

    `images` maps every image URL, exactly as the body writes it, to where the image is (relative to the archive's
    root, like `record.folder`) or why it is not; an image that is not stored becomes a link, with a note.
    `copies` maps the URL of a link, as the body writes it, to the archived article's folder; `more` are lines of the
    front matter that the configuration adds.
    """
    parts = [
        front_matter(article, record, more),
        "# " + render_runs([Run(title_of(article.title))], Place.HEADING),
        _byline(article, record),
        _losses(record.losses),
        body_markdown(article.body, LocalFiles(record.folder, images, by_key(record), copies)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
