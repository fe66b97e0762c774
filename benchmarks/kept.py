"""What a tool has kept of articles: which share of their texts and images is in the files that it made.

The truth is read from the pages as they are served, by lxml alone: a text is a text node of `#js_content`, an image is
an `<img data-src>` in it, known by the bytes that the server gives for it, as it is asked for or as WebP. Texts are
compared by their letters and digits, so that no tool's way of writing Markdown or HTML counts. A tool keeps a text
where one of its documents that has the article's title has it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import ssl
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

SHORTEST = 6  # letters of a text; what is shorter may be anywhere
TEXTS, IMAGES = 0.99, 1.0  # what has to be kept, or the row is void
_DATA = re.compile(rb"data:image/[\w.+-]+;base64,([\w+/=]+)")


@dataclass(frozen=True, slots=True)
class Truth:
    """An article as it is served: `title` and `texts` in letters and digits, and of each image the hashes that will
    do."""

    title: str
    texts: Sequence[str]
    images: Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """Shares from 0 to 1, and how many articles have a document at all."""

    articles: int
    texts: float
    images: float

    def void(self, articles: int) -> str:
        """Why times of it say nothing; empty where they do."""
        lacks = [f"{self.articles} of {articles} articles"] if self.articles < articles else []
        lacks += [f"{self.texts:.1%} of the texts"] if self.texts < TEXTS else []
        lacks += [f"{self.images:.1%} of the images"] if self.images < IMAGES else []
        return ", ".join(lacks)


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def truths(web: dict[str, Any]) -> list[Truth]:
    """The articles that a web of `benchmarks.web` serves."""
    context = ssl.create_default_context(cafile=web["ca"])
    handlers = (urllib.request.ProxyHandler({"https": web["proxy"]}), urllib.request.HTTPSHandler(context=context))
    opener = urllib.request.build_opener(*handlers)

    def load(url: str) -> bytes:
        with opener.open(urllib.request.Request(url, headers={"Referer": "https://mp.weixin.qq.com/"})) as answer:
            return bytes(answer.read())

    return [_truth(load(url), load) for url in web["urls"]]


def _truth(page: bytes, load: Any) -> Truth:
    tree = lxml_html.document_fromstring(page, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    body = tree.get_element_by_id("js_content")
    title = letters(tree.get_element_by_id("activity-name").text_content())
    etree.strip_elements(body, "script", "style", "noscript", "template", with_tail=False)
    texts = [text for text in map(letters, body.itertext(with_tail=True)) if len(text) >= SHORTEST]
    shown = [str(image.get("data-src", "")) for image in body.iter("img")]
    urls = dict.fromkeys(url for url in shown if "mmbiz" in url)
    images = [
        frozenset(hashlib.sha256(load(asked)).hexdigest() for asked in (url, f"{url}&tp=webp&wxfrom=5")) for url in urls
    ]
    assert title, page[:200]
    assert texts
    assert images
    return Truth(title, texts, images)


def kept(truth: Sequence[Truth], folder: Path) -> Kept:
    """What of it is in the files of a folder."""
    documents, hashes = _read(path for path in folder.rglob("*") if path.is_file())
    articles = texts = whole = 0
    for one in truth:
        own = [text for text in documents if one.title in text]
        articles += bool(own)
        whole += sum(map(len, one.texts))
        texts += max((sum(len(text) for text in one.texts if text in document) for document in own), default=0)
    images = [bool(image & hashes) for one in truth for image in one.images]
    return Kept(articles, texts / whole, sum(images) / len(images))


def _read(paths: Iterable[Path]) -> tuple[list[str], set[str]]:
    """The documents in letters, and the hashes of all files and of what documents have in them as `data:` addresses."""
    documents, hashes = [], set()
    for path in paths:
        data = path.read_bytes()
        hashes.add(hashlib.sha256(data).hexdigest())
        if path.suffix == ".md":
            documents.append(letters(html.unescape(data.decode())))
        elif path.suffix == ".html":
            hashes |= {hashlib.sha256(base64.b64decode(found[1])).hexdigest() for found in _DATA.finditer(data)}
            tree = lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
            etree.strip_elements(tree, "script", "style", with_tail=False)
            documents.append(letters(tree.text_content()))
    return documents, hashes
