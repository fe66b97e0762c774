"""What is printed and logged is text, whatever pages, notes and files are called; JSON stays JSON."""

from __future__ import annotations

import ast
import io
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from archiver.archive.internal_report import Fault, write_internal_report
from archiver.cli import output
from archiver.cli.jsonlines import summary_line
from archiver.cli.output import Channel, LogHandler, err, out
from archiver.cli.run_texts import attention_line
from archiver.events import Failed, NoteDone, Summary
from archiver.harmless import harmless, harmless_json
from archiver.render.cmark import github_html
from archiver.tasks.report import report_text
from tests.builders import an_image, article, img
from tests.forkserver import PROJECT
from tests.terminals import terminal
from tests.world import World

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\r\n::error::forged\n\x85##[error]x\u2028"


@given(st.text())
def test_a_line_is_shown_as_text(text: str) -> None:
    shown = harmless(text)
    assert not OBEYED.search(shown)
    assert "\n" not in shown
    assert shown == text or OBEYED.search(text) or "\n" in text


def test_what_a_terminal_obeys_is_written_out() -> None:
    assert (
        harmless("a\x1b[2J\x9b\u202e\n\t中\U0001f600\udcff") == r"a\x1b[2J\x9b\u202e\n" + "\t中\U0001f600" + r"\udcff"
    )


@given(
    st.recursive(
        st.text() | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_keeps_its_values(value: object) -> None:
    line = harmless_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(line) == value
    assert not OBEYED.search(line)
    assert "##[" not in line


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "cp1252", "ascii"])
def test_json_is_json_on_every_console(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding, errors="backslashreplace", newline="")
    monkeypatch.setattr(sys, "stdout", stream)
    value = {"title": "é®中\U0001f600\udc80" + HOSTILE}
    Channel().print_json(json.dumps(value, ensure_ascii=False))
    stream.flush()
    assert json.loads(written.getvalue().decode(encoding)) == value


def test_markup_and_emoji_codes_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    for channel in (out, err):
        channel.print("[b]/:key: [link=x] \\[i]", HOSTILE)
    captured = capsys.readouterr()
    assert captured.out == captured.err == f"[b]/:key: [link=x] \\[i]\n{harmless(HOSTILE)}\n"


def test_a_log_line_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("archiver.tests")
    handler = LogHandler()
    logger.addHandler(handler)
    try:
        logger.warning("%s of https://me:secret@proxy/", HOSTILE, exc_info=ValueError(HOSTILE))
    finally:
        logger.removeHandler(handler)
    said = capsys.readouterr().err
    assert said.startswith(f"WARNING  {harmless(HOSTILE)} of https://***@proxy/\n")
    assert "ValueError: " in said
    assert not OBEYED.search(said)


def test_no_line_is_a_command_of_github_actions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ("::error::x", "  ::add-mask::x", "a ##[error]x", "a::b")
    out.print(*lines)
    assert capsys.readouterr().out.splitlines() == list(lines)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    out.print(*lines)
    out.print_exactly("::error::x\n")
    assert capsys.readouterr().out.splitlines() == [
        "\\::error::x", "  \\::add-mask::x", "a ##\\[error]x", "a::b", "\\::error::x"
    ]  # fmt: skip


def _calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)


def test_nothing_else_prints() -> None:
    """Each way to a terminal that Python, click and Rich know."""
    ways = {"print", "click.echo", "click.secho", "click.echo_via_pager", "sys.stdout", "sys.stderr", "os.write"}
    ways.add("Console")
    files = [path for path in (PROJECT / "archiver").rglob("*.py") if path.name != Path(output.__file__).name]
    found = {(path.relative_to(PROJECT).as_posix(), way) for path in files for way in ways & set(_calls(path))}
    assert found == {
        ("archiver/cli/app.py", "sys.stdout"),  # which get their way with what they cannot encode
        ("archiver/cli/app.py", "sys.stderr"),
        ("archiver/cli/bars.py", "Console"),  # of the bars
    }


