"""A million articles: what the catalogue, search, links.jsonl and the plan take in time and memory, and how it grows.

    python -m benchmarks.scale [RECORDS …]       # 10000 100000 1000000; takes an hour
    python -m benchmarks.scale bytes [FOLDER]    # of pages as the server sends them, *.html.gz

Nothing is asked of anybody, and no article folder is made: records with short texts (a title and one of 20,000 made-up
paragraphs, some 100 characters) go into a real catalogue, lines into a real links.jsonl. Each step is a process of its
own with at most MOST_MEMORY of address space, so that its peak is its own; times are CPU. Results are kept in
results.json, the picture in scale.svg.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from archiver.archive.record import StoredFiles, make_record
from archiver.due.plan import Known, Target, make_plan
from archiver.folding import fold
from archiver.models import Status, UrlKind
from archiver.reader.pages import Page
from archiver.reader.query import parse_query
from archiver.reader.search import search
from archiver.reader.search_index import SearchIndex
from archiver.store.catalogue import Catalogue
from archiver.store.fulltext import Text
from archiver.store.lines import LinkEntry
from archiver.store.link_table import LinkTable
from benchmarks.picture import Curve, draw
from benchmarks.places import PAGES
from benchmarks.results import Rows, keep
from tests.reader.library import NOW, Made, _capture, random_articles, read
from tests.replica import Replica
from tests.replica.plain_images import plain_image
from tests.world import World

SIZES = (10_000, 100_000, 1_000_000)
MOST_MEMORY = 8 << 30  # bytes of address space for a step
PICTURE = Path(__file__).with_name("scale.svg")
IMAGES = 11  # of an article, as `bytes` finds them
NEW = 10  # every so-manieth link is not archived yet
QUERIES = 240


def build(folder: Path, count: int) -> dict[str, float]:
    """Fill a catalogue in one transaction, as a rebuild does; the making of the articles does not count."""
    lines: list[str] = []
    size, used = 0, 0.0
    with Catalogue(folder / "catalogue.db") as catalogue, catalogue.together():
        for number, made in enumerate(_articles(count)):
            record = make_record(read(made), _capture(made), made.url, StoredFiles([]))
            record = replace(record, folder=_folder(made, number))
            text = Text(made.title, made.account, "\n".join(made.paragraphs))
            size += sum(len(part.encode()) for part in (text.title, text.byline, text.body))
            if number % max(1, count // 1000) == 0:
                lines += [fold(made.title), *map(fold, made.paragraphs)]
            begun = time.process_time()
            catalogue.put_article(record, [made.url], (number, number), {}, text)
            used += time.process_time() - begun
        begun = time.process_time()
    used += time.process_time() - begun  # the commit
    (folder / "lines.json").write_text(json.dumps(lines), "utf-8")
    stored = (folder / "catalogue.db").stat().st_size
    return {"seconds": used, "bytes": float(stored), "text": float(size)}


def _articles(count: int) -> Iterator[Made]:
    """Articles out of as many parts as can be made in a moment, month by month: a rebuild reads folders in order."""
    parts = sorted(random_articles(20_000, paragraphs=1), key=lambda made: _folder(made, 0))
    some = random.Random(5)
    for number in range(count):
        one, other = parts[number * len(parts) // count], some.choice(parts)
        yield replace(one, title=f"{other.title}·{number}", account=other.account, token=f"{number:022d}")


def _folder(made: Made, number: int) -> str:
    moment = made.published or NOW
    return f"articles/{moment:%Y}/{moment:%m}/{number:07d}"


def start(folder: Path, count: int) -> dict[str, float]:
    """What every run asks of the catalogue at its start: is it sound, and which records have changed?"""
    begun = time.process_time()
    with Catalogue(folder / "catalogue.db") as catalogue:
        assert catalogue.stale(catalogue.stamps()) == []
        assert len(catalogue.all_folders()) == count
    return {"seconds": time.process_time() - begun}


def find(folder: Path, count: int) -> dict[str, float]:
    """Searches for runs of one to six letters that stand in the texts, with snippets of the first 20 hits."""
    lines = json.loads((folder / "lines.json").read_text("utf-8"))
    taken = []
    with Catalogue(folder / "catalogue.db", check=False) as catalogue:
        for term in islice(_terms(lines), QUERIES):
            query = parse_query(f'"{term}"')
            begun = time.process_time()
            found = search(catalogue, query, 20)
            taken.append(time.process_time() - begun)
            assert 0 < found.total <= count
    taken.sort()
    return {"seconds": taken[int(len(taken) * 0.95)], "median": taken[len(taken) // 2], "worst": taken[-1]}


def _terms(lines: list[str]) -> Iterator[str]:
    some = random.Random(3)
    while True:
        line, length = some.choice(lines), some.randint(1, 6)
        at = some.randrange(max(1, len(line) - length + 1))
        term = line[at : at + length]
        if len(term) == length and fold(term) == term and term.isalpha():
            yield term


def _url(number: int) -> str:
    return f"https://mp.weixin.qq.com/s/{number:022d}"


def links(folder: Path, count: int) -> dict[str, float]:
    """Write links.jsonl anew, as at the end of a run with news."""
    table = LinkTable(folder / "links.jsonl")
    entries = (
        LinkEntry(
            _url(n), UrlKind.ARTICLE, Status.ARCHIVED, target=f"articles/2026/01/{n:07d}", checked="2026-01-01T00:00:00"
        )
        for n in range(count)
        if n % NEW
    )
    table.put(*entries)
    begun = time.process_time()
    table.compact()
    used = time.process_time() - begun
    return {"seconds": used, "bytes": float((folder / "links.jsonl").stat().st_size)}


def plan(folder: Path, count: int) -> dict[str, float]:
    """Read links.jsonl, each line with its checksum, and decide what is due of as many links in notes."""
    targets = [Target(UrlKind.ARTICLE, _url(n), _url(n), f"{n // 12:06}.md:{n % 12}") for n in range(count)]
    begun = time.process_time()
    table = LinkTable(folder / "links.jsonl")
    read_in = time.process_time() - begun
    begun = time.process_time()
    due = make_plan(targets, Known(table.get, lambda url: table.get(url) is not None, lambda _: True), NOW)
    assert len(due.articles) == len(range(0, count, NEW))
    return {"seconds": time.process_time() - begun, "read": read_in}


def site(folder: Path, count: int) -> dict[str, float]:
    """Make the index of the search from disk; its files are not written."""
    used = time.process_time()
    with Catalogue(folder / "catalogue.db", check=False) as catalogue:
        found = SearchIndex(catalogue, lambda _: None).files(set(), everything=True)
        size = sum(len(made.text.encode()) for made in found if isinstance(made, Page))
    assert size > count
    return {"seconds": time.process_time() - used, "bytes": float(size)}


def git(folder: Path, count: int) -> dict[str, float]:
    """Commit as many files as that many articles have, all with the same bytes: what git does for their names alone."""
    run = partial(subprocess.run, cwd=folder, check=True, stdout=subprocess.PIPE)
    run(["git", "init", "-q"])
    blob = str(run(["git", "hash-object", "-w", "--stdin"], input="", text=True).stdout).strip()
    names = (
        f"100644 {blob}\tarticles/{n % 15}/{n % 12}/{n}/{name}\n"
        for n in range(count)
        for name in ("article.json", "article.md", "capture.html.gz", "index.html")
    )
    images = (f"100644 {blob}\timages/{n % 256:02x}/{n:064x}.jpg\n" for n in range(IMAGES * count))
    listed = "".join(sorted([*names, *images], key=lambda line: line.partition("\t")[2])).encode()  # as git has them
    run(["git", "update-index", "--index-info"], input=listed)
    run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"])
    begun = _children()
    run(["git", "diff", "--cached", "--name-only", "HEAD"])
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    size = float((folder / ".git/index").stat().st_size)
    return {"seconds": begun, "looked": _children() - begun, "bytes": size, "peak": spent.ru_maxrss * 1024.0}


def _children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


STEPS: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "build": build,
    "start": start,
    "find": find,
    "links": links,
    "plan": plan,
    "site": site,
    "git": git,
}
LARGEST = {"site": 100_000, "git": 100_000}  # records with which a step is done, where it is not with all
NAMES = {
    "build": "catalogue filled",
    "start": "catalogue checked at the start of a run",
    "find": "catalogue search with snippets, p95",
    "links": "links.jsonl written",
    "plan": "what is due, decided",
    "site": "search from disk, index made",
    "git": "git, index and commit",
}


def step(name: str, folder: Path, count: int) -> None:
    """One step in this process; what it took goes to standard output as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    found = STEPS[name](folder, count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"peak": float(peak), **found}))


