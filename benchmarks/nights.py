"""A first night beside the loops of `benchmarks.limits`, in pairs: wall and CPU time of an article.

    python -m benchmarks.nights PYTHON FOLDER [ARTICLES] [ROUNDS] [LATENCY …]

PYTHON is the interpreter of a venv that has `benchmarks/requirements.txt`; FOLDER holds real pages; LATENCY in
milliseconds, for every answer. A round runs ours and the limit one after the other; ratios are medians over rounds. The
web is a process of its own. A run that does not bring every article and every image ends the benchmark.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from archiver.config import config_text
from archiver.fetch.find_browser import find_browser
from benchmarks.results import keep

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
    Kind("browser", 1, speed_target=1.0),
    Kind("browser", 2, speed_target=0.9),
    Kind("browser", 4),
)


@dataclass(frozen=True)
class Times:
    """Seconds of a whole run."""

    wall: float
    cpu: float


def timed(command: Sequence[str], folder: Path, given: str = "") -> tuple[Times, str]:
    """Run a command; its times with those of its children, and what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.upper().endswith(("_PROXY", "_CA_BUNDLE"))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # users have compiled modules
    environment["PYTHONPATH"] = str(Path(__file__).parents[1])
    wall, used = time.perf_counter(), _children()
    done = subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, text=True, check=False
    )
    times = Times(time.perf_counter() - wall, _children() - used)
    assert done.returncode == 0, done.stdout + done.stderr
    return times, done.stdout


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def serving(folder: Path, articles: int, latency: float) -> Iterator[dict[str, Any]]:
    """A web of so many articles; where it is."""
    command = [sys.executable, "-m", "benchmarks.web", str(folder), str(articles), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as web:
        assert web.stdin
        assert web.stdout
        yield json.loads(web.stdout.readline())
        web.stdin.close()


def ours(web: dict[str, Any], kind: Kind) -> tuple[Times, int]:
    """A first sync of all; its times, and how many images it kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notes").mkdir()
        lines = "".join(f"- [{n}]({url})\n" for n, url in enumerate(web["urls"]))
        (folder / "notes" / "a.md").write_text(lines, "utf-8")
        settings: dict[str, dict[str, Any]] = {
            "notes": {"root": "notes"},
            "network": {"proxy": web["proxy"], "ca_bundle": web["ca"]},
            "fetch": {"interval": INTERVAL, "engine": kind.engine, "jobs": kind.jobs},
        }
        (folder / "config.toml").write_text(config_text(settings), "utf-8")
        times, _ = timed([sys.executable, "-m", "archiver", "sync"], folder)
        articles = list(folder.glob("archive/articles/**/article.json"))
        assert len(articles) == len(web["urls"]), len(articles)
        return times, len([path for path in folder.glob("archive/images/**/*.*") if path.is_file()])


def limit(python: str, web: dict[str, Any], kind: Kind) -> tuple[Times, int]:
    """The loop; its times, and how many images it loaded."""
    command = [python, "-m", "benchmarks.limits", kind.engine, str(kind.jobs), str(find_browser(None))]
    times, printed = timed(command, Path(), json.dumps(web))
    return times, int(printed)


def rows(python: str, web: dict[str, Any], rounds: int, latency: int) -> dict[str, dict[str, Any]]:
    """A row of wall and one of CPU time for each kind."""
    found: dict[str, dict[str, Any]] = {}
    articles = len(web["urls"])
    for kind in KINDS:
        pairs = []
        for _ in range(rounds):
            (mine, images), (theirs, loaded) = ours(web, kind), limit(python, web, kind)
            assert images >= loaded, (images, loaded)
            pairs.append((mine, theirs))
            print(f"{kind.engine} {kind.jobs} {latency} ms: {mine} {theirs}", flush=True)
        name = f"first sync by {kind.engine}, jobs {kind.jobs}, {latency} ms latency"
        peer = {"peer": "bare loop"}
        speed = median(theirs.wall / mine.wall for mine, theirs in pairs)
        cpu = median(mine.cpu / theirs.cpu for mine, theirs in pairs)
        found[f"{name}: speed"] = peer | {
            "unit": "articles a second",
            "ours": articles / median(mine.wall for mine, _ in pairs),
            "theirs": articles / median(theirs.wall for _, theirs in pairs),
            "ratio": speed,
            **_judged(kind.speed_target, "≥", speed),
        }
        found[f"{name}: CPU"] = peer | {
            "unit": "s an article",
            "ours": median(mine.cpu for mine, _ in pairs) / articles,
            "theirs": median(theirs.cpu for _, theirs in pairs) / articles,
            "ratio": cpu,
            **_judged(kind.cpu_target, "≤", cpu),
        }
    return found


def _judged(target: float | None, sign: str, ratio: float) -> dict[str, Any]:
    if target is None:
        return {}
    return {"target": f"ratio {sign} {target:g}", "met": ratio >= target if sign == "≥" else ratio <= target}


def main() -> None:
    python, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    articles, rounds, *latencies = [int(value) for value in sys.argv[3:]] or [24, 3, 0]
    for latency in latencies or [0]:
        with serving(folder, articles, latency / 1000) as web:
            keep(rows(python, web, rounds, latency))


if __name__ == "__main__":
    main()
