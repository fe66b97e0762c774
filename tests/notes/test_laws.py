"""Laws that hold for any note: links in every form, in surroundings as nasty as hypothesis can think of."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from archiver.errors import NoteError
from archiver.models import Edit, Span
from archiver.models.rewrites import Rewritten
from archiver.notes.apply import apply
from archiver.notes.find import find, find_links
from archiver.notes.originals import original_url
from archiver.notes.prove import prove
from archiver.notes.rewrite import ArticleMode, Change
from archiver.notes.splice import splice
from archiver.notes.text import decode
from archiver.notes.undo import edits_to_undo, record
from tests.notes.generated import LINKS, NOTES, SPELLINGS
from tests.notes.support import ARTICLE, IMAGE, in_archive, rewrite, skeleton

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030"])
MODES = st.sampled_from(["replace", "append"])
law = settings(max_examples=300)
hard_law = settings(law, max_examples=20_000)


def _encode(text: str, encoding: str) -> bytes:
    return (text + "\n中文").encode(encoding)


def _place(change: Change) -> int:
    return change.edit.span.start


def _plain(url: str) -> str:
    for character, spelled in SPELLINGS:
        url = url.replace(spelled, character)
    return url.replace("\\", "")


def check_rewriting(data: bytes, mode: ArticleMode) -> None:
    after, changes = rewrite(data, mode)
    recorded = record(data, changes, in_archive)
    assert splice(after, edits_to_undo(after, recorded).edits) == data, "undo gives the original"
    replaced = sorted((change for change in changes if change.edit.span.start < change.edit.span.end), key=_place)
    told = [original_url(item) for item in recorded if item.original]
    assert told == [change.link.url for change in replaced], "the journal tells which URL stood there"
    applied = apply(data, changes)
    event(f"{min(len(applied.changes), 5)} changes made, {min(len(applied.refused), 2)} refused")
    prove(data, applied.data, [change.edit for change in applied.changes])
    if not applied.refused:
        assert applied.data == after
        assert rewrite(after, mode)[0] == after, "twice is once"


@law
@given(NOTES, ENCODINGS, MODES)
def test_rewriting_obeys_the_laws(text: str, encoding: str, mode: ArticleMode) -> None:
    check_rewriting(_encode(text, encoding), mode)


@pytest.mark.slow
@hard_law
@given(NOTES, ENCODINGS, MODES)
def test_rewriting_obeys_the_laws_at_length(text: str, encoding: str, mode: ArticleMode) -> None:
    check_rewriting(_encode(text, encoding), mode)


@law
@given(NOTES, ENCODINGS, st.lists(MODES | st.just("keep"), min_size=2, max_size=4))
def test_any_way_through_the_modes_ends_like_the_last_alone(text: str, encoding: str, modes: list[ArticleMode]) -> None:
    original = _encode(text, encoding)
    state = original
    recorded: tuple[Rewritten, ...] = ()
    for mode in modes:
        base = splice(state, edits_to_undo(state, recorded).edits)
        assert base == original
        applied = apply(base, rewrite(base, mode)[1])
        state, recorded = applied.data, record(base, applied.changes, in_archive)
    assert state == apply(original, rewrite(original, modes[-1])[1]).data


@law
@given(st.lists(LINKS, min_size=1, max_size=8).map("\n\n".join), ENCODINGS, MODES)
def test_links_in_paragraphs_of_their_own_are_never_refused(text: str, encoding: str, mode: ArticleMode) -> None:
    data = _encode(text, encoding)
    after, changes = rewrite(data, mode)
    prove(data, after, [change.edit for change in changes])
    applied = apply(data, changes)
    assert not applied.refused
    assert applied.data == after


@law
@given(NOTES, ENCODINGS)
def test_span_holds_the_url_as_written(text: str, encoding: str) -> None:
    data = _encode(text, encoding)
    links = find_links(data)
    assert [link.span.start for link in links] == sorted(link.span.start for link in links)
    for link in links:
        written = data[link.span.start : link.span.end].decode(encoding)
        assert _plain(written.strip("<>")) == _plain(link.url), "nothing else stands in the span"
        before = decode(
            data[: link.span.start] if encoding != "gb18030" else data[: link.span.start] + b"\x81\x30\x81\x30"
        )
        assert link.line == 1 + len(before.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1


@law
@given(st.lists(LINKS, min_size=1, max_size=6).map("\n\n".join))
def test_second_parser_sees_only_destinations_change(text: str) -> None:
    # GitHub's view of a bare URL with underscores, and Markdown glued to HTML, are not markdown-it-py's.
    data = text.encode()
    if "glued" in text or any(link.form == "bare" and "_" in link.url for link in find_links(data)):
        return
    after, changes = rewrite(data)
    urls = [change.link.url for change in changes]
    assert skeleton(after.decode(), [ARTICLE, IMAGE, *urls]) == skeleton(text, [ARTICLE, IMAGE, *urls])


@law
@given(
    st.binary(max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.binary(max_size=5)), max_size=4),
)
def test_splice_changes_only_the_spans(data: bytes, raw: list[tuple[int, int, bytes]]) -> None:
    edits = [Edit(Span(min(a, b), max(a, b)), new) for a, b, new in raw]
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    clash = any(one.span.end > two.span.start or one.span == two.span for one, two in pairwise(ordered))
    if clash or any(edit.span.end > len(data) for edit in edits):
        with pytest.raises(ValueError):
            splice(data, edits)
        return
    after = splice(data, edits)
    kept, shift = [], 0
    for edit in ordered:
        kept.append(after[edit.span.start + shift :][: len(edit.new)])
        shift += len(edit.new) - (edit.span.end - edit.span.start)
    assert kept == [edit.new for edit in ordered]
    assert len(after) == len(data) + shift


@law
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    try:
        note = decode(data)
    except NoteError:
        return
    assert b"\xef\xbb\xbf"[: note.bom] + note.text.encode(note.encoding) == data
    find(data)