def measure(count: int) -> dict[str, dict[str, float]]:
    """All steps with that many records."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in STEPS:
            if count > LARGEST.get(name, count):
                continue
            command = [sys.executable, "-m", "benchmarks.scale", "step", name, folder, str(count)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found[name] = json.loads(done.stdout)
            print(f"{count:>9,} {NAMES[name]:<42} {found[name]}", flush=True)
    return found


def rows(found: dict[int, dict[str, dict[str, float]]]) -> Rows:
    """What is kept: time and peak of each step and size, bytes where files are made."""
    kept: Rows = {}
    for name, told in NAMES.items():
        for count, steps in found.items():
            if name in steps:
                row = {"unit": "s CPU", "series": told, "size": count, "ours": steps[name]["seconds"]}
                kept[f"scale: {told}, {count:,} records"] = row | {"peak": steps[name]["peak"] / 1e6}
    for count, steps in found.items():
        row = {"unit": "s CPU", "series": "links.jsonl read", "size": count, "ours": steps["plan"]["read"]}
        kept[f"scale: links.jsonl read, {count:,} records"] = row
        ratio = steps["build"]["bytes"] / steps["build"]["text"]
        kept[f"scale: catalogue, {count:,} records"] = {"unit": "× the text", "ours": ratio}
    return kept


def weigh(pages: Path) -> Rows:
    """Bytes and files of an article without its images, on average, by what is kept of its page; and how many images it
    shows. The images are drawn, so their bytes say nothing."""
    kept: Rows = {}
    for capture in ("none", "slim", "full"):
        with tempfile.TemporaryDirectory() as folder, Replica(draw=plain_image) as replica:
            world = World(Path(folder), replica)
            world.configure(archive={"capture": capture})
            urls = replica.serve_folder(pages)
            world.note("a.md", "\n".join(f"[{name}]({url})" for name, url in urls.items()))
            world.sync()
            folders = world.article_folders()
            files = [file for place in folders for file in place.iterdir()]
            size = sum(file.stat().st_size for file in files)
            images = sum(1 for file in (world.archive / "images").rglob("*") if file.is_file())
        about = f"scale: an article without images, capture = {capture}"
        kept[about] = {"unit": "kB", "ours": size / len(folders) / 1000}
        kept["scale: files of an article without images"] = {"unit": "files", "ours": len(files) / len(folders)}
        kept["scale: images of an article"] = {"unit": "files", "ours": images / len(folders)}
        print(capture, len(folders), size / len(folders), images / len(folders), len(files) / len(folders))
    return kept


def main() -> None:
    if sys.argv[1:2] == ["step"]:
        step(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
        return
    if sys.argv[1:2] == ["bytes"]:
        keep("scale", weigh(Path(sys.argv[2]) if len(sys.argv) > 2 else PAGES))
        return
    found = {count: measure(count) for count in sorted(map(int, sys.argv[1:] or SIZES))}
    keep("scale", rows(found))
    times = [Curve(NAMES[n], [(c, found[c][n]["seconds"]) for c in found if n in found[c]]) for n in STEPS]
    peaks = [Curve(NAMES[n], [(c, found[c][n]["peak"] / 1e6) for c in found if n in found[c]]) for n in STEPS]
    PICTURE.write_text(draw([("seconds of CPU", times), ("peak of memory, MB", peaks)], "records"), "utf-8")


if __name__ == "__main__":
    main()
