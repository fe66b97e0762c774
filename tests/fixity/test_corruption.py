"""The corruption matrix: whatever happens to a file, a line or a link of the archive, `verify` finds it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.fixity.verify import verify
from archiver.models.findings import FindingKind
from archiver.tasks.sync import Options
from tests.replica.media import mp3, mp4
from tests.test_kinds import FILM, IFRAME, VOICE, album, article_with, film_data, serve_album, spec
from tests.test_sync import article, img, picture
from tests.world import World, sync

GONE = "https://mp.weixin.qq.com/s/GGGGGGGGGGGGGGGGGGGGGG"


def fill(world: World) -> World:
    first = world.replica.add_article(article("第一篇", picture("a"), picture("b", format="jpeg")))
    second = world.replica.add_article(article("第二篇", picture("c", format="gif")))
    third = world.replica.add_article(article("第三篇"))
    world.replica.fault(GONE, "deleted")
    world.note("one.md", f"# 一\n\n- [甲]({first})\n- [乙]({second})\n\n{img(picture('n'))}\n")
    night(world, 1)
    given = album(12)
    serve_album(world, given)
    world.note("two.md", f"[丙]({third}) [没了]({GONE}) [课]({lesson(world)}) [合集]({given.url})\n")
    night(world, 2)
    assert verify(world.config) == []
    return world


def lesson(world: World, signature: str = "1") -> str:
    """Serve an article with a sound and a film, whose address is signed; its URL."""
    world.replica.add_page(f"{VOICE}Mz_9", mp3(), "audio/mpeg")
    world.replica.add_page(f"{FILM}/a.mp4?dis_k={signature}", mp4(), "video/mp4")
    body = f'<p>听</p><mpvoice name="课" voice_encode_fileid="Mz_9"></mpvoice>{IFRAME.format(cover="")}'
    return article_with(world, spec("课", body), film_data((f"{FILM}/a.mp4?dis_k={signature}", 0, 10002)))


def night(world: World, day: int) -> None:
    summary = sync(world.config, Options(), lambda _: None, now=lambda: datetime(2026, 3, day, 3, tzinfo=UTC))
    assert summary.exit_code == 0


@pytest.fixture
def world(pristine: World, tmp_path: Path) -> World:
    """A copy of the archive, to be damaged. Times are kept, so that the index stays up to date."""
    return copy_of(pristine, tmp_path)


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
    "search shard": pair("site/search/2026-01.js", "site/search/2026-01.text.js"),
    "list of shards": pair("site/search/index.js", "site/search/2026-01.js"),
    "reader's script": pair("site/search.js", "site/reader.js"),
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
# Flips inside an unused part of a database page change nothing that anybody can read: see the test of its content.
CELLS = [(k, m) for k in KINDS for m in MUTATIONS if not (k == "catalogue.db" and m.startswith("flip-"))]
SLOW = {
    "flip-first",
    "flip-middle",
    "flip-late",
    "cut-one",
    "empty",
    "append",
}  # the others stand for them in the quick tests


@pytest.mark.parametrize(
    ("kind", "mutation"),
    [pytest.param(kind, mutation, marks=pytest.mark.slow if mutation in SLOW else ()) for kind, mutation in CELLS],
)
def test_verify_finds_every_mutation_of_a_file(world: World, kind: str, mutation: str) -> None:
    path, other = KINDS[kind](world)
    MUTATIONS[mutation](path, other)
    problems = verify(world.config)
    assert problems, f"{mutation} of {path} was missed"
    if kind not in (".gitignore", ".gitattributes", "catalogue.db") and mutation != "add":
        assert any(problem.damage for problem in problems), problems


def lines_of(world: World, name: str) -> list[bytes]:
    return (world.archive / name).read_bytes().splitlines(keepends=True)


LINES = ["links.jsonl", "journal.jsonl", "articles/2026/01/SHA256SUMS"]  # the replica's usual publish date


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("how", ["delete", "flip", "double", "swap", "add", "case"])
def test_verify_finds_every_mutation_of_a_line(pristine: World, tmp_path: Path, name: str, how: str) -> None:
    """Every line of the file in turn."""
    count = len(lines_of(pristine, name))
    assert count > 1
    for n in range(count):
        world = copy_of(pristine, tmp_path / str(n))
        lines = lines_of(world, name)
        if how == "delete":
            del lines[n]
        elif how == "flip":
            lines[n] = lines[n][:20] + bytes([lines[n][20] ^ 1]) + lines[n][21:]
        elif how == "double":
            lines.insert(n, lines[n])
        elif how == "swap":
            lines[n], lines[n - 1] = lines[n - 1], lines[n]
        elif how == "add":
            lines.insert(n, b'{"url":"https://mp.weixin.qq.com/s/x"}\n')
        else:
            lines[n] = lines[n].swapcase()
        (world.archive / name).write_bytes(b"".join(lines))
        assert verify(world.config), f"{how} of line {n + 1} was missed"


def edits_of_note(note: Path) -> dict[str, Callable[[bytes], bytes]]:
    data = note.read_bytes()
    start = data.index(b"](") + 2
    first = data[start : data.index(b")", start)]
    second_at = data.index(b"](", start) + 2
    second = data[second_at : data.index(b")", second_at)]
    image = data[data.index(b'src="') + 5 :].split(b'"')[0]
    swapped = data.replace(first, b"@").replace(second, first).replace(b"@", second)
    return {
        "flip in the name": lambda d: d.replace(first, first[:-20] + b"X" + first[-19:]),
        "flip in ../": lambda d: d.replace(first, b"/" + first[1:]),
        "flip in the folder": lambda d: d.replace(b"archive/articles", b"archivf/articles", 1),
        "flip in articles": lambda d: d.replace(b"/articles/", b"/artikles/", 1),
        "truncated link": lambda d: d.replace(first, first[:-10]),
        "deleted link": lambda d: d.replace(b"[" + "甲".encode() + b"](" + first + b")", b""),
        "swapped links": lambda _: swapped,
        "added link": lambda d: d + b"\n[x](../archive/articles/2026/01/nothing/article.md)\n",
        "case": lambda d: d.replace(b"article.md", b"Article.md", 1),
        "flip in an image": lambda d: d.replace(image, image[:-10] + b"0" + image[-9:]),
        "image case": lambda d: d.replace(image, image.upper()),
        "truncated note": lambda d: d[:40],
        "empty note": lambda _: b"",
    }


def test_verify_finds_every_mutation_of_a_note_link(world: World) -> None:
    note = world.notes / "one.md"
    data = note.read_bytes()
    for name, change in edits_of_note(note).items():
        changed = change(data)
        assert changed != data, name
        note.write_bytes(changed)
        assert verify(world.config), f"{name} was missed"
    note.unlink()
    assert verify(world.config), "a deleted note was missed"


def test_a_note_that_its_owner_edits_is_no_damage(world: World) -> None:
    note = world.notes / "one.md"
    note.write_bytes(b"# new\n\n" + note.read_bytes() + "\n自己的话。\n".encode())
    assert verify(world.config) == []


@pytest.mark.parametrize(
    "sql",
    [
        "update articles set title = 'x' where rowid = 1",
        "update articles set folder = folder || 'x'",
        "delete from aliases",
        "update aliases set article = (select min(id) from articles)",
        "update images set path = 'images/00/0.png'",
        "delete from articles",
        "delete from article_images",
    ],
)
def test_verify_finds_an_index_that_says_something_else(world: World, sql: str) -> None:
    db = sqlite3.connect(world.archive / "catalogue.db")
    with db:
        db.execute(sql)
    db.close()
    assert any(problem.damage for problem in verify(world.config))


def test_whole_folders(world: World) -> None:
    folder = world.article_folders()[0]
    moved = folder.with_name(folder.name.swapcase())
    folder.rename(moved)
    problems = verify(world.config)
    assert any(problem.damage for problem in problems)
    moved.rename(folder)
    assert verify(world.config) == []
    shutil.copytree(folder, folder.with_name(f"copy-{folder.name}"))
    assert any(problem.damage for problem in verify(world.config))
    shutil.rmtree(folder.with_name(f"copy-{folder.name}"))
    shutil.rmtree(folder)
    assert any(problem.damage for problem in verify(world.config))


def test_verify_changes_nothing(world: World) -> None:
    flip(world.article_folders()[0] / "article.md")
    (world.archive / "catalogue.db").write_bytes(b"garbage")
    before = world.tree(with_machine_state=True)
    problems = verify(world.config)
    assert {problem.path for problem in problems if problem.damage} == {
        "catalogue.db", f"{world.article_folders()[0].relative_to(world.archive).as_posix()}/article.md",
    }  # fmt: skip
    after = world.tree(with_machine_state=True)
    after.pop("archive/.lock", None)
    before.pop("archive/.lock", None)
    assert after == before


def test_a_note_in_an_encoding_of_its_own_is_told_and_no_damage(pristine: World, tmp_path: Path) -> None:
    world = copy_of(pristine, tmp_path / "copy")
    world.note("latin.md", "caf\xe9".encode("latin-1"))
    (problem,) = verify(world.config)
    assert (problem.path, problem.kind, problem.damage) == ("notes:latin.md", FindingKind.UNREADABLE, False)
