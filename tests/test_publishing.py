"""[archive] publish: what of an archive git holds, what notes say then, and what a fresh checkout makes of it."""

from __future__ import annotations

import json
import posixpath
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from archiver.fixity.github import check_github
from archiver.fixity.github_findings import GitHubCode
from archiver.fixity.verify import verify
from archiver.models.findings import FindingCode
from archiver.notes.find import find
from archiver.store.publishing import gitignore, published_as
from tests.builders import album, an_image, article, img, lesson, serve_album
from tests.git import git
from tests.world import World, notices

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
ALWAYS = {"links.jsonl", "journal.jsonl", ".gitignore", ".gitattributes"}


@pytest.fixture
def repo(world: World) -> World:
    """A repository with two committed notes: articles, an album, audio and video; shown images, and others."""
    first, second = (article(title, an_image(f"in {title}")) for title in ("第一篇", "第二篇"))
    listed = album(3)
    serve_album(world, listed)
    links = [world.replica.add_article(first), world.replica.add_article(second), lesson(world), listed.url]
    shown = an_image("shown")
    world.note("a.md", f"{' '.join(f'[x]({url})' for url in links)}\n\n{img(shown)}\n\n[linked]({an_image('l').url})\n")
    world.note("b.md", f"[y]({links[0]} 't') :star: {img(an_image('in 第一篇'))}\n")
    (world.root / ".gitignore").write_text("# mine\n*.tmp\n")
    git(world.root, "init", "-q", "-b", "main")
    git(world.root, "add", "notes", "config.toml", ".gitignore")
    git(world.root, "commit", "-qm", "Notes")
    return world


def in_git(root: Path) -> set[str]:
    """The files of the archive in HEAD."""
    names = git(root, "ls-tree", "-r", "--name-only", "-z", "HEAD", "archive/").split("\0")
    return {name.removeprefix("archive/") for name in names if name}


def leads_nowhere(root: Path) -> list[str]:
    """Relative links of the notes in HEAD that lead to nothing there."""
    there = set(git(root, "ls-tree", "-r", "--name-only", "-z", "HEAD").split("\0"))
    found = []
    for name in (name for name in there if name.startswith("notes/")):
        data = git(root, "show", f"HEAD:{name}").encode()
        ways = [unquote(link.url) for link in find(data, every=True).links if "://" not in link.url]
        found += [way for way in ways if posixpath.normpath(f"{posixpath.dirname(name)}/{way}") not in there]
    return found


def set_mode(world: World, mode: str) -> None:
    world.configure(archive={"publish": mode})
    git(world.root, "commit", "--allow-empty", "-qm", f"publish = {mode}", "--", "config.toml")


def commit(world: World) -> str:
    done = world.cli("sync", "--commit")
    assert done.returncode == 0, done.stderr
    assert git(world.root, "status", "--porcelain") == ""
    assert (world.root / ".gitignore").read_text() == "# mine\n*.tmp\n"
    assert leads_nowhere(world.root) == []
    return done.stdout + done.stderr


def checkout(world: World, folder: Path) -> World:
    """A fresh checkout on another machine."""
    git(folder.parent, "clone", "-q", str(world.root), str(folder))
    clone = World(folder, world.replica)
    shutil.copy(world.root / "config.toml", folder)
    return clone


