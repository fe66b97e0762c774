"""Files that a stranger made: nothing outside of them is read, nothing large is held, and what is left out is named."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from archiver.importing import limits, trees, warc
from archiver.importing.contents import pages_in
from archiver.importing.found import SavedPage, Skipped
from archiver.importing.taking import Outcome
from tests.importing import saved
from tests.importing.importing import imported, outcomes, whys
from tests.world import World


def skips(path: Path) -> list[tuple[str, str]]:
    return [(one.name, one.why.value) for one in pages_in(path) if isinstance(one, Skipped)]


def page_of(path: Path) -> SavedPage:
    (page,) = [one for one in pages_in(path) if isinstance(one, SavedPage)]
    return page


def a_page(shown: str) -> str:
    image = f'<img src="{shown}">'
    return f'<!-- saved from url=(0001){saved.URL} --><h1 id="activity-name">t</h1><div id="js_content">{image}文</div>'


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """An image that is not the page's."""
    path = tmp_path / "secret.png"
    path.write_bytes(saved.IMAGES[saved.ONE.url])
    (tmp_path / "in").mkdir()
    return path


@pytest.mark.parametrize(
    "reference",
    [
        "../secret.png",
        "%2e%2e/secret.png",
        "..\\secret.png",
        "{secret}",
        "file://{secret}",
        "link.png",
        "sub/../../secret.png",
    ],
)
def test_a_page_shows_only_files_beside_it(secret: Path, reference: str) -> None:
    (secret.parent / "in" / "link.png").symlink_to(secret)
    page = secret.parent / "in" / "a.html"
    page.write_text(a_page(reference.format(secret=secret)), "utf-8")
    assert page_of(page).images == {}
    markdown = secret.parent / "in" / "b.md"
    markdown.write_text(f"# t\n\n原文链接: {saved.URL}\n\n![](<{reference.format(secret=secret)}>)\n", "utf-8")
    assert page_of(markdown).images == {}


def test_links_in_a_folder_are_named_and_not_followed(secret: Path) -> None:
    folder = secret.parent / "in"
    (folder / "elsewhere").symlink_to(secret.parent)
    (folder / "a.html").symlink_to(secret)
    assert skips(folder) == [
        ("in/elsewhere", "symbolic-link"),
        ("in/a.html", "symbolic-link"),
        ("in", "no-page"),
    ]


def test_names_in_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("a.html", a_page("x.png"))
    with zipfile.ZipFile(path, "w") as made:
        for name in ("../out.html", "/abs.html", "a/../../b.html", "C:/c.html", "d\\..\\..\\e.html"):
            made.writestr(name, a_page("x.png"))
        link = zipfile.ZipInfo("link.html")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("inner.zip", inner.getvalue())
        made.writestr("page.html", a_page("data.png"))
        made.writestr("data.png", saved.IMAGES[saved.ONE.url])
    whole = skips(path)
    assert [why for _, why in whole] == ["outside"] * 5 + ["symbolic-link", "nested"]
    assert len(page_of(path).images) == 1


def test_names_that_windows_wrote(tmp_path: Path) -> None:
    """In GB18030, with nothing that says so."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        made.writestr("ABCD.html", a_page("文章.png"))
        made.writestr("ABCD.png", saved.IMAGES[saved.ONE.url])
    path = tmp_path / "a.zip"
    path.write_bytes(raw.getvalue().replace(b"ABCD", "文章".encode("gb18030")))
    page = page_of(path)
    assert (page.name, len(page.images)) == ("a.zip/文章.html", 1)


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.html", a_page("x"))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert skips(path) == [("a.zip/a.html", "encrypted"), ("a.zip", "no-page")]


def test_sizes_count_while_they_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip says that a member is small, and it is not."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.html", a_page("x.png") + " " * 3_000_000)
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(mark) + place, 300)
    path.write_bytes(data)
    assert [why for _, why in skips(path)] == ["damaged"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.html", a_page("x.png") + " " * 3_000_000)
        made.writestr("b.html", a_page("x.png"))
    monkeypatch.setattr("archiver.importing.html_file.MAX_PAGE", 1_000_000)
    assert skips(path) == [("a.zip/a.html", "too-large")]
    monkeypatch.setattr(trees, "MAX_PARTS", 1)
    assert skips(path) == [("a.zip", "too-many")]
    monkeypatch.setattr(trees, "MAX_PARTS", 9)
    monkeypatch.setattr(trees, "MAX_UNPACKED", 100)
    assert [why for _, why in skips(path)] == ["too-large", "too-large"]


def test_a_bomb_in_a_web_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed: pip install '.[wacz]'")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(b"<html>" + b" " * 34_000_000) + packer.flush()
    path = saved.warc(tmp_path / "a.warc.gz", [(saved.URL, "text/html", bomb, {"Content-Encoding": "gzip"})])
    assert skips(path) == [(f"a.warc.gz/{saved.URL}", "too-large")]
    monkeypatch.setattr(warc, "MAX_RECORDS", 0)
    assert [why for _, why in skips(path)] == ["too-many"]


def test_a_damaged_web_archive_gives_what_is_whole(tmp_path: Path) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed: pip install '.[wacz]'")
    path = saved.save_warc(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    found = list(pages_in(path))
    assert isinstance(found[0], SavedPage)
    raw = saved.warc(tmp_path / "a.warc", [(saved.URL, "text/html", saved.page().encode(), {})])
    raw.write_bytes(raw.read_bytes().replace("第一段".encode(), "第二段".encode()))
    assert skips(raw) == [(f"a.warc/{saved.URL}", "damaged")]
    raw.write_bytes(b"WARC/1.0\r\nnonsense")
    assert [why for _, why in skips(raw)] in (["damaged"], ["no-page"])


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.bin", b"\x00\x01\x02", "unknown"),
        ("a.pdf", b"%PDF-1.7", "unknown"),
        ("empty.html", b"", "no-article"),
        ("a.html", b"<html><body>hello</body></html>", "no-article"),
        ("no.mhtml", b"From: x\r\n\r\nhello", "no-page"),
        ("deep.mhtml", b"", "damaged"),
        ("a.md", b"# a note of my own\n\ntext\n", "no-address"),
        ("a.zip", b"PK\x03\x04", "unknown"),
        ("wall.html", b'<html><div id="js_verify"></div></html>', "no-article"),
        ("many.html", b"<p>" * 60_000, "no-article"),
    ],
)
def test_what_is_no_article_is_named(target: World, tmp_path: Path, name: str, data: bytes, why: str) -> None:
    if name.startswith("deep"):
        data = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(1_100))
    (tmp_path / name).write_bytes(data)
    good = saved.save_mhtml(tmp_path)
    done = imported(target, tmp_path / name, good)
    assert (whys(done), outcomes(done), done.exit_code) == ([why], [Outcome.NEW], 1)
    assert done.skipped[0].name == name


def test_an_image_that_is_none_is_not_taken(target: World, tmp_path: Path) -> None:
    page = saved.save_complete(tmp_path)
    beside = next(tmp_path.glob("*_files"))
    (beside / "640").write_bytes(b"<html>not found</html>")
    done = imported(target, page)
    assert outcomes(done) == [Outcome.NEW]
    (record,) = target.articles()
    assert record["images"][0]["code"] == "not-an-image"
    assert limits.MAX_IMAGE < limits.MAX_PAGE
