"""CPU time of a page by step: bytes to article, article to Markdown, article to HTML, the packed capture, coverage.

    python -m benchmarks.pages [FOLDER] [ROUNDS]

FOLDER holds pages as `*.html` or `*.html.gz`; without it those of the tests are taken. Each figure is the fastest of
ROUNDS (5), and the last column is the share of all pages' time.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from pathlib import Path

from archiver.archive import captures
from archiver.coverage.measure import compared
from archiver.models import Article
from archiver.render.html import render_html
from archiver.render.markdown import render_markdown
from archiver.wechat.page import read_page
from tests.test_golden_pages import stored

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
FIXTURES = Path(__file__).parents[1] / "tests" / "wechat" / "fixtures"


def fastest(call: Callable[[], object], rounds: int) -> float:
    """Milliseconds of CPU."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best * 1000


def measure(body: bytes, rounds: int) -> dict[str, float] | None:
    """Milliseconds of each step; None for what is no article."""
    article = read_page(body, URL)
    if not isinstance(article, Article):
        return None
    record = stored(article)
    images = {image.url: image for image in record.images}
    markdown, html = render_markdown(article, record, images, {}), render_html(article, record, images, {})
    packed = captures.pack(body, "slim")
    at = {image.path: image.url for image in record.images if image.path}
    return {
        "read": fastest(lambda: read_page(body, URL), rounds),
        "markdown": fastest(lambda: render_markdown(article, record, images, {}), rounds),
        "html": fastest(lambda: render_html(article, record, images, {}), rounds),
        "pack": fastest(lambda: captures.pack(body, "slim"), rounds),
        "coverage": fastest(lambda: compared(packed.held, markdown, html, at), rounds),
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    totals: dict[str, float] = {}
    for path in sorted([*folder.glob("*.html"), *folder.glob("*.html.gz")]):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if found := measure(body, rounds):
            steps = " ".join(f"{name} {value:7.1f}" for name, value in found.items())
            print(f"{path.name[:40]:40} {len(body) / 1e6:5.2f} MB  {steps}  all {sum(found.values()):7.1f} ms")
            totals = {name: totals.get(name, 0) + value for name, value in found.items()}
    whole = sum(totals.values())
    for name, value in totals.items():
        print(f"{name:10} {value:9.1f} ms {value / whole:6.1%}")
    print(f"{'all':10} {whole:9.1f} ms")


if __name__ == "__main__":
    main()
