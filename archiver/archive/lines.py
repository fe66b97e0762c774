"""links.jsonl and journal.jsonl, and by what they are known when all their lines could be read: while they are so, no
line is checked again, and nothing is to be sorted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from archiver.store.journal import Abstract, Journal
from archiver.store.layout import JOURNAL, LINKS, READ
from archiver.store.link_table import LinkTable
from archiver.store.remembered import program_print, recall, remember
from archiver.wechat.secrets import without_secrets


def open_lines(root: Path, on_damage: Callable[[str, int, str], None] | None) -> tuple[LinkTable, Journal]:
    """What the two files of the archive at `root` say. Raises DamageError for a damaged line, unless `on_damage` is
    there to be told (file, line, what is wrong), or StoreError."""
    compacted, known = _known(root)
    links = LinkTable(root / LINKS, on_damage and partial(on_damage, LINKS), compacted)
    tell = on_damage and partial(on_damage, JOURNAL)
    return links, Journal(root / JOURNAL, without_secrets, tell, known)


def _known(root: Path) -> tuple[str, Abstract]:
    """What the last run has remembered of each of the two; empty where that is nothing."""
    found = recall(root, READ, program_print()) or {LINKS: "", JOURNAL: []}
    return found[LINKS], Abstract(*found[JOURNAL])


def settle_lines(root: Path, links: LinkTable, journal: Journal) -> None:
    """Sort links.jsonl, fold journal.jsonl, and remember that they could be read. Raises StoreError."""
    links.compact()
    journal.fold()
    compacted, known = _known(root)
    if (links.compacted, journal.read) != (compacted, known.read):
        remember(root, READ, program_print(), {LINKS: links.compacted, JOURNAL: journal.abstract()})
