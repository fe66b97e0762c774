"""What building the reader takes: all, with one article more, with nothing new, and the catalogue made anew.

    python -m benchmarks.builds [ARTICLES …]

For each size an archive of made-up articles without images, whose text is like writing in how characters recur, of
about 1,800 characters each; the notes name one in three. CPU of whole processes, start-up included; in growth it is
aside. After each build the lists of months have to lead to every article, and after that of one more, to that one too.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from benchmarks.pairs import timed
from benchmarks.results import Rows, keep, tell
from tests.reader.library import NOW, Library, Made, random_articles, save

_START = "import archiver.cli.reader, archiver.reader.build"
_PAGE = re.compile(r'href="(?:\.\./)*(articles/[^"]+)/index\.html"')
BUILD = [sys.executable, "-m", "archiver", "build"]


def make(folder: Path, articles: Iterable[Made]) -> Library:
    """An archive without its site."""
    library = Library(folder)
    with library.open() as archive, archive.catalogue.together():
        for number, made in enumerate(articles):
            save(archive, replace(made, captured=NOW + timedelta(minutes=number)))
            if number % 3 == 0:
                note = library.root / "notes" / f"{number // 30:05}.md"
                with note.open("a", encoding="utf-8") as file:
                    file.write(f"1. [{made.title}]({made.url})   {':star:' * (number % 4)}\n")
    return library


def listed(library: Library) -> int:
    """How many articles the lists of months lead to; all of the catalogue, and each to a page."""
    with library.open() as archive:
        folders = set(archive.catalogue.all_folders())
    lists = (library.archive / "site/month").glob("*.html")
    found = {unquote(url) for file in lists for url in _PAGE.findall(file.read_text("utf-8"))}
    assert found == folders, found ^ folders
    assert all((library.archive / folder / "index.html").is_file() for folder in folders)
    return len(found)


def measure(count: int) -> Rows:
    """The rows of one size."""
    articles = random_articles(count + 1, paragraphs=20)
    with tempfile.TemporaryDirectory() as name:
        library = make(Path(name), islice(articles, count))
        start = min(timed([sys.executable, "-c", _START], library.root)[0].cpu for _ in range(3))
        taken = {"build of all": timed([*BUILD, "--all"], library.root)[0].cpu}
        assert listed(library) == count
        with library.open() as archive:
            save(archive, replace(next(articles), captured=NOW + timedelta(minutes=count)))
        taken["build with one article more"] = timed(BUILD, library.root)[0].cpu
        assert listed(library) == count + 1
        taken["build with nothing new"] = timed(BUILD, library.root)[0].cpu
        (library.archive / "catalogue.db").unlink()
        taken["rebuild of a lost catalogue"] = timed(BUILD, library.root)[0].cpu
        assert listed(library) == count + 1
    base = {"unit": "s CPU", "size": count, "start": start}
    return {f"{name}, {count:,} articles": base | {"ours": value, "series": name} for name, value in taken.items()}


def main() -> None:
    for count in [int(value) for value in sys.argv[1:]] or [1000, 10_000]:
        rows = measure(count)
        keep("W5", rows)
        tell(rows)


if __name__ == "__main__":
    main()
