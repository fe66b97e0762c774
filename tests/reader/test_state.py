"""reader-state.jsonl: what the server keeps, from whom it takes it, and what becomes of it elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from playwright.sync_api import expect

from archiver.schemas import schema
from archiver.schemas.exchange import exchange_schema
from archiver.store.layout import READER_STATE
from archiver.store.reader_state import ReaderState, StateEntry, state_entry
from tests.reader.asking import Client
from tests.reader.library import Library
from tests.reader.serving import serving
from tests.reader.three import NOTES, ONE, THREE, TWO
from tests.reader.watching import Open

AT = "2026-11-30T08:00:00.000Z"
LATER = "2026-11-30T08:00:00.001Z"
ID = "0123456789ab"
QUOTE = {"quote": "一句话", "before": "", "after": "后", "at": 0.5}
GOOD: list[dict[str, Any]] = [
    {"at": AT, "id": ID, "what": "read", "value": True},
    {"at": AT, "id": ID, "what": "favourite", "value": False},
    {"at": AT, "id": ID, "what": "place", "value": {"at": 1, "quote": ""}},
    {"at": AT, "id": ID, "what": "place", "value": None},
    {"at": AT, "id": ID, "what": "highlight", "value": QUOTE, "key": "00000001"},
    {
        "at": AT,
        "id": ID,
        "what": "about",
        "value": {"title": "题", "folder": "articles/x", "url": "", "notes": ["a.md"]},
    },
]
BAD: list[Any] = [
    None, [], "x", {}, {**GOOD[0], "id": "../x"}, {**GOOD[0], "at": "today"}, {**GOOD[0], "value": 1},
    {**GOOD[0], "what": "other"},
    {**GOOD[0], "key": "00000001"}, {**GOOD[4], "key": ""}, {**GOOD[4], "value": {**QUOTE, "more": 1}},
    {**GOOD[2], "value": {"at": 2, "quote": ""}}, {**GOOD[4], "value": {**QUOTE, "quote": "长" * 2001}},
    {**GOOD[5], "value": {**GOOD[5]["value"], "notes": [1]}}, {**GOOD[0], "what": []},
]  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("state"))
    library.add([ONE, TWO, THREE], NOTES)
    return library


@pytest.fixture
def file(library: Library) -> Path:
    file = library.archive / READER_STATE
    file.unlink(missing_ok=True)
    return file


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with serving(library) as address:
        yield address


@pytest.fixture
def client(address: str) -> Client:
    return Client("127.0.0.1", int(urlsplit(address).port or 0))


def post(client: Client, body: Any, **headers: str) -> int:
    own = f"http://127.0.0.1:{client.port}"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"origin": own, "content-type": "application/json", "content-length": str(len(data)), **headers}
    return client.send("/api/state", "POST", {name: value for name, value in given.items() if value}, data).status


def test_what_is_said_is_kept_and_told(client: Client, file: Path) -> None:
    assert post(client, {"entries": GOOD}) == 204
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [list(Draft202012Validator(schema("state")).iter_errors(line)) for line in lines] == [[]] * len(GOOD)
    told = json.loads(client.ask("/api/state").body)
    assert list(Draft202012Validator(exchange_schema("state")).iter_errors(told)) == []
    assert len(told["entries"]) == len(GOOD) - 1  # of two of a moment one counts
    assert post(client, {"entries": [{**GOOD[0], "at": LATER, "value": False}]}) == 204
    told = json.loads(client.ask("/api/state").body)["entries"]
    assert [entry["value"] for entry in told if entry["what"] == "read"] == [False]


def test_half_a_character_is_told_as_it_was_said(client: Client, file: Path) -> None:
    half = {**GOOD[4], "value": {**QUOTE, "before": "\ude00后"}}
    assert post(client, {"entries": [half]}) == 204
    answer = client.ask("/api/state")
    assert (answer.status, json.loads(answer.body)["entries"]) == (200, [half])


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_entry_is_refused_with_all_that_came_along(client: Client, file: Path, bad: Any) -> None:
    assert post(client, {"entries": [GOOD[0], bad]}) == 400
    assert not file.exists()
    with pytest.raises(ValueError, match=r".+"):
        state_entry(bad)


def test_only_pages_of_the_server_may_say_it(client: Client, file: Path) -> None:
    body: Any = {"entries": GOOD}
    for origin in ("", "null", "http://evil.example", "http://127.0.0.1", f"https://127.0.0.1:{client.port}"):
        assert post(client, body, origin=origin) == 403, origin
    assert post(client, body, **{"sec-fetch-site": "cross-site"}) == 403
    assert post(client, body, host="evil.example", origin="http://evil.example") == 421
    assert post(client, body, **{"content-type": "text/plain"}) == 415
    assert post(client, b"[" * 2_000_001) == 413
    odd: list[Any] = [b"", b"[", b"[" * 100_000, {"entries": []}, {"entries": GOOD * 200}]
    assert [post(client, one) for one in odd] == [400] * 5
    assert client.ask("/api/state", "PUT").status == 405
    assert not file.exists()


def test_where_others_can_reach_it_only_if_asked(library: Library, file: Path) -> None:
    for arguments, status in (((), 405), (("--state",), 204)):
        with serving(library, "--host", "0.0.0.0", *arguments) as address:
            client = Client("127.0.0.1", int(urlsplit(address).port or 0))
            assert post(client, {"entries": GOOD}) == status
            assert client.ask("/api/state").status == {405: 404, 204: 200}[status]
    assert file.exists()


def test_git_is_told_once_to_leave_it_alone(tmp_path: Path) -> None:
    ignore = tmp_path / ".gitignore"
    ignore.write_text("catalogue.db*\n")
    state = ReaderState(tmp_path)
    state.append([StateEntry(AT, ID, "read", True)])
    assert ignore.read_text() == "reader-state.jsonl\ncatalogue.db*\n"
    ignore.write_text("catalogue.db*\n")  # its owner wants it in git
    state.append([StateEntry(LATER, ID, "read", False)])
    assert ignore.read_text() == "catalogue.db*\n"


def test_two_machines_lines_are_one_state_in_any_order(tmp_path: Path) -> None:
    said = [
        StateEntry(AT, ID, "read", True),
        StateEntry(LATER, ID, "read", False),
        StateEntry(AT, ID, "place", None),
    ]
    found = []
    for number, order in enumerate((said, said[::-1], [*said[1:], *said])):
        root = tmp_path / str(number)
        root.mkdir()
        ReaderState(root).append(order)
        found.append(ReaderState(root).current())
    assert found[0] == found[1] == found[2] == [said[2], said[1]]


def test_verify_names_damaged_lines_and_repair_takes_them_out(library: Library, file: Path) -> None:
    state = ReaderState(library.archive)
    state.append([StateEntry(AT, ID, "read", True), StateEntry(AT, ID, "favourite", True)])
    assert "reader-state" not in library.cli("verify").stdout
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"value":true', b'"value":fals', 1) + b'{"at":"x"}\n{"cut')
    said = library.cli("verify").stdout
    assert all(f"{READER_STATE}:{number}" in said for number in (1, 3, 4))
    assert [entry.what for entry in state.current()] == ["favourite"]
    library.cli("verify", "--repair")
    assert [entry.what for entry in state.current()] == ["favourite"]
    assert file.read_bytes() == whole.splitlines(keepends=True)[1]
    assert READER_STATE not in library.cli("verify").stdout


def test_a_page_of_the_server_keeps_it_in_the_file(library: Library, address: str, file: Path, watch: Open) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(f"{address}{library.folders()['第二篇']}/index.html")
        page.evaluate("archiverState.ready")
        with page.expect_response("**/api/state"):
            page.keyboard.press("f")
        watched.until(lambda: file.is_file() and b"favourite" in file.read_bytes())
        assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('archiver state'))") == []
    with watch() as watched:  # another browser
        watched.page.goto(f"{address}site/mine.html")
        expect(watched.page.locator("#liked li")).to_have_text("第二篇")
        expect(watched.page.locator("#where")).to_contain_text(READER_STATE)
        watched.assert_calm(address)


def test_an_import_keeps_all_but_what_the_server_refuses(address: str, file: Path, watch: Open) -> None:
    lines = [*GOOD[:3], {**GOOD[2], "value": {"at": 7, "quote": ""}, "id": "0" * 12}]
    with watch() as watched:
        page = watched.page
        page.goto(f"{address}site/mine.html")
        page.evaluate("archiverState.ready")
        text = "\n".join(json.dumps(line) for line in lines)
        assert page.evaluate("(text) => archiverState.take(text)", text) == [3, 1]
    assert len(file.read_bytes().splitlines()) == 3


def test_no_half_of_a_character_is_kept_of_a_text(address: str, watch: Open, library: Library) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(f"{address}{library.folders()['第二篇']}/index.html")
        cut = page.evaluate("() => [part('😀a😀', 1, 4), part('😀a😀', 0, 5), part('a', 0, 1)]")
    assert cut == ["a", "😀a😀", "a"]
