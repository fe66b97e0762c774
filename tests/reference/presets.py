"""docs/hugo.md and so on: what a preset sets and writes, from the presets themselves."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from archiver.tasks.presets import settings_of, texts_of

ARCHIVE = "archive"
_LANGUAGES = {".js": "js", ".py": "python", ".html": "go-html-template"}
_ADD = {"hugo": "toml", "mkdocs": "yaml", "logseq": "clojure", "obsidian": "text"}


def settings(name: str) -> str:
    """Markdown: the keys of config.toml."""
    blocks = [
        f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        for section, keys in settings_of(name, ARCHIVE).items()
    ]
    return "```toml\n" + "\n".join(blocks) + "```\n"


def files(name: str) -> str:
    """Markdown: the files that it writes, and what is left to the user."""
    texts, add = texts_of(name, ARCHIVE)
    parts = [f"\n`{path}`:\n\n```{_LANGUAGES[PurePosixPath(path).suffix]}\n{text}```\n" for path, text in texts.items()]
    return "".join(parts) + (f"\nYours to add:\n\n```{_ADD[name]}\n{add}```\n" if add else "")
