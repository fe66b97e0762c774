"""A note keeps what makes its file what it is, or is left as it was, which is told."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.builders import an_image, article, img
from tests.world import World, attention, broken

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes and links are other things on Windows")
NAME, VALUE = "user.colour", b"red"


@pytest.fixture
def url(world: World) -> str:
    return world.replica.add_article(article("第一篇", an_image("a")))


def write_protected(note: Path) -> None:
    note.chmod(0o444)


def of_two_names(note: Path) -> None:
    os.link(note, note.with_name("same.txt"))


@pytest.mark.parametrize(("protect", "why"), [(write_protected, "write-protected"), (of_two_names, "2 names")])
def test_what_cannot_be_kept_is_left(world: World, url: str, protect: object, why: str) -> None:
    note, other = world.note("a.md", f"[x]({url})\n"), world.note("b.md", f"[x]({url})\n")
    assert callable(protect)
    protect(note)
    before = (note.read_bytes(), note.stat())
    for _ in range(2):
        done = world.sync()
        assert done.exit_code == 0
        assert [line for line in attention(done) if line.startswith("a.md: left as it is") and why in line]
    assert (note.read_bytes(), note.stat()) == before
    assert broken(other) == []
    assert "weixin" not in other.read_text("utf-8")
    assert '"a.md"' not in (world.archive / "journal.jsonl").read_text("utf-8"), "nothing was done to it"


@pytest.mark.parametrize("protect", [write_protected, of_two_names])
def test_what_cannot_be_kept_is_not_restored_either(world: World, url: str, protect: object) -> None:
    note = world.note("a.md", f"[x]({url})\n")
    world.sync()
    assert callable(protect)
    protect(note)
    before = note.read_bytes()
    done = world.cli("restore")
    assert (done.returncode, note.read_bytes()) == (1, before)
    assert "a.md: left as it is" in " ".join((done.stdout + done.stderr).split())
    (note.with_name("same.txt")).unlink(missing_ok=True)
    note.chmod(0o644)
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == f"[x]({url})\n"


def test_permissions_and_extended_attributes_are_kept(world: World, url: str) -> None:
    note = world.note("a.md", f"[x]({url})\n")
    note.chmod(0o640)
    try:
        os.setxattr(note, NAME, VALUE)
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")
    for _ in ("sync", "restore"):
        assert world.sync().exit_code == 0
        assert broken(note) == []
        assert (os.getxattr(note, NAME), note.stat().st_mode & 0o777) == (VALUE, 0o640)
        assert world.cli("restore").returncode == 0
        assert (os.getxattr(note, NAME), note.stat().st_mode & 0o777) == (VALUE, 0o640)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_is_kept(world: World, url: str) -> None:
    note = world.note("a.md", f"[x]({url})\n")
    os.chown(note, 12345, 23456)
    assert world.sync().exit_code == 0
    assert "weixin" not in note.read_text("utf-8")
    assert (note.stat().st_uid, note.stat().st_gid) == (12345, 23456)


@pytest.mark.parametrize("encoding", ["big5", "gb18030", "gbk"])
@pytest.mark.parametrize("mode", ["replace", "append"])
def test_in_other_encodings_paths_are_percent_encoded(world: World, url: str, encoding: str, mode: str) -> None:
    """What is Big5 is read as GB18030, and GitHub reads both as UTF-8."""
    world.configure(rewrite={"articles": mode})
    picture = an_image("n")
    world.replica.add_image(picture.key, picture)
    before = f"# 這是一個測試\n\n[文章]({url}) <{url}>\n\n{img(picture)}\n".encode(encoding)
    with pytest.raises(UnicodeDecodeError):
        before.decode()
    note = world.note("a.md", before)
    assert world.sync().exit_code == 0
    after = note.read_bytes()
    (folder,) = world.article_folders()
    assert quote(folder.name).encode() in after
    assert after.decode(encoding).startswith("# 這是一個測試\n\n[文章](")
    assert broken(note) == []
    assert world.sync().exit_code == 0
    assert note.read_bytes() == after
    note.write_bytes(after + "後來".encode(encoding))
    assert world.cli("restore").returncode == 0
    assert note.read_bytes() == before + "後來".encode(encoding)
