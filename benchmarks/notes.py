"""How long a folder of many notes takes when there is nothing to fetch: first rewriting, idle run, other mode, repair.

    python -m benchmarks.notes [NOTES]

Every twelfth note names WeChat articles and images, every fourth shows a local image; the replica runs, and is asked
only in the first run. Only the ratios of one run mean something: the machine has other things to do.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from archiver.fixity.github import check_github
from archiver.tasks.run import view_run
from archiver.tasks.status import read_status
from tests.replica import ImageSpec, Replica, short_token
from tests.replica.images import image_bytes
from tests.world import World

ARTICLES, PICTURES = 40, 40
TEXT = "读书笔记。A paragraph of ordinary text with a [link](https://example.org/a) and `code`, again and again. " * 30


def make_notes(world: World, count: int) -> None:
    """Notes of about 5 kB."""
    (world.notes / "img").mkdir()
    for n in range(PICTURES):
        (world.notes / "img" / f"{n}.png").write_bytes(image_bytes(ImageSpec(f"local/{n}", 64, 48)))
    for n in range(count):
        lines = [f"# 第 {n} 天", "", TEXT]
        if n % 12 == 0:
            for k in range(6):
                token = short_token(f"benchmark {(n + k) % ARTICLES}")
                lines.append(f"{k + 1}. [标题 {k}](https://mp.weixin.qq.com/s/{token})  :star::star:")
            shown = ImageSpec.named(f"benchmark {n % PICTURES}", 64, 48)
            lines.append(f"<div align=center><img src='{shown.url}'></div>")
        if n % 4 == 0:
            lines += ["", f"![local](../img/{n % PICTURES}.png)"]
        world.note(f"{n % 100:02}/{n:06}.md", "\n".join(lines) + "\n")


def timed(name: str, act: Callable[[], object]) -> None:
    wall, used = time.perf_counter(), time.process_time()
    act()
    print(f"{name:28} {time.perf_counter() - wall:8.2f} {time.process_time() - used:8.2f}", flush=True)


def status(world: World) -> None:
    with view_run(world.config) as context:
        read_status(context)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, Replica() as replica:
        world = World(Path(folder), replica)
        make_notes(world, count)
        print(f"{'':28} {'wall s':>8} {'CPU s':>8}")
        world.configure(rewrite={"articles": "keep", "images": "keep"})
        timed(f"fetch, index {count:,} notes", world.sync)
        timed("idle, nothing rewritten", world.sync)
        world.configure(rewrite={"articles": "replace", "images": "replace"})
        timed("rewrite", world.sync)
        replica.clear_requests()
        timed("idle, all rewritten", world.sync)
        world.configure(rewrite={"repair": False})
        timed("idle, without repair", world.sync)
        world.configure(rewrite={"repair": True, "articles": "append"})
        timed("rewrite in another mode", world.sync)
        timed("status", lambda: status(world))
        timed("repair", lambda: world.cli("repair"))
        timed("verify --github", lambda: check_github(world.config))
        timed("restore", lambda: world.cli("restore"))
        assert replica.requests == []


if __name__ == "__main__":
    main()