@pytest.mark.parametrize("mode", ["all", "images", "nothing"])
def test_what_each_mode_does(repo: World, mode: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    originals = {note.name: note.read_bytes() for note in repo.notes.glob("*.md")}
    set_mode(repo, mode)
    commit(repo)
    held = in_git(repo.root)
    note = (repo.notes / "a.md").read_text("utf-8")
    always = ALWAYS - ({"journal.jsonl"} if mode == "nothing" else set())  # where nothing was ever rewritten
    assert held >= always
    if mode == "all":
        assert {"README.md", "index.html", "site/reader.css"} <= held
        assert {name.partition("/")[0] for name in held} >= {"articles", "albums", "media", "images"}
        assert "mp.weixin.qq.com" not in note
    else:
        images = {name for name in held if name.startswith("images/")}
        assert held - images == always
        assert len(images) == (2 if mode == "images" else 0)
        assert note.count("mp.weixin.qq.com") == 4
        assert note.count('"../archive/images/') == (1 if mode == "images" else 0)
        assert originals["b.md"].partition(b" 't'")[0] == (repo.notes / "b.md").read_bytes().partition(b" 't'")[0]
    if mode == "nothing":
        assert {name: (repo.notes / name).read_bytes() for name in originals} == originals
    assert len(repo.article_folders()) == 3, "all is archived, whatever is published"
    page = next((repo.archive / "site/note").glob("b-*.html")).read_text("utf-8")
    assert 'href="../../articles/' in page, "the reader leads from a note to the copies"
    assert [finding for finding in verify(repo.config) if finding.damage] == []
    assert not check_github(repo.config).damaged

    clone = checkout(repo, tmp_path_factory.mktemp("other") / "clone")
    assert [finding for finding in verify(clone.config) if finding.damage] == []
    assert not check_github(clone.config).damaged
    asked = len(repo.replica.requests)
    done = clone.cli("sync", "--commit")
    assert done.returncode == 0, done.stderr
    assert len(repo.replica.requests) == asked, "a fresh checkout asks for nothing anew"
    assert in_git(clone.root) == held
    assert [finding for finding in verify(clone.config) if finding.damage] == []
    told = [finding for finding in verify(clone.config) if finding.code is FindingCode.KEPT_ELSEWHERE]
    assert len(told) == (0 if mode == "all" else 1)
    assert clone.cli("restore").returncode == 0
    assert {name: (clone.notes / name).read_bytes() for name in originals} == originals


def test_another_mode_untracks_files_and_says_that_history_keeps_them(repo: World) -> None:
    commit(repo)
    everything = in_git(repo.root)
    files = {path for path in repo.archive.rglob("*") if path.is_file()}
    set_mode(repo, "images")
    said = commit(repo)
    assert in_git(repo.root) < everything
    assert not [name for name in in_git(repo.root) if name.startswith(("articles/", "site/", "README"))]
    gone = len(everything) - len(in_git(repo.root))
    assert f"no longer tracked: {gone} files of the archive" in said
    assert "git's history keeps" in said
    assert "links to articles stay as they are, whatever [rewrite] says" in said
    assert f"No longer published: {gone} files." in git(repo.root, "log", "-1", "--format=%b")
    assert {path for path in files if not path.is_file() and "reports" not in path.parts} == set()
    said = commit(repo)
    assert "no longer tracked" not in said
    assert "whatever [rewrite] says" not in said, "it says so once"
    set_mode(repo, "nothing")
    assert "notes are not rewritten, whatever [rewrite] says" in commit(repo)
    assert in_git(repo.root) == ALWAYS
    set_mode(repo, "all")
    assert "all of the archive goes into git now" in commit(repo)
    assert in_git(repo.root) == everything


def test_where_rewrite_agrees_there_is_nothing_to_overrule(repo: World) -> None:
    repo.configure(archive={"publish": "images"}, rewrite={"articles": "keep"})
    assert not [line for line in notices(repo.sync()) if "[rewrite]" in line]


def test_what_a_note_still_leads_to_stays_in_git(repo: World) -> None:
    """A note in which the user has staged something is not committed, so what it leads to is not taken away."""
    commit(repo)
    set_mode(repo, "nothing")
    note = repo.notes / "b.md"
    note.write_text("staged\n" + note.read_text("utf-8"), "utf-8")
    git(repo.root, "add", "notes/b.md")
    done = repo.cli("sync", "--commit")
    assert "left out of the commit: notes/b.md" in done.stderr
    assert leads_nowhere(repo.root) == []
    assert {name.partition("/")[0] for name in in_git(repo.root) - ALWAYS} == {"articles", "images"}
    git(repo.root, "commit", "-qm", "Mine")
    commit(repo)
    assert in_git(repo.root) == ALWAYS


def test_an_image_that_is_no_longer_shown_is_untracked(repo: World) -> None:
    set_mode(repo, "images")
    commit(repo)
    assert len(in_git(repo.root) - ALWAYS) == 2
    repo.note("a.md", "nothing any more\n")
    (repo.notes / "b.md").write_text("at work\n", "utf-8")
    git(repo.root, "commit", "-qm", "Less", "--", "notes/a.md")
    done = repo.cli("sync", "--commit")
    assert done.returncode == 0
    assert leads_nowhere(repo.root) == []
    assert len(in_git(repo.root) - ALWAYS) == 1, "b.md shows it in HEAD"


def test_only_a_section_of_the_archives_own_gitignore_is_written(repo: World) -> None:
    repo.sync()
    own = repo.archive / ".gitignore"
    before = own.read_text() + "mine\n"
    own.write_text(before)
    for mode in ("images", "nothing"):
        repo.configure(archive={"publish": mode})
        repo.sync()
        text = own.read_text()
        assert text.startswith(before)
        assert published_as(text) == mode
        own.write_text(f"{text}below\n")
        assert repo.sync().exit_code == 0
        assert "below\n" in own.read_text()
        own.write_text(own.read_text().replace("below\n", ""))
        assert [finding for finding in verify(repo.config) if finding.damage] == []
    repo.configure(archive={"publish": "all"})
    repo.sync()
    assert own.read_text() == before


def test_a_copy_that_was_here_and_is_lost_is_damage_in_every_mode(repo: World) -> None:
    repo.configure(archive={"publish": "nothing"})
    repo.sync()
    shutil.rmtree(repo.article_folders()[0])
    assert [finding for finding in verify(repo.config) if finding.damage] != []


def test_what_leads_to_the_unpublished_is_an_error_on_github(repo: World) -> None:
    repo.sync()
    way = repo.article_folders()[0].relative_to(repo.root).as_posix()
    repo.configure(archive={"publish": "images"})
    shutil.rmtree(repo.root / ".git")
    repo.note("mine.md", f"[x](../{way}/article.md)\n")
    codes = {finding.code for finding in check_github(repo.config).findings if finding.path == "notes/mine.md"}
    assert codes == {GitHubCode.UNPUBLISHED}
    assert "that [archive] publish keeps out of git" in repo.cli("verify", "--github").stdout


def test_the_doctor_knows_the_mode(repo: World) -> None:
    commit(repo)
    set_mode(repo, "images")
    found = {check["name"]: check for check in json.loads(repo.cli("doctor", "--json").stdout)["checks"]}
    assert found["git publish"]["state"] == "warn"
    assert found["git commit"]["state"] == "ok"
    commit(repo)
    found = {check["name"]: check for check in json.loads(repo.cli("doctor", "--json").stdout)["checks"]}
    assert "git publish" not in found
    assert found["git ignore"]["state"] == "ok"


def test_with_nothing_published_notes_and_archive_may_be_in_two_repositories(repo: World) -> None:
    repo.archive.mkdir()
    git(repo.archive, "init", "-q", "-b", "main")
    set_mode(repo, "nothing")
    done = repo.cli("sync", "--commit")
    assert done.returncode == 0, done.stderr
    assert set(git(repo.archive, "ls-tree", "-r", "--name-only", "HEAD").split()) == ALWAYS - {"journal.jsonl"}


@pytest.mark.parametrize("before", [None, "", "mine\n", "mine"])
def test_the_section(before: str | None) -> None:
    text = gitignore(before, "images", ["images/aa/b.png"])
    assert text.startswith((before or "").removesuffix("\n"))
    assert "/images/*/*\n!/images/aa/b.png\n" in text
    assert gitignore(text, "images", ["images/aa/b.png"]) == text
    nothing = gitignore(text, "nothing")
    assert "/images/\n" in nothing
    assert published_as(nothing) == "nothing"
    assert gitignore(nothing, "all").removesuffix("\n") == gitignore(before, "all").removesuffix("\n")
