"""Chromium takes the replica for the real thing, and trusts it only by the hash of its CA's key."""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.replica import Replica, Template
from tests.replica.support import AWKWARD, awkward_article, open_session

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)


def _spki_hash(bundle: Path) -> str:
    key = x509.load_pem_x509_certificate(bundle.read_bytes()).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


def _launch(playwright: Playwright, replica: Replica, *trust: str) -> Browser:
    quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    return playwright.chromium.launch(
        executable_path=BROWSER, proxy={"server": replica.proxy_url}, args=[*quiet, *trust], timeout=0
    )


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if BROWSER is None:
        pytest.skip(f"no browser; looked for {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browsed(playwright: Playwright) -> Iterator[tuple[Replica, Page]]:
    with Replica() as replica:
        trust = f"--ignore-certificate-errors-spki-list={_spki_hash(replica.ca_bundle)}"
        browser = _launch(playwright, replica, trust)
        page = browser.new_page()
        page.set_default_timeout(0)  # what never comes meets the timeout of the test
        yield replica, page
        browser.close()


class TestBrowser:
    def test_article_runs_without_error(self, browsed: tuple[Replica, Page]) -> None:
        replica, page = browsed
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        url = replica.add_article(awkward_article())
        page.goto(url, wait_until="load")
        page.wait_for_function("() => document.querySelector('#js_content img').naturalWidth === 320")
        data = page.evaluate(
            "() => ({cgi: window.cgiDataNew, title: window.msg_title, nick: window.nickname, ct: window.ct})"
        )
        spec = awkward_article().with_ids()
        assert errors == []
        assert data["title"] == data["cgi"]["title"] == AWKWARD
        assert data["nick"] == data["cgi"]["nick_name"] == spec.account
        assert data["cgi"]["content_noencode"] == spec.body
        assert data["cgi"]["desc"] == spec.digest
        assert data["cgi"]["mid"] == int(spec.mid)
        assert data["cgi"]["create_time"] == "2026-03-07 08:00"
        assert data["ct"] == str(spec.epoch)
        assert page.locator("#publish_time").inner_text() == "2026-03-07 08:00"
        assert {r.host for r in replica.requests} == {"mp.weixin.qq.com", "mmbiz.qpic.cn", "res.wx.qq.com"}
        assert {r.status for r in replica.requests} == {200}
        assert {r.referer for r in replica.image_requests} == {"https://mp.weixin.qq.com/"}

    @pytest.mark.parametrize("more", [{"plain_strings": True}, {"template": Template.CLASSIC}])
    def test_other_dialects(self, browsed: tuple[Replica, Page], more: dict[str, object]) -> None:
        replica, page = browsed
        spec = awkward_article(title=AWKWARD + " 2", **more)
        page.goto(replica.add_article(spec), wait_until="load")
        assert page.evaluate("window.msg_title") == spec.title
        assert page.evaluate("window.nickname") == spec.account
        expected = spec.body if "plain_strings" in more else None
        assert page.evaluate("(window.cgiDataNew || {}).content_noencode || null") == expected

    @pytest.mark.parametrize("template", Template)
    def test_late_body(self, browsed: tuple[Replica, Page], template: Template) -> None:
        replica, page = browsed
        url = replica.add_article(awkward_article(title=f"late {template}", late_body=True, template=template))
        with open_session(replica) as session:
            text = session.get(url).text
        assert "正文" not in text
        page.goto(url, wait_until="domcontentloaded")
        assert "正文 & more" in page.locator("#js_content").inner_text()

    def test_the_hash_is_needed(self, playwright: Playwright, replica: Replica) -> None:
        browser = _launch(playwright, replica)
        with pytest.raises(PlaywrightError, match="ERR_CERT_AUTHORITY_INVALID"):
            browser.new_page().goto(replica.add_article(awkward_article()), timeout=0)
        browser.close()
        assert replica.article_requests == []

    def test_foreign_hosts_are_refused(self, browsed: tuple[Replica, Page]) -> None:
        replica, page = browsed
        page.goto(replica.add_page("/mp/foreign", b"<html><p>page</p></html>"))
        replica.clear_requests()
        failed = page.evaluate("fetch('https://example.com/').then(() => 'came', () => 'failed')")
        assert failed == "failed"
        assert [(r.host, r.status) for r in replica.refused_requests] == [("example.com", 502)]
