"""Notes and archive are, byte for byte, what they were; see golden_trees.py for how to write them anew."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path

import pytest

from tests.golden_trees import (
    SCENARIOS,
    Scenario,
    checksum_of_inputs,
    differences,
    grow,
    manifest,
    read_manifest,
    stored_texts,
    text_diff,
    texts,
    unpacked,
)

# In quick tests, one tree stands for all that the browser brings: its bytes are those that plain HTTP brings.
QUICK = {("demo", "http"), ("past", "http"), ("seed", "http"), ("demo", "browser")}
TREES = [
    pytest.param(scenario, engine, id=f"{name}-{engine}", marks=() if (name, engine) in QUICK else pytest.mark.slow)
    for name, scenario in SCENARIOS.items()
    for engine in scenario.engines
]


@pytest.mark.parametrize(("scenario", "engine"), TREES)
def test_a_tree_is_what_it_was(tmp_path: Path, scenario: Scenario, engine: str) -> None:
    if not scenario.here:
        pytest.skip("the folder of real notes and pages is not here")
    golden = read_manifest(scenario, engine)
    if golden["inputs"] != checksum_of_inputs(scenario):
        pytest.skip("the real notes and pages are not those that the manifest was made from")
    tree = grow(scenario, engine, tmp_path / "world")
    found = differences(golden, manifest(scenario, tree))
    if scenario.own:
        # All that may differ is the name of the engine.
        now = {path: data.replace(b'"engine": "browser"', b'"engine": "http"') for path, data in texts(tree).items()}
        found += [f"text {line}" for line in islice(text_diff(stored_texts(scenario), now), 100)]
    assert not found, "\n".join(["`python -m tests.golden_trees --write` if that is meant", *found])


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS.values() if len(s.engines) > 1], ids=lambda s: s.name)
def test_the_engines_differ_in_what_names_them_alone(scenario: Scenario) -> None:
    http, browser = (read_manifest(scenario, engine) for engine in ("http", "browser"))
    found = {line.rpartition("/")[2] for line in differences(http, browser)}
    assert all(line.startswith("changed ") for line in differences(http, browser))
    assert found <= {"article.json", "version.json", "SHA256SUMS"}
    assert {"article.json", "SHA256SUMS"} <= found


def test_a_difference_is_named() -> None:
    scenario = SCENARIOS["demo"]
    before = manifest(scenario, {"a": b"1", "b": b"2", "c": b"3"})
    after = manifest(scenario, {"a": b"1", "b": b"!", "d": b"4"})
    assert differences(before, before) == []
    assert differences(before, after) == ["changed b", "missing c", "new d"]


def test_titles_of_others_are_not_kept_and_yet_compared() -> None:
    scenario = SCENARIOS["seed"]
    before, after = (
        manifest(scenario, {f"archive/articles/2018/03/2018-03-19-{title}-1455f3ec6d8c-v1/article.md": b"1"})
        for title in ("旧题", "新题")
    )
    assert list(before["files"]) == ["archive/articles/2018/03/2018-03-19-…-1455f3ec6d8c-v1/article.md"]
    assert differences(before, after) == ["changed a name of a folder or file"]


def test_captures_are_compared_unpacked_where_zlib_is_another() -> None:
    """And so are the lists of checksums that name them."""
    trees = []
    for level in (1, 9):
        capture = gzip.compress(b"<html>" * 1000, level, mtime=0)
        sums = f"{manifest(SCENARIOS['demo'], {'x': capture})['files']['x'].split()[0]}  x/capture.html.gz\n"
        trees.append({"x/capture.html.gz": capture, "SHA256SUMS": sums.encode()})
    first, second = (manifest(SCENARIOS["demo"], tree) for tree in trees)
    assert differences(first, second) == ["changed SHA256SUMS", "changed x/capture.html.gz"]
    assert differences(first, {**second, "zlib": "another"}) == []
    other = {**trees[1], "x/capture.html.gz": gzip.compress(b"<html>", 9, mtime=0)}
    assert unpacked(other)["x/capture.html.gz"] == b"<html>"
    changed = {**manifest(SCENARIOS["demo"], other), "zlib": "another"}
    assert "changed x/capture.html.gz" in differences(first, changed)
