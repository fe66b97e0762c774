"""sync --commit and --push with real git: what archiver did, and nothing else of the user's."""

from __future__ import annotations

import json
import os
import posixpath
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from archiver.archive.open_archive import open_archive
from archiver.cli.commit import message, title_in_commit
from archiver.errors import GitError
from archiver.events import Summary
from archiver.notes.find import find
from archiver.store.git import Repository, with_settings
from archiver.tasks.commit import Held, commit_run
from archiver.tasks.doctor import examine
from archiver.tasks.push import push
from tests.git import git
from tests.replica import ArticleSpec, ImageSpec
from tests.replica.images import image_bytes
from tests.sampling import one_in
from tests.world import World

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def article(world: World, title: str) -> str:
    image = ImageSpec.named(f"of {title}", 64, 48)
    body = f"<p>{title}。</p>{image.tag}"
    return world.replica.add_article(ArticleSpec(title=title, account="测试号", body=body, images=(image,)))


@pytest.fixture
def repo(world: World) -> World:
    """A repository with two committed notes, and the user at work in other files."""
    world.note("a.md", f"one [x]({article(world, '一')})\n")
    world.note("b.md", f"two [y]({article(world, '二')})\n")
    world.note("plain.md", "plain\n")
    git(world.root, "init", "-q", "-b", "main")
    git(world.root, "config", "user.name", "Somebody")
    git(world.root, "config", "user.email", "somebody@localhost")
    git(world.root, "add", "notes", "config.toml")
    git(world.root, "commit", "-qm", "Notes")
    return world


def status(world: World) -> list[str]:
    return git(world.root, "status", "--porcelain", "-uall").splitlines()


def sync_commit(world: World, *more: str) -> subprocess.CompletedProcess[str]:
    return world.cli("sync", "--commit", *more)


def test_one_commit_that_says_what_happened(repo: World) -> None:
    gone = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
    repo.replica.fault(gone, "deleted")
    repo.note("c.md", f"[gone]({gone})\n")
    git(repo.root, "add", "notes")
    git(repo.root, "commit", "-qm", "Another")
    done = sync_commit(repo)
    assert done.returncode == 0, done.stderr
    assert git(repo.root, "rev-list", "--count", "HEAD").strip() == "3"
    assert git(repo.root, "log", "-1", "--format=%s").strip() == "Archive 2 articles, 2 images; rewrite 2 notes"
    body = git(repo.root, "log", "-1", "--format=%b")
    assert "Articles: 2 new, 1 gone." in body
    assert f"Deleted upstream: 1\n- {gone} (deleted)" in body
    assert status(repo) == []
    committed = git(repo.root, "show", "--name-only", "--format=", "HEAD").splitlines()
    assert {"notes/a.md", "notes/b.md", "archive/links.jsonl", "archive/journal.jsonl"} <= set(committed)
    assert not [name for name in committed if "catalogue.db" in name or ".lock" in name]
    # Nothing to do, nothing to commit.
    assert sync_commit(repo).returncode == 0
    assert git(repo.root, "rev-list", "--count", "HEAD").strip() == "3"


def test_staged_and_unstaged_work_stays_as_it_is(repo: World) -> None:
    (repo.root / "staged.txt").write_text("staged")
    git(repo.root, "add", "staged.txt")
    repo.note("plain.md", "plain, edited\n")
    repo.note("new.md", f"[z]({article(repo, '三')})\n")
    note = repo.notes / "a.md"
    note.write_text("my own new line\n" + note.read_text("utf-8"), "utf-8")
    half = repo.notes / "half.md"
    half.write_text("half", "utf-8")
    git(repo.root, "add", "notes/half.md")
    half.write_text("half and more", "utf-8")
    before = status(repo)

    assert sync_commit(repo).returncode == 0

    assert status(repo) == before
    assert git(repo.root, "diff", "--cached", "--name-only").splitlines() == ["notes/half.md", "staged.txt"]
    committed = git(repo.root, "show", "HEAD:notes/a.md")
    assert committed.startswith("one [x](../archive/articles/")
    assert note.read_text("utf-8") == "my own new line\n" + committed, "the user's line is there, and not committed"
    assert git(repo.root, "diff", "--numstat", "--", "notes/a.md").split() == ["1", "0", "notes/a.md"]
    names = git(repo.root, "show", "--name-only", "--format=", "HEAD").splitlines()
    assert not {"staged.txt", "notes/plain.md", "notes/half.md", "notes/new.md"} & set(names)


