"""What plain HTTP does for each request, and what it does without."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import requests
from requests.utils import check_header_validity
from urllib3 import PoolManager

from archiver.config import Config, NetworkConfig
from archiver.fetch.http import Ask, HttpClient
from archiver.fetch.settings import NetworkSettings, network_settings
from archiver.wechat.urls import is_page_host
from tests.replica import ArticleSpec, Replica
from tests.work import calls


@pytest.fixture
def settings(replica: Replica) -> NetworkSettings:
    network = NetworkConfig(proxy=replica.proxy_url, ca_bundle=str(replica.ca_bundle))
    return network_settings(Config(Path(), network=network))


@pytest.mark.parametrize("data", [None, b"a=b"])
def test_a_request_is_what_requests_would_make_of_it(settings: NetworkSettings, data: bytes | None) -> None:
    cookie = {"name": "pass", "value": "1", "domain": ".qq.com", "path": "/", "expires": -1}
    url, headers = "https://mp.weixin.qq.com/s/一?q=a b&c=%e4", {"accept": "image/*", "Referer": "https://qq.com/"}
    with HttpClient(replace(settings, cookies=(cookie,)), is_page_host) as client:
        session = client._session()
        method = "POST" if data else "GET"
        usual = session.prepare_request(requests.Request(method, url, headers=headers, data=data))
        made = session.prepared(url, Ask(headers, 1, data=data))
    assert (made.method, made.url, made.body) == (usual.method, usual.url, usual.body)
    assert list(made.headers.items()) == list(usual.headers.items())
    assert made.headers["Cookie"] == "pass=1"


def test_nothing_is_merged_for_a_request(replica: Replica, settings: NetworkSettings) -> None:
    url = replica.add_article(ArticleSpec("一次", "<p>字</p>"))
    with HttpClient(settings, is_page_host) as client:
        get = partial(client.get, url, max_bytes=10**7)
        assert get().status == 200
        assert calls(get, requests.sessions.merge_setting, requests.cookies.merge_cookies) == [0, 0]


def test_what_all_requests_have_is_made_once(replica: Replica, settings: NetworkSettings) -> None:
    url = replica.add_article(ArticleSpec("一次", "<p>字</p>"))
    with HttpClient(settings, is_page_host) as client:
        get = partial(client.get, url, max_bytes=10**7)
        again = (check_header_validity, PoolManager.connection_from_pool_key)
        assert min(calls(get, *again)) > 0
        assert calls(get, *again) == [0, 0]
        for n in range(50):
            client._session().prepared(url, Ask({"Referer": f"https://qq.com/{n}"}, 1))
        assert len(client._session()._headers) <= 8


def test_a_pool_that_is_closed_is_not_remembered(replica: Replica, settings: NetworkSettings) -> None:
    url = replica.add_article(ArticleSpec("又一次", "<p>字</p>"))
    with HttpClient(settings, is_page_host) as client:
        assert client.get(url, max_bytes=10**7).status == 200
        client._session().close()
        assert client.get(url, max_bytes=10**7).status == 200


def test_plain_http_takes_no_certificate_apart(replica: Replica) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom archiver.config import Config, NetworkConfig\n"
        "from archiver.fetch.settings import network_settings\n"
        "found = network_settings(Config(Path(), network=NetworkConfig(ca_bundle=sys.argv[1])))\n"
        "before = 'cryptography' in sys.modules\nprint(len(found.spki_hashes), before, 'cryptography' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(replica.ca_bundle)]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout == "1 False True\n"
