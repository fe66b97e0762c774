"""docs/api.md: what it shows is what happens, what it lists is all there is, and what was promised is kept."""

from __future__ import annotations

import contextlib
import doctest
import inspect
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import archiver
from tests.reader.library import Library
from tests.reference.api import is_error, members, public

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs/api.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```pycon\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
# What version 0.1 promised; nothing is ever taken away here without a new number.
PROMISED = {
    "Account": "name articles",
    "Archive": "open close knows_notes articles article id_of search accounts image",
    "ArchivedArticle": (
        "id folder url title account author published kind status digest stars aliases captured_at images losses links"
        " mentions text markdown"
    ),
    "ArchiverError": "",
    "Article": "url kind title account author published digest text images losses",
    "DamageError": "",
    "Hit": "article snippet",
    "Image": "url path media_type width height error",
    "Link": "url kind canonical line start end is_link",
    "ListedArticle": "id folder url title account author published kind status digest stars",
    "Loss": "what why code url",
    "Mention": "note line stars",
    "NewerFormatError": "",
    "NoArchiveError": "",
    "NoteError": "",
    "PageError": "",
    "QueryError": "",
    "Refusal": "status reason",
    "Results": "total hits",
    "StoreError": "",
    "UnknownArticleError": "",
    "find_links": "note",
    "parse_page": "page url",
}


def test_the_examples(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    test = doctest.DocTestParser().get_doctest("\n".join(EXAMPLES), {}, "docs/api.md", "docs/api.md", 0)
    assert len(test.examples) > 15
    with contextlib.chdir(library.root):
        result = doctest.DocTestRunner(verbose=False).run(test)
    assert result.failed == 0, capsys.readouterr().out


def test_what_was_promised_is_there() -> None:
    for name, promised in PROMISED.items():
        value = getattr(archiver, name)
        names = {field.name for field in fields(value)} if is_dataclass(value) else set()
        names |= {member for member, _ in members(value)} if isinstance(value, type) else set()
        names |= set(inspect.signature(value).parameters) if inspect.isfunction(value) else set()
        assert set(promised.split()) <= names, name


def test_every_name_is_in_the_document_and_leads_to_the_package() -> None:
    assert sorted(PROMISED) == sorted(archiver.__all__)
    for name, value in public().items():
        assert (f"| `{name}` |" if is_error(value) else f"#### `{name}`\n") in TEXT
        assert getattr(archiver.api, name) is value
        assert name in dir(archiver)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = archiver.nothing  # type: ignore[attr-defined] # that a type checker knows is what is wanted


def test_values_are_made_by_keywords_alone() -> None:
    values = [value for value in public().values() if is_dataclass(value)]
    assert len(values) == 11
    for value in values:
        assert all(field.kw_only for field in fields(value)), value


def test_the_import_loads_nothing() -> None:
    program = "import sys, archiver; print([name for name in sys.modules if name.startswith('archiver.')])"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_a_type_checker_has_nothing_to_say(tmp_path: Path) -> None:
    """The examples as a script of a user's, by mypy's strict rules; and it sees what is wrong."""
    examples = doctest.DocTestParser().get_examples("\n".join(EXAMPLES))
    script = tmp_path / "script.py"
    for wrong in ("", "archiver.find_links('text')\n", "archiver.nothing\n", "archive.image(3)\n"):
        script.write_text("".join(example.source for example in examples) + wrong, "utf-8")
        command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path / 'cache'}"]
        # As in an installation: the package is found on the path, and only the script is looked at.
        command += ["--follow-imports=silent", str(script)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.count("error:")) == (bool(wrong), bool(wrong)), done.stdout
