"""The proof refuses what it must, and `apply` leaves out what cannot be proven."""

from __future__ import annotations

import pytest

from archiver.errors import NoteError
from archiver.models import Edit, Span
from archiver.notes.apply import apply
from archiver.notes.find import find_links
from archiver.notes.prove import prove
from archiver.notes.rewrite import Change
from archiver.notes.splice import splice
from tests.notes.support import ARTICLE, rewrite

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"


def _edit(text: str, old: str, new: str) -> tuple[bytes, Edit]:
    data = text.encode()
    start = data.index(old.encode())
    return data, Edit(Span(start, start + len(old.encode())), new.encode())


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (f"[a]({U}) b", U, "a b.md"),  # no longer a link
        (f"[a]({U}) b", U, "a.md) [c](d.md"),  # two links
        (f"[a]({U}) b", "a]", "c]"),  # text, not a destination
        (f"[a]({U}) b", " b", " c"),
        (f"[a]({U}) b", " b", " `b`"),
        (f"x `{U}`", U, "a.md"),
        (f"a {U} b", U, "a.md"),  # a path alone is no link
        (f"a!{U} b", U, "[x](a.md)"),  # became an image
        (f"[f]{U}\n\n[f]: x\n", U, "[x](a.md)"),  # takes the link from [f]
        (f"文**{U}**文", U, f"[{U}](a.md)"),  # the marks no longer make it bold
        (f"<img src={U}> b", U, "a.md> <b"),
        (f"<img src={U}> b", U, "a.md alt=x"),
        (f"[r]: {U}\n\n[r]", U, "a.md 'new title'"),
        (f"[a]({U}) {U}", f"{U}) ", "a.md) x"),  # the second URL is no longer one
        (f"a {U}", " ", ""),  # "ahttps://…" is no link
        (f"# {U}", f" {U}", f" [{U}](a.md)\n"),
    ],
)
def test_more_than_a_destination_changed(text: str, old: str, new: str) -> None:
    data, edit = _edit(text, old, new)
    with pytest.raises(NoteError):
        prove(data, splice(data, [edit]), [edit])


def test_change_outside_the_edits_is_noticed() -> None:
    data, edit = _edit(f"[a]({U}) b", U, "a.md")
    good = splice(data, [edit])
    prove(data, good, [edit])
    with pytest.raises(NoteError, match="outside"):
        prove(data, good + b" ", [edit])


def test_apply_leaves_out_what_cannot_be_proven_and_makes_the_rest() -> None:
    data = " ".join(f"[{n}]({U}{n})" for n in range(10)).encode() + f" `{U}` end".encode()
    links = find_links(data)
    good = [Change(link, Edit(link.span, b"a.md"), "a.md") for link in links]
    at = data.index(b"`") + 1
    odd = Change(links[0], Edit(Span(at, at + len(U)), b"a.md"), "a.md")
    applied = apply(data, [*good, odd])
    assert applied.refused == (odd,)
    assert applied.changes == tuple(good)
    assert applied.data == " ".join(f"[{n}](a.md)" for n in range(10)).encode() + f" `{U}` end".encode()


def test_apply_makes_all_changes_of_an_ordinary_note() -> None:
    data = f"1. [a]({U}) **{U}**\n".encode()
    after, changes = rewrite(data)
    applied = apply(data, changes)
    assert (applied.data, applied.changes, applied.refused) == (after, changes, ())
    assert after.decode() == f"1. [a]({ARTICLE}) **[{U}]({ARTICLE})**\n"
