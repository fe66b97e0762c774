"""Album pages (合集) and the JSON from which their scripts take the rest of the list."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass

from tests.replica.escape import js_string

SHOWN = 10  # articles on the page itself


@dataclass(frozen=True, slots=True)
class AlbumSpec:
    """An album: `articles` are (title, long URL, epoch)."""

    id: str
    title: str
    account: str
    articles: Sequence[tuple[str, str, int]]
    biz: str = "MzA5MDAwMDAwMQ=="

    @property
    def url(self) -> str:
        return f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={self.biz}&action=getalbum&album_id={self.id}"


def album_page(album: AlbumSpec) -> bytes:
    """The page, with the first articles in its DOM and in `cgiData`."""
    shown = album.articles[:SHOWN]
    items = "".join(
        f'<li class="album__list-item" data-link="{html.escape(url)}" data-title="{html.escape(title)}"></li>'
        for title, url, _ in shown
    )
    listed = ",".join(
        f"{{ title: '{js_string(title)}', create_time: '{epoch}', url: '{js_string(html.escape(url))}',"
        f" read_count: '' || -1, cover_theme_color: {{ r: '1', }}, }}"
        for title, url, epoch in shown
    )
    return f"""<!DOCTYPE html><html><head><title></title></head><body>
<div id="js_tag_name" class="album__label-title"></span>{html.escape(album.title)}</div>
<div class="album__author-name">{html.escape(album.account)}</div><ul class="album__list">{items}</ul>
<script>
window.cgiData = {{
    ret: '0', albumId: '{album.id}', is_pay_subscribe: '0' * 1, title: '{js_string(album.title)}',
    nick_name: '{js_string(album.account)}' || '', article_count: '{len(album.articles)}' * 1,
    total_onread: '' ? '' * 1 : -1, articleList: [ {listed} ], continue_flag: '1' * 1,
}};
window.title = cgiData.nick_name;
</script></body></html>""".encode()


def album_json(album: AlbumSpec, start: int, count: int = 20) -> bytes:
    """The articles from `start` on. A single one comes without a list around it."""
    listed = [{"title": t, "url": url, "create_time": str(epoch)} for t, url, epoch in album.articles[start:][:count]]
    more = start + count < len(album.articles)
    answer = {"article_list": listed[0] if len(listed) == 1 else listed, "continue_flag": "1" if more else "0"}
    return json.dumps({"base_resp": {"ret": 0}, "getalbum_resp": answer}, ensure_ascii=False).encode()
