"""The server: only reads, only its own name, only what the reader shows."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import pytest

from archiver.models import Status, UrlKind
from archiver.store.lines import LinkEntry, append_lines
from tests.reader.asking import Client
from tests.reader.library import Library, Made
from tests.reader.serving import serving
from tests.replica.spec import ImageSpec, short_token

PICTURE = ImageSpec.named("picture")
DRAWING = ImageSpec.named("drawing", bucket="mmbiz_svg")
ONE = Made(
    "甲乙丙",
    ["正文里有扩散模型。"],
    published=datetime(2026, 3, 5, tzinfo=UTC),
    token=short_token("one"),
    images=[PICTURE, DRAWING],
)
SOUND = f"media/ab/ab{'0' * 62}.m4a"
MANY = [Made(f"文{n}", ["同一句话。"], token=short_token(f"many {n}")) for n in range(45)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("served"))
    library.add([ONE, *MANY], {"深/笔 记.md": f"[x]({ONE.url}) :star:\n", "other.md": "nothing of ours\n"})
    article, asked = UrlKind.ARTICLE, "2026-11-01T03:00:00+00:00"
    lines = [
        LinkEntry("https://mp.weixin.qq.com/s/gone", article, Status.DELETED, "该内容已被发布者删除"),
        LinkEntry("https://mp.weixin.qq.com/s/wall", article, Status.WALL, "环境异常"),
        LinkEntry(ONE.url, article, Status.ARCHIVED, attempts=1, checked=asked),
    ]
    append_lines(library.archive / "links.jsonl", [asdict(line) for line in lines])
    (library.archive / SOUND).parent.mkdir(parents=True)
    (library.archive / SOUND).write_bytes(bytes(range(256)) * 40)
    (library.archive / "secret.txt").write_text("secret")
    (library.root / "outside.html").write_text("outside")
    (library.archive / "site/month/link.html").symlink_to(library.root / "outside.html")
    (library.archive / "site/month/loop.html").symlink_to("loop.html")
    return library


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[Client]:
    with serving(library) as address:
        parts = urlsplit(address)
        yield Client(str(parts.hostname), int(parts.port or 0))


def picture(library: Library, extension: str) -> str:
    (path,) = library.archive.glob(f"images/*/*.{extension}")
    return "/" + path.relative_to(library.archive).as_posix()


def test_pages_and_files(client: Client, library: Library) -> None:
    for path in ("/", "/index.html", "/site/months.html", "/site/reader.js", "/README.md"):
        answer = client.ask(path)
        assert answer.status == 200
        name = path.removeprefix("/") or "index.html"
        assert answer.body == (library.archive / name).read_bytes()
    folder = library.folders()["甲乙丙"]
    page = client.ask("/" + quote(folder) + "/index.html")
    assert "扩散模型" in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert client.ask(picture(library, "png")).headers["content-type"] == "image/png"
    assert client.ask("/", method="HEAD").body == b""


def test_every_answer_is_guarded(client: Client, library: Library) -> None:
    for path in ("/", "/site/search.html?q=x", "/site/status.html", "/nothing", picture(library, "png")):
        headers = client.ask(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers
    assert "sandbox" in client.ask(picture(library, "svg")).headers["content-security-policy"]
    assert "script-src" not in client.ask(picture(library, "svg")).headers["content-security-policy"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "localhost@evil"])
def test_another_hosts_name_is_refused(client: Client, host: str) -> None:
    answer = client.ask("/", host=host)
    assert answer.status in (400, 421)
    assert b"archiver" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 300, "/site/month/" + "%E6%96%87" * 200 + ".html", "/" + "a/" * 5000 + "b.html",
        "/images/ab/" + "a" * 300 + ".png", "/notes/" + "a" * 300 + ".md", "/site/%00.html", "/%00", "/site/%0a.html",
        "/site/month/loop.html", "/site/month/%ff.html", "/index.html/x.html", "/site/month/a%1b%5b2J.html", "/../" * 9,
    ],
    ids=lambda path: path[:24],
)  # fmt: skip
def test_what_can_be_no_file_is_not_found(client: Client, library: Library, path: str) -> None:
    answer = client.ask(path)
    assert (answer.status, answer.text) == (404, "没有这一页。\n")


def test_its_own_names_are_good(client: Client) -> None:
    for host in (f"127.0.0.1:{client.port}", f"localhost:{client.port}", "LOCALHOST", "[::1]:80"):
        assert client.ask("/", host=host).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed(client: Client, library: Library, method: str) -> None:
    before = library.files()
    assert client.ask("/site/search.html", method=method).status == 405
    assert library.files() == before


def test_reading_changes_nothing(client: Client, library: Library) -> None:
    before = library.files()
    for path in ("/", "/site/search.html?q=文&page=2", "/site/status.html", "/nope"):
        client.ask(quote(path, safe="/?=&"))
    assert library.files() == before


@pytest.mark.parametrize(
    "path",
    [
        "/catalogue.db", "/links.jsonl", "/journal.jsonl", "/secret.txt", "/.lock", "/.gitignore",
        "/site/month/link.html",
        "/../outside.html", "/%2e%2e/outside.html", "/..%2foutside.html", "/site/../../outside.html",
        "/site/%2e%2e/%2e%2e/outside.html", "/site/..%5c..%5coutside.html", "//etc/passwd", "/site//etc/passwd",
        "/articles/../secret.txt", "/images/../catalogue.db", "/site/%00.html", "/config.toml", "/other.md",
        "/notes/other.md", "/notes/../config.toml", "/outside.html", "/articles/x/capture.html.gz", "/site/",
    ],
)  # fmt: skip
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert client.ask(path).status in (400, 404)


def test_captures_are_not_served(client: Client, library: Library) -> None:
    folder = library.folders()["甲乙丙"]
    assert (library.archive / folder / "capture.html.gz").is_file()
    assert client.ask("/" + quote(folder) + "/capture.html.gz").status == 404


def test_a_note_that_links_here_is_plain_text(client: Client) -> None:
    answer = client.ask("/" + quote("notes/深/笔 记.md"))
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_ranges_and_etags(client: Client, library: Library) -> None:
    path = picture(library, "png")
    whole = client.ask(path)
    part = client.ask(path, range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.body)}"
    assert client.ask(path, range=f"bytes={len(whole.body)}-").status == 416
    again = client.ask(path, **{"if-none-match": whole.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert client.ask("/", **{"if-none-match": '"other"'}).status == 200


def test_sound_can_be_played_from_the_middle(client: Client) -> None:
    part = client.ask("/" + SOUND, range="bytes=1000-1003")
    assert (part.status, part.body) == (206, bytes([232, 233, 234, 235]))
    assert part.headers["content-type"] == "audio/mp4"
    assert part.headers["accept-ranges"] == "bytes"
    assert client.ask("/" + SOUND, range="bytes=-2").body == bytes([254, 255])


def test_search(client: Client) -> None:
    page = client.ask("/site/search.html?q=" + quote("扩散"))
    assert "<mark>扩散</mark>" in page.text
    assert "共 1 篇" in page.text
    assert "没有找到" in client.ask("/site/search.html?q=" + quote("无此")).text
    assert "after: 之后" in client.ask("/site/search.html?q=after:x").text
    assert client.ask("/site/search.html").status == 200
    hostile = client.ask("/site/search.html?q=" + quote('"><script>alert(1)</script>'))
    assert "<script>alert" not in hostile.text


def test_search_goes_on(client: Client) -> None:
    first = client.ask("/site/search.html?q=" + quote("同一句话"))
    assert "共 45 篇" in first.text
    assert first.text.count('class="name"') == 20
    third = client.ask("/site/search.html?q=" + quote("同一句话") + "&page=3")
    assert third.text.count('class="name"') == 5
    for page in ("0", "-1", "x", "99999"):
        assert client.ask("/site/search.html?q=a&page=" + page).status == 200


def test_status(client: Client) -> None:
    text = client.ask("/site/status.html").text
    assert all(
        word in text for word in ("已被作者删除", "该内容已被发布者删除", "微信要求验证", "2026-11-01", "遇到验证")
    )


def test_status_counts_by_kind(client: Client) -> None:
    heads = re.findall("<th scope=.col.[^>]*>([^<]+)", client.ask("/site/status.html").text)
    assert heads[:2] == ["状态", "文章"]
    assert "图片" not in heads  # the notes of this archive link to none


def test_another_address_only_by_flag_with_a_warning(library: Library) -> None:
    told: list[str] = []
    with serving(library, told=told) as address:
        assert urlsplit(address).hostname == "127.0.0.1"
        parts = urlsplit(address)
        with socket.socket() as other:
            # Not bound to another address of this machine.
            assert other.connect_ex(("127.0.0.2", int(parts.port or 0))) != 0
    with serving(library, "--host", "0.0.0.0", told=told) as address:
        client = Client("127.0.0.2", int(urlsplit(address).port or 0))
        assert client.ask("/", host="127.0.0.1").status == 200
        assert client.ask("/", host="evil.example").status == 421
    assert "can read your archive" not in told[0]
    assert "everyone who can reach 0.0.0.0 can read your archive" in told[1]
