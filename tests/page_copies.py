"""Pages of an article, and the two files that are made of one."""

from __future__ import annotations

from archiver.archive.record import StoredFiles, make_record
from archiver.coverage.measure import measured
from archiver.models import Article, Capture, StoredImage
from archiver.models.coverage import Coverage
from archiver.models.media import StoredMedia
from archiver.render.html import render_html
from archiver.render.markdown import render_markdown
from archiver.wechat.page import read_page
from tests.render.samples import MOMENT

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
IDS = '<script>var biz = "MzA=="; var mid = "1"; var idx = "1"; var msg_title = "题"; var ct = "1600000000";</script>'
PICTURE = "https://mmbiz.qpic.cn/mmbiz_png/{}/640"


def page(body: str) -> bytes:
    return f"<html><body>{IDS}<div id='js_content'>{body}</div></body></html>".encode()


class Copy:
    """A page, and the two files that are made of it."""

    def __init__(self, source: bytes) -> None:
        article = read_page(source, URL)
        assert isinstance(article, Article), article
        images = [
            StoredImage(ref.key, ref.url, f"images/{n}.{'svg' if 'svg' in ref.url else 'png'}", "0", "image/png")
            for n, ref in enumerate(article.images)
        ]
        media = [StoredMedia(ref.kind, ref.key, ref.url, f"media/{ref.key}", "0", "x/y", 1) for ref in article.media]
        record = make_record(article, Capture(URL, URL, 200, b"", MOMENT, "http"), URL, StoredFiles(images, media))
        by_url = {image.url: image for image in record.images}
        self.source, self.article = source, article
        self.markdown = render_markdown(article, record, by_url)
        self.html = render_html(article, record, by_url)
        self.paths = {str(image.path): image.url for image in images}

    def coverage(self, markdown: str = "", html: str = "") -> Coverage:
        return measured(self.source, markdown or self.markdown, html or self.html, self.paths)
