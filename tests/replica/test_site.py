"""Pages, states and walls are as the product meets them at WeChat."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup
from PIL import Image

from tests.replica import Replica, State, Template, short_token
from tests.replica.images import image_bytes
from tests.replica.support import AWKWARD, PNG, awkward_article, open_session

SHARED = Path(__file__).parents[2] / ".." / "shared"
MARKERS = {
    State.DELETED: "该内容已被发布者删除",
    State.DELETED_ENGLISH: "deleted by the author",
    State.VIOLATION: "此内容因违规无法查看",
    State.INFRINGEMENT: "涉嫌侵权",
    State.ACCOUNT_BLOCKED: "此帐号已被屏蔽",
    State.ACCOUNT_CLOSED: "此帐号已自主注销",
    State.REVIEW: "内容审核中",
    State.SYSTEM_ERROR: "系统出错",
    State.UNAVAILABLE: "该内容暂时无法查看",
    State.EXPIRED: "链接已过期",
    State.PARAMETER_ERROR: "参数错误",
    State.PARAMETER_ERROR_ENGLISH: "Parameter error",
    State.PRIVATE: "根据作者隐私设置",
    State.WALL: "当前环境异常，完成验证后即可继续访问",
    State.WALL_SHELL: "",
    State.WALL_FREQUENT: "访问过于频繁",
}


class TestArticles:
    def test_today_is_hidden_and_lazy(self, replica: Replica, session: requests.Session) -> None:
        url = replica.add_article(awkward_article())
        answer = session.get(url)
        page = BeautifulSoup(answer.content, "lxml")
        body = page.select_one("#js_content")
        assert answer.status_code == 200
        assert body is not None
        assert "visibility: hidden; opacity: 0" in str(body["style"])
        image = body.select_one("img")
        assert image is not None
        assert image["data-src"] == PNG.url
        assert "src" not in image.attrs
        assert (image["data-w"], float(str(image["data-ratio"]))) == ("320", 180 / 320)
        assert page.title is not None
        assert page.title.text == ""
        time_shown = page.select_one("#publish_time")
        assert time_shown is not None
        assert time_shown.text == ""
        for name, value in {"og:title": AWKWARD, "og:url": url, "og:article:author": "林 <深>"}.items():
            meta = page.select_one(f'meta[property="{name}"]')
            assert meta is not None
            assert meta["content"] == value

    def test_classic_has_no_cgi_data(self, replica: Replica, session: requests.Session) -> None:
        text = session.get(replica.add_article(awkward_article(template=Template.CLASSIC))).text
        assert "cgiDataNew" not in text
        assert 'var ct = "1772841600";' in text
        assert 'var biz = "" || "MzA5MDAwMDAwMQ==";' in text

    def test_all_urls_of_an_article_lead_to_it(self, replica: Replica, session: requests.Session) -> None:
        spec = awkward_article().with_ids()
        first, second = short_token("one"), short_token("two")
        url = replica.add_article(spec, [first, second])
        older = spec.long_url.replace("mid=", "appmsgid=").replace("idx=", "itemidx=").replace("sn=", "sign=")
        pages = [session.get(u).text for u in (url, url.replace(first, second), spec.long_url, older)]
        assert all("C:\\new" in page for page in pages)
        assert f'og:url" content="{url}"' in pages[0]
        assert "short_link: JsDecode('')" in pages[0]
        assert 'og:url" content="https://mp.weixin.qq.com/s?__biz=' in pages[2]
        assert f"short_link: JsDecode('{url}')" in pages[2]

    def test_unknown_links_get_lasting_articles(self, replica: Replica, session: requests.Session) -> None:
        links = [f"https://mp.weixin.qq.com/s/{short_token(str(n))}" for n in range(30)]
        links.append("http://mp.weixin.qq.com/s?__biz=MzU5NDM1&mid=2247484065&idx=1&sn=b0945e&scene=21")
        pages = [session.get(link).text for link in links]
        assert [session.get(link).text for link in links] == pages
        read = [BeautifulSoup(page, "lxml") for page in pages]
        assert len({str(page.select_one("#activity-name")) for page in read}) > 6
        assert {len(page.select("#js_content img")) for page in read} == {0, 1, 2, 3}
        assert 'var mid = "2247484065"' in pages[-1] or 'var mid = "" || "2247484065"' in pages[-1]

    def test_unknown_links_without_default(self) -> None:
        with Replica(default_article=False, default_images=False) as replica, open_session(replica) as session:
            assert "参数错误" in session.get(f"https://mp.weixin.qq.com/s/{short_token('x')}").text
            assert session.get(PNG.url).status_code == 404

    def test_glued_link_is_a_parameter_error(self, replica: Replica, session: requests.Session) -> None:
        url = replica.add_article(awkward_article())
        assert "参数错误" in session.get(url + "）。").text

    def test_pages_of_a_folder(self, replica: Replica, session: requests.Session, tmp_path: Path) -> None:
        tag = PNG.tag.replace('data-w="320"', 'data-w="400"').encode()
        body = b'<html><div id="js_content">' + tag + b"</div>"
        (tmp_path / "one.html.gz").write_bytes(gzip.compress(body))
        pages = replica.serve_folder(tmp_path)
        assert session.get(pages["one"]).content == body
        assert Image.open(io.BytesIO(session.get(PNG.url).content)).size == (400, 225)

    @pytest.mark.skipif(not (SHARED / "pages").is_dir(), reason="no real pages beside the project")
    def test_real_pages(self, replica: Replica, session: requests.Session) -> None:
        pages = replica.serve_folder(SHARED / "pages")
        assert len(pages) > 20
        assert b"js_content" in session.get(pages["article-2022"]).content


class TestStates:
    @pytest.mark.parametrize("state", State)
    def test_pages_hold_their_marker(self, replica: Replica, session: requests.Session, state: State) -> None:
        url = replica.add_article(awkward_article())
        replica.fault(url, state.value, times=1)
        page = BeautifulSoup(session.get(url).content, "lxml")
        assert page.select_one("#js_content") is None
        words = "".join(node.text.strip() for node in page.select(".weui-msg__text-area, .mesg-block"))
        assert MARKERS[state] in words
        assert bool(words) is (state is not State.WALL_SHELL)
        assert BeautifulSoup(session.get(url).content, "lxml").select_one("#js_content") is not None

    def test_wall_after_some_pages(self, replica: Replica, session: requests.Session) -> None:
        links = [f"https://mp.weixin.qq.com/s/{short_token(str(n))}" for n in range(5)]
        replica.wall_after(3, State.WALL_SHELL)
        walled = ["secitptpage/verify.html" in session.get(link).text for link in links]
        assert walled == [False, False, False, True, True]
        assert links[4] in session.get(links[4]).text  # target_url
        assert session.get(PNG.url).content == image_bytes(replace(PNG, width=640, height=360))
        replica.clear_wall()
        assert "js_content" in session.get(links[4]).text
