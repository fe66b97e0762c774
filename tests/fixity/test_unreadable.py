"""What the disk does not give: a bad sector, a file that may not be read, a folder in its place. The tests run as root,
whom no permission stops: the disk's refusals are put in where files are opened."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from archiver.archive.open_archive import open_archive
from archiver.config import VerifyConfig
from archiver.errors import StoreError
from archiver.fixity.mend.log import Obstacle
from archiver.fixity.rolling import check_share
from archiver.fixity.verify import verify
from archiver.models.findings import FindingKind
from archiver.store.layout import CHECKED
from archiver.tasks.sync import Options
from tests.builders import article
from tests.fixity.damage import articles, copy_of, images
from tests.fixity.mending import damaged, mend, reasons
from tests.sampling import one_in
from tests.world import Night, World, attention, sync

NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)


@pytest.fixture
def world(pristine: World, tmp_path: Path) -> World:
    return copy_of(pristine, tmp_path)


Refuse = Callable[[Path], None]


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Let the disk answer EIO whenever that file is read, or that folder listed, or what is below it looked at, until
    another one is in its place. It may be moved."""
    bad: dict[str, int] = {}  # path -> inode

    def is_bad(text: str, name: str) -> bool:
        return any(
            ((name != "lstat" and text == place) or text.startswith(f"{place}/"))
            and os.path.exists(place)  # noqa: PTH110  # as the real one
            and os.stat(place).st_ino == inode  # noqa: PTH116
            for place, inode in bad.items()
        )

    def spoil(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def answer(path: Any = ".", *args: Any, **more: Any) -> Any:
            if not isinstance(path, int) and is_bad(os.fspath(path), name):
                raise OSError(errno.EIO, "Input/output error", str(path))
            return real(path, *args, **more)

        monkeypatch.setattr(owner, name, answer)

    for owner, name in ((Path, "read_bytes"), (Path, "read_text"), (Path, "open"), (os, "scandir"), (os, "lstat")):
        spoil(owner, name)
    return lambda path: bad.update({str(path): path.stat().st_ino})


def files(world: World) -> dict[str, Path]:
    """One file of each kind."""
    (sums,) = world.archive.glob("articles/*/*/SHA256SUMS")
    (album,) = world.archive.glob("albums/*.json")
    named = {name: articles(world, name)[0] for name in ("article.md", "index.html", "article.json", "capture.html.gz")}
    tops = {name: world.archive / name for name in ("README.md", ".gitignore")}
    text = album.with_suffix(".md")
    return {**named, **tops, "picture": images(world)[0], "sums": sums, "album.json": album, "album.md": text}


KINDS = ["article.md", "index.html", "article.json", "capture.html.gz", "README.md", ".gitignore"]
KINDS += ["picture", "sums", "album.json", "album.md"]


def due(world: World) -> list[str]:
    """Let every unit be due to be checked."""
    units = [*world.archive.glob("articles/*/*"), *world.archive.glob("images/*"), world.archive / "albums"]
    paths = [unit.relative_to(world.archive).as_posix() for unit in units if unit.is_dir()]
    (world.archive / CHECKED).write_text(json.dumps(dict.fromkeys(paths, "2020-01-01")), "utf-8")
    return paths


def night(world: World) -> list[str]:
    """Sync when everything is due to be checked; what it says is damaged."""
    units = due(world)
    summary = sync(world.config, Options(), lambda _: None, lambda: NOW, timing=Night().timing)
    assert summary.exit_code == (5 if summary.attention else 0)
    checked = json.loads((world.archive / CHECKED).read_bytes())
    assert {checked[unit] for unit in units} == {NOW.date().isoformat()}, "the check goes on behind it"
    return attention(summary)


@pytest.mark.parametrize("kind", KINDS)
def test_verify_names_what_the_disk_does_not_give(world: World, refuse: Refuse, kind: str) -> None:
    path = files(world)[kind]
    refuse(path)
    problems = [problem for problem in verify(world.config) if problem.damage]
    assert {problem.path for problem in problems} == {path.relative_to(world.archive).as_posix()}
    assert FindingKind.UNREADABLE in {problem.kind for problem in problems}


@pytest.mark.parametrize("kind", ["article.md", "index.html", "capture.html.gz", "picture", "sums"])
def test_a_night_tells_and_goes_on(world: World, refuse: Refuse, kind: str) -> None:
    path = files(world)[kind]
    refuse(path)
    (told,) = night(world)
    assert told.startswith(path.relative_to(world.archive).as_posix())


def test_a_share_tells_of_an_article_json_too(world: World, refuse: Refuse) -> None:
    path = files(world)["article.json"]
    due(world)
    with open_archive(world.config.archive_root) as archive:
        refuse(path)
        told = check_share(archive, VerifyConfig(), NOW.date())
    assert {problem.path for problem in told} == {path.relative_to(world.archive).as_posix()}


@pytest.mark.parametrize("where", ["folder", "month"])
def test_a_folder_that_may_not_be_read(world: World, refuse: Refuse, where: str) -> None:
    folder = world.article_folders()[0]
    refuse(folder if where == "folder" else folder.parent)
    assert FindingKind.UNREADABLE in {problem.kind for problem in verify(world.config) if problem.damage}
    with pytest.raises(StoreError, match=r"cannot (read|list) .*Input/output error"):
        world.sync()


@pytest.mark.parametrize("kind", ["album.json", "album.md"])
@pytest.mark.parametrize("how", ["bad sector", "folder"])
def test_an_album_that_cannot_be_read_stops_no_sync(world: World, refuse: Refuse, kind: str, how: str) -> None:
    path = files(world)[kind]
    if how == "folder":
        path.unlink()
        path.mkdir()
    else:
        refuse(path)
    note = world.note("new.md", f"[x]({world.replica.add_article(article('新的'))})")
    world.sync()
    assert "article.md" in note.read_text("utf-8")
    assert [p.path for p in verify(world.config) if p.damage]


@pytest.mark.parametrize(("kind", "how"), one_in(3, product(KINDS, ["bad sector", "folder"])))
def test_repair_puts_what_cannot_be_read_aside(world: World, refuse: Refuse, kind: str, how: str) -> None:
    path = files(world)[kind]
    if how == "folder":
        path.unlink()
        path.mkdir()
    else:
        refuse(path)
    assert damaged(mend(world, lambda: NOW)) == []
    assert path.is_file()
    assert list(world.archive.glob(f"quarantine/**/{path.name}")), "what was there is kept"
    assert world.sync().exit_code == 0


def test_repair_puts_a_folder_that_cannot_be_read_aside(world: World, refuse: Refuse) -> None:
    folder = world.article_folders()[0]
    refuse(folder)
    assert damaged(mend(world, lambda: NOW)) == []
    assert (folder / "article.md").is_file()
    assert list(world.archive.glob(f"quarantine/**/{folder.name}"))


def test_repair_tells_what_it_cannot_move(world: World, refuse: Refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files(world)["picture"]
    refuse(path)
    real = Path.rename

    def stuck(self: Path, target: Path) -> Path:
        if self == path:
            raise OSError(errno.EIO, "Input/output error", str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "rename", stuck)
    report = mend(world, lambda: NOW)
    place = path.relative_to(world.archive).as_posix()
    assert (place, Obstacle.DISK) in reasons(report)
    assert "cannot move" in next(item.error for item in report.left if item.path == place)
    assert set(damaged(report)) == {place}
