"""[output] article_path: whatever folders are called, every command does what it does with the usual names."""

from __future__ import annotations

import json
import shutil
import subprocess
import unicodedata
import zipfile
from pathlib import Path

import pytest

from archiver.config import load_config
from archiver.config.templates import ARTICLE_PATH, MAX_NAMES
from archiver.errors import ConfigError
from archiver.fixity.verify import verify
from archiver.models.front_matter import FRONT_MATTER
from archiver.store.articles import parents
from archiver.store.guard import folders
from archiver.store.layout import (
    ARTICLE_FILE,
    ARTICLE_FOLDER,
    MAX_PARENTS,
    SERVED,
    SUMS_FILE,
    article_folder,
    id_of,
    target_of,
)
from archiver.store.names import folder_name
from archiver.tasks.reparse import reparse_archive
from archiver.tasks.run import open_run
from archiver.tasks.sync import Options
from tests.builders import OLD, TEXT, revised, titled
from tests.runs.support import NIGHT
from tests.world import World, broken, without_destinations

TEMPLATES = ("{id}", "{date}-{title}-{id}", "{account}/{title}-{id}", "{year}/{month}/{day}/{account}-{id}")
WRONG = (
    "", "{title}", "{id}-{title}", "{id}/{title}", "/{id}", "../{id}", "a/../{id}", "{title}_{id}", "{id}{id}",
    "{title}{title}-{id}", "{title}/{id}", "{author}/{id}", "a b/{id}", "a\\{id}", "C:/{id}", "a/b/c/d/{id}",
    "{ID}", "{id", "x" * 120 + "-{id}", "a//{id}", "{id}/",
)  # fmt: skip


