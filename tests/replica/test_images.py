"""Images: formats, types that lie, the hot-link rule."""

from __future__ import annotations

import io

import pytest
import requests
from bs4 import BeautifulSoup
from PIL import Image

from tests.replica import ImageSpec, Replica, image_id
from tests.replica.images import PLACEHOLDER_SIZE, image_key, placeholder
from tests.replica.plain_images import plain_image
from tests.replica.spec import ImageFormat
from tests.replica.support import PNG, open_session


class TestImages:
    @pytest.mark.parametrize(
        ("spec", "decoded"),
        [
            (ImageSpec.named("1", 300, 200), "PNG"),
            (ImageSpec.named("2", 300, 200, bucket="mmbiz_jpg"), "JPEG"),
            (ImageSpec.named("3", 300, 200, bucket="mmbiz_gif", format="gif-animated"), "GIF"),
            (ImageSpec.named("4", 300, 200, bucket="sz_mmbiz_png", format="webp"), "WEBP"),
            (ImageSpec.named("5", 300, 200, bucket="mmbiz", format="gif"), "GIF"),
        ],
    )
    def test_formats(self, replica: Replica, session: requests.Session, spec: ImageSpec, decoded: str) -> None:
        replica.add_image(spec.key, spec)
        with Image.open(io.BytesIO(session.get(spec.url).content)) as image:
            image.load()
            assert (image.format, image.size) == (decoded, (300, 200))
            assert getattr(image, "n_frames", 1) == (4 if spec.format == "gif-animated" else 1)

    def test_svg(self, replica: Replica, session: requests.Session) -> None:
        answer = session.get(ImageSpec.named("formula", bucket="mmbiz_svg").url)
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert BeautifulSoup(answer.content, "xml").find("svg") is not None

    def test_webp_only_when_asked(self, replica: Replica, session: requests.Session) -> None:
        plain, webp = session.get(PNG.url), session.get(PNG.url + "&tp=webp")
        assert plain.content.startswith(b"\x89PNG")
        assert webp.content[8:12] == b"WEBP"

    def test_some_types_lie(self, replica: Replica) -> None:
        specs = [f"https://mmbiz.qpic.cn/mmbiz_png/{image_id(str(n))}/640?wx_fmt=png" for n in range(60)]
        with open_session(replica) as session:
            answers = [session.get(url) for url in specs]
        assert {a.headers["Content-Type"] for a in answers} == {"image/png"}
        assert 0 < sum(not a.content.startswith(b"\x89PNG") for a in answers) < 20
        assert len({a.content for a in answers}) == 60

    @pytest.mark.parametrize(
        ("referer", "shown"),
        [
            (None, True),
            ("https://mp.weixin.qq.com/", True),
            ("http://mp.weixin.qq.com/s/abc", True),
            ("https://github.com/", False),
            ("https://mp.weixin.qq.com.evil.example/", False),
        ],
    )
    def test_hot_link_rule(self, replica: Replica, session: requests.Session, referer: str | None, shown: bool) -> None:
        answer = session.get(PNG.url, headers={"Referer": referer} if referer else {})
        assert answer.status_code == 200
        assert (answer.content != placeholder()) is shown
        assert replica.image_requests[-1].referer == (referer or "")

    def test_placeholder(self) -> None:
        with Image.open(io.BytesIO(placeholder())) as image:
            assert (image.format, image.size) == ("JPEG", PLACEHOLDER_SIZE)

    def test_own_bytes_on_every_host(self, replica: Replica, session: requests.Session) -> None:
        replica.add_image(PNG.key, b"GIF89a anything")
        for host in ("mmbiz.qpic.cn", "mmbiz.qlogo.cn", "mmecoa.qpic.cn"):
            for scheme in ("http", "https"):
                url = PNG.url.replace("https://mmbiz.qpic.cn", f"{scheme}://{host}").replace("/640", "/0")
                assert session.get(url).content == b"GIF89a anything"

    def test_keys(self) -> None:
        long_id = image_id("x")
        assert 86 <= len(long_id) <= 114
        assert image_key(f"/sz_mmbiz_jpg/{long_id}/640?wx_fmt=jpeg") == f"sz_mmbiz_jpg/{long_id}"
        assert image_key(f"/mmbiz/{long_id}/0.gif") == f"mmbiz/{long_id}"
        assert image_key(f"/mmbiz_png/{long_id}") == ""
        assert image_key("/mmbiz_png/short/640") == ""


class TestPlainImages:
    @pytest.mark.parametrize(
        ("format", "decoded"),
        [("png", "PNG"), ("jpeg", "JPEG"), ("gif", "GIF"), ("gif-animated", "GIF"), ("webp", "WEBP")],
    )
    def test_each_is_whole_and_has_bytes_of_its_own(self, format: ImageFormat, decoded: str) -> None:  # noqa: A002
        files = [plain_image(ImageSpec.named(name, format=format)) for name in ("one", "two", "one")]
        assert files[0] == files[2] != files[1]
        for data in files:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                assert (image.format, image.size) == (decoded, (16, 9))

    def test_as_webp(self) -> None:
        assert plain_image(ImageSpec.named("one"), as_webp=True)[8:12] == b"WEBP"
