"""A fault of archiver's own in one album, file, check or notification; and what is no item's fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.dom import inner_markup
from archiver.fixity.verify import verify
from archiver.models.findings import FindingCode
from archiver.tasks.sync import Options
from tests.builders import album, an_image, article, lesson, serve_album, titled
from tests.item_faults import (
    MARK,
    TOKEN,
    Concerns,
    anything,
    fill,
    inject,
    marked,
    marked_image,
    night,
    nothing_is_left_over,
    others_are_done,
    status_of,
    the_report,
)
from tests.world import World, broken


@pytest.fixture
def filled(world: World) -> World:
    return fill(world)


@pytest.mark.parametrize(
    ("function", "left"),
    [
        ("archiver.gathering.media.inspect_media", "partial"),
        ("archiver.archive.archive.Archive.keep_media", "partial"),
        ("archiver.wechat.albums.read_album", "failed"),
        ("archiver.gathering.albums.save_album", "failed"),
        ("archiver.render.album.album_json", "failed"),
    ],
)
def test_a_fault_in_audio_video_or_an_album(filled: World, function: str, left: str) -> None:
    given = album(12)
    serve_album(filled, given)
    filled.note("more.md", f"[l]({lesson(filled)}) [a]({given.url})\n")
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, function, anything)
        assert night(filled).exit_code == 1
        others_are_done(filled)
        assert the_report(filled)
        nothing_is_left_over(filled)
        statuses = {entry["status"] for entry in filled.links().values()}
        assert statuses == {"archived", left}
    assert night(filled, 0.1).exit_code == 0
    assert {entry["status"] for entry in filled.links().values()} == {"archived"}


@pytest.mark.parametrize(
    "function",
    [
        "archiver.render.album.album_markdown",
        "archiver.render.index.archive_readme",
        "archiver.tasks.run.build_site",
    ],
)
def test_a_fault_in_what_is_made_again_in_each_run(filled: World, function: str) -> None:
    given = album(12)
    serve_album(filled, given)
    filled.note("album.md", f"[a]({given.url})\n")
    filled.configure(verify={"days": 0})
    assert night(filled).exit_code == 0
    new = filled.replica.add_article(article("新的"))
    filled.note("new.md", f"[n]({new})\n")
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, function, anything)
        codes = [night(filled, day).exit_code for day in range(30)]
        assert {a["title"] for a in filled.articles()} >= {"好的0", "好的1", "新的"}
        assert broken(filled.notes / "new.md") == []
        assert the_report(filled)
    assert [day for day, code in enumerate(codes) if code] == [0, 1, 2, 3, 5, 9, 17]
    assert night(filled, 60).exit_code == 0
    nothing_is_left_over(filled)


def test_a_fault_in_the_line_of_a_link(filled: World) -> None:
    """To an article that is archived by another link."""
    filled.configure(rewrite={"articles": "keep"})
    new = titled("新的")
    filled.note("new.md", f"[n]({filled.replica.add_article(new)})\n")
    assert night(filled).exit_code == 0
    filled.note("long.md", f"[l]({new.long_url})\n")
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, "archiver.gathering.link_entries.known_article", lambda url, _record: "mid=" in url)
        codes = [night(filled, day).exit_code for day in range(30)]
        assert the_report(filled)
        assert len(filled.links()) == 5
    assert codes[:3] == [1, 1, 1]
    assert codes.count(1) == 7
    assert night(filled, 60).exit_code == 0
    nothing_is_left_over(filled)


def test_a_fault_in_an_article_that_the_index_does_not_know(filled: World) -> None:
    assert night(filled).exit_code == 0
    (filled.archive / "catalogue.db").unlink()
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, "archiver.archive.indexing.text_of")
        filled.note("new.md", f"[n]({filled.replica.add_article(article('新的'))})\n")
        assert night(filled, 1).exit_code == 1
        assert {a["title"] for a in filled.articles()} >= {"好的0", "新的"}
        assert broken(filled.notes / "new.md") == []
        (folder,) = (folder for folder in filled.article_folders() if MARK in folder.name)
        assert folder.is_dir()
        assert filled.cli("status").returncode == 0
    assert night(filled, 2).exit_code == 0
    nothing_is_left_over(filled)


@pytest.mark.parametrize("capture", ["slim", "none"])
@pytest.mark.parametrize("function", ["archiver.render.html.render_html", "archiver.gathering.writing.Writer.write"])
def test_a_fault_in_an_incomplete_article(filled: World, capture: str, function: str) -> None:
    """What is archived of it stays, and is asked for ever more rarely."""
    filled.configure(archive={"capture": capture})
    filled.replica.fault(marked_image().key, "status:404")
    assert night(filled).exit_code == 1
    (folder,) = (folder for folder in filled.article_folders() if MARK in folder.name)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    filled.replica.clear_faults()
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, function)
        codes = [night(filled, day).exit_code for day in range(1, 40)]
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        assert status_of(filled, TOKEN) == "partial"
        assert set(codes) == {0, 1}
        assert sum(codes) <= 8
        assert the_report(filled)
        nothing_is_left_over(filled)
    assert night(filled, 90).exit_code == 0
    assert status_of(filled, TOKEN) == "archived"
    nothing_is_left_over(filled)


@pytest.mark.parametrize(
    "function",
    ["archiver.archive.comparison.changes", "archiver.render.html.render_html", "archiver.wechat.page.read_meta"],
)
def test_a_fault_in_a_second_look(filled: World, function: str) -> None:
    """The copy stays as it is, without a trace of an edition that could not be written."""
    filled.configure(fetch={"recheck_archived_days": 30})
    assert night(filled).exit_code == 0
    (folder,) = (folder for folder in filled.article_folders() if MARK in folder.name)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    filled.replica.add_article(article(f"坏的{MARK}", marked_image(), an_image("further")), [TOKEN])
    concerns = (lambda page: MARK in inner_markup(page.soup)) if "read_meta" in function else marked
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, function, concerns)
        assert night(filled, 31).exit_code == 1
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        assert [path for path in folder.parent.glob("*") if path.is_dir() and MARK in path.name] == [folder]
        assert status_of(filled, TOKEN) == "archived"
        nothing_is_left_over(filled)
    assert night(filled, 62).exit_code == 0


def test_a_fault_in_one_article_of_a_reparse(filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from archiver.tasks.reparse import reparse_archive
    from archiver.tasks.run import open_run

    assert night(filled).exit_code == 0
    inject(monkeypatch, "archiver.render.markdown.render_markdown")
    with open_run(filled.config) as context:
        done = reparse_archive(context, lambda *_: None)
        assert context.archive.boundary.failed
    assert (done.same, len(done.failed), done.damaged) == (2, 1, False)
    assert the_report(filled)
    nothing_is_left_over(filled)


@pytest.mark.parametrize(
    ("function", "concerns"),
    [
        ("archiver.fixity.verify.check_article", lambda _found, folder, *_: MARK in folder),
        ("archiver.fixity.verify.check_blob", lambda _found, path: path in BLOBS),
        ("archiver.fixity.verify.read_page", marked),
        ("archiver.fixity.verify.inspect_image", marked),
    ],
)
def test_a_fault_in_a_check_of_a_file(filled: World, function: str, concerns: Concerns) -> None:
    """In a sync, and in a verify: all other files are checked; what is damaged among them is told."""
    filled.configure(verify={"days": 1})
    assert night(filled).exit_code == 0
    BLOBS[:] = [path.relative_to(filled.archive).as_posix() for path in (filled.archive / "images").glob("*/*")][:1]
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, function, concerns)
        assert night(filled, 1).exit_code == 1
        assert night(filled, 1.1).exit_code == 0, "its turn comes again with the next cycle"
        if ".rolling." not in function:
            (finding,) = verify(filled.config)
            assert (finding.code, finding.damage) == (FindingCode.NOT_CHECKED, False)
        assert the_report(filled)
        good = next(folder for folder in filled.article_folders() if MARK not in folder.name) / "index.html"
        good.write_bytes(good.read_bytes() + b" ")
        assert night(filled, 2.2).exit_code == 5
        assert any("index.html" in str(item) for item in filled.events)


BLOBS: list[str] = []


def test_one_note_that_cannot_be_restored(filled: World) -> None:
    before = {note.name: note.read_bytes() for note in filled.notes.glob("*.md")}
    assert night(filled).exit_code == 0
    from archiver.tasks.restore import restore_notes
    from archiver.tasks.run import open_run

    with pytest.MonkeyPatch.context() as patched:
        inject(patched, "archiver.tasks.restore.replace_note", lambda _root, path, *_: path == "bad.md")
        with open_run(filled.config) as context:
            restored = restore_notes(context, [])
            assert context.archive.boundary.failed
    assert [item.path for item in restored] == ["good.md"]
    assert (filled.notes / "good.md").read_bytes() == before["good.md"]
    assert (filled.notes / "bad.md").read_bytes() != before["bad.md"]
    nothing_is_left_over(filled)


@pytest.mark.parametrize("function", ["archiver.tasks.notify._ping", "archiver.tasks.notify._run"])
def test_a_fault_in_a_notification(filled: World, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    from archiver.cli.nightly import Show, run_sync

    address = "http://127.0.0.1:9/ping/s3cret-check" if function.endswith("_ping") else ""
    filled.configure(notify={"healthchecks_url": address, "command": "true p4ssword"})
    inject(monkeypatch, function, anything)
    summary = run_sync(filled.config, Options(), Show())
    assert summary.exit_code == 1
    others_are_done(filled)
    assert the_report(filled)
    for _ in range(3):
        summary = run_sync(filled.config, Options(), Show())
    assert summary.exit_code == 0, "that is known by now"


@pytest.mark.parametrize(
    ("function", "asked"),
    [("archiver.gathering.page_reading.read_page", 3), ("archiver.render.html.render_html", 3)],
)
def test_three_in_a_row_end_the_asking(world: World, function: str, asked: int) -> None:
    """What is wrong with all pages is not to ask for all of them."""
    good = world.replica.add_article(article("以前的"))
    world.note("good.md", f"[x]({good})\n")
    assert night(world).exit_code == 0
    urls = [world.replica.add_article(article(f"{MARK}{n}")) for n in range(12)]
    world.note("a.md", "".join(f"[x]({url})\n" for url in urls))
    world.configure(fetch={"interval": 1})
    world.replica.clear_requests()
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, function)
        summary = night(world, 1)
        assert summary.exit_code == 1
        assert any("same-fault" in str(item) or "SAME_FAULT" in repr(item) for item in summary.attention)
        assert asked <= len(world.replica.article_requests) <= asked + 2
        assert sorted(entry["status"] for entry in world.links().values()).count("failed") >= 3
        assert broken(world.notes / "good.md") == []
        nothing_is_left_over(world)
    for day in range(2, 5):
        night(world, day)
    assert len(world.articles()) == 13


def test_different_faults_do_not_end_it(world: World) -> None:
    """Nor does one and the same where others pass between."""
    urls = [world.replica.add_article(article(f"{MARK if n % 2 else '好'}{n}")) for n in range(12)]
    world.note("a.md", "".join(f"[x]({url})\n" for url in urls))
    with pytest.MonkeyPatch.context() as patched:
        inject(patched, "archiver.gathering.page_reading.read_page")
        night(world)
    assert len(world.replica.article_requests) == 12
    assert len(world.articles()) == 6


@pytest.mark.parametrize(
    "error",
    [KeyboardInterrupt(), SystemExit(143), MemoryError(), OSError(24, "Too many open files"), OSError(28, "No space")],
    ids=lambda error: repr(error)[:30],
)
@pytest.mark.parametrize("function", ["archiver.render.html.render_html", "archiver.gathering.page_reading.read_page"])
def test_what_concerns_all_items_passes_through(
    filled: World, monkeypatch: pytest.MonkeyPatch, error: BaseException, function: str
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(function, fail)
    with pytest.raises(type(error)):
        night(filled)
    assert not list((filled.archive / "reports").glob("internal-*"))


def test_reports_are_few_and_small(tmp_path: Path) -> None:
    from archiver.archive.boundary import Boundary
    from archiver.archive.internal_report import MOST_CHARACTERS, MOST_REPORTS
    from archiver.errors import InternalError

    boundary = Boundary(tmp_path)
    for n in range(40):
        with pytest.raises(InternalError), boundary.item("page", f"https://mp.weixin.qq.com/s/{n}"):
            raise ValueError("x" * 1_000_000)
    reports = list((tmp_path / "reports").iterdir())
    assert len(reports) == MOST_REPORTS
    assert max(report.stat().st_size for report in reports) < MOST_CHARACTERS + 1000
    assert any("https://mp.weixin.qq.com/s/39" in report.read_text() for report in reports)
