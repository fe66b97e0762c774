"""What is due: what status says, what a dry run lists and what a sync asks for at its start is the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.replica import Replica
from tests.runs.vault import Vault

KINDS = (
    "article", "long", "other spelling", "image", "image of an article", "lazy image", "placeholder", "image elsewhere",
    "video", "album", "gone", "refused", "glued",
)  # fmt: skip
FAILURES = ("image", "image of a note", "audio", "video", "video of a note", "page")
HAPPENINGS = (
    "days pass", "restore", "add", "lose a copy", "lose an image", "lose a list", "break an image", "lose the archive",
    "lose the catalogue", "lose the links", "move a note", "rewrite repair false", "rewrite repair true",
    'rewrite articles "keep"', 'rewrite articles "append"', 'rewrite images "keep"', "media video false",
    "media audio false", 'archive capture "none"', "fetch recheck_archived_days 20", "fetch recheck_gone_days 0",
    'images variant "original"',
)  # fmt: skip

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
