"""No password and no credential is ever shown."""

from __future__ import annotations

import re

# User names and passwords in URLs (proxies), and the credentials that links copied from WeChat can hold.
_SECRET = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|(?<=[?&])((?:key|uin|pass_ticket|exportkey|poc_token)=)[^&\s#]+")


def without_secrets(text: str) -> str:
    """`text` with passwords and credentials in URLs blanked out."""
    return _SECRET.sub(lambda match: f"{match[1] or ''}***", text)
