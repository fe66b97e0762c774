"""The documents as a site: all of them, strictly, and nothing from anywhere else."""

from __future__ import annotations

import importlib.util
import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.world import PROJECT

NAV = re.findall(r"^ +- [^:]+: (\S+\.md)$", (PROJECT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)


def test_every_document_has_its_place() -> None:
    documents = {path.name for path in (PROJECT / "docs").glob("*.md")}
    assert sorted(NAV) == sorted(documents | {"index.md", "zh.md", "CHANGELOG.md"})


class _Loads(HTMLParser):
    """What a page loads, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: set[str] = set()
        self.tags: list[tuple[str, int]] = []
        self.open: list[str] = []
        self.codes: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = {"link": "href", "script": "src", "img": "src", "iframe": "src"}.get(tag)
        if name and values.get(name):
            self.loads.add(str(values[name]))
        if tag not in ("img", "br", "link", "meta", "input", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "pre" in self.open:
            self.codes.append((self.open.count("li"), data))


@pytest.mark.slow
def test_the_site(tmp_path: Path) -> None:
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("pymdownx") is None:
        pytest.skip("the extra docs is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    pages = {}
    for file in (tmp_path / "site").rglob("*.html"):
        pages[file.name] = _Loads()
        pages[file.name].feed(file.read_text("utf-8"))
        assert "[[[cog" not in file.read_text("utf-8")
    assert {name.replace(".md", ".html") for name in NAV} < set(pages)
    assert {one for page in pages.values() for one in page.loads if "//" in one} == set()
    for name in ("index.html", "zh.html"):  # the numbered steps with their code
        steps = "".join(text for depth, text in pages[name].codes if depth)
        assert "pipx install ." in steps
        assert steps.rstrip().endswith("archiver sync")
    assert (tmp_path / "site/archiver/schemas/article.schema.json").is_file()
    assert (tmp_path / "site/examples/reader.png").is_file()


INDENTED = """\
1. One

   ```sh
   - no item
     deep
   ```

   more
   - inner
     goes on

     second

10. ten
    wide

text
- a
lazy
- b

  ```
  x
"""


def test_lists_are_indented_by_four() -> None:
    pytest.importorskip("mkdocs")
    hook = runpy.run_path(str(PROJECT / "scripts/site.py"))
    lines = hook["indented"](INDENTED).splitlines()
    assert lines[2:6] == ["    ```sh", "    - no item", "      deep", "    ```"]
    assert lines[7:12] == ["    more", "    - inner", "        goes on", "", "        second"]
    assert lines[13:19] == ["10. ten", "    wide", "", "text", "- a", "lazy"]
    assert lines[19:] == ["- b", "", "    ```", "    x"]
