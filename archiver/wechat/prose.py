"""`<pre>` that holds prose and not code: old editors keep white space so, and text pasted from a chat comes so."""

from __future__ import annotations

import re

from archiver.dom import Document, Tag, Text, refill

# What code never holds.
_NEVER_CODE = ("img", "table", "h1", "h2", "h3", "h4", "h5", "h6", "iframe", "mpvoice", "svg", "blockquote", "figure")
_CODE_CLASS = re.compile(r"code|hljs|prettyprint|brush|highlight|syntax", re.IGNORECASE)
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_VISIBLE = re.compile(r"[^\W_]|[^\w\s]")
_INDENTED = re.compile(r"^(?: {2,}|\t)\S", re.MULTILINE)
_SHARE = 0.6  # of ideographs among all visible characters: code with Chinese comments and texts has fewer


def is_prose(pre: Tag) -> bool:
    """Whether a `<pre>` is a text to read: it says so, holds what code never holds, or is marked up as a text is."""
    if pre.find("code") or pre.get("data-lang"):
        return False
    if pre.find(_NEVER_CODE) or pre.get("ng-bind-html"):
        return True
    if any(_CODE_CLASS.search(str(name)) for name in pre.get_attribute_list("class")):
        return False
    if any(_is_titled(link) for link in pre.find_all("a", href=True)):
        return True
    return pre.find(("strong", "b", "em")) is not None and _reads_as_prose(pre.get_text())


def as_section(pre: Tag, soup: Document) -> None:
    """Makes a `<section>` of it; its line breaks stay."""
    pre.name = "section"
    for inner in [pre, *pre.find_all(True)]:
        if any(isinstance(part, Text) and "\n" in part and part.strip() for part in inner.contents):
            _keep_lines(inner, soup)


def _keep_lines(tag: Tag, soup: Document) -> None:
    kept: list[Tag | Text] = []
    for part in list(tag.contents):
        if not isinstance(part, Text):
            kept.append(part)  # type: ignore[arg-type]  # the contents are elements and texts
            continue
        for i, line in enumerate(str(part).strip("\n").split("\n")):
            if i:
                kept.append(soup.new_tag("br"))
            kept.append(Text(line))
    refill(tag, kept)


def _is_titled(link: Tag) -> bool:
    """Whether a link has words of its own: editors make links of addresses in code, too."""
    words = link.get_text().strip()
    return bool(words) and "://" not in words and not words.startswith("www.") and not words.startswith("#")


def _reads_as_prose(words: str) -> bool:
    visible = len(_VISIBLE.findall(words))
    return visible > 0 and len(_IDEOGRAPH.findall(words)) >= _SHARE * visible and not _INDENTED.search(words)
