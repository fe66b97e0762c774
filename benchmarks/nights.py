"""A first night beside the loops of `benchmarks.limits`, in pairs: wall and CPU time of an article.

    python -m benchmarks.nights [ARTICLES] [ROUNDS] [LATENCY …]

Real pages, copied (`benchmarks.web`), LATENCY (0 and 100) in milliseconds for every answer. A round runs ours and the
limit one after the other; ratios are medians over rounds. The web is a process of its own. A run that does not bring
every article and every image ends the benchmark.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archiver.config import config_text
from archiver.fetch.find_browser import find_browser
from benchmarks.pairs import Times, compared, judged, timed
from benchmarks.places import PAGES, peer
from benchmarks.results import Rows, keep

INTERVAL = 0  # seconds between two pages: the replica is nobody's site


@dataclass(frozen=True)
class Kind:
    """An engine with so many tabs, and what may be reached of the limit's speed."""

    engine: str
    jobs: int
    cpu_target: float | None = None
    speed_target: float | None = None


KINDS = (
    Kind("http", 1, cpu_target=1.8),
    Kind("http", 2),
    Kind("http", 4),
    Kind("browser", 1, speed_target=1.0),
    Kind("browser", 2, speed_target=0.9),
    Kind("browser", 4),
)


@contextmanager
def serving(folder: Path, articles: int, latency: float) -> Iterator[dict[str, Any]]:
    """A web of so many articles; where it is."""
    command = [sys.executable, "-m", "benchmarks.web", str(folder), str(articles), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as web:
        assert web.stdin
        assert web.stdout
        yield json.loads(web.stdout.readline())
        web.stdin.close()


def archived(web: dict[str, Any], folder: Path, engine: str, jobs: int) -> Times:
    """A first sync of all, in an empty folder."""
    (folder / "notes").mkdir()
    lines = "".join(f"- [{n}]({url})\n" for n, url in enumerate(web["urls"]))
    (folder / "notes" / "a.md").write_text(lines, "utf-8")
    settings: dict[str, dict[str, Any]] = {
        "notes": {"root": "notes"},
        "network": {"proxy": web["proxy"], "ca_bundle": web["ca"]},
        "fetch": {"interval": INTERVAL, "engine": engine, "jobs": jobs},
    }
    (folder / "config.toml").write_text(config_text(settings), "utf-8")
    times, _ = timed([sys.executable, "-m", "archiver", "sync"], folder)
    articles = list(folder.glob("archive/articles/**/article.json"))
    assert len(articles) == len(web["urls"]), len(articles)
    return times


def ours(web: dict[str, Any], kind: Kind) -> tuple[Times, int]:
    """A first sync; its times, and how many images it kept."""
    with tempfile.TemporaryDirectory() as name:
        times = archived(web, Path(name), kind.engine, kind.jobs)
        return times, len([path for path in Path(name).glob("archive/images/**/*.*") if path.is_file()])


def limit(web: dict[str, Any], kind: Kind) -> tuple[Times, int]:
    """The loop; its times, and how many images it loaded."""
    loop = [peer("page", "bin/python"), "-m", "benchmarks.limits"]
    times, printed = timed([*loop, kind.engine, str(kind.jobs), str(find_browser(None))], Path(), json.dumps(web))
    return times, int(printed.split()[-1])


def measure(web: dict[str, Any], kinds: Sequence[Kind], rounds: int) -> dict[Kind, list[tuple[Times, Times]]]:
    """Pairs of ours and the limit, by kind. The loop of HTTP has no jobs: it runs once in a round, for all of them."""
    pairs: dict[Kind, list[tuple[Times, Times]]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        bare: tuple[Times, int] | None = None
        for kind in kinds:
            mine, images = ours(web, kind)
            bare = bare if bare and kind.engine == "http" else limit(web, kind)
            theirs, loaded = bare
            assert images >= loaded > 0, (images, loaded)
            pairs[kind].append((mine, theirs))
            print(f"{kind.engine} {kind.jobs}: {mine} {theirs}", flush=True)
    return pairs


def rows(kind: Kind, pairs: Sequence[tuple[Times, Times]], articles: int, latency: int) -> Rows:
    """A row of wall and one of CPU time."""
    about = f"first sync by {kind.engine}, jobs {kind.jobs}, {latency} ms latency"
    peer = {"peer": "bare loop" if kind.engine == "browser" or kind.jobs == 1 else "bare loop, one at a time"}
    speed = compared([(articles / mine.wall, articles / theirs.wall) for mine, theirs in pairs])
    cpu = compared([(mine.cpu / articles, theirs.cpu / articles) for mine, theirs in pairs])
    fast = {} if kind.speed_target is None else judged(speed["ratio"], "≥", kind.speed_target, "ratio")
    cheap = {} if kind.cpu_target is None else judged(cpu["ratio"], "≤", kind.cpu_target, "ratio")
    return {
        f"{about}: speed": {"unit": "articles a second", **speed, **peer, **fast},
        f"{about}: CPU": {"unit": "s an article", **cpu, **peer, **cheap},
    }


def main() -> None:
    articles, rounds, *latencies = [int(value) for value in sys.argv[1:]] or [24, 3]
    for latency in latencies or [0, 100]:
        with serving(PAGES, articles, latency / 1000) as web:
            for engine in ("http", "browser"):
                for kind, pairs in measure(web, [kind for kind in KINDS if kind.engine == engine], rounds).items():
                    keep("W2", rows(kind, pairs, articles, latency))


if __name__ == "__main__":
    main()
