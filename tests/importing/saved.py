"""One article as browsers, SingleFile, crawlers and other exporters save it: files modelled on what those write.

tests/importing/test_real_programs.py has such files made by the programs themselves.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import io
import quopri
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.builders import an_image
from tests.replica import ArticleSpec
from tests.replica.images import image_bytes
from tests.replica.pages import article_page
from tests.replica.spec import short_token

ONE, TWO, COVER = an_image("one"), an_image("two", format="jpeg"), an_image("cover")
BODY = (
    f'<p>第一段 <a href="https://example.org/x">外链</a> &amp; <strong>粗</strong></p>{ONE.tag}<p>第二段</p>{TWO.tag}'
    '<pre><code class="language-python">if a &lt; b:\n    print(1)</code></pre>'
    "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table><h2>节</h2><p>末段</p>"
)
SPEC = ArticleSpec(
    title="归档 & 导入",
    body=BODY,
    account="测试号",
    author="林深",
    cover=COVER.url,
    images=(ONE, TWO),
    weight=1,
).with_ids()
URL = f"https://mp.weixin.qq.com/s/{short_token(SPEC.title)}"
IMAGES = {image.url: image_bytes(image) for image in (ONE, TWO, COVER)}
SAVED = "2026-11-20T10:00:00Z"
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def page() -> str:
    """What the server sends."""
    return article_page(SPEC, URL).decode()


def rendered(*, scripts: bool = True) -> str:
    """The document after its scripts ran: dates are there, images have a `src`."""
    text = re.sub(r'(id="publish_time"[^>]*>)[^<]*', r"\g<1>2026-01-01 08:00", page())
    return text if scripts else _SCRIPT.sub("", text)


def with_sources(text: str, source: Mapping[str, str], *, keep_lazy: bool = True) -> str:
    """The page with a `src` for each image, by the image's URL."""
    for url, shown in source.items():
        lazy = f'data-src="{html.escape(url)}"'
        text = text.replace(lazy, f'{lazy if keep_lazy else ""} src="{html.escape(shown)}"')
    return text


def save_complete(folder: Path, name: str = "归档 & 导入") -> Path:
    """As Chromium's "web page, complete": a folder beside the page, in which files have no endings."""
    beside = folder / f"{name}_files"
    beside.mkdir(parents=True)
    names = {}
    for number, (url, data) in enumerate(IMAGES.items()):
        names[url] = f"./{name}_files/640" + (f"({number})" if number else "")
        (folder / names[url]).write_bytes(data)
    (beside / "frame.html").write_text("<html><body>a frame</body></html>")
    text = with_sources(rendered(), names)
    mark = f"<!-- saved from url=({len(URL):04})https://{URL.partition('://')[2]} -->\n"
    path = folder / f"{name}.html"
    path.write_text(text.replace("<html", f"{mark}<html", 1), "utf-8")
    return path


