"""JSON Lines, CSV, BibTeX and Atom, read by programs of others."""

from __future__ import annotations

import csv
import io
import json
from calendar import timegm
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
from bibtexparser.entrypoint import parse_string

from archiver.export.lines import cell, tex
from archiver.schemas.exchange import exchange_schema
from tests.export.archive import ALL, ARTICLES, OTHER, SPRING, UNDATED
from tests.export.exporting import exported
from tests.outputs import problems
from tests.reader.library import Library

ATOM = "{http://www.w3.org/2005/Atom}"
PRINTED = ALL.title.replace("\x07", "")


def test_json_lines_say_what_an_article_is(library: Library, tmp_path: Path) -> None:
    lines = exported(library, "jsonl", tmp_path).decode().split("\n")
    assert lines.pop() == ""
    found = [json.loads(line) for line in lines]
    assert [one["url"] for one in found] == [made.url for made in (UNDATED, OTHER, ALL, SPRING)]
    for one in found:
        assert problems(exchange_schema("article"), one) == []
        assert (library.archive / one["markdown"]).is_file()
        assert all((library.archive / path).is_file() for path in one["images"])
    one = found[2]
    assert (one["title"], one["published"], one["stars"]) == (PRINTED, "2026-03-06T01:00:00+08:00", 3)
    assert (one["notes"], len(one["images"])) == (["2026/一.md", "二.md"], 2)
    assert one["text"].startswith("第一段，有 <标签> & “引号”。\n")
    assert found[0]["published"] is None


def test_a_table_opens_in_a_spreadsheet(library: Library, tmp_path: Path) -> None:
    data = exported(library, "csv", tmp_path)
    assert data.startswith("\ufeffid,title,".encode())
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["url"] for row in rows] == [made.url for made in (UNDATED, OTHER, ALL, SPRING)]
    row = rows[2]
    assert row["title"] == f"'{PRINTED}"  # no formula
    assert (row["author"], row["digest"]) == ("'@作者", "'-1+1 摘要 zwei")
    assert (row["account"], row["published"], row["notes"], row["images"]) == (
        ALL.account, "2026-03-06", "2026/一.md; 二.md", "2"
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "＝1", " =1", "\u202e=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


def test_bibtex_is_read_by_a_parser(library: Library, tmp_path: Path) -> None:
    text = exported(library, "bibtex", tmp_path).decode()
    found = parse_string(text)
    assert found.failed_blocks == []
    assert [entry.entry_type for entry in found.entries] == ["misc"] * len(ARTICLES)
    entry = found.entries[2].fields_dict
    assert entry["url"].value == ALL.url
    assert (entry["date"].value, entry["author"].value) == ("2026-03-06", "{@作者}")
    assert entry["title"].value == "{" + tex(PRINTED) + "}"
    assert "year" not in found.entries[0].fields_dict


@pytest.mark.parametrize("text", ["{", "}", "}{", "\\", "\\}", "{{{", 'a"b', "a and b", "% x", "\x00\n\n@book{a,"])
def test_no_title_ends_its_field(text: str) -> None:
    found = parse_string(f"@misc{{a,\n  title = {{{{{tex(text)}}}}},\n  year = {{2026}},\n}}\n")
    assert found.failed_blocks == []
    assert [field.key for field in found.entries[0].fields] == ["title", "year"]


def test_a_feed_is_read_by_a_reader(library: Library, tmp_path: Path) -> None:
    data = exported(library, "atom", tmp_path)
    found = feedparser.parse(data)
    assert not found.bozo
    assert [entry.link for entry in found.entries] == [made.url for made in (SPRING, ALL, OTHER, UNDATED)]
    entry = found.entries[1]
    assert ALL.published
    assert timegm(entry.published_parsed) == ALL.published.timestamp()
    assert len({one.id for one in found.entries} | {found.feed.id}) == 5
    root = ElementTree.fromstring(data)
    assert root.findall(f"{ATOM}entry")[1].findtext(f"{ATOM}title") == PRINTED
    content = str(root.findall(f"{ATOM}entry")[1].findtext(f"{ATOM}content"))
    assert "<script" not in content
    assert "../" not in content
    assert f'href="{OTHER.url}"' in content
    assert "<img" not in content  # nothing is loaded from elsewhere


def test_a_feed_takes_the_newest(library: Library, tmp_path: Path) -> None:
    data = exported(library, "atom", tmp_path, newest=2, title="两篇\x0b <b>")
    found = feedparser.parse(data)
    assert [entry.link for entry in found.entries] == [made.url for made in (SPRING, ALL)]
    assert found.feed.title == "两篇 <b>"
    assert found.feed.updated_parsed == found.entries[0].updated_parsed
