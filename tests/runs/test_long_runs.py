"""What a long run holds: little for each article, and no more for more threads."""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import subprocess
import sys
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.archive.arrivals import Arrivals
from archiver.gathering import image, writing
from archiver.gathering.heap import give_back
from archiver.gathering.page_reading import Process
from archiver.models.reading import Reading
from tests.builders import article
from tests.forkserver import environment
from tests.render.samples import RECORD
from tests.world import World

HEAPS = """
import ctypes, sys, threading
from pathlib import Path
from archiver.config import load_config
from archiver.gathering.start import start_workers
if sys.argv[1:]:
    with start_workers(load_config(Path(sys.argv[1]))):
        pass
library = ctypes.CDLL(None)
library.fopen.restype = ctypes.c_void_p
kept, all_here = [], threading.Barrier(6)
def work():
    all_here.wait()
    kept.append(bytearray(1000))
    all_here.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
channel = ctypes.c_void_p(library.fopen(b"/dev/stdout", b"w"))
library.malloc_info(0, channel)
library.fclose(channel)
"""


def heaps(*config: Path) -> int:
    """How many heaps the C library has made for a program with six threads, which has fetched with a configuration."""
    command = [sys.executable, "-c", HEAPS, *map(str, config)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="only glibc has many, and tells"
)
def test_threads_that_fetch_share_one_heap(world: World) -> None:
    world.note("a.md", "nothing\n")
    assert heaps() > 1
    assert heaps(world.root / "config.toml") == 1


holding = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"), reason="only glibc is told what to hold"
)
FAULTS = """
import resource, sys
from pathlib import Path
from archiver.config import load_config
from archiver.gathering.start import start_workers
if sys.argv[1:]:
    with start_workers(load_config(Path(sys.argv[1]))):
        pass
def faults():
    [b"x" * 3_000_000 for _ in range(8)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
faults()
print(-faults() + [faults() for _ in range(20)][-1])
"""


def faults(*config: Path) -> int:
    """How often a program asks the system for 4 kB that are clear, while it makes as much as a page twenty times."""
    command = [sys.executable, "-c", FAULTS, *map(str, config)]
    return int(subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout)


@holding
def test_what_one_page_had_the_next_one_gets(world: World) -> None:
    world.note("a.md", "nothing\n")
    assert faults(world.root / "config.toml") < 2_000 < 20_000 < faults()


@holding
def test_so_it_is_in_a_process_that_reads_pages() -> None:
    import resource

    process, pages = Process(), [bytes(3_000_000 + n) for n in range(8)]

    def taken() -> int:
        process._ask(len, pages)
        return int(process._ask(resource.getrusage, resource.RUSAGE_SELF).ru_minflt)

    try:
        taken()
        assert -taken() + [taken() for _ in range(10)][-1] < 1_000
    finally:
        process.end()


def test_the_pixels_of_few_images_are_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    all_here, go = threading.Barrier(image.AT_ONCE + 1), threading.Barrier(image.AT_ONCE + 1)

    def look(_data: bytes) -> None:
        all_here.wait()
        go.wait()

    monkeypatch.setattr(image, "inspect_image", look)
    threads = [threading.Thread(target=image._verified, args=[b""]) for _ in range(image.AT_ONCE)]
    for thread in threads:
        thread.start()
    all_here.wait()
    assert not image._verifying.acquire(blocking=False), "another one would have to wait"
    go.wait()
    for thread in threads:
        thread.join()


def test_little_of_an_article_is_held_to_the_end_of_the_run() -> None:
    arrivals = Arrivals()
    record = replace(RECORD, reading=Reading(0, {"title": ("meta:og:title",) * 9}))

    def add(start: int) -> None:
        for n in range(start, start + 500):
            came = replace(
                record, folder=f"{record.folder}{n:04}", id=f"{n:012}", biz=f"biz {n}", url=f"{RECORD.url}{n}"
            )
            arrivals.add(pickle.loads(pickle.dumps(came)))  # as it comes of another process: nothing is shared

    add(0)
    gc.collect()
    tracemalloc.start()
    try:
        add(500)
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 500 * 500


def test_what_python_keeps_for_later_is_given_back() -> None:
    give_back()
    freed = [(n, n, n, n, n, n, n) for n in range(1500)]
    freed.clear()
    before = sys.getallocatedblocks()
    give_back()
    assert before - sys.getallocatedblocks() > 1000


def test_a_run_gives_back_every_so_many_articles(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []
    monkeypatch.setattr(writing, "_TIDIED_AFTER", 2)
    monkeypatch.setattr(writing, "give_back", lambda: calls.append(None))
    urls = [world.replica.add_article(article(f"第{n}篇")) for n in range(5)]
    world.note("a.md", "".join(f"[x]({url})\n" for url in (*urls, urls[0])))
    assert world.sync().exit_code == 0
    assert len(calls) == 2


def test_so_does_a_process_that_reads_pages() -> None:
    process = Process()
    try:
        before, *_ = (process._ask(gc.get_stats)[2]["collections"], *(process._ask(os.getpid) for _ in range(200)))
        assert process._ask(gc.get_stats)[2]["collections"] == before + 1
    finally:
        process.end()
