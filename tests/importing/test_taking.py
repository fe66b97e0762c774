"""What an import does to what is there: it replaces nothing, brings back nothing that was forgotten, asks nobody."""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest

from archiver.fixity.verify import verify
from archiver.importing.taking import Outcome
from tests.builders import an_image
from tests.importing import saved
from tests.importing.importing import imported, only, outcomes, whys
from tests.outputs import checked, run
from tests.replica import Replica
from tests.replica.pages import article_page
from tests.replica.states import State, state_page
from tests.world import World, destinations

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OTHER = replace(saved.SPEC, title="另一篇", mid="2650000077", body="<p>别的。</p>", cover="", images=())
OTHER_URL = "https://mp.weixin.qq.com/s/OOOOOOOOOOOOOOOOOOOOOO"


@pytest.fixture
def copy(live: World, tmp_path: Path, replica: Replica) -> Iterator[World]:
    """A copy of the archive to which the article came from WeChat."""
    root = tmp_path / "copy"
    shutil.copytree(live.root, root)
    world = World(root, replica)
    yield world
    assert replica.requests == []


def html(path: Path, text: str, url: str = saved.URL) -> Path:
    path.write_text(f"<!DOCTYPE html>\n<!-- saved from url=(0099){url} -->\n{text}", "utf-8")
    return path


def files(world: World) -> dict[str, bytes]:
    """The files of the article's own folder, but for what it says of versions."""
    (folder,) = world.article_folders()
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "article.json"}


def test_a_live_copy_is_never_replaced(copy: World, tmp_path: Path) -> None:
    page = html(tmp_path / "old.html", saved.page().replace("末段", "从前的末段"))
    before = files(copy)
    assert outcomes(imported(copy, page, dry_run=True)) == [Outcome.VERSION]
    assert files(copy) == before
    done = imported(copy, page)
    assert outcomes(done) == [Outcome.VERSION]
    assert files(copy) == before
    record, _ = only(copy)
    (version,) = record["versions"]
    assert (version["imported"], version["changed"]) == (True, [])
    folder = copy.archive / version["folder"]
    assert "从前的末段" in (folder / "article.md").read_text("utf-8")
    assert json.loads((folder / "version.json").read_text("utf-8"))["capture"]["address"] == "old.html"
    assert outcomes(imported(copy, page)) == [Outcome.KNOWN]
    assert verify(copy.config) == []
    assert run(copy.root, "reparse").code == 0
    assert files(copy) == before


def test_the_same_page_adds_nothing(copy: World, tmp_path: Path) -> None:
    before = copy.tree()
    assert outcomes(imported(copy, saved.save_mhtml(tmp_path), saved.save_single(tmp_path))) == [Outcome.KNOWN] * 2
    assert {path: digest for path, (digest, _) in copy.tree().items()} == {
        path: digest for path, (digest, _) in before.items()
    }


def test_images_that_a_copy_lacks_come_from_the_file(live: World, target: World, tmp_path: Path) -> None:
    bare = html(tmp_path / "bare.html", saved.page())
    assert outcomes(imported(target, bare)) == [Outcome.NEW]
    record, _ = only(target)
    assert record["status"] == "partial"
    assert target.links()[saved.URL]["reason"].startswith("image: not fetched")
    assert outcomes(imported(target, saved.save_mhtml(tmp_path), dry_run=True)) == [Outcome.COMPLETED]
    assert outcomes(imported(target, saved.save_mhtml(tmp_path))) == [Outcome.COMPLETED]
    record, text = only(target)
    assert (record["status"], record["mid"]) == ("archived", saved.SPEC.mid)
    assert text == only(live)[1]
    assert target.links()[saved.URL]["status"] == "archived"


def test_what_was_forgotten_stays_so(copy: World, tmp_path: Path) -> None:
    assert run(copy.root, "forget", "--yes", saved.URL).code == 0
    by_url, by_ids = saved.save_mhtml(tmp_path), html(tmp_path / "a.html", saved.page(), saved.SPEC.long_url)
    done = imported(copy, by_url, by_ids)
    assert (outcomes(done), whys(done), done.exit_code) == ([], ["forgotten", "forgotten"], 0)
    assert copy.article_folders() == []


