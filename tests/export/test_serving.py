"""What `archiver serve` answers to other programs."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest

from archiver.reader.build import notes_base
from archiver.reader.server import More, make_server
from archiver.schemas.exchange import exchange_schema
from archiver.tasks.serving import ServedExports
from tests.export.archive import ALL, OTHER, SPRING, UNDATED
from tests.outputs import problems
from tests.reader.library import Library

BASE = "http://127.0.0.1:8017/"
Answer = tuple[int, dict[str, str], bytes]


def ask(library: Library, address: str, method: str = "GET", host: str = "127.0.0.1:8017") -> Answer:
    """The answer of the server to one request, without a socket."""
    catalogue = library.archive / "catalogue.db"
    exports = ServedExports(library.archive, catalogue)
    app = make_server(library.archive, library.config.notes_root, notes_base(library.config), more=More(exports))
    parts, messages, requests = urlsplit(address), list[Any](), list[str]()

    async def receive() -> dict[str, Any]:
        if messages or requests:
            await asyncio.Event().wait()  # who asked stays on the line
        requests.append(address)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(b"host", host.encode())],
        "server": ("127.0.0.1", 8017),
    }

    async def answer() -> None:
        await app(scope, receive, send)

    asyncio.run(answer())
    head = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], head, b"".join(message.get("body", b"") for message in messages[1:])


def loaded(library: Library, address: str) -> tuple[int, Any]:
    status, head, body = ask(library, address)
    assert head["content-type"] == "application/json"
    return status, json.loads(body)


def test_the_feed(library: Library) -> None:
    status, head, body = ask(library, "/feed.xml")
    assert (status, head["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    found = feedparser.parse(body)
    assert not found.bozo
    assert [entry.link for entry in found.entries] == [made.url for made in (SPRING, ALL, OTHER, UNDATED)]
    images = found.entries[1].content[0].value.split('src="')[1:]
    assert len(images) == 2
    for image in images:
        address = image.partition('"')[0]
        assert address.startswith(f"{BASE}images/")
        assert ask(library, address)[0] == 200
    assert f'href="{BASE}articles/' in found.entries[1].content[0].value


def test_books(library: Library) -> None:
    start = feedparser.parse(ask(library, "/opds")[2])
    assert not start.bozo
    lists = [entry.links[0] for entry in start.entries]
    assert [link.rel for link in lists] == ["subsection"] * 2
    titles = {}
    for link in lists:
        page = feedparser.parse(ask(library, link.href)[2])
        assert not page.bozo
        for entry in page.entries:
            (book,) = (one for one in entry.links if one.rel == "http://opds-spec.org/acquisition")
            status, head, body = ask(library, book.href)
            assert (status, head["content-type"], book.type) == (200, "application/epub+zip", "application/epub+zip")
            with zipfile.ZipFile(io.BytesIO(body)) as made:
                titles[entry.title] = sum(name.startswith("book/a-") for name in made.namelist())
    assert titles == {
        "2026-04": 1,
        "2026-03": 2,
        "无日期": 1,
        "归档手记": 2,
        "机器之心": 1,
        ALL.account: 1,
    }
    assert ask(library, "/opds/month/2026-04.epub", "HEAD")[0] == 200
    assert {ask(library, path)[0] for path in ("/opds/x", "/opds/month/1999-01.epub", "/x.epub")} == {404}


def test_search(library: Library) -> None:
    status, found = loaded(library, "/api/search?q=%E6%89%A9%E6%95%A3")
    assert (status, problems(exchange_schema("search"), found)) == (200, [])
    assert [one["url"] for one in found["articles"]] == [ALL.url]
    status, found = loaded(library, "/api/search?q=before:2027&limit=1&offset=1")
    assert (found["total"], found["offset"], len(found["articles"])) == (3, 1, 1)
    assert loaded(library, "/api/search")[1]["articles"] == []
    assert {loaded(library, f"/api/search?{query}")[0] for query in ("q=after:x", "limit=-1", "offset=a")} == {400}


def test_an_article(library: Library) -> None:
    article_id = library.folders()[ALL.title].rpartition("-")[2]
    status, found = loaded(library, f"/api/articles/{article_id}")
    assert (status, problems(exchange_schema("article"), found)) == (200, [])
    assert (found["url"], found["stars"]) == (ALL.url, 3)
    assert "扩散模型" in found["text"]
    assert {loaded(library, f"/api/articles/{one}")[0] for one in ("0123456789ab", "x", "..%2f..")} == {404}


@pytest.mark.parametrize("path", ["/feed.xml", "/opds", "/api/search?q=a", "/api/articles/x"])
def test_only_by_its_own_name_and_only_to_read(library: Library, path: str) -> None:
    assert ask(library, path, host="evil.example")[0] == 421
    assert ask(library, path, "POST")[0] == 405
    assert ask(library, path)[1]["cross-origin-resource-policy"] == "same-origin"
