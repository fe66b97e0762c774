"""What stands around an article on its page, as the catalogue knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.store.catalogue import Catalogue

if TYPE_CHECKING:
    from archiver.render.surroundings import Around, Neighbour
    from archiver.store import listings


def around_article(catalogue: Catalogue, folder: str) -> Around:
    """The neighbours of the article in `folder`, and the notes that link to it."""
    from archiver.render.surroundings import Around, Backlink
    from archiver.store import listings  # a run that writes no article asks nothing

    older, newer = listings.neighbours(catalogue, folder)
    mentions = listings.mentions_of(catalogue, folder)
    return Around(
        older=_neighbour(older),
        newer=_neighbour(newer),
        backlinks=[Backlink(m.note, m.line, m.stars) for m in mentions],
    )


def _neighbour(item: listings.Item | None) -> Neighbour | None:
    from archiver.render.surroundings import Neighbour

    return Neighbour(item.folder, item.title, item.date) if item else None
