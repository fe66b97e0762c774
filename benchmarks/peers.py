"""The peers' side of `benchmarks.page_peers`, run by the interpreter of the venv that has them: a line of standard
input names a peer and a page, the answer is the milliseconds of CPU that it took and how many characters came of it."""

import gzip
import sys
import time
from pathlib import Path

import trafilatura
from html_to_markdown import convert
from selectolax.lexbor import LexborHTMLParser


def by_trafilatura(page: bytes) -> str:
    options = {"include_images": True, "include_links": True, "include_tables": True}
    return trafilatura.extract(page, output_format="markdown", **options) or ""


def by_lexbor(page: bytes) -> str:
    body = LexborHTMLParser(page).css_first("#js_content")
    return str(convert(body.html)) if body is not None and body.html else ""


PEERS = {"trafilatura": by_trafilatura, "lexbor + html-to-markdown": by_lexbor}


def main() -> None:
    pages: dict[str, bytes] = {}
    for line in sys.stdin:
        name, _, path = line.rstrip("\n").partition("\t")
        page = pages.setdefault(path, gzip.decompress(Path(path).read_bytes()))
        start = time.process_time()
        made = PEERS[name](page)
        print((time.process_time() - start) * 1000, len(made), flush=True)


if __name__ == "__main__":
    main()
