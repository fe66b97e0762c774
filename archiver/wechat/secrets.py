"""Credentials in the text of a note: the parameters that a link keeps when it is copied out of WeChat.

`urls` leaves them out of every URL that is asked for or listed. This is for text that is kept as it was written, with
the escapes of Markdown, HTML and percent-encoding.
"""

from __future__ import annotations

import re

# Credentials of the person who copied the link: never written to a file, never sent.
SECRETS = frozenset({"key", "uin", "pass_ticket", "exportkey", "poc_token"})
_NAMES = "|".join(sorted(re.escape(name).replace("_", r"(?:\\?_|%5[Ff])") for name in SECRETS))
_PLAIN = rf"(?<![\w-])((?:{_NAMES})\\?=)((?:(?!\\&)[^&#\s\"'<>()\[\]])+)"
_ENCODED = rf"((?:%(?:25)*(?:26|3[Ff]))(?:{_NAMES})%(?:25)*3[Dd])((?:(?!%(?:25)*(?:26|23))[^&#\s\"'<>()\[\]])+)"
_SECRET = re.compile(f"{_PLAIN}|{_ENCODED}")
_EMPTIED = re.compile(
    rf"(?<![\w-])(?:{_NAMES})\\?=(?=[&\\#\s\"'<>()\[\]]|\Z)|(?:{_NAMES})%(?:25)*3[Dd](?=%|[&#\s\"'<>()]|\Z)"
)


def without_secrets(text: str) -> str:
    """`text` with the values of `key uin pass_ticket exportkey poc_token` taken out of the WeChat links in it."""
    return without_any_secrets(text) if "weixin.qq.com" in text else text


def without_any_secrets(text: str) -> str:
    """The same, in whatever links and text: for what need not be kept as it was written."""
    return _SECRET.sub(lambda match: match[1] or match[3], text)


def lacks_secrets(text: str) -> bool:
    """Whether the values of such parameters were taken out of `text`."""
    return _EMPTIED.search(text) is not None
