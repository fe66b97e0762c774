"""What wechat-article-to-markdown asks of Camoufox, with the installed Chromium.

`BENCH_CHROMIUM` is its path, `BENCH_SPKI` the hash of the key that it is to trust, `HTTPS_PROXY` its proxy; all else is
as Playwright has it, scripts included.
"""

import os

from playwright.async_api import Browser, async_playwright


class AsyncCamoufox:
    """A browser for the length of an `async with`."""

    def __init__(self, *, headless: bool = True) -> None:
        self._headless = headless

    async def __aenter__(self) -> Browser:
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=os.environ["BENCH_CHROMIUM"],
            headless=self._headless,
            proxy={"server": os.environ["HTTPS_PROXY"]},
            args=["--no-sandbox", f"--ignore-certificate-errors-spki-list={os.environ['BENCH_SPKI']}"],
        )
        return self._browser

    async def __aexit__(self, *_: object) -> None:
        await self._browser.close()
        await self._playwright.stop()
