"""How a key of the configuration is declared."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import field
from typing import Any


def key(default: Any, doc: str, check: Callable[[Any], bool] | None = None, rule: str = "") -> Any:
    """Declare a configuration key: its default, the comment above it in config.toml, and what its value must be."""
    metadata = {"doc": doc, "check": check, "rule": rule}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def at_least(minimum: float) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: minimum <= value < math.inf), f"must be {minimum:g} or more"