@pytest.mark.parametrize("template", WRONG)
def test_what_is_no_template_is_an_error(tmp_path: Path, template: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[output]\narticle_path = {json.dumps(template)}\n", "utf-8")
    with pytest.raises(ConfigError, match="article_path must be"):
        load_config(file)


@pytest.mark.parametrize("template", [*TEMPLATES, ARTICLE_PATH, "a-{year}/{account}_/x/{date}{account}{title}-{id}"])
@pytest.mark.parametrize(
    ("account", "title"),
    [
        ("机器之心", "CVPR 2022 | 即插即用！"),
        ("..", "../../etc/passwd"),
        ("CON", "NUL"),
        ("COM¹", "LPT1"),
        ("SHA256SUMS", "README.md"),
        ("a-0123456789ab", "b-0123456789ab"),
        ("", ""),
        ("长" * 99, "题" * 99),
        ("\u0338", "\u0338=\u0338"),
    ],
)
def test_a_name_is_safe_and_known_by_its_end(template: str, account: str, title: str) -> None:
    for moment in (NIGHT, None):
        folder = folder_name("fedcba987654", moment, account, title, template)
        parts = folder.split("/")
        assert parts[0] == "articles"
        assert len(parts) <= 1 + MAX_NAMES
        assert all(part and len(part.encode()) <= 120 for part in parts)
        assert all(c.isalnum() or c in "-_" or unicodedata.category(c) in ("Mn", "Mc") for c in "".join(parts))
        assert not {part.casefold() for part in parts} & {"con", "com¹", "nul", "sha256sums"}
        assert id_of(folder) == "fedcba987654"
        assert target_of(f"../archive/{folder}/article.md") == "fedcba987654"
        assert article_folder(f"{folder}/index.html") == folder
        assert ARTICLE_FOLDER.fullmatch(folder)
        assert ARTICLE_FILE.fullmatch(f"{folder}-v2/version.json")
        assert SERVED.fullmatch(f"{folder}/index.html")
        above = folder.rpartition("/")[0]
        assert SUMS_FILE.fullmatch(f"{above}/SHA256SUMS")
        assert not ARTICLE_FILE.fullmatch(f"{above}/SHA256SUMS")


def test_the_template_and_the_layout_are_as_deep_as_each_other(tmp_path: Path) -> None:
    assert MAX_PARENTS == MAX_NAMES - 1
    deepest = folder_name("0" * 12, NIGHT, "a", "b", "{year}/{month}/{day}/{id}")
    (tmp_path / deepest / "inside").mkdir(parents=True)
    assert [above for above, _ in parents(tmp_path)][-1] == "articles/2026/03/01"
    looked_into = {Path(path).relative_to(tmp_path).as_posix() for path in folders(tmp_path)}
    assert looked_into == {"articles", "articles/2026", "articles/2026/03", "articles/2026/03/01"}


def _ok(world: World, *arguments: str, code: int = 0) -> str:
    done = world.cli(*arguments)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def _bytes(world: World) -> dict[str, str]:
    """Every file of notes and archive but what repair has set aside."""
    places = ("notes/", "archive/", "config.toml")
    return {p: sha for p, (sha, _) in world.tree().items() if p.startswith(places) and "/quarantine/" not in p}


def _fill(world: World, template: str) -> Path:
    """Two articles by the template, one of which was edited since and links to the other, and a third by the usual
    names; the note that names them."""
    world.configure(
        output={"article_path": template, "front_matter": [*FRONT_MATTER]}, fetch={"recheck_archived_days": 1}
    )
    other = titled("另一篇")
    inner = f'<p><a href="{other.long_url}">另一篇</a></p>{OLD.tag}'
    first = world.replica.add_article(revised(TEXT + inner), ("edited" + "0" * 16,))
    second = world.replica.add_article(other)
    note = world.note("深/a.md", f"# 题\n\n* [一]({first}) :star::star:\n* [二]({second})\n")
    assert world.sync(now=lambda: NIGHT).exit_code == 0
    world.replica.add_article(revised(TEXT + "<p>后来加的一段话。</p>" + inner), ("edited" + "0" * 16,))
    assert world.sync(now=lambda: NIGHT.replace(year=2027)).exit_code == 0
    world.configure(output={"article_path": ARTICLE_PATH}, fetch={"recheck_archived_days": 0})
    note.write_bytes(note.read_bytes() + f"* [三]({world.replica.add_article(titled('第三篇'))})\n".encode())
    assert world.sync().exit_code == 0
    world.configure(output={"article_path": template})
    return note


def _round(world: World, template: str) -> None:
    """What the house does with an archive, one command after the other."""
    before = b""
    note = _fill(world, template)
    first, second, third = sorted(world.article_folders(), key=lambda folder: "第三篇" in folder.name)
    assert broken(note) == []
    assert (world.archive / "SHA256SUMS").exists() is False
    for sums in world.archive.glob("articles/**/SHA256SUMS"):
        subprocess.run(["sha256sum", "--quiet", "-c", sums.name], cwd=sums.parent, check=True)
    assert [path.name for path in world.archive.glob("articles/**/version.json")] == ["version.json"]
    tree = world.tree()
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.tree() == tree
    assert world.replica.requests == []
    _ok(world, "verify")
    _ok(world, "status")
    _ok(world, "verify", "--github")
    _ok(world, "reparse")
    _ok(world, "build", "--all")
    _ok(world, "gc")
    assert world.tree() == tree
    _ok(world, "export", "md", "-o", str(world.root / "out.zip"))
    with zipfile.ZipFile(world.root / "out.zip") as file:
        assert len([name for name in file.namelist() if name.endswith(".md")]) == 3
    assert "另一篇" in _ok(world, "search", "另一篇")
    (first / "article.md").write_bytes(b"rotten")
    shutil.rmtree(world.archive / "site")
    (world.archive / "catalogue.db").unlink()
    _ok(world, "verify", code=5)
    _ok(world, "verify", "--repair")
    assert _bytes(world) == {path: digest for path, (digest, _) in tree.items()}
    before = note.read_bytes()
    _ok(world, "restore")
    assert b"archive/" not in note.read_bytes()
    assert without_destinations(note.read_bytes()) == without_destinations(before)
    world.sync(Options(rewrite_again=("深/a.md",)))
    assert note.read_bytes() == before
    _ok(world, "forget", "--yes", second.relative_to(world.archive).as_posix())
    assert not second.exists()
    assert b"archive/" in note.read_bytes()
    _ok(world, "verify")
    assert third.exists()


def test_articles_under_a_template(world: World) -> None:
    note = _fill(world, "{account}/{title}-{id}")
    assert broken(note) == []
    names = [folder.relative_to(world.archive).parent.as_posix() for folder in world.article_folders()]
    assert names == ["articles/2026/01", "articles/测试号", "articles/测试号"]
    assert "文件夹" in (world.archive / "index.html").read_text("utf-8")
    assert "## By folder" in (world.archive / "README.md").read_text("utf-8")
    assert [path.parent.name[-3:] for path in world.archive.glob("articles/测试号/*/version.json")] == ["-v1"]
    tree = world.tree()
    with open_run(world.config) as context:
        assert reparse_archive(context, lambda *_: None).changed == {}
    assert world.sync().exit_code == 0
    assert world.tree() == tree
    assert [finding for finding in verify(world.config) if finding.damage] == []


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_command_under_every_template(world: World, template: str) -> None:
    _round(world, template)
