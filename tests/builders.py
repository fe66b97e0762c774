"""Articles, images, albums and what else the replica serves in a test."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.replica import ArticleSpec, ImageSpec
from tests.replica.albums import AlbumSpec, album_json, album_page
from tests.replica.media import mp3, mp4
from tests.replica.pages import article_page
from tests.world import World

AUDIO_URL = "https://res.wx.qq.com/voice/getvoice?mediaid="
VIDEO_HOST = "https://mpvideo.qpic.cn"
IFRAME = '<iframe class="video_iframe" data-mpvid="wxv_1" data-cover="{cover}" data-title="片子"></iframe>'


def an_image(name: str, **changes: object) -> ImageSpec:
    """An image that is made from its name."""
    return replace(ImageSpec.named(name), **changes)  # type: ignore[arg-type]


def img(spec: ImageSpec) -> str:
    """HTML by which notes show an image."""
    return f"<div align=center><img src=\"{spec.url}\" style='zoom:100%'></div>"


def article(title: str, *images: ImageSpec, **changes: object) -> ArticleSpec:
    """A paragraph for each image, or a single one."""
    body = "".join(f"<p>{title}，第 {n} 段。</p>{image.tag}" for n, image in enumerate(images)) or f"<p>{title}。</p>"
    return ArticleSpec(title=title, account="测试号", body=body, images=images, **changes)  # type: ignore[arg-type]


def titled(title: str, body: str = "<p>正文。</p>", **changes: Any) -> ArticleSpec:
    """An article with the ids of its title, so that its long URL is known before it is served."""
    return replace(ArticleSpec(title=title, body=body, account="测试号"), **changes).with_ids()


def album(count: int) -> AlbumSpec:
    """An album of so many articles, none of which is served."""
    articles = [titled(f"第 {n} 篇") for n in range(count)]
    return AlbumSpec(
        "3300000000000000001", "合集 *甲*", "测试号", [(a.title, a.long_url, 1_767_225_600) for a in articles]
    )


def serve_album(world: World, given: AlbumSpec, portions: bool = True) -> None:
    """Its page, which names the first ten articles, and the answers to those who ask for more."""
    world.replica.add_page(given.url, album_page(given))
    for start in range(10, len(given.articles), 20) if portions else ():
        last = given.articles[start - 1][1].partition("mid=")[2].partition("&")[0]
        url = (
            f"https://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&__biz={given.biz}&album_id={given.id}"
            f"&count=20&begin_msgid={last}&begin_itemidx=1&f=json"
        )
        world.replica.add_page(url, album_json(given, start), "application/json; charset=UTF-8")


def video_data(*sources: tuple[str, int, int], vid: str = "wxv_1") -> str:
    """The script in which a page names the addresses of a video: (url, bytes, format)."""
    listed = ",".join(
        f"{{ filesize: '{size}' * 1, format_id: '{form}' * 1,"
        f" url: ('{url}').replace(/^http(s?):/, location.protocol) }}"
        for url, size, form in sources
    )
    return f"<script>var videoPageInfos = [ {{ video_id: '{vid}', mp_video_trans_info: [ {listed} ] }} ];</script>"


def article_with(world: World, given: ArticleSpec, *scripts: str) -> str:
    """Serve an article whose page has further scripts; its short URL."""
    url = world.replica.add_article(given)
    page = article_page(given, url).replace(b"</body>", "".join(scripts).encode() + b"</body>")
    return world.replica.add_page(url, page)


def moved_page(target: str) -> bytes:
    """The page of an article whose account has moved; it is at `target` now."""
    return f"""<!DOCTYPE html><html><body><div class="weui-msg"><h2 class="weui-msg__title">该公众号已迁移</h2>
<p class="weui-msg__desc"><a id="js_access_msg" href="{target}">访问文章</a></p></div>
<script>var transferTargetLink = '{target}';</script></body></html>""".encode()


def lesson(world: World, signature: str = "1") -> str:
    """Serve an article with an audio and a video file, whose address is signed; its URL."""
    world.replica.add_page(f"{AUDIO_URL}Mz_9", mp3(), "audio/mpeg")
    world.replica.add_page(f"{VIDEO_HOST}/a.mp4?dis_k={signature}", mp4(), "video/mp4")
    body = f'<p>听</p><mpvoice name="课" voice_encode_fileid="Mz_9"></mpvoice>{IFRAME.format(cover="")}'
    return article_with(world, titled("课", body), video_data((f"{VIDEO_HOST}/a.mp4?dis_k={signature}", 0, 10002)))


OLD, NEW = an_image("old one"), an_image("new one")
TEXT = "<p>第一段，说了一些话。</p><p>第二段，又说了一些话。</p>"


def revised(body: str, title: str = "会改的文章", **changes: object) -> ArticleSpec:
    """A version of one and the same article, whatever its body and title say; it may show `OLD` and `NEW`."""
    fixed = {"mid": "2650000001", "sn": "0" * 32, "images": (OLD, NEW), "weight": 1}
    return ArticleSpec(title=title, body=body, account="测试号", **{**fixed, **changes})  # type: ignore[arg-type]
