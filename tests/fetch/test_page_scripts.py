"""What the scripts of a page do: nothing of it gets out, and no page holds up or hides the others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archiver.config import Config, FetchConfig, NetworkConfig
from archiver.errors import BrowserError, HostRefusedError, RedirectError
from archiver.fetch.request_filter import RequestFilter
from archiver.fetch.settings import MAX_PAGE_BYTES, MAX_REDIRECTS, network_settings
from archiver.wechat.page import READY
from archiver.wechat.urls import is_page_host, is_script_host
from tests.fetch.support import Captures, fresh_browser
from tests.replica import Replica
from tests.replica.messages import Request, Response
from tests.world import LONG

PAGE = "https://mp.weixin.qq.com/s/PPPPPPPPPPPPPPPPPPPPPP"
OTHER = "https://mp.weixin.qq.com/s/OOOOOOOOOOOOOOOOOOOOOO"
LATE = "setTimeout(() => { document.getElementById('js_content').textContent = 'late' }, 300);"


def page(script: str = "", markup: str = "", head: str = "") -> str:
    """A page whose body its script has to bring."""
    body = f"<div id='js_content'></div>{markup}<script>{script}</script>"
    return f"<!DOCTYPE html><html><head><title>x</title>{head}</head><body>{body}</body></html>"


class Web(Replica):
    """A replica whose answers may have headers."""

    headers: tuple[tuple[str, str], ...] = ()

    def answer(self, request: Request) -> Response:
        response = super().answer(request)
        return Response(response.body, response.content_type, response.status, (*response.headers, *self.headers))


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web(default_article=False) as replica:
        yield replica


@pytest.fixture(scope="module")
def browser(web: Web) -> Iterator[Captures]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().endswith(("_PROXY", "_CA_BUNDLE")):
                patch.delenv(name)
        network = NetworkConfig(proxy=web.proxy_url, ca_bundle=str(web.ca_bundle))
        settings = network_settings(Config(Path(), network=network, fetch=FetchConfig(timeout=LONG)))
        with fresh_browser(settings) as running:
            yield running


@pytest.fixture(autouse=True)
def undisturbed(web: Web) -> None:
    web.clear_requests()
    web.headers = ()
    web.add_page(OTHER, b"<!DOCTYPE html><html><body><div id='js_content'>other</div></body></html>")


def rendered(web: Web, browser: Captures, text: str) -> str:
    web.add_page(PAGE, text.encode())
    return browser.capture_rendered(PAGE, READY).body.decode()


def asked(web: Web) -> list[str]:
    return [request.url for request in web.requests]


WORKER = "new Worker(URL.createObjectURL(new Blob([\"new WebSocket('wss://worker.example/')\"])))"
FRAME = "<script>new WebSocket('wss://frame.example/')</script>"
WAYS_OUT = {
    "windows": f"open('https://popup.example/'); open('{OTHER}')",
    "links": "document.body.innerHTML += '<a target=_blank href=https://link.example>'; document.links[0].click()",
    "forms": (
        "document.body.innerHTML += '<form target=_blank method=post action=https://form.example>';"
        "document.forms[0].submit()"
    ),
    "sockets": f"new WebSocket('wss://page.example/'); {WORKER}",
    "calls": (
        "const turn = {urls: 'turn:turn.example:443?transport=tcp', username: 'x', credential: 'x'};"
        "const call = new (window.RTCPeerConnection || Object)({iceServers: [turn]});"
        "if (call.createOffer) { call.createDataChannel('x');"
        " call.createOffer().then(offer => call.setLocalDescription(offer)) }"
    ),
    "messages": "navigator.sendBeacon('https://beacon.example/', 'x'); new EventSource('https://events.example/')",
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_script_asks_others(web: Web, browser: Captures, way: str) -> None:
    assert ">late<" in rendered(web, browser, page(f"{LATE} {WAYS_OUT[way]}"))
    assert asked(web) == [PAGE]


def test_no_frame_asks_anybody(web: Web, browser: Captures) -> None:
    frames = f"""<iframe src="{OTHER}"></iframe> <iframe sandbox="allow-scripts" srcdoc="{FRAME}"></iframe>
        <iframe src="data:text/html,{FRAME}"></iframe> <iframe src="https://frame.example/"></iframe>"""
    assert ">late<" in rendered(web, browser, page(LATE, frames))
    assert asked(web) == [PAGE]


def test_headers_of_a_page_have_nothing_asked(web: Web, browser: Captures) -> None:
    web.headers = (
        ("Link", "<https://other.example/>; rel=preconnect, <https://other.example/x.js>; rel=preload; as=script"),
        ("Content-Security-Policy", "img-src 'none'; report-uri https://reports.example/"),
        ("Content-Disposition", "attachment; filename=a.html"),
    )
    assert ">late<" in rendered(web, browser, page(LATE, "<img src='https://mmbiz.qpic.cn/x'>"))
    assert asked(web) == [PAGE]


def test_a_page_that_goes_on_before_its_end_is_followed(web: Web, browser: Captures) -> None:
    """As a redirect is. Chromium reads the rest of such a page no more."""
    web.add_page(PAGE, page(f"location.replace('{OTHER}')", "<p>the rest").encode())
    capture = browser.capture_rendered(PAGE, READY)
    assert b">other<" in capture.body
    assert (capture.url, capture.final_url) == (PAGE, OTHER)
    assert asked(web) == [PAGE, OTHER]


@pytest.mark.parametrize("target", [OTHER, "https://other.example/"])
def test_a_page_that_has_come_stays(web: Web, browser: Captures, target: str) -> None:
    assert ">late<" in rendered(web, browser, page(f"setTimeout(() => {{ location.href = '{target}' }}, 50); {LATE}"))
    assert asked(web) == [PAGE]


def test_a_page_that_goes_to_another_host_is_not_followed(web: Web, browser: Captures) -> None:
    with pytest.raises(HostRefusedError, match=r"other\.example"):
        rendered(web, browser, page("location.href = 'https://other.example/'"))
    assert asked(web) == [PAGE]


def test_a_page_that_loads_itself_for_ever_ends(web: Web, browser: Captures) -> None:
    with pytest.raises(RedirectError):
        rendered(web, browser, page("location.reload()"))
    assert asked(web) == [PAGE] * (MAX_REDIRECTS + 1)


def test_scripts_that_do_not_end_hold_up_no_other_page(
    web: Web, browser: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """These end after a while, so that without a bound this test does too."""
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", 0.2)
    monkeypatch.setattr("archiver.fetch.browser.LOOK_SECONDS", 0.2)
    block = "for (const end = Date.now() + 5000; Date.now() < end;);"
    with pytest.raises(BrowserError, match="do not come to an end"):
        rendered(web, browser, page(f"setTimeout(() => {{ {block} }}, 100)"))
    assert b">other<" in browser.capture(OTHER).body
    monkeypatch.undo()
    assert b">other<" in browser.capture_rendered(OTHER, READY).body


TAKEN = {
    "globals": "window.Promise = window.Set = window.Map = window.JSON = window.eval = null;",
    "prototypes": "Object.prototype.then = () => 0; Object.prototype.v = 1; Array.prototype[Symbol.iterator] = null;",
    "the document": (
        "document.querySelector = () => { throw new Error('no') };"
        "Object.defineProperty(Document.prototype, 'documentElement', {get: () => null});"
    ),
    "timers": "window.requestAnimationFrame = () => 0; window.setTimeout = () => 0;",
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_page_may_take_everything_for_itself(web: Web, browser: Captures, what: str) -> None:
    named = "<img name='querySelector'><img name='readyState'><form name='documentElement'></form>"
    assert ">late<" in rendered(web, browser, page(f"{LATE} {TAKEN[what]}", named))


def test_what_the_policy_of_a_page_forbids_is_not_missing(
    web: Web, browser: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", 0.5)
    policy = "<meta http-equiv='Content-Security-Policy' content=\"script-src 'unsafe-inline'\">"
    outside = "<script src='https://res.wx.qq.com/x.js'></script>"
    assert "<title>" in rendered(web, browser, page(head=policy + outside))


def test_old_pages_may_set_their_domain(web: Web, browser: Captures) -> None:
    assert ">late<" in rendered(web, browser, page(f"document.domain = 'qq.com'; {LATE}"))


def test_a_page_within_the_page_is_not_the_page() -> None:
    """Where it leads, and that it is turned away, says nothing of the page itself."""
    decided = []

    def send(method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        decided.append((parameters["requestId"], method, parameters.get("errorReason")))
        return {}

    watcher = RequestFilter(send, is_page_host, is_script_host, MAX_PAGE_BYTES)
    for number, (frame, url) in enumerate([("a", PAGE), ("b", "https://v.qq.com/"), ("b", OTHER)]):
        request = {"url": url, "method": "GET"}
        watcher.on_paused({"requestId": number, "frameId": frame, "resourceType": "Document", "request": request})
    again = {"requestId": 3, "frameId": "b", "resourceType": "Document", "redirectedRequestId": 2}
    watcher.on_paused({**again, "request": {"url": OTHER, "method": "GET"}})
    assert decided[0] == (0, "Fetch.continueRequest", None)
    assert {entry[1:] for entry in decided[1:]} == {("Fetch.failRequest", "BlockedByClient")}
    assert (watcher.failure, watcher.redirect, watcher.leads_to) == (None, "", "")
