"""Whatever asks, pages or images, says the same of itself, and no part of it contradicts another."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from archiver.config import Config, FetchConfig, NetworkConfig
from archiver.errors import BrowserMissingError
from archiver.fetch.chromium import Chromium
from archiver.fetch.engine import HttpEngine
from archiver.fetch.find_browser import browser_version, find_browser
from archiver.fetch.http import HttpClient
from archiver.fetch.identity import VERSION, identify
from archiver.fetch.settings import NetworkSettings, network_settings
from archiver.fetch.window import Watch, watch_window
from archiver.wechat.urls import is_page_host
from tests.fetch.support import fresh_browser
from tests.replica import ArticleSpec, Replica
from tests.replica.support import PNG
from tests.world import LONG

SAID = ("user-agent", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "accept-language", "accept-encoding")
SHOWS = """<!DOCTYPE html><html><body><script>
const wanted = ["architecture", "bitness", "fullVersionList", "model", "platformVersion"];
const data = navigator.userAgentData && navigator.userAgentData.brands.length
  ? navigator.userAgentData.getHighEntropyValues(wanted) : Promise.resolve(null);
data.then(hints => {
  const said = {hints, agent: navigator.userAgent, platform: navigator.platform, languages: navigator.languages};
  const place = document.createElement("pre"); place.textContent = JSON.stringify(said); document.body.append(place);
});
</script></body></html>"""
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture(scope="module")
def web() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


@pytest.fixture(autouse=True)
def nothing_asked(web: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", LONG)
    web.clear_requests()


def settings(web: Replica, user_agent: str = "", engine: str = "auto") -> NetworkSettings:
    network = NetworkConfig(proxy=web.proxy_url, ca_bundle=str(web.ca_bundle), user_agent=user_agent)
    return network_settings(Config(Path(), network=network, fetch=FetchConfig(timeout=LONG, engine=engine)))  # type: ignore[arg-type]


def said(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in SAID if name in headers}


def in_page(web: Replica, found: NetworkSettings) -> dict[str, Any]:
    """What a page's own scripts see."""
    url = web.add_page("/s/" + "N" * 22, SHOWS.encode())
    with fresh_browser(found) as browser:
        body = browser.capture_rendered(url, "pre").body.decode()
    shown = re.search(r"<pre>(.*)</pre>", body)
    assert shown
    seen: dict[str, Any] = json.loads(shown[1].replace("&amp;", "&"))
    return seen


@pytest.mark.parametrize(
    "user_agent",
    ["", pytest.param(WINDOWS, marks=pytest.mark.slow), FIREFOX, pytest.param(PHONE, marks=pytest.mark.slow)],
)
def test_all_say_the_same(web: Replica, user_agent: str) -> None:
    url = web.add_article(ArticleSpec("谁", "<p>x</p>", weight=1))
    found = settings(web, user_agent)
    with fresh_browser(found) as browser:
        browser.capture(url)
        browser.capture_rendered(url, ":root")
    with HttpEngine(found, is_page_host) as plain:
        plain.capture(url)
    with HttpClient(found, lambda _host: True) as client:
        client.get(PNG.url, max_bytes=10**6)
    first, *others = [
        said(request.headers) for request in web.requests if "/s/" in request.path or PNG.key in request.path
    ]
    assert len(others) == 3
    assert others == [first] * 3
    assert "Headless" not in str(first)
    assert first["accept-language"] == "zh-CN,zh;q=0.9"
    assert first["accept-encoding"] == "gzip, deflate, br, zstd"
    assert first["user-agent"] == (user_agent or identify(browser_version(find_browser())).user_agent)


