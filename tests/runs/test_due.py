"""What is due: what status says, what a dry run lists and what a sync asks for at its start is the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.replica import Replica
from tests.runs.vault import HAPPENINGS, KINDS, Vault
from tests.sampling import one_in
from tests.world import World

FAILURES = ("image", "image of a note", "audio", "video", "video of a note", "page")
# What happened, and what is due then: things that a note has, what fails in the first run (None: there is none yet),
# what happens afterwards.
Things = list[tuple[str, int]]
CASES: dict[str, tuple[Things, Things | None, list[str], dict[str, int]]] = {
    "a lazy image": ([("lazy image", 0)], None, [], {"images": 1}),
    "a lazy image, no repair": ([("lazy image", 0)], None, ["rewrite repair false"], {"images": 1}),
    "a placeholder on the disk": ([("placeholder", 0)], None, [], {"images": 1}),
    "one article by three links": ([("article", 0), ("long", 0), ("other spelling", 0)], None, [], {"articles": 2}),
    "a copy that was deleted": ([("article", 0)], [], ["lose a copy"], {"articles": 1}),
    "a copy that was deleted, restored": ([("article", 0)], [], ["restore", "lose a copy"], {"articles": 1}),
    "an image that was deleted": ([("image", 0)], [], ["restore", "lose an image"], {"images": 1}),
    "an image that is broken": ([("image", 0)], [], ["break an image"], {"images": 1}),
    "an image of a restored note": ([("lazy image", 0)], [], ["restore", "lose an image"], {"images": 1}),
    "of a restored note that was moved": (
        [("lazy image", 0)], [], ["restore", "move a note", "lose an image"], {"images": 1}
    ),
    "an article that was added": ([], [], ["add 1"], {"articles": 1}),
    "an image that was added": ([], [], ["add"], {"images": 1}),
    "an image that an article lacks": ([("article", 0)], [("image", 0)], [], {"files": 1}),
    "audio that an article lacks": ([("article", 1)], [("audio", 1)], [], {"files": 1}),
    "audio, and none is wanted": ([("article", 1)], [("audio", 1)], ["media audio false"], {}),
    "a video that an article lacks": ([("article", 2)], [("video", 2)], [], {"articles": 1}),
    "an image that an article and a note lack": (
        [("article", 0), ("image of an article", 0)], [("image", 0)], ["days pass"], {"images": 1}
    ),
    "a page that failed": ([("article", 0)], [("page", 0)], [], {"articles": 1}),
    "a video of a note": ([("video", 0)], None, [], {"videos": 1}),
    "a video of a note, and none is wanted": ([("video", 0)], None, ["media video false"], {}),
    "an album": ([("album", 0)], None, [], {"albums": 1}),
    "an album whose list was deleted": ([("album", 0)], [], ["restore", "lose a list"], {"albums": 1}),
    "articles of an album": ([("album", 0)], [], [], {}),
    "articles of an album that is followed": ([("album", 0)], [], ['albums follow "all"'], {"articles": 3}),
    "and the list itself, another night": (
        [("album", 0)], [], ['albums follow "all"', "days pass"], {"albums": 1, "articles": 3}
    ),
    "an album that nobody gave": ([("album", 0)], [], ['albums follow "added"', "days pass"], {}),
    "what an article links to": ([("linking", 0)], [], [], {}),
    "what it links to, wanted": ([("linking", 0)], [], ["links depth 1"], {"articles": 1}),
    "what it links to, archived already": ([("linking", 0), ("article", 0)], [], ["links depth 1"], {}),
    "an article that is gone": ([("gone", 0)], [], ["days pass"], {}),
    "for long": ([("gone", 0)], [], ["days pass"] * 3, {"articles": 1}),
    "and is never looked at again": ([("gone", 0)], [], ["fetch recheck_gone_days 0", *["days pass"] * 3], {}),
    "an article to look at again": (
        [("article", 0)], [], ["fetch recheck_archived_days 20", "days pass"], {"articles": 1}
    ),
    "no archive": ([("article", 0), ("image", 0)], [], ["restore", "lose the archive"], {"articles": 1, "images": 1}),
    "no archive, and nothing to tell what was there": ([("article", 0)], [], ["lose the archive"], {}),
    "no catalogue": ([("article", 0), ("image", 0)], [], ["lose the catalogue"], {}),
    "no links.jsonl": ([("article", 0), ("image", 0)], [], ["lose the links"], {}),
    "neither of them": (
        [("article", 0), ("image", 0)], [], ["restore", "lose the links", "lose the catalogue"], {"images": 1}
    ),
    "pages that are no article": ([("refused", 0)], None, [], {}),
}  # fmt: skip


@pytest.mark.parametrize("case", one_in(2, CASES))
def test_what_is_due_after(world: World, case: str) -> None:
    things, failing, happenings, due = CASES[case]
    vault = Vault(world.root, world.replica)
    vault.write(*things)
    if failing is not None:
        for what, n in failing:
            vault.fail(what, n)
        vault.sync()
        vault.recover()
    for what in happenings:
        vault.happen("add" if what == "add 1" else what, int(what == "add 1"))
    assert vault.check() == due


number = st.integers(0, 5)
note = st.lists(st.tuples(st.sampled_from(KINDS), number), max_size=6)
happenings = st.lists(st.tuples(st.sampled_from(HAPPENINGS), number), max_size=4)
failures = st.lists(st.tuples(st.sampled_from(FAILURES), number), max_size=4)


def law(replica: Replica, examples: int) -> None:
    """Two runs that fail in part with whatever happens between them, and then what is due is what is asked for."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(note, max_size=3), failures, happenings, st.lists(note, max_size=2), happenings)
    def holds(
        first: list[list[tuple[str, int]]],
        failing: list[tuple[str, int]],
        between: list[tuple[str, int]],
        second: list[list[tuple[str, int]]],
        after: list[tuple[str, int]],
    ) -> None:
        with tempfile.TemporaryDirectory() as root:
            vault = Vault(Path(root), replica)
            vault.recover()
            for things in first:
                vault.write(*things)
            for what, n in failing:
                vault.fail(what, n)
            if failing:
                vault.sync()
            vault.recover()
            for events in (between, after):
                for what, n in events:
                    vault.happen(what, n)
                for things in second:
                    vault.write(*things)
                vault.check()

    holds()


def test_what_is_due_is_what_is_asked_for(replica: Replica) -> None:
    law(replica, 10)


@pytest.mark.slow
def test_what_is_due_is_what_is_asked_for_whatever_happens(replica: Replica) -> None:
    law(replica, 300)
