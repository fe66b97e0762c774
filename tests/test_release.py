"""`make release`: a version from one place, a changelog that is signed off, and nothing changed where it fails."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.git import git
from tests.world import PROJECT

CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [1.0.0]\n\n- First.\n"
MAKEFILE = "lint test dist:\n\t@echo $@ >> ../made\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a version, a changelog, and checks that pass."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.0.0"\n')
    (folder / "CHANGELOG.md").write_text(CHANGELOG)
    (folder / "Makefile").write_text(MAKEFILE)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Somebody")
    git(folder, "config", "user.email", "somebody@localhost")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Work")
    return folder


def release(project: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, str(PROJECT / "scripts/release.py"), *words]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_release(project: Path) -> None:
    assert release(project, "1.1.0") == (0, "")
    assert (project.parent / "made").read_text().split() == ["lint", "test", "dist"]
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "-1", "--format=%s %D").split(", ")[0] == "Release 1.1.0 HEAD -> main"
    assert git(project, "cat-file", "-t", "v1.1.0") == "tag\n"
    assert 'version = "1.1.0"' in (project / "pyproject.toml").read_text()
    text = (project / "CHANGELOG.md").read_text()
    assert re.search(r"## \[Unreleased\]\n\n## \[1\.1\.0\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- A thing\.\n", text)
    assert text.endswith("\n## [1.0.0]\n\n- First.\n")
    assert release(project, "1.2.0") == (1, "no release: CHANGELOG.md has nothing under [Unreleased]\n")


@pytest.mark.parametrize(
    ("version", "change", "why"),
    [
        ("1.1", {}, "no version like 1.2.3"),
        ("0.9.0", {}, "lower than 1.0.0"),
        ("1.0.0", {}, "CHANGELOG.md has 1.0.0 already"),
        ("1.1.0", {"CHANGELOG.md": CHANGELOG.replace("- A thing.\n", "")}, "nothing under [Unreleased]"),
        ("1.1.0", {"Makefile": MAKEFILE.replace("@echo", "@false")}, "`make lint test dist` failed"),
        ("1.1.0", {"Makefile": MAKEFILE.replace("../made", "CHANGELOG.md; echo x >> more.txt"), "more.txt": ""},
         "the checks changed more.txt"),
    ],
)  # fmt: skip
def test_no_release_changes_nothing(project: Path, version: str, change: dict[str, str], why: str) -> None:
    for name, text in change.items():
        (project / name).write_text(text)
    git(project, "add", ".")
    git(project, "commit", "--allow-empty", "-qm", "More")
    before = (project / "pyproject.toml").read_bytes(), (project / "CHANGELOG.md").read_bytes()
    code, said = release(project, version)
    assert (code, why in said) == (1, True), said
    assert ((project / "pyproject.toml").read_bytes(), (project / "CHANGELOG.md").read_bytes()) == before
    assert git(project, "log", "-1", "--format=%s") == "More\n"
    assert git(project, "tag") == ""


def test_what_is_not_committed_or_tagged_already(project: Path) -> None:
    (project / "new.txt").touch()
    assert release(project, "1.1.0") == (1, "no release: not everything is committed\n")
    git(project, "add", ".")
    git(project, "commit", "-qm", "New")
    git(project, "tag", "v1.1.0")
    assert release(project, "1.1.0") == (1, "no release: there is a tag v1.1.0 already\n")
    assert release(project)[0] == 2


def test_the_version_stands_in_one_place() -> None:
    (version,) = re.findall(r'^version = "(.+)"$', (PROJECT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    files = [path for path in (PROJECT / "archiver").rglob("*") if path.suffix in (".py", ".html", ".js")]
    told = re.compile(rf"(?<![\d.]){re.escape(version)}(?![\d.])")
    assert [str(path) for path in files if told.search(path.read_text("utf-8"))] == []
