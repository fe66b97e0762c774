"""Commands that end at an effect on the disk, and what notes and archive are then."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from archiver.reader.current import status_is_behind
from archiver.render.sitemap import STATUS
from archiver.store.guard import is_leftover
from tests.answering import Ask, answering
from tests.runs.powercut import Recording, load

MACHINE_STATE = {"catalogue.db", "catalogue.db-journal", ".lock", ".lock-owner", "config.toml"}


class Killer:
    """Talks to `tests.runs.killer`."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def sync(self, root: Path, last: int = 0, *, torn: bool = False) -> dict[str, Any]:
        return self.run(root, ["sync"], last, "torn" if torn else "kill")

    def run(self, root: Path, command: list[str], last: int = 0, end: str = "kill") -> dict[str, Any]:
        """What became of a command that ends at its effect number `last` (0: by itself)."""
        return self._ask({"root": str(root), "command": command, "last": last, "end": end})

    def record(self, root: Path, command: list[str], into: Path) -> Recording:
        """An undisturbed run; `into`: a file for the recording, outside of `root`."""
        answer = self._ask({"root": str(root), "command": command, "last": 0, "end": "", "into": str(into)})
        assert answer.get("exit_code") == 0, answer
        return load(into)


def start_killer() -> Killer:
    return Killer(answering("tests.runs.killer"))


def state(root: Path) -> dict[str, Any]:
    """What the notes and the archive say, times of day aside, and what a repair has put aside."""
    found: dict[str, Any] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_dir() or path.name in MACHINE_STATE or {"reports", "quarantine"} & {*path.parts}:
            continue
        assert not is_leftover(path.name), name
        assert "/.old-" not in name, name
        assert "/.tmp-" not in name, name
        if path.name == "article.json":
            found[name] = {**json.loads(path.read_bytes()), "captured_at": ""}
        elif path.name == "SHA256SUMS":
            # The digests of article.json and of the lines hold the time of day.
            found[name] = [line for line in path.read_text("utf-8").splitlines() if not line.endswith("/article.json")]
            assert not subprocess.run(
                ["sha256sum", "--quiet", "-c", path.name], cwd=path.parent, check=False
            ).returncode
        elif path.suffix == ".jsonl":
            lines = [json.loads(line) for line in path.read_bytes().splitlines()]
            # A note whose rewrite was journalled but not made has that line twice: what counts is what stands.
            for line in lines:
                found[f"{name} {line.get('url') or line['note']}"] = {**line, "checked": "", "at": "", "check": ""}
        elif name.endswith(STATUS):  # it holds times of day, and what was written twice
            found[name] = status_is_behind(path.parents[len(Path(STATUS).parts) - 1], path.read_bytes())
        else:
            found[name] = path.read_bytes()
    return found


def different(made: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The names under which two states differ, with both."""
    return {name: (made.get(name), wanted.get(name)) for name in {*made, *wanted} if made.get(name) != wanted.get(name)}
