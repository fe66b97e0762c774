"""What a note's bytes say, whatever the archive holds."""

from __future__ import annotations

from typing import NamedTuple

from archiver.due.plan import Target
from archiver.events import AddressLeft, GluedLink
from archiver.store.lines import LinkEntry


class NoteFacts(NamedTuple):
    """What a note's bytes say: their SHA-256; whether something may be rewritten in it, whether it leads into the
    archive, whether the catalogue is to know it; what it links to, and which links are not what they should be."""

    digest: str
    is_candidate: bool = False
    leads: bool = False
    is_indexed: bool = False
    targets: tuple[Target, ...] = ()
    suspicious: tuple[GluedLink, ...] = ()
    refused: tuple[tuple[str, LinkEntry], ...] = ()
    left: tuple[AddressLeft, ...] = ()
