"""What archiver depends on: each with its reason, and locked without an address."""

from __future__ import annotations

import itertools
import re
import sys
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.world import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = [Requirement(line) for line in PYPROJECT["dependencies"]]
# The columns: name, what for, licence, size, why not another.
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (PROJECT / "docs/design.md").read_text("utf-8").partition("\n## Dependencies\n")[2]
    .partition("\n## ")[0].splitlines() if line.startswith("| ") and not line.startswith("| ---")
][1:]  # fmt: skip
LOCKS = {"run": (), "dev": ("dev", "wacz")}  # with the extras that they lock


def test_each_dependency_has_its_reason() -> None:
    assert [row[0] for row in ROWS] == [requirement.name for requirement in NEEDED]
    assert [row[0] for row in ROWS if len(row) != 5 or not all(row)] == []


@pytest.mark.parametrize(("name", "licence"), [(row[0], row[2]) for row in ROWS])
def test_its_licence_is_what_it_says(name: str, licence: str) -> None:
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        pytest.skip("not for this Python")
    # get_all: what else looks a key up raises KeyError once a library has imported importlib_metadata, None before it.
    texts = {key: found.get_all(key) or [] for key in ("License-Expression", "License", "Classifier")}
    classifiers = [text for text in texts.pop("Classifier") if text.startswith("License ::")]
    said = " ".join([*itertools.chain(*texts.values()), *classifiers])
    kind = re.split(r"-\d| or ", licence)[0]
    assert not said or re.search(rf"\b(?:{kind}|{_IN_WORDS.get(kind, kind)})\b", said)


_IN_WORDS = {"BSD": "BSD License", "MPL": "Mozilla", "PSF": "Python Software Foundation"}


@pytest.mark.skipif(sys.platform != "linux", reason="sizes are those on Linux")
@pytest.mark.parametrize(("name", "size"), [(row[0], float(row[3])) for row in ROWS])
def test_its_size_is_about_what_is_said(name: str, size: float) -> None:
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        pytest.skip("not for this Python")
    said = [Version(str(each.specifier)[2:]) for each in locked("dev").get(canonicalize_name(name), [])]
    if said and Version(found.version) < min(said):
        pytest.skip("an older version than the one whose size is said")
    files = found.files or []
    assert size / 3 < sum(file.size or 0 for file in files if file.suffix != ".pyc") / 1e6 < size * 3


def locked(name: str) -> dict[str, list[Requirement]]:
    """What a lock names, under its name: more than one version where Pythons need different ones."""
    found: dict[str, list[Requirement]] = {}
    text = (PROJECT / f"locks/{name}.txt").read_text("utf-8")
    for block in re.split(r"\n(?=\S)", text.strip()):
        first, *hashes = block.split(" \\\n    ")
        assert hashes, first
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), first
        requirement = Requirement(first)
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), first
        assert not requirement.url
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_satisfies_what_is_needed_and_names_no_place(name: str) -> None:
    assert "//" not in (PROJECT / f"locks/{name}.txt").read_text("utf-8")
    has = locked(name)
    extras = [Requirement(line) for extra in LOCKS[name] for line in PYPROJECT["optional-dependencies"][extra]]
    for needed in [*NEEDED, *extras]:
        versions = has.get(canonicalize_name(needed.name), [])
        assert versions, f"{needed.name} is not locked: run `make lock`"
        for version in versions:
            assert needed.specifier.contains(str(version.specifier)[2:]), f"{version}: run `make lock`"


def test_both_locks_have_the_same_versions() -> None:
    run, dev = locked("run"), locked("dev")
    assert {name for name, versions in run.items() if [str(v.specifier) for v in versions] != [
        str(v.specifier) for v in dev[name]]} == set()  # fmt: skip
