"""Dataclasses, JSON Schemas and docs/format.md name the same members; a member missing in one of the three fails."""

from __future__ import annotations

import re
import typing
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from archiver import schemas
from archiver.archive.record import how_captured
from archiver.models import (
    Album,
    AlbumArticle,
    ArticleRecord,
    Capture,
    Form,
    Kind,
    Loss,
    LossCode,
    OldVersion,
    Provenance,
    Status,
    StoredImage,
    UrlKind,
)
from archiver.models.coverage import Counted, Share
from archiver.models.media import MediaKind, Original, StoredMedia
from archiver.models.reading import Reading
from archiver.models.rewrites import Action, JournalEntry, Rewritten
from archiver.render import album, record
from archiver.schemas import SCHEMAS, file_name, schema
from archiver.store import layout, lines
from archiver.store.lines import LinkEntry
from archiver.store.reader_state import ABOUT, HIGHLIGHT, PLACE, WHAT, StateEntry
from tests.reference.members import part

DOCUMENT = Path(__file__).parents[2] / "docs/format.md"


@dataclass(frozen=True, slots=True)
class Tie:
    """An object in a file: a JSON Schema (or one of its `$defs`) and the fields of the dataclass that it is made from.

    `renamed`: field -> member. `unwritten`: fields that the file does not repeat. `added`: members without a field.
    """

    name: str
    definition: str
    names: Collection[str]
    renamed: tuple[tuple[str, str], ...] = ()
    unwritten: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()

    @property
    def members(self) -> set[str]:
        """The members that follow from the fields."""
        renamed = dict(self.renamed)
        return {renamed.get(name, name) for name in self.names if name not in self.unwritten} | self.added


def names(noun: Any) -> list[str]:
    return [field.name for field in fields(noun)]


MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
CAPTURE = Capture("", "", 200, b"", MOMENT, "http", provenance=Provenance("web.archive.org", MOMENT, "https://…"))
LINE = frozenset({"schema", "check"})
TIES = [
    # An article's folder is where its article.json lies.
    Tie("article", "", names(ArticleRecord), unwritten=frozenset({"folder"}), added=frozenset({"schema"})),
    Tie("article", "image", names(StoredImage)),
    Tie("article", "original", names(Original), renamed=(("size", "bytes"),)),
    Tie("article", "media", names(StoredMedia), renamed=(("size", "bytes"),)),
    Tie("article", "loss", names(Loss)),
    Tie("article", "version", names(OldVersion)),
    Tie("article", "capture", how_captured(CAPTURE).keys()),
    Tie("article", "coverage", [what.value for what in Counted]),
    Tie("article", "share", names(Share)),
    Tie("article", "reading", names(Reading)),
    Tie("link", "", names(LinkEntry), added=LINE),
    Tie("journal", "", names(JournalEntry), added=LINE),
    Tie(
        "journal",
        "edit",
        names(Rewritten),
        renamed=(("around", "put"),),
        unwritten=frozenset({"occurrence"}),  # it follows from the order
        added=frozenset({"path", "new", "occurrence"}),  # schema 1
    ),
    Tie("state", "", names(StateEntry), added=LINE),
    Tie("state", "about", ABOUT),
    Tie("state", "place", PLACE),
    Tie("state", "highlight", HIGHLIGHT),
    Tie("album", "", names(Album), added=LINE),
    Tie("album", "article", names(AlbumArticle)),
]
WORDS: list[tuple[str, str, str, type[StrEnum] | tuple[str, ...], Collection[str]]] = [
    # schema, definition, member, its words in the program, those that are never written there
    ("article", "", "kind", Kind, ()),
    ("article", "media", "kind", MediaKind, ()),
    ("link", "", "kind", UrlKind, {"other"}),
    ("link", "", "status", Status, ()),
    ("article", "", "status", Status, set(Status) - {"archived", "partial"}),
    ("journal", "", "action", typing.get_args(Action), ()),
    ("state", "", "what", WHAT, ()),
    ("journal", "edit", "form", Form, ()),
]
EXPLAINED: list[tuple[str, type[StrEnum]]] = [
    ("| status | meaning | asked for again |", Status),
]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object within a schema."""
    if isinstance(value, dict):
        if "properties" in value:
            yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def documented() -> dict[tuple[str, str], list[str]]:
    """The members in each table of docs/format.md that is made by `members(name, definition)`."""
    found = {}
    pattern = r'cog\.out\(members\("(\w+)"(?:, "(\w+)")?\)\)[^\n]*-->\n(.*?)<!-- \[\[\[end'
    for name, definition, table in re.findall(pattern, DOCUMENT.read_text("utf-8"), flags=re.DOTALL):
        found[name, definition] = re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)
    return found


@pytest.mark.parametrize("tie", TIES, ids=lambda tie: f"{tie.name}.{tie.definition}")
def test_fields_schema_and_document_name_the_same_members(tie: Tie) -> None:
    properties = part(tie.name, tie.definition)["properties"]
    assert set(properties) == tie.members
    assert documented()[tie.name, tie.definition] == list(properties)


def test_every_object_of_every_schema_is_tied() -> None:
    tied = {(tie.name, tie.definition) for tie in TIES}
    there = {(name, "") for name in SCHEMAS}
    there |= {(name, key) for name in SCHEMAS for key, value in schema(name)["$defs"].items() if "properties" in value}
    assert tied == there == set(documented())


@pytest.mark.parametrize(("name", "definition", "member", "words", "never"), WORDS)
def test_a_choice_of_words_is_that_of_the_program(
    name: str, definition: str, member: str, words: Collection[str], never: Collection[str]
) -> None:
    assert set(part(name, definition)["properties"][member]["enum"]) == {str(word) for word in words} - set(never)


def test_every_code_of_a_loss_is_explained() -> None:
    assert [word["const"] for word in part("article", "code")["oneOf"]] == list(LossCode)
    _, _, text = DOCUMENT.read_text("utf-8").partition('words("article", "code")')
    assert re.findall(r"^\| `([\w-]+)` \|", text.partition("<!-- [[[end")[0], flags=re.MULTILINE) == list(LossCode)


@pytest.mark.parametrize(("head", "words"), EXPLAINED)
def test_every_word_is_explained(head: str, words: type[StrEnum]) -> None:
    _, _, table = DOCUMENT.read_text("utf-8").partition(f"{head}\n")
    explained = re.findall(r"^\| `([\w-]+)` \|", table.partition("\n\n")[0], flags=re.MULTILINE)
    assert sorted(explained) == sorted(words)


def test_every_file_and_folder_is_documented() -> None:
    text = DOCUMENT.read_text("utf-8")
    constants = {name: value for name, value in vars(layout).items() if name.isupper() and isinstance(value, str)}
    assert len(constants) > 30
    assert {name: value for name, value in constants.items() if not name.startswith("_") and value not in text} == {}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("article", record.SCHEMA),
        ("album", album.SCHEMA),
        ("link", lines.SCHEMAS[layout.LINKS]),
        ("journal", lines.SCHEMAS[layout.JOURNAL]),
    ],
)
def test_the_schema_number_is_the_programs(name: str, number: int) -> None:
    described = schema(name)["properties"]["schema"]
    assert described.get("enum", [described.get("const")]) == list(range(1, number + 1))


def test_the_registry_lists_the_files_of_the_package() -> None:
    there = {path.name for path in files(schemas).iterdir() if path.name.endswith(".json")}
    assert there == {file_name(name) for name in SCHEMAS}
    with pytest.raises(KeyError):
        schema("nothing")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_and_closed(name: str) -> None:
    found = schema(name)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == file_name(name)
    for inner in objects(found):
        assert inner["additionalProperties"] is False
        assert set(inner["required"]) <= set(inner["properties"])
        assert all(value.get("description") for value in inner["properties"].values())
