"""Posts whose substance is in data; the templates of audio, music and short text are known only by their data."""

from __future__ import annotations

import pytest

from archiver.models import Article, Kind, Refusal
from archiver.models.media import MediaKind, MediaRef, MediaSource
from archiver.wechat.page import read_page

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


def page(show_type: int, fields: str, dom: str = "") -> bytes:
    data = f"nick_name: '号', bizuin: 'MzA==', mid: '1' * 1, idx: '1' * 1, item_show_type: '{show_type}' * 1, {fields}"
    return f"<html><body>{dom}<script>window.cgiDataNew = {{ {data} }};</script></body></html>".encode()


def article(show_type: int, fields: str, dom: str = "") -> Article:
    found = read_page(page(show_type, fields, dom), URL)
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    ("show_type", "kind", "card"),
    [(5, Kind.VIDEO, "视频：题"), (6, Kind.MUSIC, "音乐：题")],
)
def test_a_post_that_is_a_recording_lacks_its_substance(show_type: int, kind: Kind, card: str) -> None:
    found = article(show_type, "title: '题', desc: '讲了什么', voice_in_appmsg: [ { voice_id: 'Mz=' } ]")
    assert found.kind is kind
    assert "讲了什么" in found.body
    assert card in found.body
    assert [(loss.what, loss.body) for loss in found.losses] == [(kind.value, True)]


def test_the_recording_of_an_audio_post_is_to_be_fetched() -> None:
    found = article(7, "title: '题', voice_in_appmsg: [ { voice_id: 'Mz=' } ]")
    url = "https://res.wx.qq.com/voice/getvoice?mediaid=Mz="
    assert f'<p data-card="audio" data-media="audio/Mz="><a href="{url}">音频：题</a></p>' in found.body
    assert found.media == (MediaRef(MediaKind.AUDIO, "audio/Mz=", "题", (MediaSource(url),)),)
    assert found.losses == ()


def test_short_text() -> None:
    found = article(17, r"title: '一句话。', content_noencode: '一句话。\x0a第二行 \x26amp;lt;br\x26amp;gt;'")
    assert (found.kind, found.title) == (Kind.TEXT, "一句话。")
    assert found.body == "<p>一句话。<br/>第二行 &lt;br&gt;</p>"


def test_a_text_post_is_not_its_account_card() -> None:
    dom = '<div id="js_content"><div class="wx_follow_nickname">号</div></div>'
    found = article(10, "title: '题', text_page_info: { is_user_title: '1' * 1, content_noencode: '正文' }", dom)
    assert (found.title, found.body) == ("题", "<p>正文</p>")


def test_pictures_of_the_first_level_only() -> None:
    listed = (
        "{ cdn_url: 'http://mmbiz.qpic.cn/mmbiz_png/A/0', width: '10' * 1, height: '20' * 1,"
        " watermark_info: { cdn_url: 'http://mmbiz.qpic.cn/mmbiz_png/W/0' } }, { width: '5' * 1 }"
    )
    found = article(8, f"title: '题', picture_page_info_list: [ {listed} ]")
    assert [(image.key, image.width, image.height) for image in found.images] == [("mmbiz_png/A", 10, 20)]


def test_a_repost_by_number() -> None:
    found = article(11, "title: '题'", '<div id="js_content"><p>正文</p></div>')
    assert found.kind is Kind.REPOST


@pytest.mark.parametrize("show_type", [5, 6, 7, 8, 10, 17])
def test_a_post_without_substance_is_refused(show_type: int) -> None:
    assert isinstance(read_page(page(show_type, "title: ''"), URL), Refusal)


def test_secrets_of_the_url_do_not_reach_the_article() -> None:
    found = read_page(page(0, "title: '题'", '<div id="js_content">x</div>'), URL + "?key=SECRET&scene=1")
    assert isinstance(found, Article)
    assert found.url == URL + "?scene=1"


@pytest.mark.parametrize(
    "voice",
    [
        "[{ voice_id: 'AB12' }]",
        "{ voice_id: 'AB12' }",
        "{ voice_in_appmsg: [{ voice_encode_fileid: 'AB12' }] }",
        "{ voice_in_appmsg: { mediaid: 'AB12' } }",
    ],
)
def test_a_voice_is_found_in_whatever_shape_it_is_written(voice: str) -> None:
    assert [ref.key for ref in article(7, f"title: '题', voice_in_appmsg: {voice}").media] == ["audio/AB12"]


def test_the_panel_of_the_original_gives_its_link() -> None:
    panel = (
        '<div class="original_panel">原文 <a href="http://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB#rd">看</a></div>'
    )
    page = f'<div id="js_content"><p>正文</p></div>{panel}<script>var msg_title = "题";</script>'
    found = read_page(page.encode(), URL)
    assert isinstance(found, Article)
    assert (
        '<p data-card="repost"><a href="https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB">转载</a></p>' in found.body
    )
