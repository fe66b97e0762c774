"""Golden trees: what notes and archive are after certain nights, byte for byte, in `tests/golden/`.

    python -m tests.golden_trees --write [NAME]...    make them anew; then read `git diff tests/golden`

Of each scenario and engine there is a manifest, `NAME-ENGINE.json`: every file with its SHA-256 and size, and `asked`,
the URLs that were asked for, sorted. Of the scenarios that are this project's own, the text files stand beside it, in
`NAME/`, as they are with the engine `http`.

What is written depends on nothing but the code: the clock is handed in, no library draws the images, and where Python's
zlib packs otherwise than the one that the manifest was made with, captures are compared unpacked.
"""

from __future__ import annotations

import difflib
import gzip
import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver.archive.captures import pack
from archiver.store.layout import SLIM_CAPTURE
from tests.older_archive import live_through
from tests.replica import Replica
from tests.replica.plain_images import plain_image
from tests.replica.samples import NOTES, SAMPLES
from tests.world import World, tokens

GOLDEN = Path(__file__).parent / "golden"
SHARED = Path(__file__).parents[2] / "shared"
NOW = datetime(2026, 5, 6, 1, tzinfo=UTC)
ASKED = "asked"
TEXTS = ("article.md", "article.json", "version.json", "links.jsonl", "journal.jsonl", ASKED)

# One of every kind and era, and the lighter ones. The twelve links of the real notes lead to them.
_REAL = (
    "article-2017-gb18030", "article-2018-background-image", "article-2018-video-iframe", "article-2018-voice",
    "article-2020-code-rendered", "article-2022", "article-2026-table-code", "picture-2018", "picture-2025-b",
    "state-deleted", "text-2020-untitled", "video-2019",
)  # fmt: skip

