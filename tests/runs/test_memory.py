"""What a run remembers of notes saves work, and changes nothing: not what is due, what is written or what is said."""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.archive import known_articles
from archiver.archive.deferred import Deferred
from archiver.due.plan import Target
from archiver.models import UrlKind
from archiver.notes.find import find
from archiver.notes.text import decode
from archiver.render.record import parse_article_json
from archiver.rewriting.asked import Asked
from archiver.rewriting.facts import NoteFacts
from archiver.rewriting.noterows import facts_of, row_of
from archiver.rewriting.planner import Planner
from archiver.store import checksum, remembered
from archiver.store.catalogue import sha256
from archiver.store.journal import Journal
from archiver.store.journal_lines import read_entry
from archiver.store.layout import CATALOGUE, OVERVIEW, READ, README, REMEMBERED, TEMPORARY_NAME
from archiver.store.lines import _read_line
from archiver.store.notefiles import read_note
from archiver.store.notewalk import Walk
from archiver.store.remembered import TICK, program_print
from archiver.tasks.run import view_run
from archiver.wechat import urls
from tests.replica import Replica
from tests.runs.vault import HAPPENINGS, KINDS, Vault
from tests.work import calls
from tests.world import World

MORE = ("edit a note", "edit a note unseen", "drop a note", "put an image there", "move a note")
number = st.integers(0, 5)
note = st.lists(st.tuples(st.sampled_from(KINDS), number), max_size=4)
happenings = st.lists(st.tuples(st.sampled_from((*HAPPENINGS, *MORE)), number), max_size=3)


@pytest.fixture
def vault(world: World) -> Vault:
    """A vault with notes of several kinds, in which all is done that can be."""
    vault = Vault(world.root, world.replica)
    for _ in range(3):
        vault.write(("article", 0), ("long", 1), ("image", 2), ("other spelling", 3), ("gone", 1))
    world.note("local.md", "![](img/gone.png) and [text](without-links.md)\n")
    for _ in range(3):
        vault.sync()
    return vault


def test_an_idle_run_reads_no_note_and_no_article(vault: Vault) -> None:
    vault.sync()
    assert calls(vault.sync, read_note, decode, find, Planner.plan_bytes, _read_line, parse_article_json) == [0] * 6


def test_an_idle_run_thinks_of_no_folder_journal_or_plan_again(vault: Vault) -> None:
    for n in range(20):
        vault.world.note(f"more/{n}.md", "# nothing\n")
        vault.world.note(f"more/{n}.png", "no note")
    for _ in range(3):
        vault.sync()
    assert calls(vault.sync, Walk._role, read_entry, Journal.state, sha256) == [0, 0, 0, 0]
    assert calls(vault.sync, facts_of) == [4], "of the notes with links or images"
    assert calls(vault.sync, Deferred.until, TEMPORARY_NAME.fullmatch) == [0, 0]
    assert calls(vault.dry_run, Walk._role, read_entry, Journal.state) == [0, 0, 0]
    vault.world.note("more/new.md", "# nothing\n")
    assert calls(vault.sync, Walk._role) == [41], "of what is in that folder alone"


