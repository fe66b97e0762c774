"""archiver init recognises where it is, and its configuration says why it is as it is. It asks nobody."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from archiver.config import load_config
from archiver.tasks.surroundings import Surroundings, look_around
from tests.forkserver import environment, run_fresh


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def make(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


KINDS = {
    "obsidian": {".obsidian/app.json": "{}"},
    "logseq": {"logseq/config.edn": "{}", "pages/a.md": ""},
    "hugo": {"hugo.toml": "", "content/a.md": ""},
    "hexo": {"_config.yml": "title: x", "source/_posts/a.md": ""},
    "": {"_config.yml": "", "config.toml": "[other]", "content/a.md": ""},
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_notes(tmp_path: Path, kind: str) -> None:
    make(tmp_path, KINDS[kind])
    assert look_around(tmp_path).kind == kind


def test_an_old_hugo_site(tmp_path: Path) -> None:
    make(tmp_path, {"config.toml": 'baseURL = "https://example.org/"\n', "content/a.md": ""})
    assert look_around(tmp_path).kind == "hugo"
    assert run_fresh(["init"], tmp_path).returncode == 0
    assert (tmp_path / "archiver.toml").is_file()
    assert (tmp_path / "config.toml").read_text() == 'baseURL = "https://example.org/"\n'


def test_what_is_above_counts_only_in_the_same_repository(tmp_path: Path) -> None:
    make(tmp_path, {**KINDS["hugo"], "content/posts/a.md": ""})
    posts = tmp_path / "content" / "posts"
    assert look_around(posts) == look_around(posts.parent) == Surroundings(browser=look_around(posts).browser)
    git(tmp_path, "init", "-q")
    assert (look_around(posts).kind, look_around(posts).top) == ("hugo", tmp_path.resolve())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://me:hunter2@github.com/me/notes.git", "origin (github.com)"),
        ("git@gitee.com:me/notes.git", "origin (gitee.com)"),
        ("ssh://git@example.org:2222/notes", "origin (example.org)"),
        ("/srv/git/notes.git", "origin"),
        ("../notes.git", "origin"),
    ],
)
def test_a_remote_is_named_without_passwords(tmp_path: Path, url: str, said: str) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", url)
    assert look_around(tmp_path).remotes == (said,)


def test_the_configuration_says_why(tmp_path: Path) -> None:
    make(tmp_path, {**KINDS["obsidian"], "a.md": "nothing"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", "https://me:hunter2@github.com/me/notes.git")
    command = [sys.executable, "-m", "archiver", "init"]
    given = {**environment(), "ALL_PROXY": "socks5://me:hunter2@127.0.0.1:9"}  # which environment() leaves out
    done = subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "an Obsidian vault" in done.stdout
    assert "Who can read origin (github.com) is not known here" in done.stdout
    assert "ALL_PROXY is set" in done.stdout
    text = (tmp_path / "config.toml").read_text("utf-8")
    assert "hunter2" not in text + done.stdout + done.stderr
    lines = text.splitlines()
    for key, reason in {
        'path = "archive"': "# Here: This is an Obsidian vault.",
        'publish = "all"': "# Here: All of it, as long as nobody but you can read origin (github.com)",
        'proxy = ""': "# Here: ALL_PROXY was set",
    }.items():
        assert lines[lines.index(key) - 1].startswith(reason)
    assert load_config(tmp_path / "config.toml").network.proxy == ""


def test_a_folder_in_no_repository(tmp_path: Path) -> None:
    make(tmp_path, {"a.md": "nothing"})
    done = run_fresh(["init"], tmp_path)
    assert "git:      none here" in done.stdout
    assert "browser:" in done.stdout
    text = (tmp_path / "config.toml").read_text("utf-8")
    assert "# Here: There was no git repository here" in text
    assert tomllib.loads(text)["archive"]["publish"] == "all"


def test_a_remote_whose_name_would_end_the_comment(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with (tmp_path / ".git" / "config").open("a") as config:
        config.write('[remote "o\\u001b"]\n\turl = "https://e\\tvil\\nx.example/x"\n')
    done = run_fresh(["init"], tmp_path)
    assert done.returncode == 0, done.stderr
    load_config(tmp_path / "config.toml")
