"""The Wayback Machine's index, and the answers of Save Page Now."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from archiver.errors import NetworkError
from archiver.webarchive import cdx, save
from archiver.webarchive.cdx import Snapshot, best_first, index_url, parse_capture_url, read_index
from archiver.webarchive.save import SaveAnswer, SaveState

PAGE = "https://mp.weixin.qq.com/s?__biz=MzA=&mid=1&idx=1&sn=ab"
HEAD = ["timestamp", "original", "mimetype", "statuscode", "digest", "length"]


def row(timestamp: str, digest: str = "D", status: str = "200", original: str = PAGE) -> list[str]:
    return [timestamp, original, "text/html", status, digest, "900"]


def test_the_index_is_asked_for_one_address_with_all_that_is_in_it() -> None:
    asked = parse_qs(urlsplit(index_url(PAGE)).query)
    assert (asked["url"], asked["output"], asked["limit"]) == ([PAGE], ["json"], ["-50"])
    assert "matchType" not in asked
    assert parse_qs(urlsplit(index_url(PAGE, all_below=True)).query)["matchType"] == ["prefix"]


def test_an_answer_is_read_and_odd_lines_are_passed_over() -> None:
    rows = [HEAD, row("20210304050607"), ["x"], row("2021"), row("20211399000000"), [1, 2, 3, 4, 5, 6], {"a": 1}]
    assert read_index(json.dumps(rows).encode()) == (Snapshot("20210304050607", PAGE, "200", "text/html", "D"),)


@pytest.mark.parametrize("body", [b"", b"\n", b"[]", b"[]\n", json.dumps([HEAD]).encode()])
def test_nothing_has_several_forms(body: bytes) -> None:
    assert read_index(body) == ()


@pytest.mark.parametrize("body", [b"<html>", b'[["timestamp"', b'{"error": 1}', b"null", b"[" * 100_000])
def test_what_is_no_answer_is_an_error(body: bytes) -> None:
    with pytest.raises(NetworkError):
        read_index(body)


def test_the_newest_comes_first_and_the_same_bytes_once() -> None:
    given = [row("20200101000000", "A"), row("20210101000000", "B"), row("20220101000000", "B")]
    given += [row("20230101000000", "C", "404"), row("20230102000000", "D", "-"), row("20230103000000", "E", "302")]
    found = read_index(json.dumps([HEAD, *given]).encode())
    assert [one.timestamp[:4] + one.digest for one in best_first(found, lambda _: 0, 5)] == ["2023D", "2022B", "2020A"]
    assert len(best_first(found, lambda _: 0, 2)) == 2


def test_a_better_one_comes_before_a_newer_one_and_what_is_of_another_thing_never() -> None:
    def rank(original: str) -> int | None:
        return {"a": 1, "b": 0}.get(original)

    given = [Snapshot("20200101000000", "b", "200"), Snapshot("20210101000000", "a", "200")]
    given += [Snapshot("20220101000000", "B", "200")]
    assert [one.original for one in best_first(given, rank, 5)] == ["b", "a"]


@pytest.mark.parametrize(
    ("url", "timestamp", "original"),
    [
        (f"https://web.archive.org/web/20210304050607/{PAGE}", "20210304050607", PAGE),
        (f"http://web.archive.org/web/20210304050607id_/{PAGE}", "20210304050607", PAGE),
        (f"https://web.archive.org/web/2021if_/{PAGE}", "2021", PAGE),
        ("https://web.archive.org/web/20210304050607/http:/a.example/b", "20210304050607", "http://a.example/b"),
    ],
)
def test_an_address_of_a_capture_is_taken_apart(url: str, timestamp: str, original: str) -> None:
    assert parse_capture_url(url) == Snapshot(timestamp, original)


@pytest.mark.parametrize(
    "url", [PAGE, "https://web.archive.org/save/" + PAGE, f"https://web.archive.org.example/web/2021/{PAGE}", ""]
)
def test_what_is_no_address_of_a_capture(url: str) -> None:
    assert parse_capture_url(url) is None


@pytest.mark.parametrize(
    ("links", "original"),
    [
        ("", PAGE),
        (f'<{PAGE}x>; rel="original", <https://web.archive.org/web/{PAGE}>; rel="timegate"', f"{PAGE}x"),
        (f'<https://a.example/>; rel="timegate",<{PAGE}y>; rel="original"; type="text/html"', f"{PAGE}y"),
    ],
)
def test_what_came_is_said_by_the_answer(links: str, original: str) -> None:
    found = cdx.answered(f"https://web.archive.org/web/20210304050607id_/{PAGE}", links)
    assert found == Snapshot("20210304050607", original)
    assert cdx.answered(PAGE, links) is None


def test_bytes_are_asked_for_as_they_were_received() -> None:
    found = Snapshot("20210304050607", PAGE)
    assert found.url == f"https://web.archive.org/web/20210304050607id_/{PAGE}"
    assert found.made_at == datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert parse_capture_url(found.url) == found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"url": PAGE, "job_id": "spn2-ab"}, SaveAnswer(SaveState.PENDING, "spn2-ab")),
        ({"status": "pending", "job_id": "spn2-ab"}, SaveAnswer(SaveState.PENDING, "spn2-ab")),
        ({"status": "success", "timestamp": "20260304050607"}, SaveAnswer(SaveState.SAVED, timestamp="20260304050607")),
        ({"status": "success", "timestamp": "soon"}, SaveAnswer(SaveState.FAILED, reason="it did not say why")),
        (
            {"status": "error", "status_ext": "error:blocked-url", "message": "no"},
            SaveAnswer(SaveState.FAILED, reason="blocked-url: no"),
        ),
        (
            {"status": "error", "status_ext": "error:user-session-limit", "message": "wait"},
            SaveAnswer(SaveState.LIMITED, reason="user-session-limit: wait"),
        ),
        ({"job_id": "../x"}, SaveAnswer(SaveState.FAILED, reason="it did not say why")),
        ({"message": 5}, SaveAnswer(SaveState.FAILED, reason="it did not say why")),
    ],
)
def test_answers_of_save_page_now(answer: dict[str, object], expected: SaveAnswer) -> None:
    assert save.read_answer(json.dumps(answer).encode()) == expected


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>"])
def test_what_is_no_answer_of_save_page_now(body: bytes) -> None:
    with pytest.raises(NetworkError):
        save.read_answer(body)


def test_one_host_is_asked_for_all() -> None:
    addresses = (index_url(PAGE), Snapshot("20210304050607", PAGE).url, save.SAVE_URL, save.status_url("spn2-ab"))
    assert {urlsplit(url).hostname for url in addresses} == {cdx.HOST}
