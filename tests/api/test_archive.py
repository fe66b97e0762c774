"""`archiver.Archive`: all that is there, up to date, and nothing written."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

import archiver
from archiver import Archive
from archiver.store.lock import archive_lock
from tests.api.example import KEPT, MODEL, NOTE, UNDATED, files
from tests.outputs import run
from tests.reader.library import Library, Made, save

FUTURE = "insert into _sqlite_migrations (migration_set, name, applied_at) values ('archiver', 'future', '')"


def titles(archive: Archive) -> list[str]:
    return [article.title for article in archive.articles()]


def read_all(archive: Archive) -> list[object]:
    """All that can be asked."""
    listed = list(archive.articles())
    found: list[object] = [*listed, archive.accounts(), archive.search("噪声"), archive.search("stars:1", 1)]
    for one in listed:
        article = archive.article(one.id)
        found += [article, archive.id_of(one.url), *(archive.image(image.path or "") for image in article.images)]
    return found


def test_what_an_article_says(library: Library) -> None:
    with Archive.open(str(library.archive)) as archive:
        assert titles(archive) == [KEPT.title, MODEL.title, UNDATED.title]
        kept, model = (archive.article(archive.id_of(made.url) or "") for made in (KEPT, MODEL))
        assert archive.id_of(UNDATED.url.replace("https", "http") + "?scene=1#wechat_redirect")
        assert archive.id_of("https://example.org/") is None
        assert archive.accounts() == [
            archiver.Account(name="归档手记", articles=2),
            archiver.Account(name="机器之心", articles=1),
        ]
    assert (model.published, model.author, model.status) == (date(2026, 2, 3), "林深", "partial")
    assert model.mentions == (archiver.Mention(note="2026.md", line=2, stars=0),)
    assert model.losses[0].why == "the page gives no address of it"
    assert kept.links == (MODEL.url,)
    assert kept.text.splitlines() == [*KEPT.paragraphs, "延伸阅读：扩散模型入门"]
    assert kept.markdown == (library.archive / kept.folder / "article.md").read_text("utf-8")
    assert f"]({'../' * 4}{kept.images[0].path})" in kept.markdown


def test_search_speaks_the_language_of_the_search_box(library: Library) -> None:
    with Archive.open(library.archive) as archive:
        both = archive.search("before:2027")
        assert [hit.article.title for hit in both.hits] == [KEPT.title, MODEL.title]
        rest = archive.search("before:2027", limit=1, offset=1)
        assert (rest.total, [hit.article.title for hit in rest.hits]) == (2, [MODEL.title])
        assert archive.search("大象").total == archive.search("").total == 0
        for wrong in ("after:x", "stars:9"):
            with pytest.raises(archiver.QueryError):
                archive.search(wrong)
        with pytest.raises(archiver.QueryError):
            archive.search("扩散", limit=-1)


@pytest.mark.parametrize("path", ["links.jsonl", "../config.toml", "images/../links.jsonl", "/etc/passwd", "", "x\0"])
def test_an_image_is_one_of_the_archive_and_whole(library: Library, path: str) -> None:
    with Archive.open(library.archive) as archive, pytest.raises(archiver.StoreError):
        archive.image(path)


@pytest.mark.parametrize("article_id", ["0123456789ab", "", "../x", "x' or 1=1 --", "DF7033153B20"])
def test_an_id_that_no_article_has(library: Library, article_id: str) -> None:
    with Archive.open(library.archive) as archive, pytest.raises(archiver.UnknownArticleError):
        archive.article(article_id)


def test_nothing_is_written_and_no_lock_is_asked_for(library: Library) -> None:
    before = files(library.root)
    with archive_lock(library.archive), Archive.open(library.archive) as archive:
        assert len(read_all(archive)) > 10
    after = files(library.root)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} <= {
        "archive/.lock",
        "archive/.lock-owner",
    }


def test_without_a_catalogue_the_same_is_there_but_for_the_notes(changing: Library) -> None:
    with Archive.open(changing.archive) as archive:
        whole = [archive.search("噪声"), archive.accounts(), titles(archive)]
        assert archive.knows_notes
    (changing.archive / "catalogue.db").unlink()
    before = files(changing.root)
    with Archive.open(changing.archive) as archive:
        assert [archive.search("噪声"), archive.accounts(), titles(archive)] == whole
        assert not archive.knows_notes
        assert {article.stars for article in archive.articles()} == {0}
    assert files(changing.root) == before


@pytest.mark.parametrize("kind", ["no database", "another version's", "broken"])
def test_a_catalogue_that_cannot_be_used(changing: Library, kind: str) -> None:
    path = changing.archive / "catalogue.db"
    if kind == "no database":
        path.write_bytes(b"x" * 5000)
    else:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("drop table texts" if kind == "broken" else FUTURE)
    before = files(changing.root)
    with Archive.open(changing.archive) as archive:
        assert archive.search("噪声").total == 1
        assert titles(archive) == [KEPT.title, MODEL.title, UNDATED.title]
    assert files(changing.root) == before


def test_what_the_catalogue_does_not_know_yet(changing: Library) -> None:
    """As after a sync that was killed, or a pull: article files that are new, changed or gone."""
    catalogue = (changing.archive / "catalogue.db").read_bytes()
    with changing.open() as archive:
        save(archive, Made("后来的一篇", ["大象。"], token="E" * 22))
    (changing.archive / "catalogue.db").write_bytes(catalogue)
    gone, changed = (changing.folders()[made.title] for made in (UNDATED, MODEL))
    shutil.rmtree(changing.archive / gone)
    record = changing.archive / changed / "article.json"
    record.write_text(json.dumps(json.loads(record.read_text("utf-8")) | {"author": "陈"}, ensure_ascii=False), "utf-8")
    before = files(changing.root)
    with Archive.open(changing.archive) as archive:
        assert titles(archive) == [KEPT.title, "后来的一篇", MODEL.title]
        assert archive.search("大象").total == 1
        assert [hit.article.author for hit in archive.search("噪声").hits] == ["陈"]
        assert archive.knows_notes
        assert archive.article(archive.id_of(KEPT.url) or "").stars == 2
    assert files(changing.root) == before


def test_what_is_forgotten_is_not_there_even_where_its_files_still_are(changing: Library) -> None:
    folder = changing.folders()[MODEL.title]
    copy = changing.root / "copy"
    shutil.copytree(changing.archive / folder, copy)
    assert run(changing.root, "forget", "--yes", MODEL.url).code == 0
    shutil.copytree(copy, changing.archive / folder)
    with Archive.open(changing.archive) as archive:
        assert titles(archive) == [KEPT.title, UNDATED.title]
        assert archive.id_of(MODEL.url) is None
        assert archive.search("去噪").total == 0


def test_a_folder_that_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.md").write_text(NOTE, "utf-8")
    for path in (tmp_path / "notes", tmp_path / "nothing"):
        with pytest.raises(archiver.NoArchiveError, match="there is no archive at"):
            Archive.open(path)
    assert [path.name for path in tmp_path.rglob("*")] == ["notes", "a.md"]


def test_damage_and_a_newer_format_are_said(changing: Library) -> None:
    record = changing.archive / changing.folders()[MODEL.title] / "article.json"
    value = json.loads(record.read_text("utf-8"))
    record.write_text(json.dumps(value | {"schema": 99}), "utf-8")
    with pytest.raises(archiver.NewerFormatError):
        Archive.open(changing.archive)
    record.write_text("{", "utf-8")
    with pytest.raises(archiver.DamageError):
        Archive.open(changing.archive)


def test_an_image_whose_bytes_are_others(changing: Library) -> None:
    with Archive.open(changing.archive) as archive:
        path = archive.article(archive.id_of(KEPT.url) or "").images[0].path or ""
        (changing.archive / path).write_bytes(b"x")
        with pytest.raises(archiver.DamageError):
            archive.image(path)
