"""sync --commit and --push with real git: what archiver did, and nothing else of the user's."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from archiver.archive.open_archive import open_archive
from archiver.errors import GitError
from archiver.events import Summary
from archiver.store.git import Repository, with_settings
from archiver.tasks.commit import _push_rebased, commit_message, commit_run, push, title_in_commit
from tests.replica import ArticleSpec, ImageSpec
from tests.world import World

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    command = ["git", "-c", "user.name=Somebody", "-c", "user.email=somebody@localhost", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout


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
    assert repo.cli("forget", article(repo, "二")).returncode == 0
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
    done = repo.cli("forget", known.name[-12:], new.name[-12:])
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


def test_an_ignored_archive_is_not_committed(repo: World) -> None:
    (repo.root / ".gitignore").write_text("archive/\n")
    git(repo.root, "add", ".gitignore")
    git(repo.root, "commit", "-qm", "Keep the archive apart")
    assert sync_commit(repo).returncode == 0
    names = git(repo.root, "show", "--name-only", "--format=", "HEAD").splitlines()
    assert names == ["notes/a.md", "notes/b.md"]


def test_an_archive_in_a_repository_of_its_own(repo: World) -> None:
    repo.archive.mkdir()
    git(repo.archive, "init", "-q", "-b", "main")
    (repo.root / ".gitignore").write_text("archive/\n")
    git(repo.root, "add", ".gitignore")
    git(repo.root, "commit", "-qm", "Keep the archive apart")
    assert sync_commit(repo).returncode == 0
    assert "links.jsonl" in git(repo.archive, "ls-tree", "--name-only", "HEAD").splitlines()
    assert git(repo.root, "show", "--name-only", "--format=", "HEAD").splitlines() == ["notes/a.md", "notes/b.md"]


def test_without_a_repository_or_in_the_middle_of_a_merge(world: World, repo: World) -> None:
    (repo.root / ".git" / "MERGE_HEAD").write_text(git(repo.root, "rev-parse", "HEAD"))
    done = sync_commit(repo)
    assert (done.returncode, "in the middle of a merge" in done.stderr) == (1, True)
    (repo.root / ".git" / "MERGE_HEAD").unlink()
    git(repo.root, "checkout", "-q", "--detach")
    assert "detached HEAD" in sync_commit(repo).stderr
    shutil.rmtree(repo.root / ".git")
    done = sync_commit(repo)
    assert (done.returncode, "git repository" in done.stderr) == (1, True)


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
    assert git(remote, "log", "--format=%s", "-4", "main").splitlines()[1:3] == ["Mine", "Theirs"]
    assert "TTTTTTTTTT" in git(remote, "show", "main:archive/links.jsonl")
    assert "四" in git(remote, "log", "-1", "--format=", "--name-only", "-z", "main")
    assert "theirs.txt" in git(remote, "ls-tree", "--name-only", "main")
    assert git(repo.root, "worktree", "list").count("\n") == 1
    # The next night goes on from there.
    assert sync_commit(repo, "--push").returncode == 0
    git(repo.root, "stash", "-q")
    git(repo.root, "pull", "-q", "--rebase")
    assert git(repo.root, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


def test_push_that_does_not_go_together(repo: World, remote: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    theirs = other_clone(remote, tmp_path_factory.mktemp("theirs") / "clone")
    (theirs / "notes/a.md").write_text("something else altogether\n")
    git(theirs, "commit", "-qam", "Theirs")
    git(theirs, "push", "-q")
    settings = (repo.root / ".git/config").read_bytes()
    done = sync_commit(repo, "--push")
    assert done.returncode == 1
    assert "pull by hand" in done.stderr
    assert (repo.root / ".git/config").read_bytes() == settings
    assert git(remote, "log", "-1", "--format=%s", "main").strip() == "Theirs"
    assert git(repo.root, "worktree", "list").count("\n") == 1
    assert status(repo) == []


def test_settings_for_one_command_stand_beside_those_of_the_environment(
    repo: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in with_settings({"a.first": "1"}).items():
        monkeypatch.setenv(name, value)
    found = Repository(repo.root).text("config", "--get-regexp", "^a[.]", env=with_settings({"a.second": "2"}))
    assert found.splitlines() == ["a.first 1", "a.second 2"]


def test_the_tree_for_rebasing_holds_only_what_says_how_to_merge(repo: World, remote: Path) -> None:
    (repo.root / ".gitattributes").write_text("*.x text\n")
    git(repo.root, "add", ".gitattributes")
    git(repo.root, "commit", "-qm", "Attributes")
    aside = repo.root.parent / "aside"
    git(repo.root, "worktree", "add", "-q", "--detach", "--no-checkout", str(aside), "HEAD")
    _push_rebased(Repository(aside), "HEAD~1", "origin", "refs/heads/main", 10**9)
    assert {path.name for path in aside.iterdir()} == {".git", ".gitattributes"}
    git(repo.root, "worktree", "remove", "--force", str(aside))


def test_large_archives_go_in_several_commits_and_pushes(repo: World, remote: Path) -> None:
    repo.sync()
    with open_archive(repo.archive) as archive:
        (done,) = commit_run(repo.config, archive, "Archive\n\nbody\n", most=4_000)
    assert len(done.commits) > 2
    subjects = git(repo.root, "log", "--format=%s", "--reverse", "origin/main..").splitlines()
    assert subjects[0] == f"Archive (1 of {len(subjects)})"
    names = [git(repo.root, "show", "--name-only", "--format=", commit).splitlines() for commit in done.commits]
    assert any("/images/" in name for name in names[0])
    assert not [name for name in names[-1] if "/images/" in name]
    assert {"notes/a.md", "notes/b.md"} <= set(names[-1])
    assert status(repo) == []
    pushes = push(repo.root, most=4_000)
    assert 1 < pushes <= len(done.commits)
    assert git(remote, "rev-parse", "main") == git(repo.root, "rev-parse", "HEAD")
    assert push(repo.root) == 0


def test_a_push_that_is_refused_for_another_reason_is_an_error(repo: World, remote: Path) -> None:
    shutil.rmtree(remote)
    repo.sync()
    with open_archive(repo.archive) as archive:
        commit_run(repo.config, archive, "Archive\n")
    with pytest.raises(GitError, match="git push"):
        push(repo.root)


def test_message_without_anything_gone() -> None:
    summary = Summary()
    summary.articles["new"] = 1
    assert commit_message(summary, []) == "Archive 1 article, 0 images; rewrite 0 notes\n\nArticles: 1 new.\n"


def test_a_title_says_nothing_to_github() -> None:
    title = "fixes #12, GH-3, https://github.com/o/r/issues/1 @you [skip ci]\n\nCo-authored-by: x\x1b[2J\ud800"
    assert title_in_commit(title) == (
        "fixes ＃12, GH－3, https：//github.com/o/r/issues/1 ＠you ［skip ci］"
        r"\n\nCo-authored-by: x\x1b［2J\ud800"
    )
    assert title_in_commit("第一篇：标题 (1)") == "第一篇：标题 (1)"
