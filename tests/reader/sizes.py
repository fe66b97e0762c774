"""How large the static search is."""

from __future__ import annotations

import json

from archiver.render.plain import page_text
from tests.reader.library import Library


def index_size(library: Library) -> int:
    return sum(path.stat().st_size for path in (library.archive / "site/search").iterdir())


def text_size(library: Library) -> int:
    """Bytes of the text that can be found, in UTF-8."""
    pages = library.archive.glob("articles/**/index.html")
    texts = (page_text(path.read_text("utf-8")) for path in pages)
    titles = (json.loads(path.read_text("utf-8"))["title"] for path in library.archive.glob("articles/**/article.json"))
    return sum(len(text.encode()) for text in (*texts, *titles))