def test_a_dead_link_leads_to_the_imported_copy(world: World, tmp_path: Path) -> None:
    world.replica.add_page(saved.URL, state_page(State.DELETED))
    note = world.note("n.md", f"[a]({saved.URL})\n")
    world.sync()
    assert world.links()[saved.URL]["status"] == "deleted"
    assert outcomes(imported(world, saved.save_complete(tmp_path))) == [Outcome.NEW]
    line = world.links()[saved.URL]
    assert (line["status"], line["gone"]) == ("partial", line["checked"][:10])
    world.replica.clear_requests()
    world.sync()
    assert destinations(note) == [f"../archive/{line['target']}/article.md"]
    # Only the cover, which the file did not hold, is asked for.
    assert [request.url.partition("?")[0] for request in world.replica.requests] == [saved.COVER.url.partition("?")[0]]


def test_a_later_live_page_is_a_new_version_of_the_same_article(world: World, tmp_path: Path) -> None:
    """MHTML has no ids, so the article is known by its URL until WeChat's page comes."""
    assert outcomes(imported(world, saved.save_mhtml(tmp_path))) == [Outcome.NEW]
    edited = replace(saved.SPEC, body=saved.BODY.replace("末段", "新的末段"))
    world.replica.add_page(saved.URL, article_page(edited, saved.URL))
    world.replica.add_page(saved.SPEC.long_url, article_page(edited, saved.URL, opened_by_long_link=True))
    world.configure(fetch={"recheck_archived_days": 1})
    world.sync(now=lambda: datetime(2099, 1, 1, tzinfo=UTC))
    record, text = only(world)
    assert "新的末段" in text
    assert (record["mid"], record["capture"]["engine"]) == (saved.SPEC.mid, "http")
    assert [version.get("imported", False) for version in record["versions"]] == [False]
    assert verify(world.config) == []
    world.note("long.md", f"[b]({saved.SPEC.long_url})\n")
    world.sync(now=lambda: datetime(2099, 1, 1, tzinfo=UTC))
    assert len(world.articles()) == 1


