"""`make demo`: archive the sample notes' articles from the replica, without any route to the internet.

Everything happens in the ignored folder `.demo/` of the project, which is made anew each time. Exit code 0 only if
both runs of `archiver sync` succeed, every WeChat link and image of the notes became a file, and the second run asks
nothing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from tests.replica.replica import Replica
from tests.replica.samples import NOTES, SAMPLES
from tests.replica.site import HOSTS

PROJECT = Path(__file__).parents[2]

_CONFIG = """\
[notes]
root = "notes"

[archive]
path = "archive"

[network]
proxy = {proxy}
ca_bundle = {ca_bundle}

[fetch]
interval = 0
"""


def prepare(demo: Path, replica: Replica) -> Path:
    """Put the samples on `replica`, copies of the notes and a config.toml into a new `demo`; returns the config."""
    if demo.exists():
        shutil.rmtree(demo)
    demo.mkdir(parents=True)
    shutil.copytree(NOTES, demo / "notes")
    for sample in SAMPLES:
        sample.add_to(replica)
    config = demo / "config.toml"
    # A JSON string is a TOML basic string too: backslashes of Windows paths are escaped.
    values = {"proxy": json.dumps(replica.proxy_url), "ca_bundle": json.dumps(str(replica.ca_bundle))}
    config.write_text(_CONFIG.format(**values), encoding="utf-8")
    return config


def destinations(note: Path) -> list[str]:
    """What the links and images of `note` point to, in order, as a reader's Markdown program sees them."""
    page = BeautifulSoup(MarkdownIt().render(note.read_text(encoding="utf-8")), "lxml")
    return [str(tag.get("href") or tag.get("src") or "") for tag in page.select("a[href], img[src]")]


def problems(folder: Path) -> list[str]:
    """Links and images in the notes of `folder` that still need WeChat or lead to no file: `note: destination`."""
    found = []
    for note in sorted(folder.glob("*.md")):
        for destination in destinations(note):
            parts = urlsplit(destination)
            local = not parts.scheme and not parts.netloc
            if parts.hostname in HOSTS or (local and not (note.parent / unquote(parts.path)).is_file()):
                found.append(f"{note.name}: {destination}")
    return found


def sync(config: Path) -> int:
    """Run `archiver sync` as a user would; returns its exit code."""
    script = Path(sys.executable).with_name("archiver")
    program = [str(script)] if script.exists() else [sys.executable, "-c", "from archiver.cli import main; main()"]
    return subprocess.run([*program, "sync", "--config", str(config)], check=False, cwd=PROJECT).returncode


def where_to_look(demo: Path) -> list[str]:
    """Lines that name a note, one article and the archive's overview."""
    note = min((demo / "notes").glob("*.md"))
    articles = (note.parent / unquote(d) for d in destinations(note) if d.endswith("article.md"))
    article = next((path.resolve().with_name("index.html") for path in articles), demo / "archive" / "index.html")
    return [
        f"  a note, its links local now  {_shown(note)}",
        f"  an article, for the browser  {_shown(article)}",
        f"  all that is in the archive   {_shown(demo / 'archive' / 'README.md')}",
    ]


def _shown(path: Path) -> Path:
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path


def main(demo: Path = PROJECT / ".demo") -> int:
    """Run the demo in `demo`; returns the exit code."""
    with Replica(default_article=False, default_images=False) as replica:
        config = prepare(demo, replica)
        print(f"A replica of WeChat listens at {replica.proxy_url}; the demo works in {_shown(demo)}.")
        print(f"\nFirst night: archiver sync ({len(SAMPLES)} articles in two notes)\n", flush=True)
        begin = time.monotonic()
        first = sync(config)
        seconds = time.monotonic() - begin
        asked = len(replica.requests)
        unknown = [request.url for request in replica.refused_requests]
        replica.clear_requests()
        print(f"\nThat took {seconds:.1f} s and {asked} requests. Second night: archiver sync\n", flush=True)
        second = sync(config)
        again = len(replica.requests)
    print(f"\nRequests of the second run: {again}")
    failures = [f"archiver sync ended with exit code {code}" for code in (first, second) if code]
    failures += [f"not local: {problem}" for problem in problems(demo / "notes")]
    failures += [f"asked a host that is not WeChat's: {url}" for url in unknown]
    if again:
        failures.append("the second run should have had nothing to ask")
    if failures:
        print("\nThe demo failed:", *(f"  {failure}" for failure in failures), sep="\n")
        return 1
    print("\nEvery article and image of the notes is local. Look at", *where_to_look(demo), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
