"""What `archiver init` says of what it found around the notes, and writes into the configuration as its reasons."""

from __future__ import annotations

from collections.abc import Mapping

from archiver.harmless import harmless
from archiver.store.layout import ARCHIVE
from archiver.tasks.surroundings import Surroundings

_KINDS = {
    "obsidian": "an Obsidian vault",
    "logseq": "a Logseq graph",
    "hugo": "a Hugo site",
    "hexo": "a Hexo site",
}
_KIND_REASONS = {
    "obsidian": "Obsidian indexes what lies in a vault: Settings, Files and links, Excluded files keeps {path}/ out",
    "logseq": "Logseq reads pages/ and journals/: the archive beside them is not among its pages",
    "hugo": "Hugo publishes content/ and static/: an archive outside of them is not on the site",
    "hexo": "Hexo publishes source/: an archive outside of it is not on the site",
}


def found_lines(found: Surroundings) -> list[str]:
    """What was found, a line each."""
    lines = [f"Notes:    {_KINDS[found.kind]} ({found.top})"] if found.kind else []
    lines.append(f"git:      {_git(found)}")
    if found.remotes:
        lines.append(
            f"          Who can read {_remotes(found)} is not known here: what you push there would publish the works "
            "of others"
        )
    if found.proxy:
        lines.append(f"proxy:    {found.proxy} is set, and is used while it is: a scheduler may not know it")
    lines.append(f"browser:  {'there is one' if found.browser else 'none found: archiver browser install'}")
    return lines


def reasons(found: Surroundings, path: str) -> Mapping[tuple[str, str], str]:
    """Why a key has its value: a comment above it, by section and key. `path` is that of the archive."""
    said: dict[tuple[str, str], str] = {}
    if path != ARCHIVE:
        said["archive", "path"] = f"{ARCHIVE} was there already, and holds other things."
    elif found.kind:
        said["archive", "path"] = f"This is {_KINDS[found.kind]}. {_KIND_REASONS[found.kind].format(path=path)}."
    if found.remotes:
        said["archive", "publish"] = (
            f"All of it, as long as nobody but you can read {_remotes(found)}: that is not known here. "
            'Else "images" or "nothing".'
        )
    elif found.repository is None:
        said["archive", "publish"] = "There was no git repository here: this counts once there is one."
    if found.proxy:
        said["network", "proxy"] = (
            f"{found.proxy} was set when this was written. Schedulers start programs without it: write it here for "
            "them."
        )
    if not found.browser:
        said["browser", "path"] = "None was found when this was written: archiver browser install."
    return {key: harmless(reason) for key, reason in said.items()}


def _git(found: Surroundings) -> str:
    if found.repository is None:
        return "none here; sync --commit needs a repository"
    return f"the repository {found.repository}" + (
        f", with {_remotes(found)}" if found.remotes else ", without a remote"
    )


def _remotes(found: Surroundings) -> str:
    return ", ".join(found.remotes)
