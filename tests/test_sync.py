"""The main job, night after night, against the replica."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.events import ArticleDone, Walled
from archiver.tasks.sync import Options
from tests.builders import an_image, article, img
from tests.replica import Template
from tests.world import World, attention, broken, destinations, notices, without_destinations


def pages(world: World) -> list[str]:
    return [request.path for request in world.replica.article_requests]


def test_first_night(world: World) -> None:
    shown = an_image("shown", format="webp", wx_fmt="png")
    first = world.replica.add_article(article("第一篇", an_image("a"), an_image("b", format="jpeg")))
    second = world.replica.add_article(article("第二篇", an_image("c", format="gif"), template=Template.CLASSIC))
    before = (
        f"# 笔记\r\n\r\n1. [第一篇]({first})  :star::star:\r\n2. [[CVPR] 第二篇]({second} '标题')\r\n{img(shown)}\r\n"
        f"\r\n裸链接 {first}，和 <{second}>。`{first}`\r\n[其他](https://example.org/x)\r\n"
    ).encode()
    note = world.note("2026/一.md", before)

    summary = world.sync()

    assert summary.exit_code == 0
    assert summary.articles["new"] == 2
    assert summary.images == {"new": 4, "failed": 0}
    assert summary.notes == {"read": 1, "rewritten": 1, "failed": 0}
    assert {a["title"] for a in world.articles()} == {"第一篇", "第二篇"}
    assert broken(note) == []
    local = [url for url in destinations(note) if "://" not in url]
    assert len(local) == 5
    after = note.read_bytes()
    assert f"`{first}`".encode() in after
    assert b"https://example.org/x" in after
    assert f"[{first}](../../archive/articles/".encode() in after
    for folder in world.article_folders():
        assert sorted(path.name for path in folder.iterdir()) == [
            "article.json", "article.md", "capture.html.gz", "index.html",
        ]  # fmt: skip
        assert broken(folder / "article.md") == []
        assert not [url for url in destinations(folder / "article.md") if "mmbiz" in url]
    assert broken(world.archive / "README.md") == []


def test_image_files_are_named_by_content_and_real_type(world: World) -> None:
    shown = an_image("lying", format="webp", wx_fmt="png")
    world.replica.add_image(shown.key, shown)
    world.note("a.md", img(shown))
    world.sync()
    (file,) = (world.archive / "images").rglob("*.*")
    assert file.suffix == ".webp"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == file.stem
    assert file.parent.name == file.stem[:2]


def test_every_image_request_has_a_referer_that_is_allowed(world: World) -> None:
    url = world.replica.add_article(article("带图", an_image("r1"), an_image("r2")))
    world.note("a.md", f"[x]({url}) {img(an_image('r3'))}")
    world.sync()
    referers = {request.referer for request in world.replica.image_requests}
    assert referers == {"https://mp.weixin.qq.com/"}
    assert world.replica.refused_requests == []


def test_second_night_is_idle(world: World) -> None:
    url = world.replica.add_article(article("一", an_image("i1")))
    gone = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
    world.replica.fault(gone, "deleted")
    world.note("a.md", f"[x]({url}) [gone]({gone}) {img(an_image('i2'))}")
    assert world.sync().exit_code == 0
    world.replica.clear_requests()
    before = world.tree(with_machine_state=True)
    summary = world.sync()
    assert world.replica.requests == []
    assert world.tree(with_machine_state=True) == before
    assert (summary.exit_code, summary.articles["unchanged"], summary.articles["gone"]) == (0, 1, 1)


def test_a_fresh_clone_without_catalogue_is_idle_too(world: World) -> None:
    urls = [world.replica.add_article(article(f"第{n}篇", an_image(f"f{n}"))) for n in range(3)]
    world.note("a.md", "\n\n".join(f"[x]({url})" for url in urls) + img(an_image("f9")))
    world.sync()
    (world.archive / "catalogue.db").unlink()
    world.replica.clear_requests()
    before = world.tree()
    world.sync()
    assert world.replica.requests == []
    assert world.tree() == before
    # A new note that names an old article, and an image that only a note shows, need no request either.
    note = world.note("b.md", f"[again]({urls[1]}) {img(an_image('f9'))}")
    world.sync()
    assert world.replica.requests == []
    assert broken(note) == []
    assert "weixin" not in note.read_text("utf-8")


def test_a_catalogue_of_a_newer_version_is_refused(world: World) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    world.sync()
    path = world.archive / "catalogue.db"
    with sqlite3.connect(path) as db:
        columns = [row[1] for row in db.execute("pragma table_info(_sqlite_migrations)")]
        row = dict(zip(columns, db.execute("select * from _sqlite_migrations").fetchone(), strict=True))
        values = list({**row, "id": None, "name": "of tomorrow"}.values())
        db.execute(f"insert into _sqlite_migrations values ({','.join('?' * len(values))})", values)
    db.close()
    before = path.read_bytes()
    done = world.cli("sync")
    assert (done.returncode, "made by a newer archiver: upgrade, or delete it" in done.stderr) == (1, True), done.stderr
    assert path.read_bytes() == before
    path.unlink()
    assert world.sync().exit_code == 0


def test_a_catalogue_that_is_garbage_is_rebuilt(world: World) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一'))})")
    world.sync()
    (world.archive / "catalogue.db").write_bytes(b"not a database" * 500)
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []


def test_restore_gives_the_exact_bytes_and_is_left_alone(world: World) -> None:
    url = world.replica.add_article(article("一", an_image("r")))
    before = f"\ufeffa [x]({url})\r\n{img(an_image('n'))}\n{url} <{url}>".encode()
    note = world.note("深/a b.md", before)
    world.sync()
    assert note.read_bytes() != before
    done = world.cli("restore")
    assert done.returncode == 0, done.stderr
    assert note.read_bytes() == before
    world.sync()
    assert note.read_bytes() == before
    assert world.sync(Options(rewrite_again={"深/a b.md"})).notes["rewritten"] == 1
    assert note.read_bytes() != before
    assert world.cli("restore", "notes/深/a b.md").returncode == 0
    assert note.read_bytes() == before


def test_restore_after_two_nights_of_rewriting(world: World) -> None:
    urls = [world.replica.add_article(article(f"{n}")) for n in range(2)]
    world.replica.fault(urls[1], "status:500", times=3)  # as often as one night asks
    before = f"[a]({urls[0]}) [b]({urls[1]})"
    note = world.note("a.md", before)
    assert world.sync().exit_code == 1
    assert urls[1] in note.read_text("utf-8")
    assert world.sync().exit_code == 0
    assert "weixin" not in note.read_text("utf-8")
    assert world.cli("restore", "a.md", cwd=world.notes).returncode == 0
    assert note.read_text("utf-8") == before


@pytest.mark.parametrize("kind", ["placeholder", "html", "empty", "half", "pixel-bomb", "status:404", "reset-body"])
def test_a_picture_that_does_not_come(world: World, kind: str) -> None:
    good, bad = an_image("good"), an_image("bad")
    url = world.replica.add_article(article("缺图", good, bad))
    note = world.note("a.md", f"[x]({url})\n\n{img(bad)}\n")
    world.replica.fault(bad.key, kind)

    summary = world.sync()

    assert summary.exit_code == 1
    assert summary.articles["partial"] == 1
    (record,) = world.articles()
    assert record["status"] == "partial"
    (failed,) = [image for image in record["images"] if "error" in image]
    assert failed["error"]
    (loss,) = record["losses"]
    assert loss == {"what": "image", "why": failed["error"], "url": failed["url"], "body": True, "code": failed["code"]}
    assert bad.key in note.read_text("utf-8")
    assert any("缺图" in line for line in attention(summary))
    assert len(list((world.archive / "images").rglob("*.*"))) == 1

    world.replica.clear_requests()
    assert world.sync().exit_code == 1
    asked = world.replica.requests
    assert asked
    assert all(bad.key in request.path for request in asked)

    world.replica.clear_faults()
    world.replica.clear_requests()
    summary = world.sync()
    assert summary.exit_code == 0
    assert [bad.key in request.path for request in world.replica.requests] == [True]
    (record,) = world.articles()
    assert (record["status"], record["losses"]) == ("archived", [])
    assert bad.key not in note.read_text("utf-8")
    assert broken(note) == []
    assert world.links()[url]["status"] == "archived"


def test_a_wall_ends_the_run_and_the_next_goes_on(world: World) -> None:
    urls = [world.replica.add_article(article(f"第{n}篇")) for n in range(5)]
    note = world.note("a.md", "\n".join(f"- [{n}]({url})" for n, url in enumerate(urls)) + img(an_image("w")))
    world.replica.wall_after(2)

    summary = world.sync()

    assert summary.exit_code == 3
    assert (summary.articles["new"], summary.articles["pending"]) == (2, 3)
    assert len(pages(world)) == 4  # the one at the wall, and one to see whose wall it is
    assert len(world.articles()) == 2
    assert sum(isinstance(event, Walled) for event in world.events) == 1
    assert [url for url in urls if url in note.read_text("utf-8")] == urls[2:]
    assert broken(note) == []

    world.replica.clear_wall()
    world.replica.clear_requests()
    # The wall came with the third request: the next runs stop at 0.8 of that.
    summary = world.sync()
    assert (summary.exit_code, summary.articles["pending"]) == (0, 1)
    assert notices(summary) == ["1 to go, about 1 night at this pace"]
    assert world.sync().exit_code == 0
    assert len(pages(world)) == 3
    assert "weixin" not in note.read_text("utf-8")


@pytest.mark.parametrize(
    ("page", "status", "count"),
    [
        ("deleted", "deleted", "gone"),
        ("deleted-english", "deleted", "gone"),
        ("violation", "violation", "gone"),
        ("infringement", "violation", "gone"),
        ("account-blocked", "blocked", "gone"),
        ("account-closed", "blocked", "gone"),
        ("parameter-error", "malformed", "refused"),
        ("expired", "expired", "gone"),
        ("private", "private", "refused"),
    ],
)
def test_what_is_gone_is_told_and_not_asked_again(world: World, page: str, status: str, count: str) -> None:
    url = "https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB"
    world.replica.fault(url, page)
    before = f"[x]({url})"
    note = world.note("a.md", before)
    started = datetime.now(UTC).replace(microsecond=0)
    summary = world.sync()
    assert (summary.exit_code, summary.articles[count]) == (0, 1)
    assert world.links()[url]["status"] == status
    assert started <= datetime.fromisoformat(world.links()[url]["checked"]) <= datetime.now(UTC)
    assert world.links()[url]["reason"]
    assert note.read_text("utf-8") == before
    assert world.articles() == []
    world.replica.clear_requests()
    world.sync()
    assert world.replica.requests == []


def test_one_article_under_two_urls_is_one_folder(world: World) -> None:
    spec = article("同一篇", an_image("same")).with_ids()
    short = world.replica.add_article(spec)
    long = f"https://mp.weixin.qq.com/s?__biz={spec.biz}&mid={spec.mid}&idx={spec.idx}&sn={spec.sn}&key=secret#rd"
    note = world.note("a.md", f"[a]({short}) [b]({long})")
    assert world.sync().articles["new"] == 2
    (record,) = world.articles()
    assert short in record["aliases"]
    assert any("__biz" in alias for alias in record["aliases"])
    for path in [world.archive / "links.jsonl", *world.article_folders()[0].glob("*.*")]:
        assert b"secret" not in path.read_bytes()
    first, second = destinations(note)
    assert first == second
    asked = [request.path for request in world.replica.image_requests]
    assert len(asked) == len(set(asked))


def test_limit_leaves_the_rest_for_later(world: World) -> None:
    urls = [world.replica.add_article(article(f"{n}")) for n in range(3)]
    world.note("a.md", "\n".join(f"[{n}]({url})" for n, url in enumerate(urls)))
    summary = world.sync(Options(limit=1))
    assert (summary.exit_code, summary.articles["new"], summary.articles["pending"]) == (0, 1, 2)
    assert [world.links()[url]["status"] for url in urls] == ["archived", "pending", "pending"]
    assert world.sync().articles["new"] == 2


def test_append_and_keep(world: World) -> None:
    url = world.replica.add_article(article("一"))
    before = f"[x]({url}) 后 {img(an_image('k'))}"
    note = world.note("a.md", before)
    world.configure(rewrite={"articles": "append", "images": "keep"})
    world.sync()
    after = note.read_text("utf-8")
    assert after.startswith(f"[x]({url}) ([archived](../archive/articles/")
    assert after.endswith(before.removeprefix(f"[x]({url})"))
    assert world.sync().notes["rewritten"] == 0
    assert note.read_text("utf-8") == after
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == before


def test_a_note_that_cannot_be_read_stops_nothing(world: World) -> None:
    url = world.replica.add_article(article("一"))
    bad = world.note("bad.md", b"\xff\xfe\x81 " + url.encode())
    world.note("good.md", f"[x]({url})")
    summary = world.sync()
    assert summary.exit_code == 1
    assert summary.notes == {"read": 2, "rewritten": 1, "failed": 1}
    assert any("bad.md" in line for line in attention(summary))
    assert bad.read_bytes().startswith(b"\xff\xfe")


def test_the_archive_moves_with_the_repository(world: World, tmp_path: Path) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一', an_image('m')))})")
    world.sync()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("notes", "archive", "config.toml"):
        shutil.move(world.root / name, elsewhere / name)
    assert broken(elsewhere / "notes/a.md") == []
    assert "tmp" not in (elsewhere / "archive/links.jsonl").read_text("utf-8")


def test_the_links_follow_an_archive_that_was_moved(world: World) -> None:
    before = f"[x]({world.replica.add_article(article('一', an_image('m')))})"
    note = world.note("a.md", before)
    world.sync()
    world.archive.rename(world.root / "elsewhere")
    world.configure(archive={"path": "elsewhere"})
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert (world.replica.requests, broken(note)) == ([], [])
    assert "../elsewhere/articles/" in note.read_text("utf-8")
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == before


def test_catalogue_rebuilt_is_catalogue_kept(world: World) -> None:
    for n in range(3):
        world.note(
            f"{n}.md", f"[x]({world.replica.add_article(article(f'{n}', an_image(f'c{n}')))}) {img(an_image('c'))}"
        )
    world.sync()
    world.sync()
    kept = dump(world.archive / "catalogue.db")
    (world.archive / "catalogue.db").unlink()
    world.sync()
    assert dump(world.archive / "catalogue.db") == kept


def dump(path: Path) -> dict[str, list[str]]:
    from sqlite_utils import Database

    db = Database(path)
    # How FTS5 lays out its own tables depends on their history; tests/reader compares what they say.
    tables = [name for name in db.table_names() if not name.startswith(("_", "search"))]
    rows = {
        name: [{**row, "doc": None} for row in db.table(name).rows] for name in tables
    }  # texts are numbered as read
    found = {name: sorted(json.dumps(row, sort_keys=True) for row in rows[name]) for name in tables}
    db.close()
    return found


def test_events_tell_where_a_bad_link_stands(world: World) -> None:
    url = "https://mp.weixin.qq.com/s/CCCCCCCCCCCCCCCCCCCCCC"
    world.replica.fault(url, "parameter-error")
    world.note("a/b.md", f"\n\n\n[x]({url})")
    summary = world.sync()
    (event,) = [event for event in world.events if isinstance(event, ArticleDone)]
    assert event.where == "a/b.md:4"
    assert any(line.startswith("a/b.md:4: ") for line in attention(summary))


def test_rewriting_changes_nothing_but_destinations(world: World) -> None:
    url = world.replica.add_article(article("一"))
    before = f"a\t[x]({url} 'y')\n\n| a | [z]({url}) |\n|---|---|\n> 1. {img(an_image('q'))}\n".encode()
    note = world.note("a.md", before)
    world.sync()
    assert note.read_bytes() != before
    assert without_destinations(note.read_bytes()) == without_destinations(before)


def test_an_archive_whose_path_needs_escaping(world: World) -> None:
    url = world.replica.add_article(article("一", an_image("p")))
    world.configure(archive={"path": "我的 (新) 档案#1"})
    note = world.note("a.md", f"[x]({url}) <{url}>\n{img(an_image('p'))}")
    assert world.sync().exit_code == 0
    assert "weixin.qq.com/s/" not in note.read_text("utf-8").replace(f"[{url}]", "")
    assert broken(note) == []
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == f"[x]({url}) <{url}>\n{img(an_image('p'))}"


@pytest.mark.parametrize("variant", ["given", "original"])
def test_which_size_of_a_picture_is_asked_for(world: World, variant: str) -> None:
    world.configure(images={"variant": variant})
    shown = an_image("v")
    note = world.note("a.md", f'<img src="{shown.note_url}">')
    world.sync()
    (asked,) = [request.path.partition("?") for request in world.replica.image_requests]
    assert asked[0] == f"/{shown.key}/" + ("0" if variant == "original" else "640")
    assert "tp=" not in asked[2]
    assert broken(note) == []


def test_an_original_that_is_not_there_falls_back_to_the_size_as_given(world: World) -> None:
    world.configure(images={"variant": "original"})
    shown = an_image("fallback")
    world.replica.fault(f"{shown.key}/0", "status:404")
    note = world.note("a.md", f'<img src="{shown.note_url}">')
    assert world.sync().exit_code == 0
    asked = [request.path.partition("?")[0] for request in world.replica.image_requests]
    assert asked == [f"/{shown.key}/0", f"/{shown.key}/640"]
    assert "mmbiz" not in note.read_text("utf-8")


def test_a_partial_article_without_its_capture_is_visited_again(world: World) -> None:
    bad = an_image("late")
    url = world.replica.add_article(article("缺图", bad))
    world.note("a.md", f"[x]({url})")
    world.replica.fault(bad.key, "html")
    world.sync()
    (folder,) = world.article_folders()
    (folder / "capture.html.gz").unlink()
    before = (folder / "article.md").read_bytes()
    world.replica.fault("/s/", "deleted", times=1)
    assert world.sync().exit_code == 1
    assert (folder / "article.md").read_bytes() == before  # the page is gone; what there is of it stays
    assert world.links()[url]["status"] == "partial"
    world.replica.clear_faults()
    assert world.sync().exit_code == 0
    assert (folder / "capture.html.gz").exists()
    assert [record["status"] for record in world.articles()] == ["archived"]


def test_a_restore_that_cannot_write_can_be_done_again(world: World) -> None:
    before = f"[x]({world.replica.add_article(article('一'))})"
    note = world.note("a.md", before)
    world.sync()
    rewritten = note.read_bytes()
    note.unlink()
    note.mkdir()  # no note can be written here, not even by root
    assert world.cli("restore", "notes/a.md").returncode == 1
    note.rmdir()
    note.write_bytes(rewritten)
    assert world.cli("restore", "notes/a.md").returncode == 0
    assert note.read_text("utf-8") == before


def test_a_folder_deleted_by_hand_comes_back_at_once(world: World) -> None:
    url = world.replica.add_article(article("一", an_image("p")))
    note = world.note("a.md", f"[x]({url})\n")
    assert world.sync().exit_code == 0
    before, files = note.read_bytes(), world.tree()
    (folder,) = world.article_folders()
    shutil.rmtree(folder)
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert [request.url for request in world.replica.requests] == [url]
    assert note.read_bytes() == before
    assert world.tree().keys() == files.keys()


@pytest.mark.parametrize("table", ["articles", "images", "marks", "links", "texts", "_sqlite_migrations"])
def test_a_catalogue_with_a_lost_table_is_rebuilt(world: World, table: str) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一', an_image('p')))})")
    world.sync()
    path = world.archive / "catalogue.db"
    kept = dump(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"drop table {table}")
        db.commit()
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []
    assert dump(path) == kept


def test_a_catalogue_with_a_lost_row_reads_the_article_again(world: World) -> None:
    world.note("a.md", f"[x]({world.replica.add_article(article('一', an_image('p')))})")
    world.sync()
    path = world.archive / "catalogue.db"
    kept = dump(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("delete from articles")
        db.commit()
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []
    assert dump(path) == kept


def test_any_byte_of_the_catalogue_may_rot(world: World) -> None:
    urls = [world.replica.add_article(article(f"第{n}篇", an_image(f"p{n}"))) for n in range(3)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.sync()
    path = world.archive / "catalogue.db"
    whole, kept, before = path.read_bytes(), dump(path), world.tree()
    chance = random.Random(1)
    for place in [whole.find(b"-", whole.find(b"articles/2")), 26, *(chance.randrange(len(whole)) for _ in range(25))]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        world.replica.clear_requests()
        assert world.sync().exit_code == 0, place
        assert world.replica.requests == []
        assert dump(path) == kept, place
        assert world.tree() == before, place


LIES = [
    "update articles set folder = replace(folder, '第', '弟')",
    "update aliases set article = 'x'",
    "delete from aliases",
    "update images set path = 'images/00/x'",
    "update notes set sha256 = 'x'",
    "update links set target = 'articles/x'",
]
BROKEN = [
    "delete from articles",
    "alter table _sqlite_migrations rename column name to x",
    "alter table _sqlite_migrations drop column applied_at",
]


@pytest.mark.parametrize(("sql", "crashed"), [(sql, False) for sql in LIES + BROKEN] + [(sql, True) for sql in BROKEN])
def test_a_catalogue_that_lies(world: World, sql: str, crashed: bool) -> None:
    """`crashed`: the run before has left no seal, so that only what is no index at all is noticed."""
    world.note("a.md", f"[x]({world.replica.add_article(article('第一篇', an_image('p')))})")
    world.sync()
    path = world.archive / "catalogue.db"
    kept, before = dump(path), world.tree()
    with closing(sqlite3.connect(path)) as db:
        db.execute(sql)
        db.commit()
    if crashed:
        (world.archive / "reports/catalogue.seal").unlink()
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []
    assert dump(path) == kept
    assert world.tree() == before


def test_a_copy_that_is_lost_for_good_is_told(world: World) -> None:
    url = world.replica.add_article(article("一"))
    note = world.note("a.md", f"[x]({url})\n")
    world.sync()
    (folder,) = world.article_folders()
    shutil.rmtree(folder)
    world.replica.fault(url, "deleted")
    summary = world.sync()
    (line,) = attention(summary)
    assert line.startswith(f"a.md:1: {url}: its copy was deleted from the archive, and the original is deleted")
    assert note.read_text("utf-8") == f"[x]({url})\n"
    assert attention(world.sync()) == []


def test_what_remains_of_a_damaged_article_steps_aside(world: World) -> None:
    url = world.replica.add_article(article("一", an_image("p")))
    world.note("a.md", f"[x]({url})\n")
    world.sync()
    (folder,) = world.article_folders()
    text = (folder / "article.md").read_bytes()
    (folder / "article.json").unlink()
    assert world.sync().exit_code == 0
    assert (folder / "article.json").is_file()
    (kept,) = world.archive.glob("quarantine/**/article.md")
    assert kept.read_bytes() == text
    assert len(world.replica.article_requests) == 2