def test_in_a_folder_that_also_holds_the_users_files_only_archivers_are_committed(repo: World) -> None:
    config = repo.root / "config.toml"
    config.write_text(config.read_text("utf-8").replace('path = "archive"', 'path = "docs"'), "utf-8")
    docs = repo.root / "docs"
    docs.mkdir()
    for name in ("mine.txt", "two.txt"):
        (docs / name).write_text("first")
    git(repo.root, "add", "docs", "config.toml")
    git(repo.root, "commit", "-qm", "Docs")
    (docs / "mine.txt").write_text("edited")
    (docs / "secret.env").write_text("TOKEN=1")
    (docs / "two.txt").write_text("staged")
    git(repo.root, "add", "docs/two.txt")
    (docs / "two.txt").write_text("staged and more")
    before = status(repo)

    assert sync_commit(repo).returncode == 0

    assert status(repo) == before
    names = git(repo.root, "show", "--name-only", "--format=", "HEAD").splitlines()
    assert {"docs/links.jsonl", "docs/README.md", "docs/.gitignore", "docs/index.html"} <= set(names)
    assert not {"docs/mine.txt", "docs/two.txt", "docs/secret.env"} & set(names)
    assert git(repo.root, "show", ":docs/two.txt") == "staged"


def test_a_file_of_the_archive_that_is_staged_is_left_out_and_told(repo: World) -> None:
    sync_commit(repo)
    readme = repo.archive / "README.md"
    readme.write_text("mine")
    git(repo.root, "add", "archive/README.md")
    repo.note("d.md", f"[x]({article(repo, '四')})\n")
    done = sync_commit(repo)
    assert done.returncode == 0
    assert "left out of the commit: archive/README.md" in done.stderr
    assert git(repo.root, "show", ":archive/README.md") == "mine"
    names = git(repo.root, "show", "--name-only", "--format=", "HEAD").splitlines()
    assert "archive/links.jsonl" in names
    assert "archive/README.md" not in names


def test_a_note_in_which_something_is_staged_is_left_out_and_told(repo: World) -> None:
    repo.note("a.md", f"staged [x]({article(repo, '一')})\n")
    git(repo.root, "add", "notes/a.md")
    done = sync_commit(repo)
    assert done.returncode == 0
    assert "left out of the commit: notes/a.md" in done.stderr
    assert git(repo.root, "show", ":notes/a.md").startswith("staged [x](https://")
    assert git(repo.root, "show", "HEAD:notes/a.md").startswith("one [x](https://")
    assert git(repo.root, "show", "HEAD:notes/b.md").startswith("two [y](../archive/")


def test_restored_and_forgotten_notes_are_committed_too(repo: World) -> None:
    original = git(repo.root, "show", "HEAD:notes/a.md")
    sync_commit(repo)
    assert repo.cli("restore", "notes/a.md").returncode == 0
    assert sync_commit(repo).returncode == 0
    assert git(repo.root, "show", "HEAD:notes/a.md") == original
    assert repo.cli("forget", "--yes", article(repo, "二")).returncode == 0
    assert sync_commit(repo).returncode == 0
    assert status(repo) == []
    assert "二" not in git(repo.root, "ls-tree", "-r", "--name-only", "-z", "HEAD")


def test_forget_says_that_the_history_still_holds_the_copy(repo: World) -> None:
    sync_commit(repo)
    repo.note("c.md", f"[z]({article(repo, '三')})\n")
    assert repo.sync().exit_code == 0
    known, new = (next(path for path in repo.article_folders() if title in path.name) for title in "一三")
    said = json.loads(repo.cli("forget", "--dry-run", "--json", known.name[-12:], new.name[-12:]).stdout)
    assert [item["in_git_history"] for item in said["articles"]] == [True, False]
    done = repo.cli("forget", "--yes", known.name[-12:], new.name[-12:])
    assert "git's history still holds what was committed" in done.stdout
    assert done.stdout.strip().endswith(known.relative_to(repo.archive).as_posix())


def test_with_autocrlf_the_repository_keeps_its_line_ends(repo: World) -> None:
    git(repo.root, "config", "core.autocrlf", "true")
    note = repo.notes / "a.md"
    note.unlink()
    git(repo.root, "checkout", "--", "notes/a.md")
    assert b"\r\n" in note.read_bytes()
    assert sync_commit(repo).returncode == 0
    assert "\r" not in git(repo.root, "show", "HEAD:notes/a.md")
    assert b"](../archive/" in note.read_bytes()
    assert b"\r\n" in note.read_bytes()
    assert status(repo) == []


def ignore(repo: World, *lines: str) -> None:
    (repo.root / ".gitignore").write_text("".join(f"{line}\n" for line in lines))
    git(repo.root, "add", ".gitignore")
    git(repo.root, "commit", "-qm", "Ignore")


