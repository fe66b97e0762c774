"""Nothing is written over what archiver did not make: tried with each file name that it owns."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.fixity.verify import verify
from archiver.models.findings import FindingCode
from archiver.store import layout
from archiver.store.ownership import is_archive, is_ours
from tests.builders import album, an_image, article, img, serve_album
from tests.sampling import one_in
from tests.world import World

MINE = "<p>My own words, which nobody else has.</p>\nA second line.\n"
NAMES = sorted(
    {value for name, value in vars(layout).items() if name.isupper() and name[0] != "_" and isinstance(value, str)}
    - {layout.TEMPORARY, layout.ASIDE, layout.INTERNAL_REPORT_GLOB, layout.ARCHIVE}
)
STAYS = {layout.README, layout.GITATTRIBUTES, layout.GITIGNORE}  # beside which an archive can live
EVERY_COMMAND = (layout.HOME, layout.IMAGES)
FOLDERS = {name for name in NAMES if name in layout.DEPTHS or name in layout.SITE_PATTERNS or "." not in name}
ELSEWHERE = {layout.UNDATED, layout.RECORD, layout.OLD_RECORD, layout.TEXT, layout.SUMS, layout.SLIM_CAPTURE}
ELSEWHERE |= {layout.FULL_CAPTURE}  # names of files that are never at the top


def mine(root: Path, name: str) -> Path:
    """A file of the user's at that place, or in the folder of that name."""
    file = root / name / "mine.html" if name in FOLDERS - {layout.LOCK, layout.LOCK_OWNER} else root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(MINE)
    return file


def fill(world: World) -> None:
    linked = world.replica.add_article(article("第一篇", an_image("a")))
    listed = album(3)
    serve_album(world, listed)
    world.note("a.md", f"[x]({linked}) [y]({listed.url}) {img(an_image('n'))} :star:\n")


@pytest.mark.parametrize("name", one_in(3, NAMES))
def test_a_folder_that_holds_a_file_of_that_name(world: World, name: str) -> None:
    fill(world)
    file = mine(world.archive, name)
    before, note = world.tree(with_machine_state=True), (world.notes / "a.md").read_bytes()
    fits = name in STAYS | ELSEWHERE
    some = ("doctor", "verify", "sync", "restore")
    every = ("doctor", "status", "verify", "verify --repair", "sync", "repair", "build", "gc --delete", "restore")
    done = {command: world.cli(*command.split()) for command in (every if name in EVERY_COMMAND else some)}
    assert file.read_text() == MINE
    assert (world.notes / "a.md").read_bytes() == note, "restore took all back"
    if fits:
        assert done["sync"].returncode == 0, done["sync"].stderr
        assert not [finding for finding in verify(world.config) if finding.damage]
    else:
        assert {name: ended.returncode for name, ended in done.items()} == {
            **dict.fromkeys(done, 2),
            "doctor": 1,
        }, done
        assert "is no archive" in done["sync"].stderr
        assert world.tree(with_machine_state=True) == before
        assert world.replica.requests == []


def test_every_generated_file_that_the_user_has_replaced(world: World) -> None:
    fill(world)
    assert world.sync().exit_code == 0
    generated = [path for path in world.archive.rglob("*") if path.is_file() and path.name.startswith("README")]
    generated += [path for path in (world.archive / "site").rglob("*") if path.is_file()]
    generated += [world.archive / "index.html", world.archive / ".gitattributes", world.archive / ".gitignore"]
    assert len(generated) > 15
    for path in generated:
        path.write_text(MINE)
    world.note("b.md", f"[x]({world.replica.add_article(article('第二篇'))}) :star:\n")
    for command in (["sync"], ["build"], ["build", "--all"], ["verify"], ["verify", "--repair"], ["sync"]):
        done = world.cli(*command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert [path for path in generated if path.read_text() != MINE] == []
    told = {finding.path for finding in verify(world.config) if finding.code is FindingCode.FOREIGN_CONTENT}
    assert {"README.md", "index.html", "site/reader.css", "site/search/index.js"} <= told
    generated[0].unlink()
    assert world.cli("build", "--all").returncode == 0


def test_the_page_of_an_article_that_the_user_has_replaced(world: World) -> None:
    fill(world)
    world.sync()
    page = next(world.archive.glob("articles/**/index.html"))
    page.write_text(MINE)
    world.note("b.md", (world.notes / "a.md").read_text())
    world.cli("sync")
    world.cli("build", "--all")
    assert page.read_text() == MINE


def test_a_collection_whose_notes_are_in_a_folder_archive(world: World) -> None:
    (world.root / "config.toml").unlink()
    url = world.replica.add_article(article("第一篇"))
    notes = [world.root / "archive/2022/a.md", world.root / "archive/b.md"]
    for note in notes:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(f"[x]({url})\n")
    (world.root / "archive/index.html").write_text(MINE)
    before = world.tree()
    done = world.cli("init")
    assert done.returncode == 0, done.stderr
    assert "archive holds other things, so the archive will be in wechat-archive." in done.stdout
    assert "1 link to WeChat articles" in done.stdout
    assert 'path = "wechat-archive"' in (world.root / "config.toml").read_text("utf-8")
    assert before.items() <= world.tree().items()
    (world.root / "config.toml").unlink()
    (world.root / "wechat-archive").write_text("a file")
    world.cli("init")
    assert 'path = "wechat-archive-2"' in (world.root / "config.toml").read_text("utf-8")


def test_what_is_an_archive(world: World) -> None:
    assert not is_archive(world.archive)
    world.archive.mkdir()
    assert not is_archive(world.archive)
    world.note("plain.md", "plain\n")
    world.sync()
    for name in ("links.jsonl", "journal.jsonl", "catalogue.db", ".lock", ".gitattributes", "README.md", "index.html"):
        (world.archive / name).unlink(missing_ok=True)
        if name == "index.html":
            (world.archive / "reports/catalogue.seal").unlink()
            break
        assert is_archive(world.archive), name
    assert not is_archive(world.archive)


@pytest.mark.parametrize(
    ("data", "ours"),
    [
        (b"", True),
        (b"\n \n", True),
        (MINE.encode(), False),
        ("我的笔记\n".encode(), False),
        (b"GIF89a\x00\x01", True),
        (b"\xff\xfe\xfa", True),
        (b"a\nb\nx\n", True),
        (b"a\nx\ny\n", False),
        (b"Generated: changes to this file are lost.", True),
    ],
)
def test_what_is_ours(data: bytes, ours: bool) -> None:
    assert is_ours(data, b"a\nb\nc\n") is ours
