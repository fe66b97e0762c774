"""A real notes folder beside the project: the counts agree with independent ones, and the laws hold on it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from archiver.models import Role
from archiver.notes.apply import apply
from archiver.notes.find import find
from archiver.notes.rewrite import ArticleMode
from archiver.notes.splice import splice
from archiver.notes.undo import edits_to_undo, record
from tests.notes.support import ARTICLE, IMAGE, in_archive, rewrite, skeleton

NOTES = Path(__file__).parents[2] / ".." / "shared" / "notes"
FOLDER = NOTES / "dairly_learning"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the real notes (shared/notes beside the project) are not here"
)


def _notes(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*.md"))]


def test_every_link_image_and_video_is_found_once() -> None:
    notes = _notes(FOLDER)
    found = [find(data) for data in notes]
    links = [link for item in found for link in item.links]
    assert not [problem for item in found for problem in item.problems]

    def distinct(host: str) -> int:
        return len({link.url for link in links if re.match(rf"https?://{host}", link.url)})

    assert len(notes) == 119
    assert (distinct("mp.weixin.qq.com"), distinct("mmbiz"), distinct("mpvideo")) == (744, 584, 3)
    assert Counter(link.role for link in links if "mmbiz" in link.url) == {Role.IMAGE: 596}
    written = sum(len(re.findall(rb"https?://(?:mp\.weixin|mmbiz|mpvideo)", data)) for data in notes)
    assert written == sum(bool(re.match(r"https?://(mp\.weixin|mmbiz|mpvideo)", link.url)) for link in links)


@pytest.mark.parametrize(
    ("dress", "mode"),
    [
        ("as it is", "append"),
        ("crlf and bom", "replace"),
        ("gb18030", "append"),
        pytest.param("as it is", "replace", marks=pytest.mark.slow),
        pytest.param("crlf and bom", "append", marks=pytest.mark.slow),
        pytest.param("gb18030", "replace", marks=pytest.mark.slow),
    ],
)
def test_laws_hold_on_real_notes(mode: ArticleMode, dress: str) -> None:
    for plain in _notes(NOTES):
        before = plain
        if dress == "crlf and bom":
            before = b"\xef\xbb\xbf" + plain.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        elif dress == "gb18030":
            before = plain.decode("utf-8-sig").encode("gb18030")
        after, changes = rewrite(before, mode)
        applied = apply(before, changes)
        assert applied.refused == ()
        assert applied.data == after
        assert rewrite(after, mode)[1] == ()
        recorded = record(before, changes, in_archive)
        assert splice(after, edits_to_undo(after, recorded).edits) == before
        edited = after + b"\nmore\n"
        shifted = (
            "前言\n\n".encode("gb18030" if dress == "gb18030" else "utf-8")
            + edited[3 if dress == "crlf and bom" else 0 :]
        )
        assert not edits_to_undo(shifted, recorded).gone


def test_second_parser_sees_only_destinations_change() -> None:
    for before in _notes(NOTES):
        after, changes = rewrite(before)
        urls = [change.link.url for change in changes]
        # Where a link is glued to raw HTML, a CommonMark parser shows its destination as text.
        shown = skeleton(after.decode(), [ARTICLE, IMAGE, *urls]).replace(f"]({ARTICLE})", "](ours)")
        expected = skeleton(before.decode(), urls)
        for url in urls:
            expected = expected.replace(f"]({url})", "](ours)")
        assert shown == expected
