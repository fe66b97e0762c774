"""What was planted or left behind: symbolic links are not followed, leftovers go, names are safe."""

from __future__ import annotations

import os
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.archive.quarantine import Quarantine
from archiver.config import Config
from archiver.errors import DamageError, DiskFullError, HostRefusedError, StoreError
from archiver.fetch.hosts import check_url
from archiver.gathering.session import room_check
from archiver.store.files import append_synced
from archiver.store.guard import check_room, is_inside, is_leftover, remove_leftovers
from archiver.store.lock import archive_lock, lock_owner
from archiver.store.names import folder_name
from tests.builders import an_image, article, img
from tests.work import calls
from tests.world import World

needs_links = pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights there")
PLACES = (
    "links.jsonl",
    "journal.jsonl",
    "catalogue.db",
    "images",
    "images/ab",
    "articles",
    "articles/2026",
    "reports",
    "quarantine",
)


@needs_links
@pytest.mark.parametrize("place", PLACES)
def test_planted_links_are_refused(world: World, tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    if "." in place:
        outside /= "file"
        outside.write_bytes(b"")
    target = world.archive / place
    world.archive.mkdir()
    (world.archive / ".lock").touch()  # it is an archive; another folder with such names is refused as such
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(outside)
    world.note("a.md", f"[x]({world.replica.add_article(article('一', an_image('l')))})")
    with pytest.raises(DamageError, match="is a symbolic link"):
        world.sync()
    assert world.replica.requests == []
    assert not list((tmp_path / "outside").rglob("*.*"))
    assert world.cli("sync").returncode == 5
    # Neither by the report of the failed run, nor by doctor.
    world.cli("doctor")
    assert not list((tmp_path / "outside").rglob("*.*"))


@needs_links
def test_the_name_of_the_locks_owner_is_not_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "precious.txt"
    outside.write_text("precious")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/.lock").touch()
    (tmp_path / "archive/.lock-owner").symlink_to(outside)
    with archive_lock(tmp_path / "archive"):
        assert "process" in lock_owner(tmp_path / "archive")
    assert outside.read_text() == "precious"


@needs_links
@pytest.mark.parametrize("place", ["quarantine", "quarantine/2026-11-22/articles"])
def test_nothing_is_quarantined_through_a_link(tmp_path: Path, place: str) -> None:
    (tmp_path / "outside").mkdir()
    damaged = tmp_path / "archive/articles/a.md"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"damaged")
    link = tmp_path / "archive" / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path / "outside")
    quarantine = Quarantine(tmp_path / "archive", datetime(2026, 11, 22, tzinfo=UTC))
    with pytest.raises(StoreError, match="symbolic link"):
        quarantine.take("articles/a.md")
    with pytest.raises(StoreError, match="symbolic link"):
        quarantine.copy("articles/a.md", b"damaged")
    assert damaged.exists()
    assert not list((tmp_path / "outside").rglob("*"))


