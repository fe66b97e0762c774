"""Bytes of an archive: pages with each style once, and images in compact form.

    python -m benchmarks.disk [PAGES IMAGES]

Without folders those of `benchmarks.places` are taken, and the images beside them. PAGES holds captured pages as
`*.html` or `*.html.gz`; measured is the index.html of each article with its styles as classes against the same page
with the styles at the elements, as they were at first, and both as gzip packs them. IMAGES holds image files;
measured is what `[images] policy = "compact"` keeps of them, with and without loss, and the CPU seconds that it
takes a million pixels.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archiver.dom import inner_markup, parse
from archiver.dom.sheet import put_styles, styles_in
from archiver.errors import ImageError
from archiver.media.compact import compact
from archiver.media.imagefile import inspect_image
from archiver.models import Article
from archiver.render.frame import put_frame
from archiver.render.html import render_html
from archiver.render.plain import page_body
from archiver.wechat.page import read_page
from benchmarks.pages import URL
from benchmarks.places import PAGES
from benchmarks.results import keep
from tests.test_golden_pages import stored


def at_first(page: str, folder: str) -> str:
    """The page with its styles at the elements."""
    _, body = page_body(page)
    tree = parse(f"<body>{body}</body>").find("body")
    assert tree is not None
    put_styles(tree, styles_in(page))
    start = page.index("<style data-body>")
    end = page.index("</style>", start) + len("</style>\n")
    return put_frame((page[:start] + page[end:]).replace(body, inner_markup(tree)), folder)


def pages(folder: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Name, bytes before and now, the same packed."""
    for path in sorted([*folder.glob("*.html"), *folder.glob("*.html.gz")]):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        article = read_page(data, URL)
        if isinstance(article, Article):
            record = stored(article)
            now = render_html(article, record, {image.url: image for image in record.images})
            before = at_first(now, record.folder)
            sizes = (len(text) for text in (before.encode(), now.encode()))
            packed = (len(gzip.compress(text.encode(), 9)) for text in (before, now))
            yield (path.name, *sizes, *packed)  # type: ignore[misc]


def images(folder: Path) -> Iterator[tuple[str, int, int, int, float]]:
    """Name, bytes, bytes without and with loss, CPU seconds a million pixels without."""
    for path in sorted(folder.rglob("*")):
        try:
            file = inspect_image(path.read_bytes()) if path.is_file() else None
        except ImageError:
            continue
        if file is None:
            continue
        start = time.process_time()
        same = compact(file)
        taken = (time.process_time() - start) / max(1e-6, (file.width or 0) * (file.height or 0) / 1e6)
        yield path.name, len(file.data), len(same.data), len(compact(file, lossy=True).data), taken


def row(unit: str, before: int, now: int, **more: Any) -> dict[str, Any]:
    return {"unit": unit, "ours": now / before, **more}


def main() -> None:
    rows: dict[str, dict[str, Any]] = {}
    of_pages, of_images = map(Path, sys.argv[1:]) if len(sys.argv) > 1 else (PAGES, PAGES.with_name("images"))
    found = list(pages(of_pages))
    for name, *sizes in found:
        print(f"{name[:40]:40}", *(f"{size:9,}" for size in sizes))
    _, before, now, packed_before, packed_now = (sum(column) if n else 0 for n, column in enumerate(_columns(found)))
    of = f"share of {before:,} bytes in {len(found)} pages"
    rows["disk: index.html with each style once"] = row(of, before, now, target="less than it was", met=now < before)
    rows["disk: the same, gzip"] = row(f"share of {packed_before:,} bytes", packed_before, packed_now)
    seen = list(images(of_images))
    for name, *figures in seen:
        print(f"{name[:40]:40}", *(f"{figure:9,.2f}" for figure in figures))
    for what in ("png", "gif", "jpg", "all"):
        some = [one for one in seen if what == "all" or one[0].endswith(f".{what}")]
        if some:
            _, came, same, lossy, _ = (sum(column) if n else 0 for n, column in enumerate(_columns(some)))
            of = f"share of {came:,} bytes in {len(some)} files"
            for how, now in (("", same), (", lossy", lossy)):
                rows[f"disk: compact images, {what}{how}"] = row(of, came, now, target="never larger", met=now <= came)
    slowest = max((one[4] for one in seen if one[2] < one[1] and one[1] > 10_000), default=0.0)
    rows["disk: compact images, slowest"] = {"unit": "CPU s a million pixels", "ours": slowest}
    keep("W7", rows)


def _columns(rows: list[Any]) -> list[Any]:
    return [[0], *list(zip(*rows, strict=True))[1:]]


if __name__ == "__main__":
    main()
