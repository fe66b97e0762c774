"""Memory of a long run, and where the bytes of its archive are.

    python -m benchmarks.memory [ARTICLES]          # of the replica, small pages, two hundred and more
    python -m benchmarks.memory bytes [ARTICLES]    # of real pages: bytes on disk alone

One sync of ARTICLES (2,000) articles of the replica, which is a process of its own; the resident memory of the sync is
read after each, and that of the processes that read pages for it. The curves are drawn into memory.svg.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from archiver.config import config_text
from benchmarks.nights import archived, serving
from benchmarks.pairs import judged
from benchmarks.places import PAGES
from benchmarks.results import Rows, keep
from tests.forkserver import environment
from tests.replica import Replica, short_token

SETTLED = 200  # articles after which memory must not grow by more than a tenth
LOOK = 20  # articles between two looks which processes there are
CURVE = Path(__file__).with_name("memory.svg")
WIDTH, HEIGHT, EDGE = 640, 240, 44


def serve() -> None:
    """Be the web: print where it is, and end with the standard input."""
    with Replica() as replica:
        print(json.dumps([replica.proxy_url, str(replica.ca_bundle)]), flush=True)
        sys.stdin.read()


Curve = list[tuple[int, float, float]]  # articles, megabytes of the sync, and of it and the processes that it started


def resident(process: int) -> float:
    """Megabytes of memory that a process holds; none where it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text("utf-8").split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 1e6


def started_by(process: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1]) == process:
                found.append(int(stat.parent.name))
    return found


def watched(folder: Path, articles: int) -> Curve:
    """What is held as the run goes on."""
    found: Curve = []
    readers: list[int] = []
    command = [sys.executable, "-m", "archiver", "sync", "--json"]
    with subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout
        for line in run.stdout:
            if json.loads(line).get("event") == "article":
                if len(found) % LOOK == 0:
                    readers = started_by(run.pid)
                held = resident(run.pid)
                found.append((len(found) + 1, held, held + sum(map(resident, readers))))
    assert run.returncode == 0, run.returncode
    assert len(found) == articles, len(found)
    return found


