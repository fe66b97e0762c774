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
from archiver.notes.prove import prove
from archiver.notes.rewrite import ArticleMode
from archiver.notes.splice import splice
from archiver.notes.text import decode
from archiver.notes.undo import edits_to_undo, record
from tests.notes.support import ARTICLE, IMAGE, in_archive, rewrite, skeleton

TOKENS = st.text("ABCxyz019-_", min_size=22, max_size=22)
SHORT = TOKENS.map(lambda token: f"https://mp.weixin.qq.com/s/{token}")
LONG = TOKENS.map(
    lambda token: f"http://mp.weixin.qq.com/s?__biz={token}==&mid=1&idx=2&sn=ab&timestamp=3#wechat_redirect"
)
PICTURES = TOKENS.map(lambda token: f"https://mmbiz.qpic.cn/mmbiz_png/{token}/640?wx_fmt=png&from=appmsg")
URLS = SHORT | LONG | PICTURES | st.just("https://elsewhere.example/a_b?x=https://mp.weixin.qq.com/s/x")
FORMS = (
    "[标题]({})",
    "[[a] *b*](<{}> 'title')",
    "[](\n{})",
    "![alt]({})",
    "[![]({})]({})",
    "<{}>",
    "{}",
    "（{}）",
    "中文{}，",
    "**{}**",
    "_{}_ ",
    '<img src="{}">',
    "<a href='{}'>text</a>",
    "<img alt=x src={} >",
    "\n\n[r]: {} 'title'\n\n[r] [x][R] ![r]\n",
    "`{}`",
    "$x$ {}",
    "[[{}]]",
    "<!-- {} -->",
    "\n<div><img src='{}'>\n</div>\n[glued]({})\n\n",
    "\n| a | b |\n|---|---|\n| {} | [x]({}) |\n\n",
    "\n> quoted {}\n> [x](\n> {})\n\n",
    "\n- item {}\n\n      code {}\n\n",
    "\n```\n{}\n```\n",
)
LINKS = st.builds(lambda form, url: form.replace("{}", url), st.sampled_from(FORMS), URLS)
NASTY = st.text("ab 中，。*_~`[]()!<>&\\$|#:;'\"-+=1.\n\t\ufeff\r", max_size=8)
MARKS = ("**", "__", "``", "$", "$$", "](", "![", "<a", "<pre>", "</pre>", "<code>", "-->", "<!--", "&amp;", "\\")
BITS = st.sampled_from([*MARKS, "\n\n", "\n> ", "\n---\n"])
NOTES = st.lists(LINKS | NASTY | BITS, max_size=14).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030"])
MODES = st.sampled_from(["replace", "append"])
law = settings(max_examples=300)
hard_law = settings(law, max_examples=20_000)


def _encode(text: str, encoding: str) -> bytes:
    return (text + "\n中文").encode(encoding)


def check_rewriting(data: bytes, mode: ArticleMode) -> None:
    after, changes = rewrite(data, mode)
    recorded = record(data, changes, in_archive)
    assert splice(after, edits_to_undo(after, recorded).edits) == data, "undo gives the original"
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
        plain = written.strip("<>").replace("&amp;", "&").replace("\\", "")
        assert plain == link.url.replace("\\", ""), "nothing else stands in the span"
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
