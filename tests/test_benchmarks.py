"""What the benchmarks tell: their tables are what was measured, and their tools count all that they should."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from benchmarks import table
from benchmarks.asked import Answers
from benchmarks.kept import Kept, Truth, kept
from benchmarks.pairs import FailedCommandError, compared, timed
from benchmarks.results import read
from tests.reader.library import Made


def test_the_readme_shows_what_was_measured() -> None:
    rows = read()
    assert table.README.read_text("utf-8") == table.readme(rows)
    for name, picture in table.pictures(rows).items():
        assert table.README.with_name(name).read_text("utf-8") == picture


def test_what_the_readme_leads_to_is_there() -> None:
    named = [part.partition(")")[0] for part in table.README.read_text("utf-8").split("](")[1:]]
    assert len(named) > 3
    assert [name for name in named if not (table.README.parent / name).is_file()] == []


def test_growth_is_told_of_what_can_be_told() -> None:
    points = [(100, table.LEAST / 2), (1000, 0.2), (10_000, 2.0), (100_000, 200.0)]
    told = [(less, more, round(exponent, 6)) for less, more, exponent in table.exponents(points)]
    assert told == [(1000, 10_000, 1.0), (10_000, 100_000, 2.0)]


def test_ratios_are_medians_of_pairs() -> None:
    assert compared([(1, 1), (4, 2), (9, 3)]) == {"ours": 4, "theirs": 2, "ratio": 2}


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are handed over on Linux alone")
def test_time_of_what_a_command_leaves_behind_counts(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.6: pass"
    leave = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
    times, _ = timed([sys.executable, "-c", leave], tmp_path)
    assert times.cpu >= 0.6


def test_a_command_that_fails_is_no_time(tmp_path: Path) -> None:
    with pytest.raises(FailedCommandError, match="3\nalas"):
        timed([sys.executable, "-c", "print('alas'); raise SystemExit(3)"], tmp_path)


def test_what_a_tool_keeps(tmp_path: Path) -> None:
    image = frozenset({hashlib.sha256(b"image").hexdigest()})
    first = Truth("题一", ["第一段的文字", "第二段abc12"], [image])
    truth = [first, Truth("题二", ["第一段的文字"], [image, frozenset("x")])]
    (tmp_path / "a.md").write_text("# 题一\n\n第一段，*的文字*\n\n第二段 abc-12\n", "utf-8")
    shown = '<img src="data:image/png;base64,aW1hZ2U=">'
    (tmp_path / "b.html").write_text(f"<title>题一</title><p>第一段{shown}</p>", "utf-8")
    found = kept(truth, tmp_path)
    assert (found.articles, found.texts, found.images) == (1, 14 / 20, 2 / 3)
    assert found.void(2) == "1 of 2 articles, 70.0% of the texts, 66.7% of the images"
    assert Kept(2, 1.0, 1.0).void(2) == ""


def test_recall_and_precision_by_length() -> None:
    answers = Answers.of([Made("书", ("读书笔记",)), Made("报", ("读报",))])
    recall, precision = answers.judge({"读": {0}, "读书": {0, 1}})
    assert recall == [50.0, 100.0, 100.0, 100.0, 100.0, 100.0]
    assert precision == [100.0, 50.0, 100.0, 100.0, 100.0, 100.0]