@needs_links
def test_planted_files_are_not_read_and_not_written_through(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    shown = an_image("s")
    url = world.replica.add_article(article("一", shown))
    world.note("a.md", f"[x]({url})")
    world.sync()
    (folder,) = world.article_folders()
    (image,) = (world.archive / "images").rglob("*.png")
    whole = image.read_bytes()
    for place in (image, folder / "article.json", world.archive / "README.md"):
        place.unlink()
        place.symlink_to(secret)
    note = world.note("b.md", f"[x]({url}) {img(shown)}")
    assert world.sync().exit_code == 0
    assert secret.read_bytes() == b"secret"
    assert not (folder / "article.json").is_symlink()
    assert not image.is_symlink()
    assert image.read_bytes() == whole
    assert "weixin" not in note.read_text("utf-8")
    (tmp_path / "log").symlink_to(secret)
    with pytest.raises(StoreError):
        append_synced(tmp_path / "log", b"more")


@needs_links
def test_an_archive_behind_a_link_is_the_users_choice(world: World, tmp_path: Path) -> None:
    (tmp_path / "big disk").mkdir()
    world.archive.symlink_to(tmp_path / "big disk")
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    assert world.sync().exit_code == 0
    assert (tmp_path / "big disk" / "links.jsonl").is_file()


@pytest.mark.parametrize("path", ["../x", "a/../b", "/etc/passwd", "", "a//b", "c:/x", "a\\b", "./a"])
def test_paths_that_lead_out_are_not_inside(tmp_path: Path, path: str) -> None:
    assert not is_inside(tmp_path, path)


def test_leftovers_of_a_crash_go_and_nothing_else(world: World) -> None:
    url = world.replica.add_article(article("一", an_image("o")))
    world.note("sub/a.md", f"[x]({url})")
    world.sync()
    (image,) = (world.archive / "images").rglob("*.png")
    left = [
        world.archive / ".tmp-0123456789ab",
        image.parent / ".tmp-0123456789ab",
        world.article_folders()[0].parent / ".tmp-0123456789ab",
        world.notes / "sub" / ".tmp-0123456789ab",
    ]
    mine = [world.notes / "sub" / ".tmp-mine", world.notes / ".tmp-0123456789ab.md", image.parent / "extra.png"]
    for path in left + mine:
        path.write_bytes(b"half")
    folder = world.article_folders()[0].with_name(".tmp-half")
    folder.mkdir()
    (folder / "article.md").write_bytes(b"half")
    assert world.sync().exit_code == 0
    assert not [path for path in left if path.exists()]
    assert not folder.exists()
    assert all(path.exists() for path in mine)
    assert remove_leftovers(world.archive) == []
    assert not is_leftover(".tmp-0123456789abc")


def test_room_on_the_disk(tmp_path: Path) -> None:
    check_room(tmp_path, 0)
    with pytest.raises(DiskFullError, match="min_free_mb = 1000000000"):
        check_room(tmp_path, 10**9)


@given(st.text(max_size=60), st.text(max_size=120))
def test_names_hold_nothing_that_cannot_be_seen(account: str, title: str) -> None:
    name = folder_name("0123456789ab", datetime(2022, 3, 31, tzinfo=UTC), account, title).rpartition("/")[2]
    assert all(unicodedata.category(c)[0] in "LNM" or c in "-_" for c in name)
    assert name.startswith("2022-03-31")  # never a device's name, never hidden, never `..`
    assert name.endswith("0123456789ab")  # unlike any other, whatever the case of its letters


def test_names_with_tricks_in_them() -> None:
    name = folder_name("0123456789ab", None, "CON", "..\u202etxt.\u200bexe\u3164\ufe0f/../a\u034fb")
    assert name == "articles/undated/undated-CON-txt-exe-ab-0123456789ab"
    assert folder_name("0123456789ab", None, "", "a\u3164") == folder_name("0123456789ab", None, "", "a")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://127.1/", "http://169.254.169.254/", "file:///etc/passwd", "ftp://mp.weixin.qq.com/", "data:text/html,x",
        "https://mp.weixin.qq.com:22/", "https://user@mp.weixin.qq.com/", "https://mp.weixin.qq.com.evil.example/",
        "https:///x", "https://[broken/", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_what_is_never_asked(url: str) -> None:
    with pytest.raises(HostRefusedError):
        check_url(url, lambda host: host == "mp.weixin.qq.com" or host[:1].isdigit() or ":" in host)


def test_what_may_be_asked() -> None:
    assert check_url("https://MP.weixin.qq.com:443/s/x", lambda host: host == "mp.weixin.qq.com") == "mp.weixin.qq.com"


def test_room_is_looked_for_without_finding_the_archive_again(tmp_path: Path) -> None:
    config = Config(tmp_path)
    config.archive_root.mkdir()
    assert calls(room_check(config), Path.resolve) == [0]