def drawn(curve: Curve) -> str:
    """The curves as SVG, memory from zero on."""
    right, top = curve[-1][0], max(mb for _, _, mb in curve) * 1.1
    few = curve[:: max(1, len(curve) // 400)]

    across, up = (WIDTH - EDGE - 10) / right, (HEIGHT - EDGE - 10) / top

    def line(which: int, colour: str) -> str:
        spots = " ".join(f"{EDGE + at[0] * across:.1f},{HEIGHT - EDGE - at[which] * up:.1f}" for at in few)
        return f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="1.5"/>'

    text = 'font-family="sans-serif" font-size="12" fill="#555"'
    _, alone, together = curve[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>Memory of a sync of {right:,} articles: {alone:.0f} MB at its end,"
        f" {together:.0f} MB with the process that reads pages</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<path d="M{EDGE} 10V{HEIGHT - EDGE}H{WIDTH - 10}" stroke="#999" fill="none"/>'
        f"{line(2, '#999')}{line(1, '#07c160')}"
        f'<text x="4" y="20" {text}>{top:.0f} MB</text><text x="4" y="{HEIGHT - EDGE}" {text}>0</text>'
        f'<text x="{WIDTH - 10}" y="{HEIGHT - 24}" text-anchor="end" {text}>{right:,} articles; '
        "green: the sync, grey: with the process that reads pages</text></svg>\n"
    )


PARTS = (
    ("images", re.compile(r"images/")),
    ("captures of pages", re.compile(r"articles/.*/capture[.\w-]*\.gz$")),
    ("article.md", re.compile(r"articles/.*/article\.md$")),
    ("article.json", re.compile(r"articles/.*/article\.json$")),
    ("pages of articles", re.compile(r"articles/.*\.html$")),
    ("catalogue", re.compile(r"catalogue\.")),
    ("site and its search", re.compile(r"site/|index\.html$")),
    ("links and logs", re.compile(r".*\.jsonl$")),
)


def by_part(archive: Path) -> dict[str, float]:
    """Bytes of the archive by part, the largest first; what is of no part is `all else`."""
    found: dict[str, float] = {}
    for file in archive.rglob("*"):
        if file.is_file() and not file.is_symlink():
            path = file.relative_to(archive).as_posix()
            name = next((part for part, pattern in PARTS if pattern.match(path)), "all else")
            found[name] = found.get(name, 0) + file.stat().st_size
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def part_rows(archive: Path, articles: int, about: str) -> Rows:
    """A row for each part, and one for all; the parts have to be all that there is."""
    parts = by_part(archive)
    whole = sum(file.stat().st_size for file in archive.rglob("*") if file.is_file() and not file.is_symlink())
    assert sum(parts.values()) == whole
    rows: Rows = {
        f"on disk, {about}: {name}": {
            "unit": "kB an article", "ours": size / articles / 1000, "of": about, "part": name
        }
        for name, size in (parts | {"all": whole}).items()
    }  # fmt: skip
    return rows


def of_real_pages(articles: int) -> None:
    """Bytes by part of an archive of real pages; the images are drawn, and smaller than photographs."""
    with tempfile.TemporaryDirectory() as name, serving(PAGES, articles, 0) as web:
        archived(web, Path(name), "http", 1)
        rows = part_rows(Path(name) / "archive", articles, f"{articles} real pages of 3 to 4 MB")
    keep("W7", rows)
    for about, row in rows.items():
        print(f"{about:60} {row['ours']:8.1f} {row['unit']}")


def write_notes(notes: Path, articles: int) -> None:
    """Notes with twenty links each."""
    links = [f"- [x](https://mp.weixin.qq.com/s/{short_token(f'memory {n}')})\n" for n in range(articles)]
    for start in range(0, articles, 20):
        (notes / f"{start:06}.md").write_text("".join(links[start : start + 20]), "utf-8")


def main() -> None:
    if sys.argv[1:2] == ["bytes"]:
        of_real_pages(int(sys.argv[2]) if len(sys.argv) > 2 else 24)
        return
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    assert articles > SETTLED, articles
    web = [sys.executable, "-c", "from benchmarks.memory import serve; serve()"]
    with (
        tempfile.TemporaryDirectory() as name,
        subprocess.Popen(web, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as replica,
    ):
        assert replica.stdin
        assert replica.stdout
        proxy, bundle = json.loads(replica.stdout.readline())
        folder = Path(name)
        (folder / "notes").mkdir()
        write_notes(folder / "notes", articles)
        settings = {
            "notes": {"root": "notes"},
            "network": {"proxy": proxy, "ca_bundle": bundle},
            "fetch": {"interval": 0, "engine": "http"},
        }
        (folder / "config.toml").write_text(config_text(settings), "utf-8")
        began = time.perf_counter()
        curve = watched(folder, articles)
        print(f"{articles / (time.perf_counter() - began):.1f} articles a second")
        replica.stdin.close()
        parts = part_rows(folder / "archive", articles, f"{articles:,} articles of the replica")
    CURVE.write_text(drawn(curve), "utf-8")
    report(curve, parts, articles)


def report(curve: Curve, parts: Rows, articles: int) -> None:
    """Keep and print what was found."""
    rows: Rows = {}
    for which, about in (1, "memory of a sync"), (2, "memory of a sync and its processes"):
        before, after = (max(at[which] for at in some) for some in (curve[:SETTLED], curve[SETTLED:]))
        about = f"{about}, {articles:,} articles"
        rows[f"{about}, at its end"] = {"unit": "MB", "ours": curve[-1][which]}
        rows[f"{about}, growth after {SETTLED}"] = {
            "unit": "× the peak before", "ours": after / before, **judged(after / before, "≤", 1.1)
        }  # fmt: skip
    keep("W7", rows | parts)
    for name, row in (rows | parts).items():
        print(f"{name:60} {row['ours']:8.2f} {row['unit']}")


if __name__ == "__main__":
    main()
