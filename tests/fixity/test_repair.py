"""`verify --repair` cures what can be cured, and says what it cannot."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from archiver.fixity.mend.log import Cure, Halt, Left, Mended, Obstacle
from archiver.fixity.verify import verify
from tests.fixity.damage import GONE, KINDS, MUTATIONS, copy_of, flip, images, lines_of
from tests.fixity.mending import damaged, mend, reasons
from tests.replica import Replica
from tests.sampling import one_in
from tests.world import World, broken

# What cannot be had again but from a backup: what a line of the journal said.
INCURABLE = {"journal.jsonl"}
CURABLE = [(kind, mutation) for kind in KINDS if kind not in INCURABLE for mutation in MUTATIONS if mutation != "add"]


@pytest.fixture
def world(pristine: World, tmp_path: Path) -> Iterator[World]:
    world = copy_of(pristine, tmp_path)
    yield world
    pristine.replica.clear_faults()
    pristine.replica.fault(GONE, "deleted")


def name_of(world: World, path: Path) -> str:
    """As a finding names it."""
    return path.relative_to(world.archive).as_posix()


def said(folder: Path) -> str:
    return (folder / "article.json").read_text("utf-8")


def content(world: World) -> dict[str, str]:
    """Every file but machine state, quarantine and the times in it."""
    tree = world.tree()
    return {
        name: digest
        for name, (digest, _) in tree.items()
        if "/quarantine/" not in name and not name.endswith(("SHA256SUMS", "config.toml"))
    }


def without_capture(path: Path) -> dict[str, object]:
    record: dict[str, object] = json.loads(path.read_text("utf-8"))
    return {name: value for name, value in record.items() if name not in ("capture", "captured_at")}


@pytest.mark.parametrize(("kind", "mutation"), one_in(29, CURABLE))
def test_repair_cures_files(pristine: World, world: World, kind: str, mutation: str) -> None:
    path, other = KINDS[kind](world)
    before = content(world)
    MUTATIONS[mutation](path, other)
    assert damaged(mend(world)) == []
    after = content(world)
    edited = {"archive/.gitignore", "archive/.gitattributes"}  # for the owner to decide
    ours = {name for name, digest in before.items() if after.get(name) != digest} - edited
    if kind == "capture":
        # Fetched again: a later capture of the same article. What is derived from it is the same.
        ours = {name for name in ours if not name.endswith(("article.json", "capture.html.gz"))}
    if kind == "article.json" and ours == {path.relative_to(world.root).as_posix()}:
        # Made again from the capture; when and how it was captured may not be known any more.
        assert without_capture(path) == without_capture(pristine.root / path.relative_to(world.root))
        ours = set()
    if kind == "links.jsonl":
        # Attempts and times are lost with a line; the status page shows some.
        ours -= {"archive/links.jsonl", "archive/site/status.html"}
    assert ours == set()


@pytest.mark.parametrize(
    ("name", "how"), one_in(2, product(["links.jsonl", "articles/2026/01/SHA256SUMS"], ["delete", "flip", "case"]))
)
@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_repair_cures_lines(pristine: World, tmp_path: Path, name: str, how: str, step: int) -> None:
    for n in range(0, len(lines_of(pristine, name)), step):
        world = copy_of(pristine, tmp_path / str(n))
        lines = lines_of(world, name)
        lines[n] = {"delete": b"", "flip": lines[n][:20] + b"~" + lines[n][21:], "case": lines[n].swapcase()}[how]
        (world.archive / name).write_bytes(b"".join(lines))
        assert damaged(mend(world)) == [], n
        assert world.sync().exit_code == 0
        assert lines_of(world, name) == lines_of(pristine, name) or name == "links.jsonl"
        assert {url: entry["status"] for url, entry in world.links().items() if url != GONE} == {
            url: entry["status"] for url, entry in pristine.links().items() if url != GONE
        }


def test_an_equal_file_asks_for_nothing_else(world: World) -> None:
    path, _ = images(world)
    before = path.read_bytes()
    world.replica.clear_requests()
    flip(path)
    report = mend(world)
    assert path.read_bytes() == before
    assert len(world.replica.requests) == 1
    assert report.mended == [Mended(path.relative_to(world.archive).as_posix(), Cure.FETCHED_AGAIN)]
    assert (report.left, report.halted, report.findings) == ([], [], [])
    (kept,) = [p for p in (world.archive / "quarantine").rglob("*") if p.is_file()]
    assert kept.name == path.name
    assert kept.read_bytes() != before


def article_image(world: World) -> tuple[Path, str]:
    """An image that an article shows and no note, and its key."""
    notes = "".join(note.read_text("utf-8") for note in world.notes.glob("*.md"))
    for record in world.articles():
        for image in record["images"]:
            if image["path"] not in notes:
                return world.archive / image["path"], image["key"]
    raise AssertionError


def test_a_picture_that_is_another_one_today_is_taken_if_it_is_whole(world: World) -> None:
    path, key = article_image(world)
    flip(path)
    world.replica.fault(key, "placeholder")
    report = mend(world)
    assert damaged(report) == []
    assert not path.exists()
    (folder,) = (folder for folder in world.article_folders() if '"status": "partial"' in said(folder))
    given_up = Mended(folder.relative_to(world.archive).as_posix(), Cure.FILE_GIVEN_UP, file=name_of(world, path))
    assert given_up in report.mended
    assert not [file for folder in world.article_folders() for file in broken(folder / "article.md")]
    # The next run asks for it again, as for any image that is missing.
    world.replica.clear_faults()
    assert world.sync().exit_code == 0
    assert path.exists()
    assert verify(world.config) == []


@pytest.mark.parametrize(("fault", "stays"), [("status:403", True), ("status:404", False), ("status:410", False)])
def test_only_a_definite_answer_takes_a_picture_away(world: World, fault: str, stays: bool) -> None:
    path, key = article_image(world)
    flip(path)
    flipped = path.read_bytes()
    before = world.articles()
    world.replica.fault(key, fault)
    report = mend(world)
    assert path.exists() is stays
    assert (world.articles() == before) is stays
    if stays:
        assert path.read_bytes() == flipped
        assert damaged(report) == [name_of(world, path)]
        assert report.left == [Left(name_of(world, path), Obstacle.NO_ANSWER)]
        assert report.mended == []


def test_repair_without_network_takes_nothing_away(world: World) -> None:
    path, _ = article_image(world)
    flip(path)
    before = world.articles()
    world.configure(network={"proxy": "http://127.0.0.1:9"})
    report = mend(world)
    assert path.exists()
    assert world.articles() == before
    assert damaged(report) == [name_of(world, path)]
    assert reasons(report) == {(name_of(world, path), Obstacle.NO_ANSWER)}


def test_what_cannot_be_had_again_is_left_and_told(world: World) -> None:
    folder = world.article_folders()[0]
    record = json.loads((folder / "article.json").read_text("utf-8"))
    world.replica.fault(record["url"], "deleted")
    capture = folder / "capture.html.gz"
    before = capture.read_bytes()
    flip(capture)
    flipped = capture.read_bytes()
    done = world.cli("verify", "--repair")
    assert done.returncode == 5
    place = name_of(world, folder)
    assert f"left     {place}: its page did not come: 该内容已被发布者删除" in done.stdout
    assert f"DAMAGE   {place}/capture.html.gz: " in done.stdout
    assert "mended" not in done.stdout
    assert capture.read_bytes() == flipped
    capture.write_bytes(before)
    assert world.cli("verify").returncode == 0


def test_a_wall_during_repair_stops_it(world: World) -> None:
    for folder in world.article_folders()[:3]:
        flip(folder / "capture.html.gz")
    world.replica.clear_requests()
    world.replica.wall_after(0)
    report = mend(world)
    world.replica.clear_wall()
    assert len(world.replica.article_requests) == 2  # one at the wall, and one to see whose it is
    assert [item.code for item in report.halted] == [Halt.WALL]
    assert {item.code for item in report.left} == {Obstacle.PAGE_REFUSED, Obstacle.PAGE_NOT_ASKED}
    assert damaged(report)


def test_a_lost_article_is_fetched_into_its_old_folder(world: World) -> None:
    folder = world.article_folders()[0]
    shutil.rmtree(folder)
    assert damaged(mend(world)) == []
    assert folder.is_dir()
    assert broken(world.notes / "one.md") == []


def test_a_damaged_capture_never_becomes_a_worse_article(world: World) -> None:
    folder = world.article_folders()[0]
    (folder / "capture.html.gz").write_bytes(gzip.compress("<title>别的</title><p>不是文章</p>".encode()))
    assert damaged(mend(world)) == []
    assert "不是文章" not in gzip.decompress((folder / "capture.html.gz").read_bytes()).decode()


def test_an_edited_page_replaces_no_sound_article(world: World) -> None:
    (folder,) = (folder for folder in world.article_folders() if "第三篇" in folder.name)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    url = json.loads(before["article.json"])["url"]
    page = gzip.decompress(before["capture.html.gz"]).decode()
    assert "第三篇。" in page
    # On a replica of its own: that of the module is what the other tests compare with.
    with Replica() as replica:
        replica.add_page(url, page.replace("第三篇。", "别的话。").encode())
        edited = World(world.root, replica)
        (folder / "capture.html.gz").write_bytes(b"damaged")
        report = mend(edited)
    assert report.left == [Left(name_of(world, folder), Obstacle.PAGE_EDITED)]
    assert report.mended == []
    assert damaged(report) == [f"{name_of(world, folder)}/capture.html.gz"] * 2
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after == before | {"capture.html.gz": b"damaged"}


def test_sha256sum_agrees(world: World) -> None:
    """The lists are what coreutils reads, and a single changed byte is found by it too."""
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum on this system")
    (sums,) = world.archive.glob("articles/*/*/SHA256SUMS")
    check = ["sha256sum", "--check", "--strict", "--quiet", sums.name]
    assert subprocess.run(check, cwd=sums.parent, check=False).returncode == 0
    assert len(sums.read_text("utf-8").splitlines()) == 4 * len(world.article_folders())
    flip(world.article_folders()[0] / "index.html")
    assert subprocess.run(check, cwd=sums.parent, check=False, capture_output=True).returncode == 1


def test_full_captures_are_never_listed(world: World) -> None:
    folder = world.article_folders()[0]
    (folder / "capture.full.html.gz").write_bytes(b"what was sent")
    assert [problem for problem in verify(world.config) if problem.damage] == []
    sums = (folder.parent / "SHA256SUMS").read_text("utf-8")
    assert "capture.full" not in sums
    assert hashlib.sha256((folder / "article.md").read_bytes()).hexdigest() in sums


def test_verify_json(world: World) -> None:
    flip(world.article_folders()[0] / "article.md")
    done = world.cli("verify", "--json")
    assert done.returncode == 5
    problem, summary = map(json.loads, done.stdout.splitlines())
    assert (problem["event"], problem["finding"], problem["damage"]) == ("problem", "changed", True)
    assert summary == {
        "event": "summary", "schema": 2, "damaged": 1, "remarks": 0,
        "mended": [], "left": [], "halted": [], "exit_code": 5,
    }  # fmt: skip


def test_verify_repair_json_keeps_apart_what_was_mended_and_what_was_left(world: World) -> None:
    """Two captures are damaged; the page of one of them has been deleted."""
    cured, lost = world.article_folders()[:2]
    for folder in (cured, lost):
        flip(folder / "capture.html.gz")
    world.replica.fault(json.loads((lost / "article.json").read_text("utf-8"))["url"], "deleted")
    done = world.cli("verify", "--repair", "--json")
    assert done.returncode == 5
    *problems, summary = map(json.loads, done.stdout.splitlines())
    assert {problem["path"] for problem in problems} == {f"{name_of(world, lost)}/capture.html.gz"}
    assert [(item["path"], item["code"]) for item in summary["mended"]] == [(name_of(world, cured), "captured-again")]
    assert [(item["path"], item["code"]) for item in summary["left"]] == [(name_of(world, lost), "page-refused")]
    assert "该内容已被发布者删除" in summary["left"][0]["about"]["error"]
    assert "该内容已被发布者删除" in summary["left"][0]["detail"]
    assert summary["damaged"] == len(problems)
