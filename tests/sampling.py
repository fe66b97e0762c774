"""Samples of matrices: the quick tests run some of the cells, always the same; the slow ones run all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def one_in(share: int, cells: Iterable[Any]) -> list[Any]:
    """Every `share`-th of `cells` for the quick tests, the first among them; the others are slow. A cell of several
    values is a tuple. Take a share that has no factor in common with the lengths of the axes: each value has its turn.
    """
    return [
        pytest.param(*(cell if isinstance(cell, tuple) else (cell,)), marks=() if n % share == 0 else pytest.mark.slow)
        for n, cell in enumerate(cells)
    ]
