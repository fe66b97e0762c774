"""What the care of an archive costs, and how it grows: verify, reparse, repair, restore, and rewriting all notes.

    python -m benchmarks.care [ARTICLES …]

CPU seconds of the whole process for archives of that many articles (250 and 1,000) with three images each, start-up
included, the faster of two runs. The limit of `verify` is a loop that reads and hashes every file of the archive, in
turns with it. Every command has to end with exit code 0; `verify` has to find one flipped byte, `reparse` has to leave
every article as it was, and after `restore` and a sync the notes are what they were before.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.pairs import START, Times, hashing, timed
from benchmarks.results import Rows, keep, tell
from tests.replica import Replica, short_token
from tests.world import World

RUNS = 2
COMMANDS = {
    "verify": ["verify"],
    "verify --repair of what is whole": ["verify", "--repair"],
    "reparse": ["reparse"],
    "repair": ["repair"],
    "restore": ["restore"],
    "sync that rewrites all notes": ["sync"],  # and each note by its name: they are left alone after `restore`
}


def fill(folder: Path, replica: Replica, articles: int) -> World:
    """An archive of so many articles of the replica, three images each, and a note for every ten."""
    world = World(folder, replica)
    for start in range(0, articles, 10):
        names = [short_token(f"care {n}") for n in range(start, min(start + 10, articles))]
        world.note(f"{start:06}.md", "\n".join(f"1. [{n}](https://mp.weixin.qq.com/s/{n})" for n in names))
    summary = world.sync()
    assert summary.exit_code == 0, summary.attention
    assert len(world.article_folders()) == articles
    return world


def hashes(folder: Path, pattern: str) -> dict[str, str]:
    """SHA-256 by path."""
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob(pattern)}


def archiver(world: World, *words: str, codes: tuple[int, ...] = (0,)) -> Times:
    return timed([sys.executable, "-m", "archiver", *words], world.root, codes=codes)[0]


def must_find_damage(world: World) -> None:
    """A flipped byte of an image is found, and found no more when it is back."""
    image = next(path for path in sorted((world.archive / "images").rglob("*")) if path.is_file())
    whole = image.read_bytes()
    image.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    archiver(world, "verify", codes=(1, 2, 3, 4, 5, 6))
    image.write_bytes(whole)


def measure(articles: int) -> tuple[dict[str, list[float]], float]:
    """CPU seconds by command, and those of the start-up."""
    taken: dict[str, list[float]] = {name: [] for name in (*COMMANDS, "hash")}
    with tempfile.TemporaryDirectory() as folder, Replica() as replica:
        world = fill(Path(folder), replica, articles)
        rewriting = [f"--rewrite={note.relative_to(world.root)}" for note in world.notes.iterdir()]
        notes, texts = hashes(world.notes, "*.md"), hashes(world.archive, "article.*")
        for _ in range(RUNS):
            for name, words in COMMANDS.items():
                named = rewriting if name.startswith("sync") else []
                taken[name].append(archiver(world, *words, *named).cpu)
                if name == "verify":
                    taken["hash"].append(timed(hashing("archive"), world.root)[0].cpu)
            assert hashes(world.notes, "*.md") == notes
            assert hashes(world.archive, "article.*") == texts
        must_find_damage(world)
        start = min(timed(START, world.root)[0].cpu for _ in range(3))
    return taken, start


def rows(articles: int) -> Rows:
    """A row by command."""
    taken, start = measure(articles)
    base = {"unit": "s CPU", "size": articles, "start": start}
    found: Rows = {
        f"{name}, {articles:,} articles": base | {"ours": min(taken[name]), "series": name} for name in COMMANDS
    }
    ratio = median(mine / theirs for mine, theirs in zip(taken["verify"], taken["hash"], strict=True))
    limit = {"peer": "reading and hashing", "theirs": min(taken["hash"]), "ratio": ratio}
    found[f"verify, {articles:,} articles"] |= limit
    return found


def main() -> None:
    for articles in [int(value) for value in sys.argv[1:]] or [250, 1000]:
        found = rows(articles)
        keep("W6", found)
        tell(found)


if __name__ == "__main__":
    main()