def test_a_catalogue_is_hashed_again_where_it_may_be_another(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, later = vault.world.archive / CATALOGUE, time.time_ns() + 10 * TICK
    os.utime(catalogue)
    assert calls(vault.sync, checksum._digest) == [2], "it may have been written to within the same tick"
    monkeypatch.setattr(time, "time_ns", lambda: later)
    assert calls(vault.sync, checksum._digest) == [1]
    with checksum.checksummed(vault.world.archive, CATALOGUE):
        catalogue.write_bytes(catalogue.read_bytes() + b"more")
    assert checksum.is_intact(vault.world.archive, CATALOGUE), "what was written is what is sealed"


def test_the_program_is_looked_at_once() -> None:
    for function in (program_print, remembered._own_print):
        function.cache_clear()
    assert calls(lambda: (program_print(), program_print(("lxml",))), remembered._own_print.__wrapped__) == [1]


def test_a_plan_is_compared_once_with_another_journal(vault: Vault) -> None:
    vault.happen("restore", 0)
    vault.sync()
    vault.sync()
    assert calls(vault.sync, Journal.state, read_entry) == [0, 0]


def test_an_overview_that_was_touched_is_made_again(vault: Vault) -> None:
    vault.sync()
    readme = vault.world.archive / README
    before = readme.read_bytes()
    readme.write_bytes(before.replace(b"1", b"2"))
    vault.sync()
    assert readme.read_bytes() == before
    readme.unlink()
    vault.sync()
    assert readme.read_bytes() == before


def test_nor_does_a_look(vault: Vault) -> None:
    """Status reads the records of the newest articles, to tell whether WeChat's pages have changed."""
    assert calls(vault.dry_run, read_note, decode, find, Planner.plan_bytes, _read_line, parse_article_json) == [0] * 6
    assert calls(vault.status, read_note, decode, find, Planner.plan_bytes, _read_line) == [0] * 5


def test_what_was_changed_is_read(vault: Vault) -> None:
    vault.happen("edit a note unseen", 0)
    assert calls(vault.dry_run, read_note, Planner.plan_bytes)[0] > 0
    vault.sync()
    vault.sync()
    assert calls(vault.sync, read_note) == [0]


def test_a_note_that_was_just_written_is_read_again(vault: Vault) -> None:
    """It may be changed once more within the same tick of the disk's clock."""
    vault.world.note("new.md", "# nothing\n")
    vault.world.sync()  # by the true clock
    vault.world.sync()
    assert calls(vault.world.sync, read_note) == [1]


def test_without_memory_each_note_is_planned_once(vault: Vault) -> None:
    (vault.world.archive / REMEMBERED).unlink()
    reads, plans = calls(vault.sync, read_note, Planner.plan_bytes)
    assert (reads, plans) == (9, 4), "five are read, and the four with links or images planned"


@pytest.mark.parametrize("damage", [b"", b"{}", b"0\n{}", b"\xff\n\xff"])
@pytest.mark.parametrize("file", [REMEMBERED, READ, OVERVIEW])
def test_a_damaged_memory_is_none(vault: Vault, file: str, damage: bytes) -> None:
    """It is made again."""
    (vault.world.archive / file).write_bytes(damage)
    assert vault.check() == {}
    assert calls(vault.sync, read_note, _read_line) == [0, 0]


def test_what_was_asked_in_a_way_that_is_not_listed_is_not_remembered(vault: Vault) -> None:
    with view_run(vault.world.config) as context:
        asked = Asked(context.archive, vault.world.notes)
        for ask in (lambda: asked.archive.catalogue.totals(), lambda: len(list(asked.archive.links))):
            asked.begin()
            assert asked.answers == {}
            assert ask()
            assert asked.answers is None


def test_another_configuration_believes_nothing(vault: Vault) -> None:
    vault.happen('rewrite articles "keep"', 0)
    assert calls(vault.dry_run, read_note)[0] > 0


def test_an_address_that_is_asked_for_as_it_is_named_is_kept_once() -> None:
    url = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
    targets = tuple(Target(UrlKind.ARTICLE, url, asked, "a.md:1") for asked in (url, "", f"{url}?scene=1"))
    row = row_of(NoteFacts("0" * 64, is_candidate=True, targets=targets))
    assert json.dumps(row).count(f'"{url}"') == len(targets)
    assert facts_of("a.md", row).targets == targets


def test_each_link_is_read_once(world: World) -> None:
    names = [f"https://mp.weixin.qq.com/s/{n:022}?scene=1#rd" for n in range(20)]
    world.note("a.md", "\n".join(f"- [{name}]({name})" for name in names))
    vault = Vault(world.root, world.replica)
    for function in (urls.clean_url, urls.classify, urls.request_url, urls.canonical_url):
        function.cache_clear()
    found = calls(vault.dry_run, urls.clean_url.__wrapped__)[0]
    assert found <= 3 * len(names), "as it is written, as it is asked for, and in its canonical form"


def _history(vault: Vault, notes: list[Any], happened: list[tuple[str, int]], *, remembers: bool) -> list[Any]:
    """What a dry run says, what a sync says, and all files then, after each of these events."""
    vault.recover()
    for things in notes:
        vault.write(*things)
    found: list[Any] = []
    for what, n in [("nothing", 0), *happened]:
        if what != "nothing":
            vault.happen(what, n)
        for name in () if remembers else (REMEMBERED, READ, OVERVIEW):
            (vault.world.archive / name).unlink(missing_ok=True)
        heard = vault.dry_run(), asdict(vault.sync())
        files = {path: digest for path, (digest, _) in vault.world.tree().items()}
        found.append((json.dumps(heard, default=str).replace(str(vault.world.root), ""), files))
    return found


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def law(replica: Replica, examples: int) -> None:
    """The same history, once with the memory and once without; by default few articles are asked for one by one."""
    for few in (known_articles.FEW, 1):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(known_articles, "FEW", few)
            _holds(replica, examples)


def _holds(replica: Replica, examples: int) -> None:

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(note, min_size=1, max_size=3), happenings)
    def holds(notes: list[list[tuple[str, int]]], happened: list[tuple[str, int]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with_it, without = (Vault(_made(Path(folder) / name), replica) for name in ("with", "out"))
            without.moment = with_it.moment
            found = _history(with_it, notes, happened, remembers=True)
            assert found == _history(without, notes, happened, remembers=False)

    holds()


def test_runs_with_and_without_it_come_to_the_same(replica: Replica) -> None:
    law(replica, 4)


@pytest.mark.slow
def test_runs_with_and_without_it_come_to_the_same_whatever_happens(replica: Replica) -> None:
    law(replica, 300)
