"""An archive to be damaged, and everything that can happen to a file of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from archiver.fixity.verify import verify
from archiver.tasks.sync import Options
from tests.builders import album, an_image, article, img, lesson, serve_album
from tests.world import World, sync

GONE = "https://mp.weixin.qq.com/s/GGGGGGGGGGGGGGGGGGGGGG"


def fill(world: World) -> World:
    first = world.replica.add_article(article("第一篇", an_image("a"), an_image("b", format="jpeg")))
    second = world.replica.add_article(article("第二篇", an_image("c", format="gif")))
    third = world.replica.add_article(article("第三篇"))
    world.replica.fault(GONE, "deleted")
    world.note("one.md", f"# 一\n\n- [甲]({first})\n- [乙]({second})\n\n{img(an_image('n'))}\n")
    night(world, 1)
    given = album(12)
    serve_album(world, given)
    world.note("two.md", f"[丙]({third}) [没了]({GONE}) [课]({lesson(world)}) [合集]({given.url})\n")
    night(world, 2)
    assert verify(world.config) == []
    return world


def night(world: World, day: int) -> None:
    summary = sync(world.config, Options(), lambda _: None, now=lambda: datetime(2026, 3, day, 3, tzinfo=UTC))
    assert summary.exit_code == 0


def copy_of(pristine: World, root: Path) -> World:
    for name in ("notes", "archive"):
        shutil.copytree(pristine.root / name, root / name)
    return World(root, pristine.replica)


def articles(world: World, name: str) -> tuple[Path, Path]:
    folders = world.article_folders()
    return folders[0] / name, folders[1] / name


def images(world: World) -> tuple[Path, Path]:
    files = sorted((world.archive / "images").rglob("*.*"))
    return files[0], files[1]


def media(ending: str) -> Callable[[World], tuple[Path, Path]]:
    def found(world: World) -> tuple[Path, Path]:
        files = sorted((world.archive / "media").rglob("*.*"), key=lambda path: path.suffix != ending)
        return files[0], files[1]

    return found


def albums(ending: str) -> Callable[[World], tuple[Path, Path]]:
    def found(world: World) -> tuple[Path, Path]:
        (file,) = (world.archive / "albums").glob("*.json")
        return file.with_suffix(ending), file.with_suffix(".md" if ending == ".json" else ".json")

    return found


def pair(path: str, other: str) -> Callable[[World], tuple[Path, Path]]:
    return lambda world: (world.archive / path, world.archive / other)


def single(path: str) -> Callable[[World], tuple[Path, Path]]:
    return pair(path, "README.md")


KINDS: dict[str, Callable[[World], tuple[Path, Path]]] = {
    "article.md": lambda world: articles(world, "article.md"),
    "index.html": lambda world: articles(world, "index.html"),
    "article.json": lambda world: articles(world, "article.json"),
    "capture": lambda world: articles(world, "capture.html.gz"),
    "image": images,
    "sound": media(".mp3"),
    "film": media(".mp4"),
    "album.json": albums(".json"),
    "album.md": albums(".md"),
    "SHA256SUMS": lambda world: (next(world.archive.glob("articles/*/*/SHA256SUMS")), world.archive / "README.md"),
    "links.jsonl": single("links.jsonl"),
    "journal.jsonl": single("journal.jsonl"),
    "README.md": lambda world: (world.archive / "README.md", world.archive / ".gitignore"),
    ".gitattributes": single(".gitattributes"),
    ".gitignore": single(".gitignore"),
    "catalogue.db": single("catalogue.db"),
    "front page": pair("index.html", "site/months.html"),
    "month page": pair("site/month/2026-01.html", "site/rated.html"),
    "account or note page": lambda world: (next(world.archive.glob("site/note/*")), world.archive / "site/notes.html"),
    "month README": pair("articles/2026/01/README.md", "README.md"),
    "grams of the search": pair("site/search/new.1.js", "site/search/index.js"),
    "texts of the search": lambda world: (
        next(world.archive.glob("site/search/2*")),
        world.archive / "site/search/new.1.js",
    ),
    "list of the search index": pair("site/search/index.js", "site/search/new.1.js"),
    "filters of the search": pair("site/search/filters.js", "site/search/new.1.js"),
    "reader's script": pair("site/state.js", "site/reader.js"),
    "reader's style": pair("site/reader.css", "site/reader.js"),
}


def flip(path: Path, place: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)


def swap(path: Path, other: Path) -> None:
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


def rename_case(path: Path, other: Path) -> None:
    name = path.name.upper() if path.name.upper() != path.name else path.name.lower()
    path.rename(path.with_name(name))


MUTATIONS: dict[str, Callable[[Path, Path], object]] = {
    "flip-first": lambda path, _: flip(path, 0.0),
    "flip-middle": lambda path, _: flip(path, 0.5),
    "flip-late": lambda path, _: flip(path, 0.9),
    "flip-last": lambda path, _: flip(path, 0.99999),
    "truncate": lambda path, _: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut-one": lambda path, _: path.write_bytes(path.read_bytes()[:-1]),
    "empty": lambda path, _: path.write_bytes(b""),
    "delete": lambda path, _: path.unlink(),
    "swap": swap,
    "append": lambda path, _: path.write_bytes(path.read_bytes() + b"more\n"),
    "add": lambda path, _: shutil.copy(path, path.with_name(f"copy-{path.name}")),
    "case-rename": rename_case,
}


def lines_of(world: World, name: str) -> list[bytes]:
    return (world.archive / name).read_bytes().splitlines(keepends=True)
