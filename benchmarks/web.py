"""The web of `benchmarks.nights`: real pages, as many of each as are wanted, in a process of its own.

    python -m benchmarks.web FOLDER ARTICLES LATENCY

Prints a line of JSON (proxy, certificates, URLs, images of each page) when it serves; ends with its standard input.
Every copy of a page is an article of its own, with a title and images of its own. LATENCY is in seconds, for every
answer.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from tests.replica import Replica, short_token
from tests.replica.images import image_bytes
from tests.replica.messages import Request, Response
from tests.replica.site import IMAGE_HOSTS

# Articles of three megabytes and more: fifteen images each, on the average.
BASES = ("article-2025-code", "repost-2025", "repost-2024-pre-blocks", "article-2026-table-code")
_IMAGE = re.compile(r"(?<=mmbiz.qpic.cn/)((?:sz_)?mmbiz(?:_\w+)?/)[\w-]{8}")


class Web(Replica):
    """A replica whose answers take their time, and whose images are drawn before the first request.

    Other origins may read its images, as WeChat's pages do (`crossorigin="anonymous"`, `wx_co=1`).
    """

    latency = 0.0

    def answer(self, request: Request) -> Response:
        time.sleep(self.latency)
        response = super().answer(request)
        if request.host not in IMAGE_HOSTS:
            return response
        return replace(response, headers=(*response.headers, ("Access-Control-Allow-Origin", "*")))

    def copies(self, folder: Path, articles: int, place: Path) -> list[str]:
        """Serve so many articles, from files at `place`; their URLs."""
        pages = [gzip.decompress((folder / f"{name}.html.gz").read_bytes()).decode() for name in BASES]
        known = list(map(json.loads((folder / "expected.json").read_bytes()).get, BASES))
        urls = []
        for n in range(articles):
            page, about = pages[n % len(pages)], known[n % len(pages)]
            own = page.replace(about["mid"], f"{int(about['mid']) + 1 + n}")
            own = own.replace(about["title"], f"{about['title']} {n}")
            file = place / f"{n}.html"
            file.write_text(_IMAGE.sub(rf"\g<1>{n:08}", own), "utf-8")
            urls.append(self.serve_file(file, short_token(f"night {n}")))
        return urls

    def draw_all(self) -> None:
        with ThreadPoolExecutor() as pool:
            for spec in pool.map(lambda spec: replace(spec, data=image_bytes(spec)), list(self._images.values())):
                self.add_image(spec.key, spec)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, Web() as web:
        found = web.copies(Path(sys.argv[1]), int(sys.argv[2]), Path(place))
        web.draw_all()
        web.latency = float(sys.argv[3])
        print(json.dumps({"proxy": web.proxy_url, "ca": str(web.ca_bundle), "urls": found}), flush=True)
        sys.stdin.read()
