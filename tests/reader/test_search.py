"""Full-text search over the catalogue, against looking everywhere."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from archiver.errors import QueryError
from archiver.models import Loss
from archiver.reader.query import parse_query
from archiver.reader.search import Results, search
from archiver.reader.snippet import snippet
from tests.reader.library import Library, Made, oracle, queries, random_articles
from tests.replica.spec import short_token


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """120 articles whose texts are like writing."""
    made = Library(tmp_path_factory.mktemp("library"))
    made.add(random_articles(120))
    return made


def find(library: Library, text: str, limit: int = 10_000) -> Results:
    with library.open() as archive:
        return search(archive.catalogue, parse_query(text), limit)


def titles(library: Library, text: str) -> list[str]:
    return [hit.item.title for hit in find(library, text).hits]


@pytest.mark.parametrize("length", [1, 2, 4, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 5, 6))])
def test_recall_and_precision_are_one(library: Library, length: int) -> None:
    with library.open() as archive:
        for term in queries(library, length, 60):
            found = search(archive.catalogue, parse_query(f'"{term}"'), 10_000)
            assert {hit.item.title for hit in found.hits} == oracle(library, term), term
            assert found.total == len(found.hits)


def test_all_words_must_be_there(library: Library) -> None:
    some = random.Random(3)
    for _ in range(30):
        words = [queries(library, some.randint(1, 3), 1, some.randint(1, 99))[0] for _ in range(2)]
        expected = oracle(library, words[0]) & oracle(library, words[1])
        assert set(titles(library, " ".join(f'"{word}"' for word in words))) == expected


def made(title: str, *paragraphs: str, day: int = 1, account: str = "甲", losses: Sequence[Loss] = ()) -> Made:
    moment = datetime(2026, 3, day, 20, tzinfo=UTC)  # already the next day in Beijing
    token = short_token(title)
    return Made(title, paragraphs or ("正文",), account=account, published=moment, losses=losses, token=token)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Six articles, for those who only read."""
    return filled(tmp_path_factory.mktemp("small"))


def filled(root: Path) -> Library:
    library = Library(root)
    library.add(
        [
            made("旧的扩散模型", "别的。", day=1),
            made("无关", "讲扩\u200b散模\u00ad型，也讲 GAN。", day=9, account="机器之心"),
            made("新的扩散模型", "别的。", day=5),
            made("再一篇", "扩散模型。", day=12),
            made("英文", "Vision Transformer：ＶＩＴ-16", day=3),
            made("注入", "x' OR 1=1 -- \"; drop table articles", day=2),
        ],
        {"2026/一.md": f"[a]({made('无关').url}) :star::star: 好\n[b]({made('英文').url})\n"},
    )
    return library


@pytest.fixture
def changing(tmp_path: Path) -> Library:
    """The same, for those who change it."""
    return filled(tmp_path)


def test_title_before_text_and_newer_first(small: Library) -> None:
    assert titles(small, "扩散模型") == ["新的扩散模型", "旧的扩散模型", "再一篇", "无关"]


def test_width_and_case(small: Library) -> None:
    assert titles(small, "vit-１６") == titles(small, "VIT-16") == ["英文"]
    assert titles(small, "TRANSFORMER：v") == ["英文"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("account:机器", ["无关"]),
        ("扩散 account:甲", ["新的扩散模型", "旧的扩散模型", "再一篇"]),
        ("扩散 after:2026-03-06", ["新的扩散模型", "再一篇", "无关"]),
        ("扩散 after:2026-03-07", ["再一篇", "无关"]),
        ("扩散 before:2026-03-10", ["新的扩散模型", "旧的扩散模型"]),
        ("before:2026", []),
        ("note:一", ["无关", "英文"]),
        ("note:二", []),
        ("stars:2", ["无关"]),
        ("stars:3", []),
        ("is:partial", []),
        ('"1=1 --"', ["注入"]),
        ("' OR", ["注入"]),
        ('";', ["注入"]),
        ("%", []),
        ("_", []),
        ("*", []),
    ],
)
def test_filters_and_odd_words(small: Library, query: str, expected: list[str]) -> None:
    assert titles(small, query) == expected


@pytest.mark.parametrize("query", ["after:gestern", "before:2026-3", "is:good", "stars:9"])
def test_what_cannot_be_asked(query: str) -> None:
    with pytest.raises(QueryError):
        parse_query(query)


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("foo:bar 词", ("foo:bar",)), ("account: x", ("account:",)), ("作者：张", ()), ("author：张", ("author：张",)),
        ('"foo:bar"', ()), ("http://a C:\\x std::vector 10:30 a:b", ()), ("account：甲 is:partial", ()),
    ],
)  # fmt: skip
def test_what_was_meant_for_a_filter_and_is_none_is_named(query: str, unknown: tuple[str, ...]) -> None:
    assert parse_query(query).unknown == unknown


