"""The keys that the configuration may add to the front matter of every article.md, in their order."""

from __future__ import annotations

from typing import Final

FRONT_MATTER: Final = ("date", "tags", "aliases", "stars", "notes", "digest")
