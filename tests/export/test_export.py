"""What is exported, where it goes, and what is said of what is not."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from archiver.errors import QueryError, UsageError
from archiver.export.formats import FORMATS
from archiver.export.job import Step
from tests.export.archive import ALL, ARTICLES, OTHER, SPRING, UNDATED
from tests.export.exporting import export, exported
from tests.outputs import checked, run
from tests.reader.library import Library
from tests.world import broken


def ids(library: Library) -> dict[str, str]:
    """Title -> id."""
    return {title: folder.rpartition("-")[2] for title, folder in library.folders().items()}


def urls(data: bytes) -> list[str]:
    return [json.loads(line)["url"] for line in data.splitlines()]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"query": "扩散"}, [ALL]),
        ({"query": "扩散 account:机器"}, []),
        ({"query": "account:机器"}, [OTHER]),
        ({"query": "after:2026-03-06"}, [ALL, SPRING]),
        ({"query": "before:2026-04"}, [OTHER, ALL]),
        ({"query": "stars:3"}, [ALL]),
        ({"query": "note:一"}, [OTHER, ALL]),
        ({"query": "is:partial"}, [OTHER]),
        ({"notes": ("2026/一.md",)}, [OTHER, ALL]),
        ({"notes": ("2026",)}, [OTHER, ALL]),
        ({"notes": ("二.md",)}, [ALL]),
        ({"notes": ("二.md", "2026/一.md")}, [OTHER, ALL]),
        ({"notes": (".",), "query": "account:机器"}, [OTHER]),
        ({}, [UNDATED, OTHER, ALL, SPRING]),
        ({"newest": 2}, [ALL, SPRING]),
        ({"newest": 0}, [UNDATED, OTHER, ALL, SPRING]),
    ],
)
def test_the_selection_is_that_of_search(
    library: Library, tmp_path: Path, chosen: dict[str, object], expected: list[object]
) -> None:
    if not expected:
        with pytest.raises(UsageError, match="no archived article matches"):
            export(library, "jsonl", tmp_path / "a", **chosen)
        assert list(tmp_path.iterdir()) == []
        return
    assert urls(exported(library, "jsonl", tmp_path, **chosen)) == [made.url for made in expected]  # type: ignore[attr-defined]


def test_ids(library: Library, tmp_path: Path) -> None:
    known = ids(library)
    wanted = (known["四月"], known["没有日期"])
    assert urls(exported(library, "jsonl", tmp_path, ids=wanted)) == [UNDATED.url, SPRING.url]
    with pytest.raises(UsageError, match="0123456789ab"):
        export(library, "jsonl", tmp_path / "a", ids=("0123456789ab", *wanted))
    with pytest.raises(UsageError, match=r"no note nix\.md"):
        export(library, "jsonl", tmp_path / "a", notes=("nix.md",))
    with pytest.raises(QueryError):
        export(library, "jsonl", tmp_path / "a", query="after:x")


# PDF needs a browser and WACZ an extra: they are asked the same elsewhere.
@pytest.mark.parametrize("kind", sorted(FORMATS.keys() - {"pdf", "wacz"}))
def test_the_same_archive_gives_the_same_bytes(library: Library, tmp_path: Path, kind: str) -> None:
    before = library.files()
    first = exported(library, kind, tmp_path)
    copy = tmp_path / "copy"
    shutil.copytree(library.root, copy)
    (copy / "archive/catalogue.db").unlink()
    assert exported(Library(copy), kind, tmp_path) == first
    assert library.files() == before  # it only reads
    assert [path.name for path in tmp_path.iterdir() if path != copy] == [f"out.{kind}"]


def test_nothing_is_written_over_what_is_somebody_elses(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        export(library, "csv", out)
    assert out.read_text() == "mine"
    assert export(library, "csv", out, force=True).articles == len(ARTICLES)
    csv = out.read_bytes()
    assert export(library, "csv", out, query="扩散").articles == 1  # an earlier export
    assert out.read_bytes() != csv
    with pytest.raises(UsageError, match="--force"):
        export(library, "bibtex", out)
    out.write_bytes(b"")
    assert export(library, "bibtex", out).whole
    link = tmp_path / "link"
    link.symlink_to(out)
    export(library, "bibtex", link, query="扩散")
    assert link.is_symlink()
    assert out.read_text().count("@misc") == 1
    for place in (tmp_path, Path("/dev/null"), library.archive / "out", library.archive / "links.jsonl"):
        with pytest.raises(UsageError):
            export(library, "csv", place, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "out"]


def test_one_article_that_cannot_be_read_fails_alone(changing: Library, tmp_path: Path) -> None:
    folders, steps = changing.folders(), list[Step]()
    page = changing.archive / folders["另一篇"] / "index.html"
    page.unlink()
    (image,) = changing.archive.glob("images/*/*.gif")
    image.write_bytes(image.read_bytes()[:-1] + b"x")
    out = tmp_path / "out"
    done = export(changing, "atom", out, tell=steps.append)
    assert (done.articles, list(done.failed)) == (3, [folders["另一篇"]])
    assert [(step.number, step.of) for step in steps] == [(n, 4) for n in (1, 2, 3, 4)]
    done = export(changing, "md", out.with_suffix(".zip"))
    assert (done.articles, list(done.missing)) == (4, [image.relative_to(changing.archive).as_posix()])
    told = run(changing.root, "export", "md", "-o", str(out.with_suffix(".zip")), "--json")
    assert checked("export", told) == ["#/$defs/line"]
    assert (told.code, told.lines[0]["missing"][0]["reason"][:6]) == (1, "images")


def test_markdown_files_with_their_images(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    export(library, "md", out)
    with zipfile.ZipFile(out) as made:
        assert made.testzip() is None
        assert {info.date_time for info in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(not name.startswith(("/", "..")) and "\\" not in name for name in made.namelist())
        made.extractall(tmp_path / "all")
    notes = sorted((tmp_path / "all").glob("*.md"))
    assert len(notes) == len(ARTICLES)
    assert [broken(note) for note in notes] == [[]] * 4
    text = next(note.read_text("utf-8") for note in notes if "cmd" in note.name)
    assert f"-{ids(library)['另一篇']}.md)" in text
    assert "README" not in text
    export(library, "md", out, query="扩散")  # without the other article its URL is there
    with zipfile.ZipFile(out) as made:
        (name,) = (name for name in made.namelist() if name.endswith(".md"))
        assert f"]({OTHER.url})" in made.read(name).decode()


def test_the_command(library: Library, tmp_path: Path) -> None:
    done = run(library.root, "export", "csv", "扩散", "-o", "-")
    assert (done.code, done.stdout.count("\n")) == (0, 2)
    assert done.stdout.startswith("\ufeffid,")
    for arguments in (["md", "-o", "-"], ["csv", "-o", "-", "--json"], ["csv", "nix", "-o", "x"], ["nix", "-o", "x"]):
        assert run(library.root, "export", *arguments).code == 2, arguments
    told = run(library.root, "export", "jsonl", "-o", str(tmp_path / "a"), "--json")
    assert checked("export", told) == ["#/$defs/line"]
    assert (told.code, told.lines[0]["articles"]) == (0, 4)
    assert told.lines[0]["bytes"] == (tmp_path / "a").stat().st_size