@pytest.fixture
def hostile(world: World) -> World:
    """Titles, accounts, names of notes and folders, and links that hold what terminals obey."""
    replica = world.replica
    image = an_image("hostile")
    good = replica.add_article(article(HOSTILE, image, author=HOSTILE))
    bad = replica.add_article(article(f"bad {HOSTILE}"))
    replica.fault(bad, "status:500", times=100)
    lost = an_image("lost")
    replica.fault(lost.key, "status:404", times=100)
    text = f"# {HOSTILE}\n\n[{HOSTILE}]({good})\n\n[x]({bad}) ![{HOSTILE}](img/\x1b]0;x\x07.png) {img(lost)}\n"
    name = "a\x1b]0;owned\x07\u202e\x9b\n::error::forged.md" if os.name != "nt" else "a\u202e.md"
    world.note(f"{name}/{name}", text)
    world.note("b.md", b"\xff\xfe\x1b[2J")
    return world


COMMANDS = [
    "sync --dry-run", "repair --dry-run", "sync -v", "sync -v", "sync --json", "status", "status --json", "search 段",
    "search --json 段", "verify -v", "verify --json", "verify --github -v", "verify --github --json", "repair",
    "build -v --all", "reparse", "reparse --json", "doctor", "restore --dry-run", "restore --json --dry-run", "gc",
    "restore", "verify --repair", "nope\x1b[2J", "search since:\x1b[2J", "status --config \x1b]0;x\x07\n::error::x",
]  # fmt: skip


def test_no_command_lets_a_terminal_obey(hostile: World) -> None:
    for command in COMMANDS:
        done = hostile.cli(*command.split(" "))
        assert done.stdout + done.stderr
        for text in (done.stdout, done.stderr):
            assert not OBEYED.search(text), (command, text)
            assert not re.search("^::", text, re.MULTILINE), (command, text)
        assert "Traceback" not in done.stderr, (command, done.stderr)
        if "--json" in command:
            assert [json.loads(line) for line in done.stdout.splitlines()]
    assert not OBEYED.search((hostile.archive / "reports/last.md").read_text("utf-8"))


def test_a_program_that_is_notified_gets_json() -> None:
    item = NoteDone(f"{HOSTILE}\udcff.md", 0, HOSTILE)
    line = summary_line(Summary(attention=[item]))
    assert json.loads(line.encode())["attention"] == [attention_line(item)]
    assert not OBEYED.search(line)


def test_the_report_shows_lines_as_text() -> None:
    lines = ["www.e.org<img src=https://10.0.0.1/a.png>", "![x](https://10.0.0.1/b.png) <script>&lt;b&gt; | `# x"]
    summary = Summary(attention=list(map(Failed, lines)))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    soup = BeautifulSoup(github_html(report_text(summary, attention_line, moment, moment)), "lxml")
    assert [item.get_text() for item in soup.find_all("li")] == lines
    assert not soup.find(["img", "script", "code"])


def test_the_description_of_a_fault_is_text(tmp_path: Path) -> None:
    fault = Fault("page", HOSTILE, ValueError(HOSTILE))
    (tmp_path / "reports").mkdir()
    file = write_internal_report(tmp_path, fault, datetime(2026, 1, 1, tzinfo=UTC))
    said = (tmp_path / file).read_bytes().decode()
    assert not OBEYED.search(said)
    assert f"page: {harmless(HOSTILE)}\n" in said


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
@pytest.mark.parametrize("command", ["sync -v", "sync --dry-run", "sync --json"])
def test_a_terminal_gets_nothing_to_obey(hostile: World, command: str) -> None:
    with terminal(hostile, *command.split()) as shown:
        assert shown.wait() in (0, 1)
    assert "archived" in shown.undrawn or "Due" in shown.undrawn or '"summary"' in shown.undrawn
    assert not OBEYED.search(shown.undrawn), shown.undrawn
    assert "forged" in shown.undrawn
    assert not re.search(r"^\s*::", shown.undrawn, re.MULTILINE)
