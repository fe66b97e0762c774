"""What stood in a note when the journal is gone or cut, and what a link loses when it is given back: credentials."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import article
from tests.world import World

LOST = ("deleted", "last line gone", "last line torn")
SWITCHES = (("replace", "append"), ("replace", "keep"), ("append", "replace"), ("append", "keep"))
CASES = [
    (*modes, how)
    for modes in SWITCHES
    for how in LOST
    # Where nothing is known, what was appended is the user's for a run that replaces: no URL is lost by that.
    if (*modes, how) != ("append", "replace", "deleted")
]


def lose(journal: Path, how: str) -> None:
    if how == "deleted":
        journal.unlink()
        return
    *lines, last = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines) + (b"" if how == "last line gone" else last[: len(last) // 2]))


@pytest.mark.parametrize(("mode", "then", "how"), CASES)
def test_a_moved_link_gets_the_url_of_its_article_whatever_the_modes_were(
    world: World, mode: str, then: str, how: str
) -> None:
    """The note that it was moved to comes last in the journal."""
    one, two = (world.replica.add_article(article(f"第{n}篇")) for n in (1, 2))
    world.configure(rewrite={"articles": mode})
    source, other = world.note("a.md", f"[x]({one})\n\n[y]({two})\n"), world.note("z.md", "z\n")
    assert world.sync().exit_code == 0
    kept, moved = source.read_text("utf-8").split("\n\n")
    source.write_text(f"{kept}\n", "utf-8")
    other.write_text(f"z\n\n{moved}", "utf-8")
    assert world.sync().exit_code == 0
    journal = world.archive / "journal.jsonl"
    lose(journal, how)
    assert world.cli("verify", "--repair").returncode in (0, 5)  # a note's link of which nothing is known is told
    world.configure(rewrite={"articles": then})
    assert world.sync().exit_code == 0
    before = world.tree()
    assert world.sync().exit_code == 0
    assert world.tree() == before
    done = world.cli("restore")
    assert done.returncode == 0, done.stderr
    assert source.read_text("utf-8") == f"[x]({one})\n"
    assert other.read_text("utf-8") == f"z\n\n[y]({two})\n"
    # What only lost its line is still known from the note that it came from.
    assert ("look at z.md:" in done.stdout) == (how == "deleted"), done.stdout


@pytest.mark.parametrize("nights", [1, 3])
def test_a_link_whose_credentials_are_empty_loses_none(world: World, nights: int) -> None:
    spec = article("第一篇")
    world.replica.add_article(spec)
    long = spec.with_ids().long_url.partition("#")[0]
    text = f"[x]({long}&key=&uin=#rd) <{long}&pass_ticket=>\n"
    note = world.note("a.md", text)
    for number in range(nights):
        assert world.sync().exit_code == 0
        text = f"{text}\n{number}\n"
        note.write_text(f"{note.read_text('utf-8')}\n{number}\n", "utf-8")
    done = world.cli("restore")
    assert (done.returncode, note.read_text("utf-8")) == (0, text)
    assert "credentials" not in done.stdout


@pytest.mark.parametrize("nights", [1, 3])
def test_a_link_that_lost_credentials_is_told_however_many_nights_later(world: World, nights: int) -> None:
    spec = article("第一篇")
    world.replica.add_article(spec)
    long = spec.with_ids().long_url.partition("#")[0]
    note = world.note("a.md", f"[x]({long}&key=&uin=#rd) [y]({long}&key=SECRET&uin=SECRET#rd)\n")
    for number in range(nights):
        assert world.sync().exit_code == 0
        note.write_text(f"{number}\n\n{note.read_text('utf-8')}", "utf-8")
    lines = (world.archive / "journal.jsonl").read_text("utf-8").splitlines()
    assert "emptied" in str(json.loads(lines[-1])["edits"])
    done = world.cli("restore")
    assert done.returncode == 0
    assert note.read_text("utf-8").endswith(f"[x]({long}&key=&uin=#rd) [y]({long}&key=&uin=#rd)\n")
    assert "without its credentials" in done.stdout
