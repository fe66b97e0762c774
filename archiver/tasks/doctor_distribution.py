"""Which distribution of archiver this is, as the metadata on this machine say."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

from archiver.distribution import DISTRIBUTION
from archiver.tasks.health import Check, ok, warn


def check_distribution() -> Check:
    """What is installed, from where; another distribution may have the same name to import."""
    place = Path(__file__).parents[1]
    try:
        found = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return ok("distribution", f"a checkout that is not installed: {place}")
    said = f"{DISTRIBUTION} {found.version}{_origin(found)}, {place}"
    others = set(metadata.packages_distributions().get("archiver", ())) - {DISTRIBUTION}
    if others:
        named = ", ".join(sorted(others))
        return warn("distribution", f"{said}; {named} has the same name to import", f"uninstall {named}")
    return ok("distribution", said)


def _origin(found: metadata.Distribution) -> str:
    """Where it was installed from, if not from an index (PEP 610): a folder, a file, or a commit."""
    try:
        said = json.loads(found.read_text("direct_url.json") or "{}")
        url = str(said.get("url", "")).split("@")[-1]  # without credentials
        commit = str(said.get("vcs_info", {}).get("commit_id", ""))[:10]
        editable = said.get("dir_info", {}).get("editable") is True
    except (ValueError, AttributeError):
        return ""
    if not url:
        return ""
    return (
        f" from {url}" + (f" at {commit}" if commit else "") + (", as a checkout that may change" if editable else "")
    )
