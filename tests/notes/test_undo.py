"""Restoring notes that were edited, moved or damaged after they were rewritten (fixtures/ has the exact cases)."""

from __future__ import annotations

import pytest

from archiver.models import Form, Link
from archiver.models.rewrites import Rewritten
from archiver.notes.find import find_links
from archiver.notes.prove import prove
from archiver.notes.rewrite import ArticleMode, plan
from archiver.notes.splice import splice
from archiver.notes.undo import Undo, edits_to_undo, record
from tests.notes.support import in_archive

A = "https://mp.weixin.qq.com/s/Example-Token-00000001"
A_LONG = "http://mp.weixin.qq.com/s?__biz=AAA==&mid=1&idx=1&sn=a#rd"
B = "https://mp.weixin.qq.com/s/Example-Token-00000002"
FOLDER = "../archive/articles/2022/03/2022-03-07-"
ONE, TWO = f"{FOLDER}甲-{'1' * 12}/article.md", f"{FOLDER}乙-{'2' * 12}/article.md"
PATHS = {A: ONE, A_LONG: ONE}


def _target(link: Link) -> str:
    return PATHS.get(link.url, TWO)


def _rewritten(text: str, mode: ArticleMode = "replace") -> tuple[str, tuple[Rewritten, ...]]:
    data = text.encode()
    changes = plan(find_links(data), _target, data=data, article_mode=mode)
    return splice(data, [change.edit for change in changes]).decode(), record(data, changes, in_archive)


def _undo(text: str, recorded: tuple[Rewritten, ...], *, edited: bool = False) -> tuple[str, Undo]:
    undo = edits_to_undo(text.encode(), recorded, edited=edited)
    restored = splice(text.encode(), undo.edits)
    prove(text.encode(), restored, undo.edits)
    return restored.decode(), undo


NOTE = f"# 标题\n\n[a]({A}) {B}。\n<{A_LONG}> <a href='{A}'>x</a> [r]\n\n[r]: {B}\n"
MODES: list[ArticleMode] = ["replace", "append"]


def test_record_says_what_stood_there_and_where_it_is_now() -> None:
    after, recorded = _rewritten(f"文 {A} [x]({B})")
    first, second = recorded
    assert (first.target, first.original, first.around) == ("1" * 12, A, (f"[{A}](", ")"))
    assert (second.original, second.is_path, second.occurrence) == (B, True, 0)
    put = [after.encode()[item.offset : item.offset + item.length].decode() for item in recorded]
    assert put == [f"[{A}]({ONE})", TWO]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# 标题", "# 另一个标题\n\nwith more text"),
        ("\n", "\r\n"),
        ("../archive/", "../../archive/"),  # the note was moved and its paths were put right
        ("../archive/", "archive/"),
    ],
)
def test_edited_or_moved_note_gets_every_original_back(mode: ArticleMode, old: str, new: str) -> None:
    after, recorded = _rewritten(NOTE, mode)
    restored, undo = _undo(after.replace(old, new), recorded)
    assert restored == (NOTE if "archive" in old else NOTE.replace(old, new))
    assert undo.ambiguous == undo.gone == ()


def test_title_written_over_the_url_stays() -> None:
    after, recorded = _rewritten(f"{A} <{B}>")
    edited = after.replace(f"[{A}]", "[我的标题]").replace(f"[{B}]", "[另一个]")
    assert _undo(edited, recorded)[0] == f"[我的标题]({A}) [另一个]({B})"


def test_order_decides_where_nothing_is_missing() -> None:
    after, recorded = _rewritten(f"{A} [b]({A_LONG})")
    edited = "前言 " + after.replace(f"[{A}]", "[我的标题]")
    assert _undo(edited, recorded)[0] == f"前言 [我的标题]({A}) [b]({A_LONG})"


def test_html_made_of_a_markdown_link_gets_its_url_as_html() -> None:
    after, recorded = _rewritten(f"[a]({A_LONG}) x")
    edited = after.replace(f"[a]({PATHS[A]})", f'<a href="{PATHS[A]}">a</a>')
    assert _undo(edited, recorded)[0] == f'<a href="{A_LONG.replace("&", "&amp;")}">a</a> x'


def test_deleted_link_is_gone_and_the_rest_restored() -> None:
    after, recorded = _rewritten(f"[a]({A}) [b]({B})")
    restored, undo = _undo(after.replace(f"[a]({PATHS[A]}) ", ""), recorded)
    assert restored == f"[b]({B})"
    assert [item.original for item in undo.gone] == [A]
    assert undo.ambiguous == ()