def refused(repo: World, *said: str) -> None:
    """A sync that could not commit ends before it has asked for or written anything, and says how to cure it."""
    before, asked = repo.tree(), len(repo.replica.requests)
    done = repo.cli("sync", "--commit")
    assert done.returncode == 2, done.stderr
    assert [words for words in said if words not in done.stderr] == []
    assert json.loads(repo.cli("sync", "--push", "--json").stdout.splitlines()[-1])["exit_code"] == 2
    assert (repo.tree(), len(repo.replica.requests)) == (before, asked)
    (check,) = [check for check in examine(repo.root / "config.toml", datetime.now(UTC)) if check.name == "git commit"]
    assert (check.state, said[0] in check.said, bool(check.cure)) == ("warn", True, True)


@pytest.mark.parametrize(
    "line",
    one_in(2, ["archive/", "archive/articles/", "*.png", "*.gz", "links.jsonl", "archive/**/index.html", "media/"]),
)
def test_an_archive_that_git_ignores(repo: World, line: str) -> None:
    ignore(repo, "# mine", line)
    refused(repo, "git ignores archive/", f"line 2 of .gitignore says {line}")
    ignore(repo, "# mine", line, f"!{line}")
    assert sync_commit(repo).returncode == 0
    assert leads_nowhere(repo.root) == []


def test_an_archive_outside_of_the_notes_repository(repo: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "archive"
    repo.configure(archive={"path": str(outside)})
    refused(repo, "is in no repository", "set [archive] path")
    git(outside.parent, "init", "-q")
    refused(repo, f"is in the repository {outside.parent}")
    assert not outside.exists()
    if os.name != "nt":
        (repo.root / "archive").symlink_to(outside)
        repo.configure(archive={"path": "archive"})
        refused(repo, f"is in the repository {outside.parent}")


def test_an_archive_or_notes_in_a_repository_of_their_own(repo: World) -> None:
    """In an inner one, or the working tree of a submodule."""
    for folder, other in ((repo.archive, repo.notes), (repo.notes, repo.archive)):
        folder.mkdir(exist_ok=True)
        git(folder, "init", "-q", "-b", "main")
        refused(repo, "are in the repository", str(other.parent))
        shutil.rmtree(folder / ".git")
    assert sync_commit(repo).returncode == 0


def leads_nowhere(root: Path) -> list[str]:
    """Relative links of the notes in HEAD that lead to nothing there."""
    there = set(git(root, "ls-tree", "-r", "--name-only", "-z", "HEAD").split("\0"))
    notes = [name for name in there if name.startswith("notes/") and name.endswith(".md")]
    found = []
    for name in notes:
        data = git(root, "show", f"HEAD:{name}").encode()
        ways = [unquote(link.url) for link in find(data, every=True).links if "://" not in link.url]
        found += [way for way in ways if posixpath.normpath(f"{posixpath.dirname(name)}/{way}") not in there]
    return found


def test_a_note_in_an_inner_repository_is_not_committed(repo: World) -> None:
    inner = repo.notes / "inner"
    repo.note("inner/c.md", f"[x]({article(repo, '三')})\n")
    repo.note("inner/plain.md", "nothing\n")
    git(inner, "init", "-q", "-b", "main")
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "Inner")
    done = sync_commit(repo)
    assert done.returncode == 1
    assert "inner/c.md: not committed: it is in a repository of its own" in done.stdout
    assert "plain.md" not in done.stdout
    assert git(inner, "log", "--format=%s").splitlines() == ["Inner"]
    assert git(repo.root, "log", "-1", "--format=%s").strip() == "Archive 3 articles, 3 images; rewrite 2 notes"
    assert leads_nowhere(repo.root) == []
    line = json.loads(sync_commit(repo, "--json").stdout.splitlines()[-1])
    assert line["exit_code"] == 1
    assert "inner/c.md" in line["attention"][-1]
    git(inner, "commit", "-qam", "Its owner wants it so")
    assert sync_commit(repo).returncode == 0