Tree = Mapping[str, bytes]
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`live(world)` fills the notes and syncs. `own`: nothing in it is other people's work, so that texts may be kept.
    `inputs`: the folders and files outside the project that it is made from."""

    name: str
    live: Callable[[World], object]
    engines: tuple[str, ...] = ("http", "browser")
    own: bool = False
    inputs: tuple[Path, ...] = ()

    @property
    def here(self) -> bool:
        """Whether its inputs are at hand."""
        return all(path.exists() for path in self.inputs)


def _demo(world: World) -> None:
    shutil.copytree(NOTES, world.notes, dirs_exist_ok=True)
    for sample in SAMPLES:
        sample.add_to(world.replica)
    world.sync(now=lambda: NOW)


def _seed(world: World) -> None:
    """The real notes, with real pages behind their links."""
    shutil.copytree(SHARED / "notes" / "seed", world.notes, dirs_exist_ok=True, copy_function=shutil.copyfile)
    linked = sorted({token for note in world.notes.rglob("*.md") for token in tokens(note.read_text("utf-8"))})
    for token, name in zip(linked, _REAL, strict=True):
        world.replica.serve_file(SHARED / "pages" / f"{name}.html.gz", token)
    world.sync(now=lambda: NOW)


def _pages(world: World) -> None:
    """All real pages but walls, which end a night, and fragments."""
    paths = [
        p for p in sorted((SHARED / "pages").glob("*.html.gz")) if not p.name.startswith(("wall", "fragment", "al"))
    ]
    world.note("all.md", "".join(f"* [x]({world.replica.serve_file(path)})\n" for path in paths))
    world.sync(now=lambda: NOW)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("demo", _demo, own=True),
        Scenario("past", live_through, own=True),
        Scenario("seed", _seed, inputs=(SHARED / "notes" / "seed", *(SHARED / f"pages/{n}.html.gz" for n in _REAL))),
        Scenario("pages", _pages, engines=("http",), inputs=(SHARED / "pages",)),
    )
}


def grow(scenario: Scenario, engine: str, root: Path) -> Tree:
    """Live through a scenario in the new folder `root`; what notes and archive are then, machine state left out, and
    what was asked for."""
    root.mkdir(parents=True)
    with Replica(default_article=False, default_images=not scenario.own, draw=plain_image) as replica:
        world = World(root, replica, engine)
        world.configure(fetch={"timeout": 120})  # a slow machine asks for nothing twice
        scenario.live(world)
        asked = [request.url for request in replica.requests]
        assert replica.refused_requests == []
    files = {path: (root / path).read_bytes() for path in world.tree() if path != "config.toml"}
    return {**files, ASKED: "".join(f"{url}\n" for url in sorted(asked)).encode()}


def manifest(scenario: Scenario, tree: Tree) -> Manifest:
    """Checksums and sizes of a tree, and what else has to be the same for them to be so."""
    # Names of folders hold titles: other people's work is told apart by its ids alone.
    name = str if scenario.own else _without_titles
    return {
        "inputs": checksum_of_inputs(scenario),
        "zlib": _packer(),
        "paths": _line("\n".join(sorted(tree)).encode()),
        "files": {name(path): _line(data) for path, data in sorted(tree.items())},
        "unpacked": {name(path): _line(data) for path, data in sorted(unpacked(tree).items())},
    }


def unpacked(tree: Tree) -> Tree:
    """The files of a tree whose bytes depend on zlib, without that: captures unpacked, and the lists of checksums with
    those of the unpacked captures."""
    captures = {path: gzip.decompress(data) for path, data in tree.items() if path.endswith(".gz")}
    other = {_sha(tree[path]): _sha(data) for path, data in captures.items()}
    sums = {path: data.decode() for path, data in tree.items() if path.endswith("SHA256SUMS")}
    for path, text in sums.items():
        sums[path] = re.sub(r"^[0-9a-f]{64}", lambda match: other.get(match[0], match[0]), text, flags=re.MULTILINE)
    return captures | {path: text.encode() for path, text in sums.items()}


def differences(golden: Manifest, now: Manifest) -> list[str]:
    """The paths that are not as they were: `changed PATH`, `missing PATH`, `new PATH`."""
    old, new = dict(golden["files"]), dict(now["files"])
    if golden["zlib"] != now["zlib"]:
        old, new = old | golden["unpacked"], new | now["unpacked"]
    found = [f"changed {path}" for path in old if path in new and old[path] != new[path]]
    found += [f"missing {path}" for path in old.keys() - new.keys()]
    found += [f"new {path}" for path in new.keys() - old.keys()]
    if not found and golden["paths"] != now["paths"]:
        found.append("changed a name of a folder or file")
    return sorted(found)


def texts(tree: Tree) -> Tree:
    """The files of a tree of which a diff can be read: notes, articles as text, lists."""
    return {p: data for p, data in tree.items() if p.startswith("notes/") or p.rpartition("/")[2] in TEXTS}


def stored_texts(scenario: Scenario) -> Tree:
    """The texts that stand beside the manifest."""
    folder = GOLDEN / scenario.name
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def text_diff(old: Tree, new: Tree) -> Iterator[str]:
    """The lines in which texts differ."""
    for path in sorted(old.keys() | new.keys()):
        before, after = (side.get(path, b"").decode("utf-8", "replace").splitlines() for side in (old, new))
        yield from difflib.unified_diff(before, after, f"golden/{path}", f"now/{path}", lineterm="", n=0)


def read_manifest(scenario: Scenario, engine: str) -> Manifest:
    """The manifest that is kept."""
    found: Manifest = json.loads(_manifest_file(scenario, engine).read_bytes())
    return found


def write(scenario: Scenario) -> None:
    """Make a scenario's manifests, and its texts, anew."""
    GOLDEN.mkdir(exist_ok=True)
    for engine in scenario.engines:
        with tempfile.TemporaryDirectory() as folder:
            tree = grow(scenario, engine, Path(folder).resolve() / "world")
        text = json.dumps(manifest(scenario, tree), ensure_ascii=False, indent=0)
        _manifest_file(scenario, engine).write_bytes(text.encode() + b"\n")
        if scenario.own and engine == "http":
            shutil.rmtree(GOLDEN / scenario.name, ignore_errors=True)
            for path, data in texts(tree).items():
                file = GOLDEN / scenario.name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)


def _manifest_file(scenario: Scenario, engine: str) -> Path:
    return GOLDEN / f"{scenario.name}-{engine}.json"


def checksum_of_inputs(scenario: Scenario) -> str:
    """What tells whether the inputs are those that a manifest was made from."""
    found = [path for given in scenario.inputs for path in ([given] if given.is_file() else given.rglob("*"))]
    return _sha("".join(f"{_sha(path.read_bytes())}\n" for path in sorted(found) if path.is_file()).encode())


def _packer() -> str:
    """What tells one zlib from another, and one way to pack from another."""
    return _sha(pack(NOTES.joinpath("2026-03-07.md").read_bytes(), "slim").files[SLIM_CAPTURE])[:16]


def _without_titles(path: str) -> str:
    return re.sub(r"(?<=/)((?:\d{4}-\d\d-\d\d|undated)-)?[^/]*-([0-9a-f]{8,12}(?:-v\d+)?)(?=[/.])", r"\1…-\2", path)


def _line(data: bytes) -> str:
    return f"{_sha(data)} {len(data)}"


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main(arguments: list[str]) -> int:
    """Write what is named, or everything; returns the exit code."""
    if arguments[:1] != ["--write"]:
        print(__doc__)
        return 2
    for name in arguments[1:] or SCENARIOS:
        if SCENARIOS[name].here:
            write(SCENARIOS[name])
        print(f"{name}: {'written' if SCENARIOS[name].here else 'left out, its inputs are not here'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