def _data_uri(data: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def save_single(folder: Path) -> Path:
    """As SingleFile: no scripts, images in the page, those that are shown twice in a variable of the style."""
    text = rendered(scripts=False)
    text = text.replace(
        f'data-src="{html.escape(ONE.url)}"',
        f'data-src="{html.escape(ONE.url)}" src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>\'',
    ).replace("max-width: 100%;", "background-image:var(--sf-img-1)!important", 1)
    text = with_sources(text, {TWO.url: _data_uri(IMAGES[TWO.url], "image/jpeg")})
    style = f'<style>:root{{--sf-img-1: url("{_data_uri(IMAGES[ONE.url])}")}}</style>'
    comment = (
        f"<!--\n Page saved with SingleFile \n url: {URL} \n"
        " saved date: Fri Nov 20 2026 18:00:00 GMT+0800 (China Standard Time)\n-->"
    )
    path = folder / "single.html"
    path.write_text(re.sub(r"<html[^>]*>", rf"<html>{comment}{style}", text, count=1), "utf-8")
    return path


def message(parts: Sequence[tuple[str, str, bytes]]) -> bytes:
    """MHTML as Chromium writes it: no charset, each part (media type, address, content) under its address, the page
    first; lines of quoted-printable for text."""
    edge = "----MultipartBoundary--x----"
    out = io.BytesIO()
    out.write(
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {parts[0][1]}\r\nSubject: \r\n"
        f"Date: Fri, 20 Nov 2026 10:00:00 GMT\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;"
        f'\r\n\ttype="text/html";\r\n\tboundary="{edge}"\r\n\r\n\r\n'.encode()
    )
    for media_type, location, data in parts:
        is_text = media_type.startswith("text/")
        encoded = quopri.encodestring(data) if is_text else base64.encodebytes(data)
        head = f"--{edge}\r\nContent-Type: {media_type}\r\n"
        head += f"Content-Transfer-Encoding: {'quoted-printable' if is_text else 'base64'}\r\n"
        out.write(f"{head}Content-Location: {location}\r\n\r\n".encode() + encoded + b"\r\n")
    out.write(f"--{edge}--\r\n".encode())
    return out.getvalue()


def save_mhtml(folder: Path) -> Path:
    """As Chromium: no scripts."""
    images = [("image/png", f"{url}&tp=webp&wxfrom=5", data) for url, data in IMAGES.items()]
    path = folder / "a.mhtml"
    path.write_bytes(message([("text/html", URL, rendered(scripts=False).encode()), *images]))
    return path


def _exported() -> tuple[str, dict[str, bytes]]:
    names = {url: f"./assets/17{number}.png" for number, url in enumerate(IMAGES)}
    text = with_sources(rendered(scripts=False), names, keep_lazy=False)
    return text, {names[url].removeprefix("./"): data for url, data in IMAGES.items()}


def save_exported(folder: Path) -> Path:
    """As exporters do: a folder for each article, images renamed, no address of them left."""
    text, files = _exported()
    below = folder / "导出" / "2026-01-01 归档"
    (below / "assets").mkdir(parents=True)
    (below / "index.html").write_text(text, "utf-8")
    for name, data in files.items():
        (below / name).write_bytes(data)
    return folder / "导出"


def save_zip(folder: Path) -> Path:
    """The same in a zip, with the names as Windows in China writes them."""
    text, files = _exported()
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, data in {"index.html": text.encode(), **files}.items():
            made.writestr(f"a/{name}", data)
    return path


def save_markdown(folder: Path) -> Path:
    """As those who make Markdown do: first lines that say what it is, images beside it."""
    below = folder / "md" / "归档 & 导入"
    (below / "images").mkdir(parents=True)
    for number, url in enumerate((ONE.url, TWO.url), 1):
        (below / "images" / f"00{number}.png").write_bytes(IMAGES[url])
    (below / "归档 & 导入.md").write_text(
        f"# 归档 & 导入\n\n> 公众号: 测试号 | 作者: 林深\n> 发布时间: 2026-01-01 08:00\n> 原文链接: {URL}\n\n---\n\n"
        "第一段 [外链](https://example.org/x) & **粗**\n\n![](images/001.png)\n\n第二段\n\n"
        "![图片](<images/002.png>)\n\n"
        "```python\nif a < b:\n    print(1)\n```\n\n| 1 | 2 |\n| --- | --- |\n| 3 | 4 |\n\n## 节\n\n末段\n",
        "utf-8",
    )
    return folder / "md"


def warc(path: Path, answers: list[tuple[str, str, bytes, dict[str, str]]]) -> Path:
    """A WARC of answers: (URL, media type, body, further headers)."""
    out = b""
    for url, media_type, body, headers in answers:
        headers = {"Content-Type": media_type, **headers}
        status = headers.pop(":status", "200 OK")
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        answer = f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body
        name = uuid.uuid5(uuid.NAMESPACE_URL, url)
        digest = base64.b32encode(hashlib.sha1(answer).digest()).decode()
        record = (
            (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{name}>\r\n"
                f"WARC-Target-URI: {url}\r\nWARC-Date: {SAVED}\r\nWARC-Block-Digest: sha1:{digest}\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
            ).encode()
            + answer
            + b"\r\n\r\n"
        )
        out += gzip.compress(record, mtime=0) if path.name.endswith(".gz") else record
    path.write_bytes(out)
    return path


def save_warc(folder: Path) -> Path:
    """As a crawler: answers as they came, encoded and in chunks."""
    body = gzip.compress(page().encode())
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:500], body[500:]) if piece)
    encoded = {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}
    answers = [(URL, "text/html; charset=UTF-8", chunked + b"0\r\n\r\n", encoded)]
    answers += [(url, "image/png", data, {}) for url, data in IMAGES.items()]
    answers += [("https://example.org/", "text/html", b"<p>another site</p>", {})]
    answers += [("https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB", "text/html", b"", {":status": "404 Not Found"})]
    return warc(folder / "crawl.warc.gz", answers)


SAVERS = {
    "complete": save_complete,
    "single": save_single,
    "mhtml": save_mhtml,
    "exported": save_exported,
    "zip": save_zip,
    "markdown": save_markdown,
    "warc": save_warc,
}
