"""Files made by the programs themselves: SingleFile and Chromium save a page of the replica, warcio writes it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from archiver.fetch.find_browser import find_browser
from archiver.importing.taking import Outcome
from tests.conditions import until
from tests.importing import saved
from tests.importing.importing import imported, only, outcomes, whys, without_losses
from tests.replica import Replica
from tests.world import World

pytestmark = pytest.mark.slow
SINGLEFILE = "single-file-cli@2.0.83"
ARGUMENTS = ["--no-sandbox", "--ignore-certificate-errors", "--disable-web-security"]
# What a page's own scripts do at WeChat: images load, the date is written.
RUN = """() => {
  document.querySelectorAll('img[data-src]').forEach(image => { image.src = image.dataset.src + '&tp=webp&wx_lazy=1' });
  document.querySelector('#publish_time').textContent = '2026-01-01 08:00';
}"""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Replica]:
    with Replica() as replica:
        assert replica.add_article(saved.SPEC) == saved.URL
        replica.add_image(saved.COVER.key, saved.COVER)
        yield replica


def _with_any_image(text: str) -> str:
    """Browsers get WebP of images that are PNG and JPEG to those who ask for no format."""
    return re.sub(r"images/[0-9a-f]{2}/[0-9a-f]{64}\.\w+", "images/…", text)


def same_text(target: World, live: World) -> None:
    record, text = only(target)
    assert _with_any_image(without_losses(text)) == _with_any_image(only(live)[1])
    assert record["coverage"]["characters"]["source"] > 10
    for name, share in record["coverage"].items():
        assert share["markdown"] == share["html"] == share["source"], name


def test_chromium_saves_mhtml(live: World, target: World, web: Replica, tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        arguments = [*ARGUMENTS, f"--proxy-server={web.proxy_url}"]
        browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
        page: Page = browser.new_page()
        page.goto(saved.URL)
        page.evaluate(RUN)
        page.wait_for_load_state("networkidle")
        session = page.context.new_cdp_session(page)
        snapshot = session.send("Page.captureSnapshot", {"format": "mhtml"})["data"]
        (tmp_path / "a.mhtml").write_bytes(snapshot.encode())
        (tmp_path / "dom.html").write_text(page.content(), "utf-8")
        browser.close()
    done = imported(target, tmp_path / "a.mhtml")
    assert (outcomes(done), whys(done)) == ([Outcome.NEW], [])
    same_text(target, live)
    assert outcomes(imported(target, tmp_path / "dom.html")) == [Outcome.KNOWN]


def test_chromium_saves_a_page_of_ours_as_mhtml(live: World, target: World, tmp_path: Path) -> None:
    (folder,) = live.article_folders()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        page: Page = browser.new_page()
        page.goto((folder / "index.html").as_uri())
        session = page.context.new_cdp_session(page)
        snapshot = session.send("Page.captureSnapshot", {"format": "mhtml"})["data"]
        (tmp_path / "a.mhtml").write_bytes(snapshot.encode())
        browser.close()
    done = imported(target, tmp_path / "a.mhtml")
    assert (outcomes(done), whys(done)) == ([Outcome.NEW], [])
    same_text(target, live)


@pytest.mark.parametrize("options", [(), ("--compress-content",)], ids=["html", "zip"])
def test_singlefile(options: tuple[str, ...], live: World, target: World, web: Replica, tmp_path: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    install: list[str | Path] = [
        "npm",
        "install",
        "--silent",
        "--no-fund",
        "--no-audit",
        "--ignore-scripts",
        "--prefix",
        tmp_path,
    ]
    if subprocess.run([*install, SINGLEFILE], capture_output=True, check=False).returncode:
        pytest.skip("npm cannot install SingleFile here")
    script = tmp_path / "run.js"
    script.write_text(f"addEventListener('load', {RUN})")
    path = tmp_path / "single.html"
    command: list[str | Path] = [
        tmp_path / "node_modules/.bin/single-file",
        saved.URL,
        path,
        *options,
        f"--browser-script={script}",
    ]
    command += [f"--browser-executable-path={find_browser()}", f"--http-proxy-server={web.proxy_url}"]
    command += [f"--browser-arg={argument}" for argument in ARGUMENTS]
    with subprocess.Popen([*command, "--browser-wait-until=load"], stdout=subprocess.DEVNULL) as process:
        until(lambda: path.exists() and path.stat().st_size > 0)  # it writes at once, and may not end
        process.terminate()
    done = imported(target, path)
    assert (outcomes(done), whys(done)) == ([Outcome.NEW], [])
    same_text(target, live)


def test_warcio_writes_what_a_crawler_got(live: World, target: World, tmp_path: Path) -> None:
    """With requests, `resource` and `revisit` records, as warcio and its friends write them."""
    pytest.importorskip("warcio", reason="warcio is not installed: pip install '.[wacz]'")
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    path = tmp_path / "crawl.warc.gz"
    with path.open("wb") as out:
        writer: Any = WARCWriter(out, gzip=True)

        def put(url: str, kind: str, body: bytes, media_type: str, **more: Any) -> Any:
            headers = StatusAndHeaders("200 OK", [("Content-Type", media_type)], protocol="HTTP/1.1")
            given = {"warc_content_type": media_type} if kind == "resource" else {"http_headers": headers}
            record = writer.create_warc_record(url, kind, payload=io.BytesIO(body), length=len(body), **given, **more)
            writer.write_record(record)
            return record

        put(saved.URL, "response", saved.page().encode(), "text/html; charset=utf-8")
        for url, data in list(saved.IMAGES.items())[1:]:
            put(url, "resource", data, "image/png")
        first = saved.ONE.url
        record = put("https://mmbiz.qpic.cn/mmbiz_png/elsewhere/0", "response", saved.IMAGES[first], "image/png")
        digest = record.rec_headers.get_header("WARC-Payload-Digest")
        writer.write_record(
            writer.create_revisit_record(first, digest, "https://mmbiz.qpic.cn/mmbiz_png/elsewhere/0", saved.SAVED)
        )
    done = imported(target, path)
    assert (outcomes(done), whys(done)) == ([Outcome.NEW], [])
    same_text(target, live)
    assert only(target)[0]["status"] == "archived"
