"""Every command with --json prints what its schema says, whatever comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from archiver.cli.jsonlines import NAMES, broken_off_line, event_line
from archiver.events import (
    ArticleDone,
    Changed,
    Damaged,
    Event,
    ImageDone,
    NoteDone,
    Notice,
    PagesDiffer,
    Planned,
    PublishChanged,
    Walled,
)
from archiver.models import EditedPart, PageChange, Status
from archiver.models.findings import Finding, FindingCode
from archiver.models.halts import HaltCode, Halted
from archiver.models.reading import SignCode, Unusual
from archiver.schemas.output import OUTPUTS
from archiver.store.lock import archive_lock
from tests.builders import an_image, article, img
from tests.outputs import SCHEMAS, checked, json_commands, kind_of, run
from tests.world import PROJECT, World

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
ARGUMENTS = {
    "import": [str(PROJECT / "tests/wechat/fixtures/article-quotes-a-deletion.html")],
    "add": [URL],
    "search": ["词"],
    "forget": ["--yes", URL],
    "report": [URL, "-o", "r.zip"],
    "export": ["jsonl", "-o", "out.jsonl"],
}
TAKE_NO_LOCK = {
    "sync-dry-run",
    "status",
    "scan",
    "search",
    "export",
    "report",
    "doctor",
    "verify-github",
}  # they only read
NEED_AN_ARCHIVE = {"search", "export", "verify", "gc", "forget", "report"}
ERROR = "common.schema.json#/$defs/error"


def loaded(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    return found


def arguments(name: str) -> list[str]:
    """A command line that prints what the schema of that name describes."""
    _, command, *options = OUTPUTS[name].split()
    return [command, *options, "--json", *ARGUMENTS.get(command, [])]


def test_every_command_with_json_has_a_schema() -> None:
    assert set(json_commands()) == {" ".join(line.split()[:2]) for line in OUTPUTS.values()}
    files = {path.name.removesuffix(".schema.json") for path in (PROJECT / "archiver/schemas/output").glob("*.json")}
    assert files == SCHEMAS.keys()
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


EVENTS: list[Event] = [
    Planned(1, 2),
    ArticleDone(URL, Status.PARTIAL, "题", "image: HTTP 404", "a.md:1", now="the page asks for verification"),
    ImageDone(URL, "HTTP 404"),
    NoteDone("a.md", 3),
    Notice("a.md", 3, URL, "it stands too close to other marks to be rewritten"),
    Walled(URL),
    Damaged(Finding("links.jsonl", FindingCode.LINK_OF_OTHER_ARTICLE, file="articles/x", url=URL)),
    Changed(URL, "题", (PageChange(EditedPart.TITLE, "甲", "乙"), PageChange(EditedPart.TEXT, had=3, has=5))),
    Changed(URL, "题", gone="该内容已被发布者删除"),
    Halted(HaltCode.HOST_DOWN, "mmbiz.qpic.cn", "no answer"),
    Halted(HaltCode.UNREACHABLE, "mmbiz.qpic.cn", "no address is found for mmbiz.qpic.cn: …"),
    Halted(HaltCode.DISK_FULL, error="less than 500 MB free"),
    PublishChanged("images", overruled=True),
    PagesDiffer((Unusual(SignCode.MISSING, "title meta:og:title", "article", 6, 6, 0, 60, 1.1e-8),)),
]


def test_every_event_has_its_line() -> None:
    assert set(map(type, EVENTS)) == set(NAMES) == set(get_args(Event))
    for event in EVENTS:
        line = event_line(event)
        assert kind_of("sync", loaded(line)) == f"#/$defs/{NAMES[type(event)]}"


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_has_its_line(code: FindingCode) -> None:
    line = event_line(Damaged(Finding("links.jsonl:3", code, "articles/x", URL, "value", "expected", "error", 2, 3)))
    assert kind_of("sync", loaded(line)) == "#/$defs/damage"


def test_a_run_that_is_broken_off_has_its_line() -> None:
    assert kind_of("sync", loaded(broken_off_line("interrupted", 130))) == "#/$defs/interrupted"


def test_a_line_stays_json_when_secrets_are_taken_out() -> None:
    line = event_line(ArticleDone(f"{URL}?key=secret", Status.ARCHIVED, "题", where="a.md:1"))
    assert loaded(line)["url"] == f"{URL}?key=***"
    assert loaded(line)["where"] == "a.md:1"


@pytest.mark.parametrize("name", [name for name in OUTPUTS if name != "doctor"])
def test_without_a_configuration_the_error_is_a_line(tmp_path: Path, name: str) -> None:
    done = run(Path(tmp_path.anchor), *arguments(name))
    assert checked(name, done) == [ERROR]
    assert (done.code, done.lines[0]["error"]) == (2, "config")


@pytest.mark.parametrize("name", OUTPUTS)
def test_before_the_first_run(world: World, name: str) -> None:
    world.note("a.md", "nothing")
    kinds = checked(name, run(world.root, *arguments(name)))
    assert (ERROR in kinds) is (name in NEED_AN_ARCHIVE)


def test_that_another_run_holds_the_archive_is_a_line(world: World) -> None:
    world.note("a.md", "nothing")
    world.sync()
    with archive_lock(world.archive):
        for name in OUTPUTS.keys() - TAKE_NO_LOCK:
            done = run(world.root, *arguments(name))
            assert checked(name, done)[-1] == ERROR, name
            assert (done.code, done.lines[-1]["error"]) == (4, "locked"), name


def test_what_is_printed_where_all_is_well(world: World) -> None:
    urls = [world.replica.add_article(article(f"第{n}篇", an_image(f"p{n}"))) for n in range(2)]
    world.note("a.md", "\n\n".join([*(f"[x]({url})" for url in urls), img(an_image("note"))]))
    kinds = checked("sync", run(world.root, "sync", "--json"))
    assert {kind.rpartition("/")[2] for kind in kinds} == {"start", "planned", "article", "image", "note", "summary"}
    for name in OUTPUTS:
        done = run(world.root, *arguments(name))
        kinds = checked(name, done)
        assert ERROR not in kinds, name  # what `add` has fetched `forget` can forget
        assert done.code == 0, name
    assert checked("search", run(world.root, "search", "--json", "第")) == ["#/$defs/hit"] * 2 + ["#/$defs/summary"]


def test_what_is_printed_where_something_is_wrong(world: World) -> None:
    url, lost = (world.replica.add_article(article(f"第{n}篇", an_image(f"p{n}"))) for n in range(2))
    world.note("a.md", f"[x]({url}) [y]({lost})\n\n![](none.png)")
    assert checked("sync", run(world.root, "sync", "--json"))[-1] == "common.schema.json#/$defs/summary"
    done = run(world.root, "repair", "--dry-run", "--json")
    assert checked("repair", done) == ["#/$defs/line"]
    assert [item["verdict"] for item in done.lines[0]["findings"]] == ["missing"]
    done = run(world.root, "verify", "--github", "--json")
    assert checked("verify-github", done) == ["#/$defs/line"]
    assert [(item["code"], item["level"]) for item in done.lines[0]["findings"]] == [("no-file", "error")]

    (world.archive / "images/ff").mkdir(exist_ok=True)
    (world.archive / "images/ff/.tmp-0123456789ab").write_bytes(b"half")
    (world.archive / f"images/ff/{'f' * 64}.png").write_bytes(b"nobody's")
    for options, deleted in (((), False), (("--delete",), True)):
        done = run(world.root, "gc", "--json", *options)
        assert checked("gc", done) == ["#/$defs/line"]
        assert {item["code"] for item in done.lines[0]["files"]} == {"leftover", "unused"}
        assert done.lines[0]["deleted"] is deleted

    world.replica.fault(lost, "deleted")
    for folder in world.article_folders():
        (folder / "capture.html.gz").write_bytes(b"rubbish")
    done = run(world.root, "reparse", "--json")
    assert (checked("reparse", done), done.code, done.lines[0]["failed"]) == (["#/$defs/line"], 5, 2)
    done = run(world.root, "verify", "--json", "--repair")
    assert (set(checked("verify", done)), done.code) == ({"#/$defs/problem", "#/$defs/summary"}, 5)
    assert [item["code"] for item in done.lines[-1]["mended"]] == ["captured-again"]
    assert [item["code"] for item in done.lines[-1]["left"]] == ["page-refused"]
