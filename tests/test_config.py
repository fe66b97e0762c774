"""config.toml: complete, equal to the defaults, and strict."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archiver.config import SECTIONS, Config, config_text, find_config, load_config, new_config
from archiver.errors import ConfigError

PROJECT = Path(__file__).parents[1]


def write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_projects_config_toml_is_the_generated_one() -> None:
    assert (PROJECT / "config.toml").read_text("utf-8") == config_text()


def test_config_text_says_the_defaults(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, config_text())) == Config(folder=tmp_path.resolve())


def test_overrides_are_written(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, config_text({"notes": {"root": "我的 笔记"}, "fetch": {"interval": 0.5}})))
    assert config.notes_root == tmp_path.resolve() / "我的 笔记"
    assert config.fetch.interval == 0.5


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "\ufeff")) == Config(folder=tmp_path.resolve())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[fetch]\nintervall = 3", "unknown key fetch.intervall"),
        ("[fetsh]\ninterval = 3", "unknown section or key [fetsh]"),
        ("interval = 3", "unknown section or key [interval]"),
        ("[fetch]\ninterval = '3'", "fetch.interval must be a number, not '3'"),
        ("[fetch]\ninterval = -1", "fetch.interval must be 0 or more, not -1"),
        ("[fetch]\njobs = 0", "fetch.jobs must be 1 or more, not 0"),
        ("[fetch]\njobs = true", "fetch.jobs must be a whole number, not True"),
        ("[fetch]\nengine = 'curl'", 'fetch.engine must be one of "auto", "browser", "http", not \'curl\''),
        ("[notes]\ninclude = '*.md'", "notes.include must be a list of texts"),
        ("[notes", "not valid TOML"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"fetch\.a .*notes\.b"):
        load_config(write(tmp_path, "[fetch]\na = 1\n[notes]\nb = 1"))


def test_find_config_looks_above(tmp_path: Path) -> None:
    file = write(tmp_path, "")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_config(below) == file


HUGO = 'baseURL = "https://example.org/"\ntitle = "Blog"\n\n[params]\n  description = "x"\n[markup.goldmark]\nx = 1\n'
ZOLA = '\ufeffbase_url = "https://example.org"\n[markdown]\nhighlight_code = true\n[extra]\n'
NO_TOML = "[site]\nname: example\n"


@pytest.mark.parametrize("foreign", [HUGO, ZOLA, NO_TOML])
def test_the_config_of_another_program_is_passed_over(tmp_path: Path, foreign: str) -> None:
    below = tmp_path / "site" / "notes"
    below.mkdir(parents=True)
    other = write(tmp_path / "site", foreign)
    with pytest.raises(ConfigError, match=f"{re.escape(str(other))} is another program's"):
        find_config(below)
    above = write(tmp_path, "[notes]\n")
    assert find_config(below) == above
    assert new_config(tmp_path / "site").name == "archiver.toml"
    own = tmp_path / "site" / "archiver.toml"
    own.write_text("")
    assert find_config(below) == own
    with pytest.raises(ConfigError, match=r"unknown section|not valid TOML"):
        load_config(other)  # it was named


def test_a_config_of_ours_that_is_wrong_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "[fetch]\n")
    below = tmp_path / "notes"
    below.mkdir()
    for text in ("[fetch\ninterval = 3", "# mine\n [ notes]\nroot = \n", "[params]\n[notify]\n", "", "# nothing\n"):
        file = write(below, text)
        assert find_config(below) == file, text


def test_the_nearest_folder_wins_and_in_it_archiver_toml(tmp_path: Path) -> None:
    below = tmp_path / "notes"
    below.mkdir()
    (tmp_path / "archiver.toml").write_text("")
    assert find_config(below) == tmp_path / "archiver.toml"
    near = write(below, "")
    assert find_config(below) == near
    (below / "archiver.toml").write_text("")
    assert find_config(below) == below / "archiver.toml"


def test_missing_config_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="archiver init"):
        find_config(tmp_path)
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(tmp_path / "config.toml")


def test_every_section_is_a_field_of_config() -> None:
    assert set(SECTIONS) == set(Config.__dataclass_fields__) - {"folder"}
