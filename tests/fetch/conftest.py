"""The end of what the tests of this folder share."""

from __future__ import annotations

from tests.fetch.support import shared_driver


def pytest_sessionfinish() -> None:
    if shared_driver.cache_info().currsize:
        shared_driver().end()
