"""The articles that were captured last."""

from __future__ import annotations

from archiver.store.catalogue import Catalogue


def latest(catalogue: Catalogue, most: int) -> list[str]:
    """Folders of so many articles at most, in the order in which they were captured."""
    sql = "select folder from articles order by captured_at desc, folder limit ?"
    return [folder for (folder,) in catalogue.db.execute(sql, [most])][::-1]
