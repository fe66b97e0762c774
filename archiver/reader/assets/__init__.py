"""The reader's style sheet and scripts: written by hand, one each, no build."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources


def asset(path: str) -> bytes:
    """The bytes of one of `sitemap.ASSETS`."""
    return resources.files(__name__).joinpath(path.rpartition("/")[2]).read_bytes()


@cache
def letters_in(path: str, name: str) -> str:
    """The letters that a script lists under a name; what it reads by them has to be written by the same."""
    found = re.search(rf'\b{name} = "([^"]+)"', asset(path).decode())
    assert found
    return found[1]
