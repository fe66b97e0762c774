"""Every `x.md` in fixtures/, rewritten, is `x.out.md`: in every encoding and with every kind of line end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.notes.prove import prove
from archiver.notes.splice import splice
from archiver.notes.undo import edits_to_undo, record
from tests.notes.support import ARTICLE, IMAGE, in_archive, rewrite, skeleton

FIXTURES = sorted(
    path for path in (Path(__file__).parent / "fixtures").glob("*.md") if not path.name.endswith(".out.md")
)


def _gb18030(data: bytes) -> bytes:
    # Pure ASCII would be read as UTF-8, rightly.
    return (data.decode() + "\n中文\n").encode("gb18030")


DRESSES: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "cr": lambda data: data.replace(b"\n", b"\r"),
    "bom": lambda data: b"\xef\xbb\xbf" + data,
    "gb18030": _gb18030,
    "gb18030 with crlf": lambda data: _gb18030(data).replace(b"\n", b"\r\n"),
    "no final newline": lambda data: data.rstrip(b"\n"),
}
each_fixture = pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
each_dress = pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES.keys())


def _golden(path: Path) -> bytes:
    return path.with_suffix(".out.md").read_bytes()


def test_every_golden_result_has_a_note() -> None:
    outs = {path.name for path in (Path(__file__).parent / "fixtures").glob("*.out.md")}
    assert outs == {path.stem + ".out.md" for path in FIXTURES}
    assert len(FIXTURES) >= 10


@each_dress
@each_fixture
def test_rewritten_note_is_the_golden_one(path: Path, dress: Callable[[bytes], bytes]) -> None:
    before, golden = dress(path.read_bytes()), dress(_golden(path))
    after, changes = rewrite(before)
    assert after == golden
    prove(before, after, [change.edit for change in changes])


@each_dress
@each_fixture
@pytest.mark.parametrize("mode", ["replace", "append"])
def test_undo_gives_the_original_bytes(path: Path, dress: Callable[[bytes], bytes], mode: str) -> None:
    before = dress(path.read_bytes())
    after, changes = rewrite(before, "append" if mode == "append" else "replace")
    recorded = record(before, changes, in_archive)
    undo = edits_to_undo(after, recorded)
    assert splice(after, undo.edits) == before
    assert not undo.ambiguous
    assert not undo.gone
    prove(after, before, undo.edits)


@each_fixture
@pytest.mark.parametrize("mode", ["replace", "append"])
def test_twice_is_once(path: Path, mode: str) -> None:
    once, changes = rewrite(path.read_bytes(), "append" if mode == "append" else "replace")
    prove(path.read_bytes(), once, [change.edit for change in changes])
    twice, again = rewrite(once, "append" if mode == "append" else "replace")
    assert again == ()
    assert twice == once


# markdown-it-py takes `[^1]: URL` for a reference definition and knows no autolinks of GitHub's; and where a link is
# text by CommonMark, its destination is visible text. A browser reads on from `<script>`; GitHub shows it as text.
OTHER_VIEWS = {"footnotes", "bare_underscores", "html_glued", "html_mentions"}


@pytest.mark.parametrize(
    "path", [path for path in FIXTURES if path.stem not in OTHER_VIEWS], ids=lambda path: path.stem
)
@pytest.mark.parametrize("mode", ["replace", "append"])
def test_second_parser_sees_only_destinations_change(path: Path, mode: str) -> None:
    before = path.read_bytes()
    after, changes = rewrite(before, "append" if mode == "append" else "replace")
    urls = [change.link.url for change in changes]
    shown = skeleton(after.decode(), [ARTICLE, IMAGE, *urls])
    assert shown.replace(" (archived)", "") == skeleton(before.decode(), urls)
    assert shown.count(" (archived)") == sum(change.edit.new.startswith(b" (") for change in changes)
