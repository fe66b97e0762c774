"""What `make dist` makes, as others get it: built, looked at, installed in an empty home, unpacked and tested there.

Slow, and it needs the package index: the wheel's dependencies and the tools of the extra `dist` come from there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from archiver.distribution import DISTRIBUTION
from tests.replica import Replica
from tests.replica.demo import destinations, problems
from tests.replica.samples import NOTES, SAMPLES

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]
# Those of the quick tests that need neither a browser nor minutes.
QUICK = (
    "tests/notes/test_find.py", "tests/notes/test_rewrite.py", "tests/render/test_golden.py", "tests/store",
    "tests/wechat/test_body.py", "tests/wechat/test_urls.py", "tests/test_config.py", "tests/test_distribution.py",
    "tests/test_docs.py", "tests/test_golden_pages.py", "tests/test_schedule.py", "tests/test_words.py",
    "tests/media/test_imagefile.py",
)  # fmt: skip


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """What a program says, which must end well."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@dataclass(frozen=True)
class Built:
    """The two files."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Built as `make dist` does."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, cwd=PROJECT)
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return Built(wheel, sdist)


def test_names_and_checks(built: Built) -> None:
    stem = DISTRIBUTION.replace("-", "_")
    assert built.wheel.name.startswith(f"{stem}-")
    assert built.sdist.name.startswith(f"{stem}-")
    run(sys.executable, "-m", "twine", "check", "--strict", built.wheel, built.sdist, cwd=PROJECT)
    run(sys.executable, "-m", "check_wheel_contents", built.wheel, cwd=PROJECT)


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    names = {name for name in zipfile.ZipFile(built.wheel).namelist() if ".dist-info/" not in name}
    package = (path for path in (PROJECT / "archiver").rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert names == {path.relative_to(PROJECT).as_posix() for path in package}
    assert {"archiver/py.typed", "archiver/reader/templates/base.html", "archiver/reader/assets/search.js"} <= names


def test_the_sdist_holds_what_git_has(built: Built) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    tracked = set(listed.stdout.split("\0")) - {""}
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked - names == set()
    assert names - tracked == {"PKG-INFO"}


def test_the_bill_of_materials(built: Built) -> None:
    """As `make dist` makes it: what a user of the wheel gets, each with its licence, and who needs it."""
    given = (f"DIST={built.wheel.parent}", f"VENV={sys.prefix}", f"PYTHON={sys.executable}")
    run("make", "bill", f"BILL={built.wheel.parent / 'venv'}", *given, cwd=PROJECT)
    (file,) = built.wheel.parent.glob("*.cdx.json")
    assert file.name == f"{built.wheel.name.removesuffix('-py3-none-any.whl')}.cdx.json"
    bill = json.loads(file.read_text("utf-8"))
    assert bill["metadata"]["component"]["name"] == DISTRIBUTION
    parts = {re.sub(r"[-_.]+", "-", part["name"]).lower(): part for part in bill["components"]}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {Requirement(line) for line in project["dependencies"]}
    here = {one.name for one in needed if one.marker is None or one.marker.evaluate()}
    assert {name for name in here if name.replace(".", "-") not in parts} == set()
    assert "pytest" not in parts, "only what users get"
    root = bill["metadata"]["component"]["bom-ref"]
    (direct,) = [one["dependsOn"] for one in bill["dependencies"] if one["ref"] == root]
    assert len(direct) >= len(here)
    assert len([part for part in parts.values() if part.get("licenses")]) > len(parts) * 0.8


def empty_home(home: Path) -> dict[str, str]:
    """The environment of a user who has nothing yet; pip's own settings stay, for the index may be a mirror."""
    home.mkdir()
    dropped = ("PYTHON", "PIPX_", "VIRTUAL_ENV", "XDG_", "ARCHIVER", "GIT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"HOME": str(home), "USERPROFILE": str(home)}


def test_pipx_installs_the_wheel_and_a_first_night_works(built: Built, tmp_path: Path) -> None:
    home = empty_home(tmp_path / "home")
    run(sys.executable, "-m", "pipx", "install", built.wheel, cwd=tmp_path, env=home)
    bin_folder = Path(home["HOME"]) / ".local" / "bin"
    shutil.copytree(NOTES, tmp_path / "my-notes")
    notes = tmp_path / "my-notes"
    path = f"{bin_folder}{os.pathsep}{home['PATH']}"
    with Replica(default_article=False, default_images=False) as replica:
        for sample in SAMPLES:
            sample.add_to(replica)
        own = {name: value for name, value in home.items() if not name.lower().endswith(("_proxy", "_bundle"))}
        own |= {"PATH": path, "HTTPS_PROXY": replica.proxy_url, "REQUESTS_CA_BUNDLE": str(replica.ca_bundle)}
        archiver = shutil.which("archiver", path=path)
        assert archiver is not None
        assert Path(archiver).is_relative_to(Path(home["HOME"]))
        assert built.wheel.name.split("-")[1] in run(archiver, "--version", cwd=notes, env=own)
        assert "Wrote config.toml" in run(archiver, "init", cwd=notes, env=own)
        assert f"articles: {len(SAMPLES)} new" in run(archiver, "sync", cwd=notes, env=own)
        assert problems(notes) == []
        kept = [link for note in sorted(notes.glob("*.md")) for link in destinations(note)]
        assert sum(link.endswith("/article.md") for link in kept) == len(SAMPLES)
        assert [request.url for request in replica.refused_requests] == []
        replica.clear_requests()
        run(archiver, "sync", cwd=notes, env=own)
        assert replica.requests == []
        assert f"program:         {archiver}" in run(archiver, "doctor", cwd=notes, env=own)
        run(archiver, "verify", cwd=notes, env=own)
        run(archiver, "restore", cwd=notes, env=own)
    originals = {path.name: path.read_bytes() for path in NOTES.glob("*.md")}
    assert {path.name: path.read_bytes() for path in notes.glob("*.md")} == originals


def test_the_tests_of_the_sdist_run(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    environment = empty_home(tmp_path / "home")
    run(sys.executable, "-m", "venv", unpacked / ".venv", cwd=unpacked)
    scripts = unpacked / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", ".[dev]", cwd=unpacked, env=environment)
    said = run(scripts / "python", "-m", "pytest", "-q", "-rf", *QUICK, cwd=unpacked, env=environment)
    assert " passed" in said.splitlines()[-1]
