"""`make release VERSION=1.2.3`: a release, up to what cannot be taken back.

Checks that all is committed, writes the version (into pyproject.toml, the one place) and signs off the changelog, lets
`make lint test dist` pass, commits and tags. Pushing and uploading are left to people. What fails leaves all as it was.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

CHECKS = ("make", "lint", "test", "dist")
_UNRELEASED = "## [Unreleased]\n"
_VERSION = re.compile(r'^version = "(\d+)\.(\d+)\.(\d+)"$', re.MULTILINE)


class ReleaseError(Exception):
    """Why there is no release."""


def with_version(pyproject: str, version: str) -> str:
    """The text of pyproject.toml with this version. Raises ReleaseError for one that is none, or lower than before."""
    wanted = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if wanted is None:
        raise ReleaseError(f"{version!r} is no version like 1.2.3")
    (before,) = _VERSION.findall(pyproject)
    if tuple(map(int, wanted.groups())) < tuple(map(int, before)):
        raise ReleaseError(f"{version} is lower than {'.'.join(before)}")
    return _VERSION.sub(f'version = "{version}"', pyproject)


def signed_off(changelog: str, version: str, day: date) -> str:
    """The changelog with what is unreleased under this version. Raises ReleaseError where there is nothing, or where it
    has the version already."""
    if re.search(rf"^## \[{re.escape(version)}\]", changelog, re.MULTILINE):
        raise ReleaseError(f"CHANGELOG.md has {version} already")
    head, found, rest = changelog.partition(_UNRELEASED)
    if not found or not re.search(r"^- ", rest.partition("\n## [")[0], re.MULTILINE):
        raise ReleaseError("CHANGELOG.md has nothing under [Unreleased]")
    return f"{head}{_UNRELEASED}\n## [{version}] - {day.isoformat()}\n{rest}"


def release(project: Path, version: str) -> None:
    """Make a release of what is checked out. Raises ReleaseError."""
    if _git(project, "status", "--porcelain"):
        raise ReleaseError("not everything is committed")
    if _git(project, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"there is a tag v{version} already")
    texts = {name: (project / name).read_bytes().decode() for name in ("pyproject.toml", "CHANGELOG.md")}
    new = {
        "pyproject.toml": with_version(texts["pyproject.toml"], version),
        "CHANGELOG.md": signed_off(texts["CHANGELOG.md"], version, datetime.now(UTC).date()),
    }
    done = False
    try:
        _write(project, new)
        if subprocess.run(CHECKS, cwd=project, check=False).returncode:
            raise ReleaseError(f"`{' '.join(CHECKS)}` failed")
        changed = set(_git(project, "diff", "--name-only").split("\n")) - {""}
        if not changed <= set(new):
            raise ReleaseError(f"the checks changed {', '.join(sorted(changed - set(new)))}")
        done = True
    finally:
        if not done:
            _write(project, texts)
    _git(project, "commit", "--quiet", "--message", f"Release {version}", "--", *new)
    _git(project, "tag", "--annotate", "--message", f"Release {version}", f"v{version}")


def _write(project: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (project / name).write_bytes(text.encode())


def _git(project: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=project, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def main(arguments: list[str]) -> int:
    """The exit code."""
    if len(arguments) != 1:
        print("which version? make release VERSION=1.2.3", file=sys.stderr)
        return 2
    try:
        release(Path.cwd(), arguments[0])
    except ReleaseError as error:
        print(f"no release: {error}", file=sys.stderr)
        return 1
    print(
        f"v{arguments[0]} is committed and tagged, and lies in dist/. What is left is yours: look at both, push them "
        "(git push --follow-tags), and upload what is in dist/."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