def test_one_of_two_spellings_deleted_is_ambiguous_but_restored() -> None:
    after, recorded = _rewritten(f"[a]({A}) [b]({A_LONG})")
    restored, undo = _undo(after.replace(f"[a]({PATHS[A]}) ", ""), recorded)
    assert restored in {f"[b]({A})", f"[b]({A_LONG})"}
    assert len(undo.ambiguous) == len(undo.gone) == 1


def test_copied_link_is_restored_like_the_one_it_was_copied_from() -> None:
    after, recorded = _rewritten(f"[a]({A})")
    restored, undo = _undo(after + "\n" + after, recorded, edited=True)
    assert restored == f"[a]({A})\n[a]({A})"
    assert undo.ambiguous == recorded, "it may be the owner's own link to the copy"
    assert _undo(after + "\n" + after, recorded)[0] == f"[a]({A})\n{after}", (
        "offsets are believed unless told otherwise"
    )


@pytest.mark.parametrize("before", [f"[a]({A})", f"<{A}>", A])
@pytest.mark.parametrize("first", [True, False])
def test_own_link_to_a_copy_is_never_silently_changed(before: str, first: bool) -> None:
    after, recorded = _rewritten(before)
    own = f'<a href="{PATHS[A]}">mine</a>'
    texts = (own, after) if first else (after, own)
    restored, undo = _undo("\n\n".join(("前言", *texts)), recorded)
    expected = "\n\n".join(("前言", *(before if text == after else text for text in texts)))
    assert restored == expected
    assert undo.ambiguous == undo.gone == ()


def test_own_link_that_looks_like_a_rewritten_one_is_reported() -> None:
    after, recorded = _rewritten(f"[a]({A})")
    restored, undo = _undo(f"[mine]({PATHS[A]})\n\n{after}", recorded)
    assert restored == f"[mine]({A})\n\n[a]({A})"
    assert undo.ambiguous == recorded
    assert len(undo.unsure) == 1


def test_own_link_beside_a_bare_url_with_a_new_title_is_reported() -> None:
    after, recorded = _rewritten(A)
    edited = after.replace(f"[{A}]", "[我的标题]") + f"\n\n[mine]({PATHS[A]})"
    restored, undo = _undo(f"前言 {edited}", recorded)
    assert restored == f"前言 [我的标题]({A})\n\n[mine]({PATHS[A]})"
    assert undo.ambiguous == recorded


def test_mended_path_beside_the_same_path_of_the_owners_is_found_or_reported() -> None:
    """Until the user edits the note above them, the recorded place tells which of the two was mended."""
    text = "![](a.png) ![](A.png)"
    mended = Rewritten("./a.png", "A.png", Form.INLINE, offset=text.index("A.png"), length=len("a.png"))
    after = text.replace("A.png", "a.png")
    restored, undo = _undo(after + "\n\n后记", (mended,), edited=True)
    assert restored == text + "\n\n后记"
    assert undo.ambiguous == ()
    restored, undo = _undo("前言 " + after, (mended,))
    assert restored.count("A.png") == 1
    assert undo.ambiguous == (mended,)


def test_appended_link_that_was_edited_is_left_and_reported() -> None:
    after, recorded = _rewritten(f"[a]({A})", "append")
    edited = after.replace(" ([archived]", "，见[本地]")
    restored, undo = _undo(edited, recorded)
    assert restored == edited
    assert undo.ambiguous == recorded


def test_links_of_others_stay() -> None:
    after, recorded = _rewritten(f"[a]({A})")
    edited = f"[x]({FOLDER}丙-{'3' * 12}/article.md) [y](articles.md) [z]({PATHS[A]}#top)\n{after}"
    assert _undo(edited, recorded)[0] == edited.replace(f"{PATHS[A]})", f"{A})")


def test_gb18030_note_edited_since() -> None:
    data = NOTE.encode("gb18030")
    changes = plan(find_links(data), _target, data=data)
    recorded = record(data, changes, in_archive)
    edited = "前言\n\n".encode("gb18030") + splice(data, [change.edit for change in changes])
    undo = edits_to_undo(edited, recorded)
    assert splice(edited, undo.edits).decode("gb18030") == "前言\n\n" + NOTE
