"""What nobody can beat much: loops that load the same pages and images, and keep nothing. See `benchmarks.nights`.

    python -m benchmarks.limits http|browser PAGES CHROMIUM < {"proxy": …, "ca": …, "urls": […]}

`http`: GET, lexbor, and of each image GET, SHA-256 and Pillow's decoding, one after the other. `browser`: Chromium with
PAGES pages that are reused, which asks for documents only; images as in `http`. Prints how many images came.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import sys
from typing import Any

import requests
from PIL import Image
from playwright.async_api import Route, async_playwright
from selectolax.lexbor import LexborHTMLParser

from benchmarks.certificate import spki

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


class Files:
    """The images of pages: each asked for once."""

    def __init__(self, web: dict[str, Any]) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.proxies = {"http": web["proxy"], "https": web["proxy"]}
        self.session.verify = web["ca"]
        self.session.headers.update({"User-Agent": AGENT, "Referer": "https://mp.weixin.qq.com/"})
        self.seen: set[str] = set()

    def of(self, page: bytes) -> None:
        body = LexborHTMLParser(page).css_first("#js_content")
        for image in body.css("img[data-src]") if body else ():
            url = image.attributes["data-src"] or ""
            if "mmbiz" not in url or url in self.seen:
                continue
            self.seen.add(url)
            data = self.session.get(url).content
            hashlib.sha256(data).hexdigest()
            with Image.open(io.BytesIO(data)) as opened:
                opened.load()


def by_http(web: dict[str, Any]) -> int:
    files = Files(web)
    for url in web["urls"]:
        files.of(files.session.get(url).content)
    return len(files.seen)


async def by_browser(web: dict[str, Any], pages: int, chromium: str) -> int:
    files, urls, loop = Files(web), iter(web["urls"]), asyncio.get_running_loop()
    key = spki(web["ca"])

    async def only_documents(route: Route) -> None:
        await (route.continue_() if route.request.resource_type == "document" else route.abort())

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            proxy={"server": web["proxy"]},
            args=[f"--ignore-certificate-errors-spki-list={key}"],
        )
        context = await browser.new_context(java_script_enabled=False)

        async def work() -> None:
            page = await context.new_page()
            await page.route("**/*", only_documents)
            for url in urls:
                answer = await page.goto(url, wait_until="commit")
                assert answer is not None
                body = await answer.body()
                await loop.run_in_executor(None, files.of, body)

        await asyncio.gather(*(work() for _ in range(pages)))
        await browser.close()
    return len(files.seen)


def main() -> None:
    web = json.load(sys.stdin)
    if sys.argv[1] == "http":
        print(by_http(web))
    else:
        print(asyncio.run(by_browser(web, int(sys.argv[2]), sys.argv[3])))


if __name__ == "__main__":
    main()
