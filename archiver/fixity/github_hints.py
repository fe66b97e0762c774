"""What the writer of a link that leads to no file on GitHub may have meant."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

from archiver.fixity.github_findings import GitHubCode, GitHubFinding


class Hint(StrEnum):
    """A guess, never more."""

    SCHEME = "scheme"  # https:// before it
    BACKSLASH = "backslash"  # / in its place
    MACHINE = "machine"  # it is a path on one machine
    SUFFIX = "suffix"  # .md behind it
    TOP = "top"  # it counts from the repository's or the notes' top
    SPACE = "space"  # %20 for a space, or < > around it


_HOST = re.compile(
    r"(?:www\.|[a-z0-9-]+\.(?:weixin|qq|baidu|github|zhihu|csdn|bilibili)\.)|"
    r"(?:[a-z0-9-]+\.)+(?:com|cn|org|net|io|dev|edu|gov|me|info|tv|ai|app|cc)(?:[/:?#]|$)",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"[A-Za-z]:[\\/]|/(?:Users|home|root|mnt|Volumes)/|~/|file:", re.IGNORECASE)
_LEADS_NOWHERE = (GitHubCode.NO_FILE, GitHubCode.OUTSIDE, GitHubCode.NO_ADDRESS, GitHubCode.SCHEME_LEFT_OUT)


def hint(finding: GitHubFinding, base: Path) -> Hint | None:
    """A guess for a finding in a file whose path is relative to `base`; None where there is none."""
    if finding.code not in _LEADS_NOWHERE or not finding.url:
        return None
    url = unquote(finding.url.partition("#")[0].partition("?")[0])
    file = base / finding.path
    if _MACHINE.match(url):
        return Hint.MACHINE
    if _HOST.match(finding.url):
        return Hint.SCHEME
    if "\\" in url:
        return Hint.BACKSLASH
    if _is_file(file.parent / f"{url}.md") or _is_file(base / f"{url.lstrip('/')}.md"):
        return Hint.SUFFIX
    if any(_is_file(folder / url.lstrip("/")) for folder in (base, *file.parents) if folder.is_relative_to(base)):
        return Hint.TOP
    return Hint.SPACE if url != url.strip() else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # longer than the disk allows, or with a NUL
        return False
