"""What Chromium shows of real pages, and what their data and templates hold, is what the account of them counts, and
stands in their copies.

The page's own scripts are off and its body is made visible, so that nothing but the author's work is compared.
"""

from __future__ import annotations

import pytest

from archiver.models.coverage import ENOUGH
from tests.real_coverage import BROWSER, NAMES, PAGES, Row, browser_page, rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PAGES.is_dir(), reason="the real pages (../shared/pages) are not here"),
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH: " + ", ".join(NAMES)),
]


@pytest.fixture(scope="module")
def table() -> list[Row]:
    with browser_page() as page:
        return list(rows(page))


def test_every_source_is_counted(table: list[Row]) -> None:
    compared = [name for row in table for name in row.sources]
    assert compared.count("browser") >= 10
    assert compared.count("data") >= 10
    assert {row.name: row.uncounted for row in table if row.uncounted} == {}


def test_what_is_counted_stands_in_both_files(table: list[Row]) -> None:
    assert len(table) >= 20
    low = {row.name: row.coverage for row in table if row.coverage is None or row.coverage.lowest < ENOUGH}
    assert low == {}
