"""Which articles lack more of their page than may be."""

from __future__ import annotations

from archiver.models.coverage import ENOUGH
from archiver.store.catalogue import Catalogue


def uncovered(catalogue: Catalogue) -> dict[str, float]:
    """The folders of such articles, the worst first, with the share of the page that they have."""
    sql = "select folder, coverage from articles where coverage < ? order by coverage, folder"
    return dict(catalogue.db.execute(sql, [ENOUGH]).fetchall())
