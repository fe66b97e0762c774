"""links.jsonl and journal.jsonl, and by what they are known when all their lines could be read: while they are so, no
line is checked again, and nothing is to be sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from archiver.store.journal import Journal
from archiver.store.layout import JOURNAL, LINKS, READ
from archiver.store.lines import LinkTable
from archiver.store.remembered import program_print, recall, remember
from archiver.wechat.secrets import without_secrets


def open_lines(root: Path, on_damage: Callable[[str, int, str], None] | None) -> tuple[LinkTable, Journal]:
    """What the two files of the archive at `root` say. Raises DamageError for a damaged line, unless `on_damage` is
    there to be told (file, line, what is wrong), or StoreError."""
    read = _known(root)
    links = LinkTable(root / LINKS, on_damage and partial(on_damage, LINKS), read[LINKS])
    tell = on_damage and partial(on_damage, JOURNAL)
    return links, Journal(root / JOURNAL, without_secrets, tell, read[JOURNAL])


def _known(root: Path) -> Mapping[str, str]:
    """What the last run has remembered of each of the two; empty where that is nothing."""
    return {LINKS: "", JOURNAL: "", **(recall(root, READ, program_print()) or {})}


def settle_lines(root: Path, links: LinkTable, journal: Journal) -> None:
    """Sort links.jsonl, fold journal.jsonl, and remember that they could be read. Raises StoreError."""
    links.compact()
    journal.fold()
    read = {LINKS: links.compacted, JOURNAL: journal.read}
    if read != _known(root):
        remember(root, READ, program_print(), read)
