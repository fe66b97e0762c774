"""`archiver report`: what is written about an article, and what is not."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

from archiver.models import Article
from archiver.wechat.page import read_page
from tests.builders import an_image, article
from tests.outputs import checked, run
from tests.world import World


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_report_is_written_and_nothing_is_sent(world: World) -> None:
    spec = replace(article("一篇读错了的文章", an_image("甲图")), account="某个账号", author="某位作者")
    url = world.replica.add_article(spec)
    world.note("a.md", f"[x]({url})")
    assert world.sync().exit_code == 0
    (folder,) = world.article_folders()
    before = world.tree(with_machine_state=True)
    world.replica.clear_requests()

    done = run(world.root, "report", url)
    assert done.code == 0
    assert "Nothing was sent" in done.stdout
    assert "it is read as the page is" in done.stdout
    found = unpacked(world.root / "archiver-report.zip")
    assert list(found) == ["report.json", "page.html"]
    about = json.loads(found["report.json"])
    assert about["differs"] == []
    assert (about["read"]["kind"], about["read"]["images"]) == ("article", 1)
    assert about["read"]["coverage"]["characters"][0] > 0
    original = read_page(gzip.decompress((folder / "capture.html.gz").read_bytes()), url)
    disguise = read_page(found["page.html"], about["url"])
    assert isinstance(original, Article)
    assert isinstance(disguise, Article)
    assert disguise.reading == original.reading
    assert [len(disguise.title), len(disguise.account)] == [8, 4]
    told = "\n".join(data.decode() for data in found.values())
    own = (spec.title, spec.account, spec.author, original.biz, original.mid, original.sn, url.rpartition("/")[2])
    assert [text for text in own if text in told] == []

    # The same bytes by any name, over an earlier report, and with --json.
    for name in (folder.relative_to(world.root).as_posix(), f"{folder}/article.md", folder.name[-12:]):
        again = run(world.root, "report", name, "--json", "-o", "archiver-report.zip")
        assert (checked("report", again), again.lines[0]["differs"]) == (["#/$defs/line"], [])
        assert unpacked(world.root / "archiver-report.zip") == found
    assert again.lines[0]["bytes"] == (world.root / "archiver-report.zip").stat().st_size
    (world.root / "archiver-report.zip").unlink()
    assert world.replica.requests == []
    assert world.tree(with_machine_state=True) == before, "the archive is as it was"


def test_what_cannot_be_reported_is_refused(world: World) -> None:
    world.configure(archive={"capture": "none"})
    url = world.replica.add_article(article("没有网页"))
    world.note("a.md", f"[x]({url})")
    assert world.sync().exit_code == 0
    mine = world.root / "mine.zip"
    mine.write_bytes(b"PK mine")
    for options, said in (
        ([url], "has no capture"),
        ([url, "-o", "mine.zip"], "is no such export"),
        ([url, "-o", str(world.archive / "r.zip")], "lies in the archive"),
        (["https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB"], "is no archived article"),
    ):
        done = run(world.root, "report", "--json", *options)
        assert (checked("report", done), done.code) == (["common.schema.json#/$defs/error"], 2)
        assert said in done.lines[0]["detail"]
    assert mine.read_bytes() == b"PK mine"
    assert not (world.root / "archiver-report.zip").exists()

    world.configure(archive={"capture": "slim"})
    other = world.replica.add_article(article("网页坏了"))
    world.note("b.md", f"[x]({other})")
    world.sync()
    (capture,) = world.archive.glob("articles/**/capture.html.gz")
    capture.write_bytes(b"rubbish")
    done = run(world.root, "report", "--json", other)
    assert (done.code, done.lines[0]["error"]) == (5, "damage")
