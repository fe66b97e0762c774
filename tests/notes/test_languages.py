"""Nothing is written into the other languages that live in notes: the pages that their own renderers make of a note
differ in destinations alone, once it is rewritten."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from archiver.notes.account import explain
from archiver.notes.apply import Applied, apply
from archiver.notes.find import find
from archiver.notes.splice import splice
from archiver.notes.undo import edits_to_undo, record
from archiver.rewriting.github import as_github_shows_it
from archiver.rewriting.left import named_in, understood
from tests.notes.languages import ALL, HUGO, RENDERED, I, U, V, filled
from tests.notes.support import ARTICLE, IMAGE, in_archive, rewrite

RENDERERS = Path(__file__).parent / "renderers"
INSTALL = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts"]
OURS = (U, V, I, ARTICLE.removeprefix(".."), IMAGE.removeprefix(".."))  # Hexo puts the site's root before an image
SITE = {
    "config.toml": 'baseURL = "http://x.example/"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap", "home", '
    '"section", "404"]\n[markup.goldmark.renderer]\nunsafe = true\n',
    "layouts/_default/single.html": "{{ .Params.source }}|{{ .Content }}",
    "layouts/shortcodes/link.html": '<a class="card" rel="{{ .Get 0 }}">{{ .Get "u" }}</a>',
    "layouts/shortcodes/card.html": '<div class="card">{{ .Inner }}|{{ .Get 0 }}|{{ .Get "u" }}</div>',
}


def rewritten(note: bytes, mode: str = "replace") -> Applied:
    _, changes = rewrite(note, "append" if mode == "append" else "replace")
    return apply(note, changes, as_github_shows_it(note, changes))


@pytest.mark.parametrize("language", ALL)
def test_what_another_language_reads_is_left(language: str) -> None:
    for links, text in ALL[language]:
        note = filled(text)
        done = rewritten(note)
        assert len(done.changes) == links, text
        assert splice(done.data, edits_to_undo(done.data, record(note, done.changes, in_archive)).edits) == note
        assert all(understood(item) for item in explain(find(note), named_in(note))), text


@pytest.mark.parametrize(
    "text", ["{% note [x]({U}) %}", '见 {{ <a href="{U}">x</a> }}', "{% x %}\n\n[x]({U})\n\n{% endx %}"]
)
def test_nothing_is_appended_in_another_language(text: str) -> None:
    assert rewritten(filled(text), "append").changes == ()
    assert len(rewritten(filled(text)).changes) == 1


@pytest.fixture(scope="module")
def renderers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the renderers of the languages installed."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("renderers")
    for file in RENDERERS.iterdir():
        shutil.copy(file, folder)
    done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"the renderers cannot be installed: {done.stderr[-300:]}")
    return folder


def pages(folder: Path, notes: Mapping[str, Sequence[bytes]]) -> dict[str, list[str]]:
    asked = json.dumps({language: [note.decode() for note in some] for language, some in notes.items()})
    done = subprocess.run(["node", "render.mjs"], cwd=folder, input=asked, capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_their_own_renderers_show_the_same(renderers: Path) -> None:
    notes = {language: [filled(text) for _, text in some] for language, some in RENDERED.items()}
    before = pages(renderers, notes)
    after = pages(renderers, {language: [rewritten(note).data for note in some] for language, some in notes.items()})
    for language, some in notes.items():
        for note, old, new in zip(some, before[language], after[language], strict=True):
            assert not old.startswith("ERROR"), (note.decode(), old)
            assert seen(language, new) == seen(language, old), note.decode()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("hugo"), reason="hugo is not installed")
def test_hugo_shows_the_same(tmp_path: Path) -> None:
    notes = [filled(text) for _, text in HUGO]
    before = hugo(tmp_path / "before", notes)
    after = hugo(tmp_path / "after", [rewritten(note).data for note in notes])
    for note, old, new in zip(notes, before, after, strict=True):
        assert without_destinations(new) == without_destinations(old), note.decode()


def hugo(site: Path, notes: Sequence[bytes]) -> list[str]:
    for name, text in SITE.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, "utf-8")
    (site / "content").mkdir()
    for number, note in enumerate(notes):
        (site / f"content/n{number}.md").write_bytes(note)
    subprocess.run(["hugo", "--quiet"], cwd=site, check=True)
    return [(site / f"public/n{number}/index.html").read_text("utf-8") for number in range(len(notes))]


def seen(language: str, page: str) -> Any:
    """What a reader of the page sees, without what a rewrite may change."""
    return without_links(json.loads(page)) if language == "logseq" else without_destinations(page)


def without_destinations(page: str) -> str:
    # Where nobody reads the body of a shortcode as Markdown, its links are shown as they are written.
    soup = BeautifulSoup(
        re.sub(r"\]\(([^()\s]+)", lambda link: "](ours" if link[1].endswith(OURS) else link[0], page), "lxml"
    )
    for tag in soup.find_all(["a", "img"]):
        name = "href" if tag.name == "a" else "src"
        if unquote(str(tag.get(name, ""))).endswith(OURS):
            tag[name] = "ours"
            if tag.name == "a":
                tag.unwrap()  # a bare address is a link to some and text to others
    soup.smooth()
    return str(soup)


def without_links(tree: Any) -> Any:
    """Logseq's syntax tree with the text of each link in its place, and without positions."""
    if isinstance(tree, dict):
        return {name: without_links(value) for name, value in tree.items() if name != "pos_meta"}
    if not isinstance(tree, list):
        return tree
    result: list[Any] = []
    for item in tree:
        if isinstance(item, dict) and "start_pos" in item:
            continue
        is_link = isinstance(item, list) and item[:1] == ["Link"] and isinstance(item[1], dict)
        for part in without_links(item[1]["label"]) if is_link else [without_links(item)]:
            if is_plain(part) and result and is_plain(result[-1]):
                result[-1] = ["Plain", result[-1][1] + part[1]]
            else:
                result.append(part)
    return result


def is_plain(part: Any) -> bool:
    return isinstance(part, list) and part[:1] == ["Plain"]
