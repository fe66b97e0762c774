"""CPU time of a page beside that of peers: bytes to Markdown, page, record, capture and coverage.

    python -m benchmarks.page_peers [ROUNDS]

The peers are those of the venv `page`; of the real pages those of three megabytes and more are taken. The peers make
Markdown alone. Each ratio is the median over pairs of runs, one of ours and one of the peer's, one after the other. A
page of which a peer makes no text is void for it.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median

from archiver.archive import captures
from archiver.archive.record import StoredFiles, make_record
from archiver.coverage.measure import compared
from archiver.models import Article, Capture, StoredImage
from archiver.render.html import render_html
from archiver.render.markdown import render_markdown
from archiver.render.record import article_json
from archiver.wechat.page import read_page
from benchmarks.pairs import judged
from benchmarks.places import PAGES, peer, versions
from benchmarks.results import Rows, keep

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
LARGE = 3_000_000  # bytes
PACKAGES = {"trafilatura": ["trafilatura"], "lexbor + html-to-markdown": ["selectolax", "html-to-markdown"]}
PEERS = tuple(PACKAGES)
SHORT = 20  # characters; what is shorter is no text of these pages


def make(page: bytes) -> str:
    """All that is made of a page, its images missing; the Markdown."""
    article = read_page(page, URL)
    assert isinstance(article, Article)
    capture = Capture(URL, URL, 200, page, datetime(2026, 1, 1, tzinfo=UTC), "http")
    missing = [StoredImage(image.key, image.url, error="x") for image in article.images]
    record = make_record(article, capture, URL, StoredFiles(missing))
    images = {image.url: image for image in record.images}
    markdown, html = render_markdown(article, record, images), render_html(article, record, images)
    compared(captures.pack(capture.body, "slim").held, markdown, html, {})
    article_json(record)
    return markdown


def pairs(python: str, paths: list[Path], rounds: int) -> dict[str, list[tuple[Path, float, float]]]:
    """Page, milliseconds of ours and of the peer, of each pair of runs, by peer."""
    found: dict[str, list[tuple[Path, float, float]]] = {name: [] for name in PEERS}
    command = [python, "-P", str(Path(__file__).with_name("peers.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for round_ in range(rounds + 1):
            for path in paths:
                page = gzip.decompress(path.read_bytes())
                for name in PEERS:
                    start = time.process_time()
                    make(page)
                    ours = (time.process_time() - start) * 1000
                    child.stdin.write(f"{name}\t{path}\n")
                    child.stdin.flush()
                    theirs, length = child.stdout.readline().split()
                    if round_ and int(length) >= SHORT:  # the first is to warm up
                        found[name].append((path, ours, float(theirs)))
        child.stdin.close()
    return found


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    python = peer("page", "bin/python")
    bodies = {path: gzip.decompress(path.read_bytes()) for path in sorted(PAGES.glob("*.html.gz"))}
    paths = [path for path, body in bodies.items() if len(body) >= LARGE and isinstance(read_page(body, URL), Article)]
    rows: Rows = {}
    for name, found in pairs(python, paths, rounds).items():
        by_page = [[pair for pair in found if pair[0] == path] for path in paths]
        ours = median(median(pair[1] for pair in page) for page in by_page if page)
        theirs = median(median(pair[2] for pair in page) for page in by_page if page)
        ratio = median(pair[1] / pair[2] for pair in found)
        most = 1.0 if name == "trafilatura" else 8.0
        rows[f"a page of 3 to 4 MB, beside {name}"] = {
            "unit": "ms CPU",
            "ours": ours,
            "theirs": theirs,
            "ratio": ratio,
            "peer": versions("page", *PACKAGES[name]),
            **judged(ratio, "≤", most, "ratio"),
        }
        print(f"{name}: ours {ours:.1f} ms, theirs {theirs:.1f} ms, ratio {ratio:.2f} over {len(found)} pairs")
    print(f"{len(paths)} pages, lxml {metadata.version('lxml')}")
    keep("W4", rows)


if __name__ == "__main__":
    main()
