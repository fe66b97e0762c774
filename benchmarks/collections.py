"""Collections of notes to measure with: many notes of which a twelfth name WeChat, and notes with very many links.

    python -m benchmarks.collections idle NOTES FOLDER
    python -m benchmarks.collections links LINKS FOLDER

Both are working trees of git in which all is committed. The first has been synced, and all is settled in it; in the
second, a tenth of the links is archived, and the rest waits. `benchmarks.looks` measures with the first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from archiver.archive.context import Context
from archiver.gathering.link_entries import enter_known_links, enter_unlisted
from archiver.rewriting.rewrites import Rewriting
from archiver.rewriting.scan import scan_notes
from archiver.store.remembered import TICK
from archiver.tasks.run import due, finish, open_run
from tests.reader.library import Library, random_articles, save
from tests.replica import ImageSpec, Replica, short_token
from tests.replica.images import image_bytes
from tests.world import World

ARTICLES, IMAGES = 40, 40
TEXT = "读书笔记。A paragraph of ordinary text with a [link](https://example.org/a) and `code`, again and again. " * 30
LINKS_OF_A_NOTE, LINKS_OF_THE_LONGEST = 12, 1100


def make_notes(world: World, count: int) -> None:
    """Notes of about 5 kB: every twelfth names WeChat articles and an image, every fourth shows a local image."""
    (world.notes / "img").mkdir()
    for n in range(IMAGES):
        (world.notes / "img" / f"{n}.png").write_bytes(image_bytes(ImageSpec(f"local/{n}", 64, 48)))
    for n in range(count):
        lines = [f"# 第 {n} 天", "", TEXT]
        if n % 12 == 0:
            for k in range(6):
                token = short_token(f"benchmark {(n + k) % ARTICLES}")
                lines.append(f"{k + 1}. [标题 {k}](https://mp.weixin.qq.com/s/{token})  :star::star:")
            shown = ImageSpec.named(f"benchmark {n % IMAGES}", 64, 48)
            lines.append(f"<div align=center><img src='{shown.url}'></div>")
        if n % 4 == 0:
            lines += ["", f"![local](../img/{n % IMAGES}.png)"]
        world.note(f"{n % 100:02}/{n:06}.md", "\n".join(lines) + "\n")


def make_idle(folder: Path, count: int) -> None:
    """A collection in which nothing is left to do. The order of writes matters to nobody here: nothing is synced."""
    os.fsync = lambda _handle: None  # type: ignore[assignment]
    with Replica() as replica:
        world = World(folder, replica)
        make_notes(world, count)
        for _ in range(2):
            world.sync()
        replica.clear_requests()
        world.sync()
        assert replica.requests == []
    commit_all(folder)


def make_links(folder: Path, count: int) -> None:
    """A collection of that many links, each to another article; what its runs find out of the notes is remembered."""
    os.fsync = lambda _handle: None  # type: ignore[assignment]
    library = Library(folder)
    made = list(islice(random_articles(count // 10, paragraphs=5), count // 10))
    for path, links in _notes_of(count, [item.url for item in made]):
        file = library.root / "notes" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join([TEXT, *links, ""]), "utf-8")
    with library.open() as archive, archive.catalogue.together():
        for item in made:
            save(archive, item)
    with open_run(library.config) as context:
        enter_unlisted(context.archive)
        _enter(context)
    for _ in range(2):
        time.sleep(2 * TICK / 1e9)  # what was written just now is not remembered
        with open_run(library.config) as context:
            scan = due(context).scan
            finish(context, notes=Rewriting(scan.paths, memory=scan.memory))
    commit_all(folder)


def _enter(context: Context) -> None:
    scan = scan_notes(context.config, context.archive)
    enter_known_links(context, scan.targets)
    finish(context, notes=Rewriting(scan.paths))


def _notes_of(count: int, archived: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Paths of notes, and their lines: every tenth link is one of those that are archived."""
    at = number = 0
    while at < count:
        size = LINKS_OF_THE_LONGEST if number == 0 else LINKS_OF_A_NOTE
        urls = [_url(n, archived) for n in range(at, min(at + size, count))]
        yield (
            f"{number % 100:02}/{number:06}.md",
            [f"{k + 1}. [标题 {k}]({url})  :star:" for k, url in enumerate(urls)],
        )
        at, number = at + size, number + 1


def _url(n: int, archived: list[str]) -> str:
    if n % 10 == 0 and n // 10 < len(archived):
        return archived[n // 10]
    if n % 3:
        return f"https://mp.weixin.qq.com/s/{short_token(f'waits {n}')}"
    return f"http://mp.weixin.qq.com/s?__biz=MzAxMDAwMDAwMQ==&amp;mid=26500{n:05}&amp;idx=1&amp;sn={n:032x}&amp;scene=21#wechat_redirect"


def commit_all(folder: Path) -> None:
    """Put all into a repository, as a user would have it."""
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a", "--allow-empty"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


def main() -> None:
    kind, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True)
    {"idle": make_idle, "links": make_links}[kind](folder, count)


if __name__ == "__main__":
    main()
