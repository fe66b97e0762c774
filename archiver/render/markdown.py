"""An article as Markdown that GitHub renders, with local images."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from archiver.models import Article, ArticleRecord, Loss, StoredImage
from archiver.render.blocks import BlockBuilder
from archiver.render.escape import destination, escape, guard_line
from archiver.render.inline import Place, Run, render_runs
from archiver.render.join import join
from archiver.render.links import NOWHERE, LocalFiles, by_key, safe_url
from archiver.render.losses import loss_line
from archiver.render.sitemap import is_month
from archiver.render.text import archived_text, beijing_date, byline, one_line, title_of
from archiver.render.tree import parse_body, shift_headings

# Links at an article's head to files that are only beside it in an archive.
NEIGHBOURS = ("[网页版](index.html)", "[同月文章](../README.md)", "[同一文件夹](../README.md)")


def body_markdown(body: str, local_files: LocalFiles) -> str:
    """The Markdown of a body fragment (possibly hostile); no raw HTML of it passes."""
    root = parse_body(body)
    shift_headings(root)
    return join(BlockBuilder(local_files).build(root)).strip("\n")


def _front_matter(article: Article, record: ArticleRecord) -> str:
    texts = {"title": title_of(article.title), "account": article.account, "author": article.author}
    lines = [f"{name}: {_yaml(text)}" for name, text in texts.items()]
    lines.append(f"published: {beijing_date(article.published_at) or 'null'}")
    lines.append(f"url: {_yaml(record.url)}")
    if (found := record.provenance) and not found.is_import:
        lines += [f"archived: {found.day}", f"via: {_yaml(found.url)}"]
    return "---\n" + "\n".join(lines) + "\n---"


def _yaml(text: str) -> str:
    """A text as a YAML string, of which a viewer that knows no front matter makes no HTML, image or link."""
    quoted = json.dumps(one_line(text), ensure_ascii=False)  # a JSON string is also a YAML one
    return re.sub(r"<|\](?=[(\[:])", lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _byline(article: Article, record: ArticleRecord) -> str:
    parts = [escape(part) for part in byline(article)]
    original = safe_url(record.url)
    if original:
        parts.append(f"[原文]({destination(original)})")
    if (found := record.provenance) and not found.is_import:
        address, said = safe_url(found.url), escape(archived_text(found))
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
) -> str:
    """The complete `article.md` of an article in `record.folder`: front matter, title, a line about it, losses, body.

    `images` maps every image URL, exactly as the body writes it, to where the image is (relative to the archive's
    root, like `record.folder`) or why it is not; an image that is not stored becomes a link, with a note.
    `copies` maps the URL of a link, as the body writes it, to the archived article's folder.
    """
    parts = [
        _front_matter(article, record),
        "# " + render_runs([Run(title_of(article.title))], Place.HEADING),
        _byline(article, record),
        _losses(record.losses),
        body_markdown(article.body, LocalFiles(record.folder, images, by_key(record), copies)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
