"""docs/notes.md: what lies among the notes and is none."""

from __future__ import annotations

import textwrap

from archiver.store.leftout import LEFT_OUT


def left_out() -> str:
    """Markdown: a block with the globs."""
    names = textwrap.fill("  ".join(LEFT_OUT), 118, break_long_words=False, break_on_hyphens=False)
    return f"```text\n{names}\n```\n"