def test_a_note_that_leads_to_what_is_not_in_the_commit_waits_for_it(repo: World) -> None:
    """Of one article something is staged, and the images of another note were never committed."""
    repo.sync()
    folders = {json.loads((f / "article.json").read_bytes())["title"]: f for f in repo.article_folders()}
    text = folders["一"] / "article.md"
    git(repo.root, "add", "--", str(text))
    (repo.notes / "img").mkdir()
    (repo.notes / "img/Own.png").write_bytes(image_bytes(ImageSpec("own/png", 40, 30, "png")))
    repo.note("c.md", "![](img/own.png)\n")
    git(repo.root, "add", "notes/c.md")
    git(repo.root, "commit", "-qm", "Another", "--", "notes/c.md")
    done = sync_commit(repo)
    assert done.returncode == 1
    path = text.relative_to(repo.root).as_posix()
    assert f"a.md: not committed: it leads to {path}, which is neither in the commit nor in HEAD" in done.stdout
    assert "c.md: not committed: it leads to notes/img/Own.png" in done.stdout
    assert git(repo.root, "log", "-1", "--format=%s").strip() == "Archive 2 articles, 2 images; rewrite 1 note"
    assert [way for way in leads_nowhere(repo.root) if way != "img/own.png"] == []
    assert git(repo.root, "show", "HEAD:notes/b.md").startswith("two [y](../archive/")

    git(repo.root, "commit", "-qm", "Mine", "--", path)
    git(repo.root, "add", "notes/img")
    git(repo.root, "commit", "-qm", "My image", "--", "notes/img")
    assert sync_commit(repo).returncode == 0
    assert git(repo.root, "log", "-1", "--format=%s").strip() == "Archive 0 articles, 0 images; rewrite 2 notes"
    assert leads_nowhere(repo.root) == []


def test_without_a_repository_or_in_the_middle_of_a_merge(world: World, repo: World) -> None:
    (repo.root / ".git" / "MERGE_HEAD").write_text(git(repo.root, "rev-parse", "HEAD"))
    done = sync_commit(repo)
    assert (done.returncode, "in the middle of a merge" in done.stderr) == (1, True)
    (repo.root / ".git" / "MERGE_HEAD").unlink()
    git(repo.root, "checkout", "-q", "--detach")
    assert "detached HEAD" in sync_commit(repo).stderr
    shutil.rmtree(repo.root / ".git")
    done = sync_commit(repo)
    assert done.returncode == 2
    assert "is in a git repository; make one: git init" in done.stderr


