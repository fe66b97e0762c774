"""tantivy and Pagefind on the texts of benchmarks.search: their indexes and what they find.

tantivy does what the catalogue does, in a process of its own (`benchmarks.engines`). Pagefind makes an index for a site
without a server, as ours from disk; it does not run from file://, so it is served from this machine. Its page asks it
for the exact phrase, and draws the first 20 results with their excerpts, as ours does.
"""

from __future__ import annotations

import functools
import gzip
import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page

from archiver.folding import fold
from benchmarks.pairs import Times, timed
from benchmarks.places import peer, versions
from tests.reader.library import Made

_ENGINES = str(Path(__file__).with_name("engines.py"))
_SEARCH = """<!doctype html><html lang="zh"><meta charset="utf-8"><ol id="results"></ol><script type="module">
const pagefind = await import("/pagefind/pagefind.js");
const found = await pagefind.search(new URLSearchParams(location.search).get("q"));
const first = await Promise.all(found.results.slice(0, 20).map((result) => result.data()));
document.querySelector("#results").innerHTML =
  first.map((one) => `<li><a href="${one.url}">${one.meta.title}</a><p>${one.excerpt}</p>`).join("");
window.found = found.results.map((result) => result.id);
requestAnimationFrame(() => { window.drawnAt = performance.now(); });
</script>"""


@dataclass(frozen=True, slots=True)
class Tantivy:
    """What tantivy took: seconds of CPU for the index, its bytes, and per term milliseconds of CPU and what it
    found."""

    seconds: float
    bytes: int
    took: dict[str, float]
    found: dict[str, set[int]]

    @staticmethod
    def version() -> str:
        return versions("search", "tantivy")


def by_tantivy(folder: Path, made: Sequence[Made], terms: Sequence[str]) -> Tantivy:
    """Index the texts in an empty folder, and ask for terms."""
    texts = [[fold(one.title), fold("\n".join([one.account, *one.paragraphs]))] for one in made]
    given = json.dumps({"texts": texts, "terms": list(terms)})
    command = [peer("search", "bin/python"), "-P", _ENGINES, str(folder)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    took = {term: float(milliseconds) for term, (milliseconds, _) in told["answers"].items()}
    found = {term: set(numbers) for term, (_, numbers) in told["answers"].items()}
    return Tantivy(told["seconds"], told["bytes"], took, found)


class Pagefind:
    """A site of plain pages in an empty folder, and Pagefind's index of it."""

    def __init__(self, folder: Path, made: Sequence[Made]) -> None:
        self.folder = folder
        for number, one in enumerate(made):
            body = "".join(f"<p>{escape(fold(line))}</p>" for line in (one.account, *one.paragraphs))
            head = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{number}</title>'
            page = f"{head}<main data-pagefind-body><h1>{escape(fold(one.title))}</h1>{body}</main>"
            (folder / f"{number}.html").write_text(page, "utf-8")

    @staticmethod
    def version() -> str:
        found = json.loads(Path(peer("node", "node_modules/pagefind/package.json")).read_text("utf-8"))
        return f"pagefind {found['version']}, extended"

    def build(self) -> Times:
        """Make the index; what it takes."""
        (self.folder / "search.html").unlink(missing_ok=True)
        times, _ = timed([peer("node", "node_modules/.bin/pagefind"), "--site", "."], self.folder)
        (self.folder / "search.html").write_text(_SEARCH, "utf-8")
        return times

    @property
    def bytes(self) -> int:
        return sum(path.stat().st_size for path in (self.folder / "pagefind").rglob("*") if path.is_file())

    @functools.cached_property
    def _numbers(self) -> dict[str, int]:
        """The number of the article by the name that Pagefind gives it."""
        found = {}
        for path in (self.folder / "pagefind/fragment").iterdir():
            fragment = json.loads(gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd"))
            found[path.stem] = int(Path(fragment["url"]).stem)
        return found

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address of the site's search, as long as it is served."""
        handler = functools.partial(_Quiet, directory=str(self.folder))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/search.html"
            finally:
                server.shutdown()

    def ask(self, page: Page, address: str, term: str) -> tuple[float, set[int]]:
        """Milliseconds from the navigation until the first results are drawn, and the numbers of all that is found."""
        page.goto("about:blank")
        page.goto(f"{address}?q=" + quote(f'"{term}"'))
        page.wait_for_function("() => window.drawnAt > 0")
        names: list[str] = page.evaluate("window.found")
        return float(page.evaluate("window.drawnAt")), {self._numbers[name] for name in names}


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing is told."""
