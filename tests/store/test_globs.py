"""Globs are git's own: whatever git says of a path is said here."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from archiver.errors import ConfigError
from archiver.store.globs import glob_test

ATOMS = [
    "a", "b", "a.md", "*.md", "**", "*", "draft*", "?", "[ab]", "[!a]", "[^b]", "\\!x", "x y", "草稿", "a\\ ",
    "#a", "\\#a",
    "*.MD",
    "?.md", "[归档].md", "[一-龥]*", "???", "草*", "[!a].md",
    "a.", "[[:alpha:]]", "[a-b]*", "**a", "a**", "{a,b}", "\\*", "[]a]", "[a-]", "!a",
]  # fmt: skip
NAMES = [
    "a",
    "b",
    "a.md",
    "b.md",
    "draft1",
    "x y",
    "草稿",
    "!x",
    "#a",
    "a.MD",
    "ab",
    "*",
    "{a,b}",
    "c",
    "a ",
    "]",
    "-",
    "草.md",
    "归.md",
    "草",
]


def some_globs(rng: random.Random) -> list[str]:
    globs = []
    for _ in range(rng.randint(1, 3)):
        glob = "/".join(rng.choice(ATOMS) for _ in range(rng.randint(1, 3)))
        glob = rng.choice(["", "", "", "", "/"]) + glob + rng.choice(["", "", "", "", "/"])
        globs.append(rng.choice(["", "", "", "!"]) + glob + rng.choice([""] * 9 + [" "]))
    return globs


def git_says(repository: Path, globs: list[str], paths: list[str]) -> set[str]:
    (repository / ".git/info/exclude").write_text("\n".join(globs) + "\n", "utf-8")
    command = ["git", "-C", str(repository), "check-ignore", "--no-index", "-z", "--stdin"]
    done = subprocess.run(command, input="\0".join(paths).encode(), capture_output=True, check=False)
    return set(filter(None, done.stdout.decode().split("\0")))


def test_as_git_does(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    rng = random.Random(7)
    for _ in range(120):
        globs = some_globs(rng)
        paths = sorted({"/".join(rng.choice(NAMES) for _ in range(rng.randint(1, 4))) for _ in range(12)})
        matches = glob_test(globs, "notes.exclude")
        assert {path for path in paths if matches(path)} == git_says(tmp_path, globs, paths), globs


def test_an_excluded_folder_takes_all_below_with_it() -> None:
    assert glob_test(["drafts/", "!drafts/a.md"], "x")("drafts/a.md")
    assert not glob_test(["drafts/*", "!drafts/a.md"], "x")("drafts/a.md")


def test_the_top_level_is_included() -> None:
    matches = glob_test(["**/*.md"], "x")
    assert [path for path in ("a.md", "b/c.md", "b/a.MD", "a.mdx") if matches(path)] == ["a.md", "b/c.md"]


@pytest.mark.parametrize("glob", ["!", "/", "a[b", "a\\", "[[:nothing:]]", "["])
def test_what_can_match_nothing_is_refused(glob: str) -> None:
    with pytest.raises(ConfigError, match=r"notes\.exclude"):
        glob_test([glob], "notes.exclude")


def test_comments_and_empty_lines_say_nothing() -> None:
    assert not glob_test(["# a", "", "   "], "x")("a")