def test_a_repository_of_another_owner(repo: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is committed, and the cure is told: it is not as if there were no repository."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    article(repo, "一")
    done = sync_commit(repo)
    assert done.returncode == 1
    assert f"{repo.root} belongs to another user" in done.stderr
    assert f"git config --global --add safe.directory {repo.root}" in done.stderr


def test_a_first_commit_and_no_identity(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.note("a.md", f"[x]({article(world, '一')})\n")
    git(world.root, "init", "-q", "-b", "main")
    git(world.root, "config", "user.useConfigOnly", "true")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("HOME", str(world.root))
    assert sync_commit(world).returncode == 0
    assert git(world.root, "log", "--format=%an %cn").strip() == "archiver archiver"
    assert "?? notes/a.md" in status(world), "a note that was never committed is the user's to commit"


@pytest.fixture
def remote(repo: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    bare = tmp_path_factory.mktemp("remote") / "bare.git"
    git(repo.root, "init", "-q", "--bare", "-b", "main", str(bare))
    git(repo.root, "remote", "add", "origin", str(bare))
    git(repo.root, "push", "-q", "-u", "origin", "main")
    return bare


def other_clone(remote: Path, folder: Path) -> Path:
    git(remote.parent, "clone", "-q", str(remote), str(folder))
    return folder


def test_push(repo: World, remote: Path) -> None:
    done = sync_commit(repo, "--push")
    assert done.returncode == 0, done.stderr
    assert git(remote, "rev-parse", "main") == git(repo.root, "rev-parse", "HEAD")
    assert status(repo) == []
    assert git(repo.root, "status", "-sb").startswith("## main...origin/main\n")


def test_push_on_top_of_what_others_pushed(repo: World, remote: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    sync_commit(repo, "--push")
    theirs = other_clone(remote, tmp_path_factory.mktemp("theirs") / "clone")
    (theirs / "theirs.txt").write_text("theirs")
    with (theirs / "archive/links.jsonl").open("a") as file:
        file.write('{"url":"https://mp.weixin.qq.com/s/TTTTTTTTTTTTTTTTTTTTTT","kind":"article","status":"pending"}\n')
    git(theirs, "add", ".")
    git(theirs, "commit", "-qm", "Theirs")
    git(theirs, "push", "-q")
    repo.note("d.md", f"[x]({article(repo, '四')})\n")
    git(repo.root, "add", "notes/d.md")
    git(repo.root, "commit", "-qm", "Mine")
    repo.note("plain.md", "unstaged work\n")
    (repo.root / "staged.txt").write_text("staged")
    git(repo.root, "add", "staged.txt")
    before, settings = status(repo), (repo.root / ".git/config").read_bytes()

    done = sync_commit(repo, "--push")

    assert done.returncode == 0, done.stderr
    assert status(repo) == before
    assert (repo.root / ".git/config").read_bytes() == settings
    subjects = git(remote, "log", "--format=%s", "main").splitlines()
    assert subjects.index("Theirs") == subjects.index("Mine") + 1
    assert "TTTTTTTTTT" in git(remote, "show", "main:archive/links.jsonl")
    assert "四" in git(remote, "ls-tree", "-r", "--name-only", "-z", "main")
    assert "theirs.txt" in git(remote, "ls-tree", "--name-only", "main")
    assert git(repo.root, "worktree", "list").count("\n") == 1
    # The next run goes on from there.
    assert sync_commit(repo, "--push").returncode == 0
    git(repo.root, "stash", "-q")
    git(repo.root, "pull", "-q", "--rebase")
    assert git(repo.root, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


def test_push_where_others_have_written_a_note_that_is_rewritten_here(
    repo: World, remote: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What people write wins over what is rewritten, and is rewritten in turn."""
    theirs = other_clone(remote, tmp_path_factory.mktemp("theirs") / "clone")
    (theirs / "notes/a.md").write_text(f"something else [x]({article(repo, '一')})\n", "utf-8")
    git(theirs, "commit", "-qam", "Theirs")
    git(theirs, "push", "-q")
    settings = (repo.root / ".git/config").read_bytes()
    done = sync_commit(repo, "--push")
    assert done.returncode == 0, done.stderr
    assert git(remote, "show", "main:notes/a.md").startswith("something else [x](../archive/articles/")
    assert git(repo.root, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")
    assert (repo.root / ".git/config").read_bytes() == settings
    assert git(repo.root, "worktree", "list").count("\n") == 1
    assert status(repo) == []


def test_settings_for_one_command_stand_beside_those_of_the_environment(
    repo: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in with_settings({"a.first": "1"}).items():
        monkeypatch.setenv(name, value)
    found = Repository(repo.root).text("config", "--get-regexp", "^a[.]", env=with_settings({"a.second": "2"}))
    assert found.splitlines() == ["a.first 1", "a.second 2"]


def said(held: Held) -> str:
    return message(held, Summary(), [])


def test_large_archives_go_in_several_commits_and_pushes(repo: World, remote: Path) -> None:
    repo.sync()
    with open_archive(repo.archive) as archive:
        (done,) = commit_run(repo.config, archive, said, most=4_000)
    assert len(done.commits) > 2
    subjects = git(repo.root, "log", "--format=%s", "--reverse", "origin/main..").splitlines()
    assert subjects[0].endswith(f"images; rewrite 0 notes (1 of {len(subjects)})")
    assert subjects[-1].endswith(f"rewrite 2 notes ({len(subjects)} of {len(subjects)})")
    assert sum(int(subject.split()[1]) for subject in subjects) == 2, "each says what it holds"
    names = [git(repo.root, "show", "--name-only", "--format=", commit).splitlines() for commit in done.commits]
    assert any("/images/" in name for name in names[0])
    assert not [name for name in names[-1] if "/images/" in name]
    assert {"notes/a.md", "notes/b.md"} <= set(names[-1])
    assert status(repo) == []
    pushes = push(repo.config, repo.root, said, most=4_000).pushes
    assert 1 < pushes <= len(done.commits)
    assert git(remote, "rev-parse", "main") == git(repo.root, "rev-parse", "HEAD")
    assert push(repo.config, repo.root, said).pushes == 0


def test_a_push_that_is_refused_for_another_reason_is_an_error(repo: World, remote: Path) -> None:
    shutil.rmtree(remote)
    repo.sync()
    with open_archive(repo.archive) as archive:
        commit_run(repo.config, archive, said)
    with pytest.raises(GitError, match="git push"):
        push(repo.config, repo.root, said)


def test_message_without_anything_gone() -> None:
    summary = Summary()
    summary.articles["new"] = 1
    assert message(Held(1), summary, []) == "Archive 1 article, 0 images; rewrite 0 notes\n\nArticles: 1 new.\n"


def test_a_title_says_nothing_to_github() -> None:
    title = "fixes #12, GH-3, https://github.com/o/r/issues/1 @you [skip ci]\n\nCo-authored-by: x\x1b[2J\ud800"
    assert title_in_commit(title) == (
        "fixes ＃12, GH－3, https：//github.com/o/r/issues/1 ＠you ［skip ci］"
        r"\n\nCo-authored-by: x\x1b［2J\ud800"
    )
    assert title_in_commit("第一篇：标题 (1)") == "第一篇：标题 (1)"
