"""A fault of archiver's own in one article or note: it fails, is described, and waits; all others are done."""

from __future__ import annotations

import pytest

from archiver.dom import inner_markup
from tests.item_faults import (
    MARK,
    TOKEN,
    Step,
    fill,
    inject,
    night,
    nothing_is_left_over,
    others_are_done,
    status_of,
    the_report,
)
from tests.replica import ArticleSpec
from tests.sampling import one_in
from tests.world import World, broken


@pytest.fixture
def filled(world: World) -> World:
    return fill(world)


STEPS = [
    # A page, and what is made of it.
    Step("archiver.fetch.engine.HttpEngine.capture"),
    Step("archiver.gathering.page_reading.read_page"),
    Step("archiver.wechat.fullest.clean_body", lambda root, _soup: MARK in inner_markup(root)),
    Step("archiver.gathering.gather.Gathering._on_article"),
    Step("archiver.archive.archive.make_record"),
    Step("archiver.render.html.render_html"),
    Step("archiver.render.markdown.render_markdown"),
    Step("archiver.archive.archive.article_json"),
    Step("archiver.wechat.slim.slim"),
    Step("archiver.store.articles.write_synced"),
    Step("archiver.store.articles.sync_folder", lambda folder: MARK in str(folder)),
    Step("archiver.store.sums.Checksums.put", lambda _self, folder, _files: MARK in folder),
    Step("archiver.archive.indexing.text_of"),
    Step("archiver.store.catalogue.Catalogue.put_article", lambda _self, record, *_: MARK in record.title),
    Step("archiver.store.catalogue.article_row"),
    Step("archiver.gathering.link_log.LinkLog.settle", article="archived"),
    # An image of the article.
    Step("archiver.gathering.image.inspect_image", article="partial"),
    Step(
        "archiver.archive.archive.Archive.keep_image",
        lambda _self, _key, _url, file: MARK.encode() in file.data,
        "partial",
    ),
    Step("archiver.store.blobs.write_atomic", article="partial"),
]


@pytest.mark.parametrize("step", one_in(2, STEPS), ids=lambda step: step.function.removeprefix("archiver."))
def test_a_fault_in_an_article(filled: World, step: Step) -> None:
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, step.function, step.concerns)
        summary = night(filled)
        assert summary.exit_code == 1
        assert any("internal error: KeyError" in str(item) for item in summary.attention)
        others_are_done(filled)
        assert the_report(filled)
        nothing_is_left_over(filled)
        assert status_of(filled, TOKEN) == step.article
        assert len([a for a in filled.articles() if MARK in a["title"]]) == (step.article != "failed")
        assert len(filled.replica.article_requests) <= 3
    assert night(filled, 0.1).exit_code == 0
    assert status_of(filled, TOKEN) == "archived"
    others_are_done(filled)
    assert broken(filled.notes / "bad.md") == []
    nothing_is_left_over(filled)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ("<table><tr><td>" * 100 + "深处" + "</table><tr><td>" * 100, "archived", ""),
        ("<ul><li>" * 100 + "深处" + "</ul><li>" * 100, "archived", ""),
        ("<div>" * 100_000 + "深处", "failed", "elements; an article has at most 50,000"),
        ("<div>" * 20_000 + "深处", "failed", "deep, which no article does"),
    ],
)
def test_pages_that_are_hard_to_read(filled: World, body: str, status: str, reason: str) -> None:
    """They ended every run, or took minutes of it."""
    filled.replica.add_article(ArticleSpec(f"坏的{MARK}", body, weight=1), [TOKEN])
    assert night(filled).exit_code == (0 if status == "archived" else 1)
    others_are_done(filled)
    assert status_of(filled, TOKEN) == status
    assert reason in filled.links()[f"https://mp.weixin.qq.com/s/{TOKEN}"].get("reason", "")
    assert not list((filled.archive / "reports").glob("internal-*"))
    assert night(filled, 20).exit_code == 0, "asked again once a month at the most"
    nothing_is_left_over(filled)


def test_it_waits_longer_and_longer_and_is_told_of_meanwhile(filled: World) -> None:
    """Exit code 1 only in the runs that try it."""
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, "archiver.gathering.page_reading.read_page")
        codes = [night(filled, day).exit_code for day in range(60)]
    asked = [request for request in filled.replica.article_requests if TOKEN in request.url]
    assert codes.count(1) == len(asked) == 8
    assert set(codes) == {0, 1}
    assert codes[:3] == [1, 1, 1]
    assert sum(codes[-20:]) <= 1
    assert "KeyError" in filled.links()[f"https://mp.weixin.qq.com/s/{TOKEN}"]["reason"]


NOTE_STEPS = [
    Step("archiver.rewriting.look_into.find"),
    Step("archiver.rewriting.look_into.targets_of"),
    Step("archiver.rewriting.look_into.index_note"),
    Step("archiver.rewriting.planner.find"),
    Step("archiver.rewriting.making.apply"),
    Step("archiver.rewriting.planner.record"),
    Step("archiver.rewriting.imagelinks.Examiner.examine"),
    Step("archiver.store.journal.Journal.add"),
    Step("archiver.rewriting.rewrite.replace_note", lambda _root, path, *_: path == "bad.md"),
    Step("archiver.rewriting.noteindex.index_note", lambda _config, _archive, path, _data: path == "bad.md"),
]


@pytest.mark.parametrize("step", NOTE_STEPS, ids=lambda step: step.function.removeprefix("archiver."))
def test_a_fault_in_a_note(filled: World, step: Step) -> None:
    if "examine" in step.function:
        filled.note("bad.md", (filled.notes / "bad.md").read_bytes() + f"![{MARK}](gone.png)\n".encode())
    before = (filled.notes / "bad.md").read_bytes() if (filled.notes / "bad.md").exists() else b""
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, step.function, step.concerns)
        once = step.function == "archiver.rewriting.noteindex.index_note"  # by then the note is written
        assert [night(filled, day).exit_code for day in range(3)] == ([1, 0, 0] if once else [1, 1, 1])
        others_are_done(filled)
        assert the_report(filled)
        nothing_is_left_over(filled)
        summary = night(filled, 2.2)
        assert summary.exit_code == 0, "it waits, which is told"
        assert once or any(path in str(item) for item in summary.attention for path in ("bad.md", "moved.md"))
        if "index_note" not in step.function and before:
            assert (filled.notes / "bad.md").read_bytes() == before
    filled.note("more.md", "text")
    if before:
        filled.note("bad.md", (filled.notes / "bad.md").read_bytes() + b"edited: it is tried at once\n")
    assert night(filled, 2.3).exit_code == 0
    for note in filled.notes.glob("*.md"):
        assert broken(note) == [] or b"gone.png" in note.read_bytes()
        assert b"mp.weixin" not in note.read_bytes()
