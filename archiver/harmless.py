"""Text for terminals and logs. They obey control characters, and bidirectional overrides turn around what follows them:
all these are written out, as `\\x1b`."""

from __future__ import annotations

import re

# C0 but the tab, DEL, C1; line and paragraph separators; embeddings, overrides and isolates; half surrogate pairs.
_OBEYED = re.compile("[\x00-\x08\n-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(line: str) -> str:
    """A line as text; a line feed in it does not end it."""
    if _OBEYED.search(line) is None:
        return line
    return _OBEYED.sub(lambda match: ascii(match[0])[1:-1], line)


def harmless_json(line: str) -> str:
    """The same for a line of JSON, which stays one with the same values. Nor is anything in it a command to the log of
    GitHub Actions."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", line).replace("##[", "##\\u005b")