@pytest.mark.parametrize(
    ("user_agent", "version", "platform", "navigator"),
    [
        ("", "", "Linux", "Linux x86_64"),
        pytest.param(WINDOWS, "121", "Windows", "Win32", marks=pytest.mark.slow),
        (PHONE, "148", "Android", "Linux armv81"),
    ],
)
def test_no_part_contradicts_another(
    web: Replica, user_agent: str, version: str, platform: str, navigator: str
) -> None:
    if not user_agent and sys.platform != "linux":
        pytest.skip("the system's own names are those of Linux here")
    found = settings(web, user_agent)
    seen = in_page(web, found)
    asked = said(next(request.headers for request in web.requests if "/s/" in request.path))
    version = version or browser_version(find_browser()).partition(".")[0]
    brands = {brand["brand"]: brand["version"] for brand in seen["hints"]["brands"]}
    assert f"Chrome/{version}.0.0.0" in seen["agent"]
    assert seen["agent"] == asked["user-agent"]
    assert brands["Chromium"] == version
    assert f'"Chromium";v="{version}"' in asked["sec-ch-ua"]
    assert {brand["brand"] for brand in seen["hints"]["fullVersionList"]} == set(brands)
    assert (seen["hints"]["platform"], asked["sec-ch-ua-platform"]) == (platform, f'"{platform}"')
    assert (seen["hints"]["mobile"], asked["sec-ch-ua-mobile"]) == (user_agent == PHONE, f"?{user_agent == PHONE:d}")
    assert seen["platform"] == navigator
    assert seen["languages"] == ["zh-CN", "zh"]
    assert "Headless" not in json.dumps(seen)


def test_a_user_agent_of_another_family_sends_no_client_hints(web: Replica) -> None:
    seen = in_page(web, settings(web, FIREFOX))
    assert (seen["hints"], seen["agent"], seen["platform"]) == (None, FIREFOX, "MacIntel")
    assert not [name for name in web.requests[0].headers if name.startswith("sec-ch-ua")]


def test_brands_are_the_browser_s_own(web: Replica) -> None:
    """The made-up one as well, which depends on the version."""
    url = web.add_page("/s/" + "N" * 22, SHOWS.encode())
    found = settings(web)

    def ask() -> tuple[str, list[dict[str, str]]]:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(find_browser()),
                args=[f"--ignore-certificate-errors-spki-list={','.join(found.spki_hashes)}"],
                proxy={"server": web.proxy_url},
                chromium_sandbox=False,
                timeout=0,
            )
            page = browser.new_page()
            page.goto(url)
            return browser.version, page.evaluate("navigator.userAgentData.brands")

    with ThreadPoolExecutor(1) as pool:
        version, brands = pool.submit(ask).result()
    own = {(brand["brand"], brand["version"]) for brand in brands if "Headless" not in brand["brand"]}
    assert {(name, whole.partition(".")[0]) for name, whole in identify(version).brands} == own


def test_a_window_says_the_same(web: Replica) -> None:
    url = web.add_article(ArticleSpec("窗", "<p>x</p>", weight=1))
    found = settings(web)

    def look() -> None:
        watch_window(
            Chromium(find_browser(), sandbox=False), found, url, Watch(lambda _html, _url: True, lambda: None, 9)
        )

    with ThreadPoolExecutor(1) as pool:
        pool.submit(look).result()
    asked = next(request.headers for request in web.requests if request.url == url)
    assert {name: asked[name] for name in SAID[:4]} == {
        name.lower(): value for name, value in found.identity.headers.items() if name.lower() in SAID[:4]
    }


def test_without_a_browser(web: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(web, engine="http").version == VERSION
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserMissingError):
        find_browser()
    assert settings(web).version == VERSION


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no scripts with #!")
@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("echo Chromium 156.0.8078.108 built on Debian", "156.0.8078.108"),
        ("echo Google Chrome for Testing 149.0.1.2", "149.0.1.2"),
        ("echo 1.2.3.4; exit 1", ""),
        ("echo nothing", ""),
    ],
)
def test_what_a_browser_says_of_its_version(tmp_path: Path, script: str, version: str) -> None:
    fake = tmp_path / f"browser {version}"  # asked once: pytest may give two tests the same folder
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    assert browser_version(fake) == version
    assert browser_version(tmp_path / "none") == ""