def test_what_is_incomplete(changing: Library) -> None:
    changing.add([made("缺了视频", "讲扩散模型。", losses=[Loss("video", "没有地址")])])
    assert titles(changing, "is:partial") == titles(changing, "扩散 is:partial account:甲") == ["缺了视频"]
    assert titles(changing, "gan is:partial") == []


def test_snippet_marks_every_hit() -> None:
    pieces = snippet("第一段。\n" + "前" * 50 + "ＧＡＮ 与 gan，后" + "后" * 300, ["gan"])
    assert [text for text, hit in pieces if hit] == ["ＧＡＮ", "gan"]
    assert pieces[0] == ("…", False)
    assert pieces[-1] == ("…", False)
    assert sum(len(text) for text, _ in pieces) < 160
    assert snippet("没有", ["gan"]) == []


def test_an_article_that_goes_is_found_no_more(changing: Library) -> None:
    folder = changing.archive / changing.folders()["无关"]
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert titles(changing, "扩散模型") == ["新的扩散模型", "旧的扩散模型", "再一篇"]
    assert titles(changing, "gan") == []


def vocabulary(library: Library) -> set[tuple[str, str, str, int]]:
    """What the full-text index says: (term, article, column, place)."""
    db = Database(library.archive / "catalogue.db")
    db.execute("create virtual table temp.words using fts5vocab(main, search, instance)")
    sql = "select term, article, col, offset from temp.words join texts on texts.doc = words.doc"
    found = set(db.execute(sql).fetchall())
    db.close()
    return found


def test_the_index_rebuilt_is_the_index_kept(changing: Library) -> None:
    changing.add([made("后来的", "后来的文章，扩散", day=20)])
    kept = vocabulary(changing)
    assert len(kept) > 100
    (changing.archive / "catalogue.db").unlink()
    before = changing.files()
    changing.build(everything=False)
    assert vocabulary(changing) == kept
    after = changing.files()
    assert {path: after[path] for path in before} == before


def test_search_in_the_terminal(changing: Library) -> None:
    done = changing.cli("search", "--json", "扩散模型", "gan")
    assert done.returncode == 0, done.stderr
    line, _summary = done.stdout.splitlines()
    found = json.loads(line)
    assert (found["url"], found["title"]) == (made("无关").url, "无关")
    assert Path(found["path"]).is_file()
    assert "GAN" in found["snippet"]
    human = changing.cli("search", "扩散模型", "--limit", "2")
    assert human.returncode == 0
    assert human.stdout.index("新的扩散模型") < human.stdout.index("旧的扩散模型")
    assert "4 found, 2 shown" in human.stderr
    assert changing.cli("search", "after:x").returncode == 2
    assert changing.cli("search", "  ").returncode == 2


def test_search_in_the_terminal_follows_the_locale(changing: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {}
    for locale in ("zh_CN.UTF-8", "en_US.UTF-8", "C"):
        monkeypatch.setenv("LC_ALL", locale)
        done = changing.cli("search", "扩散模型", "--limit", "2", "foo:bar")
        wrong = changing.cli("search", "after:x")
        assert (done.returncode, wrong.returncode) == (0, 2)
        said[locale] = done.stderr.splitlines() + wrong.stderr.splitlines()
    assert said["C"] == said["en_US.UTF-8"]
    assert said["C"] == [
        "no filter, so looked for as it stands: foo:bar. There are account: after: before: note: stars: is:",
        "0 found",
        "archiver: after: takes a date such as 2022, 2022-03 or 2022-03-05",
    ]
    assert said["zh_CN.UTF-8"] == [
        "没有这样的筛选条件，按普通词查找：foo:bar。可用的有 account: after: before: note: stars: is:",
        "没有找到",
        "archiver: after: 之后应为 2022、2022-03 或 2022-03-05 这样的日期",
    ]
    summary = json.loads(changing.cli("search", "--json", "foo:bar").stdout.splitlines()[-1])
    assert summary["unknown_filters"] == ["foo:bar"]
    exported = changing.cli("export", "csv", "foo:bar", "-o", "-")
    assert "no filter, so looked for as it stands: foo:bar" in exported.stderr


def test_search_without_an_archive(tmp_path: Path) -> None:
    library = Library(tmp_path)
    done = library.cli("search", "x")
    assert done.returncode == 2
    assert "archiver sync" in done.stderr
    assert not library.archive.exists()
