"""What `archiver scan` says of the notes of a world."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.outputs import checked, run
from tests.world import World


def scanned(world: World) -> dict[str, list[dict[str, Any]]]:
    done = run(world.root, "scan", "--json")
    assert set(checked("scan", done)) <= {"#/$defs/addresses", "#/$defs/scan"}
    total = Counter(item["class"] for line in done.lines[:-1] for item in line["addresses"])
    assert {name: count for name, count in done.lines[-1]["classes"].items() if count} == total
    return {line["path"]: line["addresses"] for line in done.lines[:-1]}


def fates(world: World, path: str = "a.md") -> list[tuple[str, str]]:
    return [(item["class"], item["why"]) for item in scanned(world)[path]]