def test_several_pages_of_a_web_archive(target: World, tmp_path: Path) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed: pip install '.[wacz]'")
    older = saved.page().replace("末段", "从前的末段").encode()
    wall = b'<html><body><div id="js_verify"></div></body></html>'
    answers: list[tuple[str, str, bytes, dict[str, str]]] = [
        (saved.URL, "text/html", saved.page().encode(), {}),
        (OTHER_URL, "text/html", article_page(OTHER, OTHER_URL), {}),
        ("https://mp.weixin.qq.com/s/WWWWWWWWWWWWWWWWWWWWWW", "text/html", wall, {}),
        *((url, "image/png", data, {}) for url, data in saved.IMAGES.items()),
    ]
    path = saved.warc(tmp_path / "a.warc", answers)
    earlier = saved.warc(tmp_path / "b.warc.gz", [(saved.URL, "text/html", older, {})])
    done = imported(target, path, earlier)
    assert outcomes(done) == [Outcome.NEW, Outcome.NEW, Outcome.VERSION]
    assert [(one.why.value, one.detail) for one in done.skipped] == [("no-article", "the page asks for verification")]
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("content", "transfer"),
    [("br", ""), ("zstd", ""), ("x-gzip", "Chunked"), ("gzip, br", ""), ("", "gzip, chunked"), ("gzip", "plain")],
)
def test_encodings_of_a_web_archive(target: World, tmp_path: Path, content: str, transfer: str) -> None:
    """warcio leaves some of these as they are; with "plain" the crawler has undone what the headers say."""
    pytest.importorskip("warcio", reason="warcio is not installed: pip install '.[wacz]'")
    undone = {"gzip": gzip.compress, "x-gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress}
    body = saved.page().encode()
    for name in f"{content},{transfer}".lower().replace(" ", "").split(","):
        body = undone[name](body) if name in undone and transfer != "plain" else body
    if "chunked" in transfer.lower():
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    headers = {"Content-Encoding": content} | ({"Transfer-Encoding": transfer} if transfer not in ("", "plain") else {})
    path = saved.warc(tmp_path / "a.warc.gz", [(saved.URL, "text/html", body, headers)])
    assert outcomes(imported(target, path, dry_run=True)) == [Outcome.NEW]


def test_claims_that_contradict_each_other_are_not_believed(copy: World, tmp_path: Path) -> None:
    page = article_page(OTHER, OTHER_URL).decode()
    as_other = html(tmp_path / "a.html", page, saved.SPEC.long_url)
    as_known = html(tmp_path / "b.html", page, saved.URL)
    nameless = tmp_path / "c.html"
    nameless.write_text('<html><body><h1 id="activity-name">题</h1><div id="js_content"><p>文</p></div></body></html>')
    done = imported(copy, as_other, as_known, nameless)
    assert whys(done) == ["contradiction", "contradiction", "no-address"]
    assert len(copy.articles()) == 1


def test_ids_alone_make_a_long_url(target: World, tmp_path: Path) -> None:
    text = article_page(OTHER, "").decode().replace('content=""', "")
    path = tmp_path / "a.html"
    path.write_text(text, "utf-8")
    (taken,) = imported(target, path).taken
    assert f"mid={OTHER.mid}&idx=1&sn={OTHER.sn or ''}" in taken.url


def test_login_data_of_who_saved_it_are_not_kept(target: World, tmp_path: Path) -> None:
    secrets = (
        '<script>var uin = "MTIzNDU2"; window.pass_ticket = \'abcghi"def\';</script>'
        '<a href="https://mp.weixin.qq.com/s/x?a=1&key=deadbeef&uin=777000777&b=2">x</a>'
    )
    text = saved.page().replace("<p>末段</p>", f"<p>末段</p>{secrets}")
    imported(target, html(tmp_path / "a.html", text, f"{saved.SPEC.long_url}&key=deadbeef&pass_ticket=zzzzzz"))
    (folder,) = target.article_folders()
    # Packed, and in checksums, any three letters may stand; these words are longer, and what is packed is unpacked.
    kept = b"".join(path.read_bytes() for path in folder.iterdir() if path.suffix != ".gz")
    kept += gzip.decompress((folder / "capture.html.gz").read_bytes()) + (target.archive / "links.jsonl").read_bytes()
    assert not [word for word in (b"deadbeef", b"777000777", b"MTIzNDU2", b"abcghi", b"zzzzzz") if word in kept]


def told(world: World, *arguments: str) -> dict[str, Any]:
    """What `import --json` prints."""
    done = run(world.root, "import", "--json", *arguments)
    checked("import", done)
    return done.lines[-1]


def test_the_command_tells_what_it_did(world: World, tmp_path: Path) -> None:
    page, junk = saved.save_complete(tmp_path), tmp_path / "notes.docx"
    junk.write_bytes(b"PK\x03\x04 nothing")
    tried = run(world.root, "import", "--dry-run", str(page), str(junk))
    assert tried.code == 1
    assert "would be imported, 2 of 3 images" in tried.stdout
    assert "\nNot in the files: 1 image. archiver sync asks for these, or import --fetch\n" in tried.stdout
    assert not (world.archive / "articles").exists()
    said = told(world, str(page), str(junk))
    (article,) = said["articles"]
    assert (article["outcome"], article["status"], article["images"], article["held"]) == ("new", "partial", 3, 2)
    assert article["coverage"] == 1.0
    assert [one["code"] for one in said["skipped"]] == ["unknown"]
    assert world.links()[saved.URL]["added"]  # else a sync would miss the note that names it
    assert "were they moved?" not in run(world.root, "status").stdout
    assert [one["outcome"] for one in told(world, "--fetch", str(page))["articles"]] == ["known"]
    assert world.replica.requests == []


def test_fetch_asks_for_what_a_file_lacks(world: World, tmp_path: Path) -> None:
    world.replica.add_image(saved.COVER.key, an_image("cover"))
    said = told(world, "--fetch", str(saved.save_complete(tmp_path)))
    (article,) = said["articles"]
    assert (article["status"], article["held"], said["exit_code"]) == ("archived", 3, 0)
    assert [request.host for request in world.replica.requests] == ["mmbiz.qpic.cn"]
    assert run(world.root, "import", "--fetch", "--dry-run", str(tmp_path)).code == 2
    assert run(world.root, "import", str(world.archive)).code == 2
    assert run(world.root, "import", str(tmp_path / "none")).code == 2
