"""The sites behind the proxy: what WeChat's hosts answer. Knows no sockets."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from tests.replica.faults import Fault
from tests.replica.generated import generated_article
from tests.replica.images import MEDIA_TYPES, default_image, image_bytes, image_key, placeholder
from tests.replica.messages import Delivery, Request, Response
from tests.replica.pages import LATE_SCRIPTS, article_page
from tests.replica.scripts import APPMSG_CSS, APPMSG_JS, late_body_js
from tests.replica.spec import ArticleSpec, ImageSpec, bucket_format, short_token
from tests.replica.states import State, state_page

ARTICLE_HOST = "mp.weixin.qq.com"
IMAGE_HOSTS = frozenset({"mmbiz.qpic.cn", "mmbiz.qlogo.cn", "mmecoa.qpic.cn", "mmsns.qpic.cn", "wx.qlogo.cn"})
VIDEO_HOST = "mpvideo.qpic.cn"
RESOURCE_HOST = "res.wx.qq.com"
# Hosts of others, with the only Referer to which they give images.
FOREIGN_HOSTS = {
    "img-blog.csdnimg.cn": "https://blog.csdn.net/",
    "pics.example.org": "https://example.org/",
    "images.weserv.nl": "https://images.weserv.nl/",
}
HOSTS = IMAGE_HOSTS | FOREIGN_HOSTS.keys() | {ARTICLE_HOST, VIDEO_HOST, RESOURCE_HOST}

_TOKEN = re.compile(r"/s/([A-Za-z0-9_-]{22})")
_IMG = re.compile(r"<img\b[^>]*>")
_GZIP_MAGIC = b"\x1f\x8b"
_CACHED = ("Cache-Control", "max-age=2592000")


class Draw(Protocol):
    """What makes the file of an image; see `images.image_bytes`."""

    def __call__(self, spec: ImageSpec, *, as_webp: bool = False) -> bytes: ...


class Site:
    """Content, faults and walls; `answer()` may be called from many threads while tests change the rest.

    With `default_article` every unknown article link, short or long, gets an article made from its token; with
    `default_images` every well-formed image URL gets an image made from its ID. Otherwise they get WeChat's page
    for a wrong parameter and 404. `draw(spec, as_webp=…)` makes an image's bytes.
    """

    def __init__(self, *, default_article: bool = True, default_images: bool = True, draw: Draw = image_bytes) -> None:
        self._draw = draw
        self._default_article = default_article
        self._default_images = default_images
        self._articles: dict[str, ArticleSpec] = {}
        self._tokens: dict[tuple[str, str, str], str] = {}
        self._pages: dict[str, tuple[bytes, str]] = {}
        self._images: dict[str, ImageSpec] = {}
        self._faults: list[Fault] = []
        self._wall_in: int | None = None
        self._wall_state = State.WALL
        self._wall_cookie = ""
        self._lock = threading.RLock()

    def add_article(self, spec: ArticleSpec, tokens: Sequence[str] = ()) -> str:
        """Serve `spec` under each of `tokens` (22 characters; default: one made from the title) and its long URL.

        Returns the short URL of the first token. The images of `spec.images` are registered too.
        """
        spec = spec.with_ids()
        chosen = list(tokens) or [short_token(spec.title)]
        with self._lock:
            self._tokens[spec.identity] = chosen[0]
            for token in chosen:
                self._articles[token] = spec
            for image in spec.images:
                self._images[image.key] = image
        return _short_url(chosen[0])

    def add_page(self, url: str, body: bytes, content_type: str = "text/html; charset=UTF-8") -> str:
        """Serve `body` (gzip is undone) under `url`, a path on mp.weixin.qq.com or absolute; returns it absolute."""
        absolute = url if "//" in url else f"https://{ARTICLE_HOST}{url}"
        content = gzip.decompress(body) if body.startswith(_GZIP_MAGIC) else body
        with self._lock:
            self._pages[_page_key(absolute)] = (content, content_type)
        return absolute

    def serve_file(self, path: Path, token: str = "") -> str:
        """Serve a page from a `.html` or `.html.gz` file under a short URL, which is returned.

        The images that the page shows get the sizes it promises (`data-w`, `data-ratio`).
        """
        url = self.add_page(f"/s/{token or short_token(path.name)}", path.read_bytes())
        page = self._pages[_page_key(url)][0].decode("utf-8", errors="replace")
        with self._lock:
            for image in _promised_images(page):
                self._images.setdefault(image.key, image)
        return url

    def serve_folder(self, folder: Path) -> dict[str, str]:
        """`serve_file` for every `*.html.gz` in `folder`; returns name without extension → URL."""
        return {path.name.removesuffix(".html.gz"): self.serve_file(path) for path in sorted(folder.glob("*.html.gz"))}

    def add_image(self, key: str, content: bytes | ImageSpec) -> None:
        """Serve `content` as the image `key` (`mmbiz_png/<ID>`), on all image hosts and in all sizes."""
        spec = content if isinstance(content, ImageSpec) else ImageSpec(key, data=content)
        with self._lock:
            self._images[key] = replace(spec, key=key)

    def fault(
        self,
        match: str,
        kind: str,
        times: int | None = None,
        *,
        seconds: float = 5.0,
        retry_after: int | None = None,
    ) -> Fault:
        """Let requests whose URL contains `match` go wrong; see `Fault` for kinds. The newest matching fault wins."""
        fault = Fault(match, kind, times, seconds, retry_after)
        with self._lock:
            self._faults.insert(0, fault)
        return fault

    def clear_faults(self, match: str | None = None) -> None:
        """Remove the faults set for exactly `match`, or all."""
        with self._lock:
            self._faults = [f for f in self._faults if match is not None and f.match != match]

    def wall_after(self, pages: int, state: State = State.WALL) -> None:
        """After `pages` more article pages answer every article request by a wall, until `clear_wall()`."""
        with self._lock:
            self._wall_in, self._wall_state = pages, state

    def wall_until_solved(self, cookie: str = "poc_sid=solved") -> None:
        """Answer article requests without `cookie` by a wall that, in place of a person, sets it after a moment."""
        with self._lock:
            self._wall_cookie = cookie

    def clear_wall(self) -> None:
        """Take the wall away."""
        with self._lock:
            self._wall_in, self._wall_cookie = None, ""

    def answer(self, request: Request) -> Response:
        """What the host answers; faults included."""
        if request.host == ARTICLE_HOST and _is_article(request.path) and self._walled():
            # It stands before everything else, faults included.
            return _compressed(Response(state_page(self._wall_state, request.url)), _accepted(request))
        with self._lock:
            fault = next((f for f in self._faults if f.hits(request)), None)
            if fault is not None:
                fault.use()
        response = self._usual(request)
        if fault is not None:
            response = fault.apply(response, request)
        return _compressed(response, _accepted(request))

    def _usual(self, request: Request) -> Response:
        cookie = self._wall_cookie
        if (
            request.host == ARTICLE_HOST
            and _is_article(request.path)
            and cookie not in request.headers.get("cookie", "")
        ):
            act = f"document.cookie = '{cookie}; path=/; max-age=86400'; location.reload()"
            script = f"<script>setTimeout(() => {{ {act} }}, 700)</script>"
            return Response(state_page(State.WALL, request.url) + script.encode())
        page = self._pages.get(_page_key(request.url))
        if page is not None:
            return Response(page[0], page[1])
        if request.host == ARTICLE_HOST:
            return self._article(request.path)
        if request.host in IMAGE_HOSTS:
            return self._image(request)
        if request.host in FOREIGN_HOSTS:
            return self._foreign_image(request)
        if request.host == RESOURCE_HOST:
            return self._resource(request.path)
        return Response(b"expired", "text/plain", 403)  # a video whose signature is not (or no longer) known

    def _walled(self) -> bool:
        with self._lock:
            if self._wall_in is None:
                return False
            if self._wall_in > 0:
                self._wall_in -= 1
                return False
            return True

    def _article(self, path: str) -> Response:
        if not _is_article(path):
            return Response(b"{}", "application/json")
        match = _TOKEN.fullmatch(path.partition("?")[0])
        ids = _ids(path)
        with self._lock:
            token = match[1] if match else self._tokens.get(ids, "")
            spec = self._articles.get(token)
        if spec is None and self._default_article and (match or all(ids)):
            token = token or short_token("/".join(ids))
            spec = generated_article(token)
            if not match:
                spec = replace(spec, biz=ids[0], mid=ids[1], idx=ids[2])
            self.add_article(spec, [token])
        if spec is None:
            return Response(state_page(State.PARAMETER_ERROR))
        return Response(article_page(spec, _short_url(token), opened_by_long_link=not match))

    def _image(self, request: Request) -> Response:
        key = image_key(request.path)
        spec = self._images.get(key)
        if spec is None and key and self._default_images:
            spec = default_image(key)
        if spec is None:
            return Response(b"not found", "text/plain", 404)
        referer = request.referer
        if referer and urlsplit(referer).hostname != ARTICLE_HOST:
            return Response(placeholder(), "image/jpeg")
        as_webp = "tp=webp" in request.path and bucket_format(key) not in ("svg", "gif")
        body = self._draw(spec, as_webp=as_webp)
        # The type in the header follows the URL, not the bytes.
        media_type = "image/webp" if as_webp else MEDIA_TYPES[bucket_format(key)]
        return Response(body, media_type, headers=(_CACHED,))

    def _foreign_image(self, request: Request) -> Response:
        if request.referer != FOREIGN_HOSTS[request.host]:
            return Response(b"forbidden", "text/plain", 403)
        body = self._draw(ImageSpec(f"{request.host}{request.path}", 64, 48))
        return Response(body, "image/png", headers=(_CACHED,))

    def _resource(self, path: str) -> Response:
        name = path.partition("?")[0]
        headers = (_CACHED, ("Access-Control-Allow-Origin", "*"))
        if name.startswith(LATE_SCRIPTS):
            spec = self._articles.get(name.removeprefix(LATE_SCRIPTS).removesuffix(".js"))
            script = late_body_js(spec.body) if spec else ""
            return Response(script.encode(), "application/javascript", headers=headers)
        if name.endswith(".js"):
            script = APPMSG_JS if "appmsg" in name.rpartition("/")[2] else ""
            return Response(script.encode(), "application/javascript", headers=headers)
        if name.endswith(".css"):
            return Response(APPMSG_CSS.encode(), "text/css", headers=headers)
        icon = image_bytes(ImageSpec(f"res{name}", 64, 64, motif="tiles"))
        return Response(icon, "image/png", headers=headers)


def _short_url(token: str) -> str:
    return f"https://{ARTICLE_HOST}/s/{token}"


def _is_article(path: str) -> bool:
    name = path.partition("?")[0]
    return name in ("/s", "/mp/appmsg/show") or name.startswith("/s/")


def _ids(path: str) -> tuple[str, str, str]:
    query = parse_qs(urlsplit(path).query)

    def first(*names: str) -> str:
        return next((query[name][0] for name in names if name in query), "")

    return first("__biz").replace(" ", "+"), first("mid", "appmsgid"), first("idx", "itemidx")


def _page_key(url: str) -> str:
    return url.partition("://")[2].partition("#")[0]


def _promised_images(page: str) -> list[ImageSpec]:
    images = []
    for tag in _IMG.findall(page):
        values = dict(re.findall(r'\b(data-src|data-w|data-ratio)="([^"]*)"', tag))
        key = image_key(urlsplit(values.get("data-src", "")).path)
        try:
            width, ratio = int(values["data-w"]), float(values["data-ratio"])
        except (KeyError, ValueError):
            continue
        if key and 0 < width <= 2000 and 0 < width * ratio <= 4000:
            height = max(1, round(width * ratio))
            images.append(replace(default_image(key), width=width, height=height))
    return images


def _accepted(request: Request) -> str:
    return request.headers.get("accept-encoding", "")


def _compressed(response: Response, accepted: str) -> Response:
    wanted = "gzip" in accepted and response.content_type.startswith("text/html")
    encoded = any(name == "Content-Encoding" for name, _ in response.headers)
    if not wanted or encoded or response.delivery is not Delivery.WHOLE or not response.body:
        return response
    headers = (*response.headers, ("Content-Encoding", "gzip"))
    return replace(response, body=gzip.compress(response.body, compresslevel=1, mtime=0), headers=headers)
