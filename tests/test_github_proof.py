"""A rewrite that GitHub's parser would show as something else than a link that leads elsewhere is left, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.notes.apply import apply
from archiver.rewriting.github import as_github_shows_it
from tests.builders import an_image, article
from tests.notes.support import rewrite
from tests.world import PROJECT, World, attention

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"
V = "https://mp.weixin.qq.com/s/Example-Token-00000002"
I = "https://mmbiz.qpic.cn/mmbiz_png/PictureOne/640"  # noqa: E741
FIXTURES = [path for path in (PROJECT / "tests/notes/fixtures").glob("*.md") if not path.name.endswith(".out.md")]
REAL = sorted((PROJECT.parent.parent / "shared/notes").rglob("*.md")) or sorted(
    (PROJECT.parent / "shared/notes").rglob("*.md")
)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
@pytest.mark.parametrize("mode", ["replace", "append"])
def test_github_shows_the_fixtures_as_before(path: Path, mode: str) -> None:
    before = path.read_bytes()
    after, changes = rewrite(before, "append" if mode == "append" else "replace")
    shown = as_github_shows_it(before, changes)
    assert shown(before)
    assert shown(before) == shown(after)


@pytest.mark.skipif(not REAL, reason="the folder of real notes is not here")
def test_github_shows_the_real_notes_as_before() -> None:
    for path in REAL:
        before = path.read_bytes()
        after, changes = rewrite(before)
        shown = as_github_shows_it(before, changes)
        assert shown(before) == shown(after), path


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{U}![a]({I})", 1),  # GitHub takes the image for a part of the URL
        (f"{U}[a]({V})", 1),
        (f"见 {U}<b>x</b>", 0),
        (f"![a]({I}){U}", 0),
        (f"{U}，后文 {V}", 0),
        (f"**{U}** {V}_ [a]({U})", 0),
        (f"[a]({U}%20) [b](<{V} >)", 0),
    ],
)
def test_what_github_reads_otherwise_is_left(text: str, left: int) -> None:
    before = text.encode()
    _, changes = rewrite(before)
    applied = apply(before, changes, as_github_shows_it(before, changes))
    assert len(applied.refused) == left
    assert len(apply(before, changes).refused) == 0


def test_a_change_to_anything_else_is_seen() -> None:
    before = f"[a]({U}) *b* ![c]({I})".encode()
    after, changes = rewrite(before)
    shown = as_github_shows_it(before, changes)
    for other in (b"*b*", b"![c]", b"[a]"):
        assert shown(after.replace(other, b"x")) != shown(before)
    assert shown(after.replace(b"archive/images", b"elsewhere")) != shown(before)


def test_it_is_told(world: World) -> None:
    url, image = world.replica.add_article(article("第一篇")), an_image("a").url
    note = world.note("a.md", f"{url}![a]({image})\n\n[x]({url})\n")
    summary = world.sync()
    assert summary.exit_code == 0
    text = note.read_text("utf-8")
    assert text.startswith((f"{url}![a](../archive/images/", f"[{url}](../archive/articles/"))
    assert [line for line in attention(summary) if line.startswith("a.md:1: ") and "more than this link" in line]
