"""How the folders of new articles are called: [output] article_path, filled in and made safe for every file system.

A folder keeps its name. So what is read, checked and repaired never asks the template: `layout` knows a folder by the
id in which its name ends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from archiver.config.templates import ARTICLE_PATH, FIELD, MAX_BYTES
from archiver.store.layout import ARTICLES, SUMS, UNDATED, is_article_name

BEIJING = timezone(timedelta(hours=8))  # WeChat shows Beijing time; it has no summer time
MAX_ACCOUNT_BYTES = 36
_ON_WINDOWS = re.compile(r"con|prn|aux|nul|(?:com|lpt)[\d¹²³]", re.IGNORECASE)  # devices, whatever folder they are in
# Letters and marks that show nothing: two names that look the same should be the same. (Controls, bidi and zero-width
# characters are no letters to begin with.)
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def folder_name(
    article_id: str, published_at: datetime | None, account: str, title: str, template: str = ARTICLE_PATH
) -> str:
    """Folder of a new article, POSIX and relative to the archive's root; `template` passes `is_article_path`.

    Its parts hold letters, digits, `-` and `_` of any script in NFC, so that nothing in a link to it needs escaping.
    What is not known is left out, and so is a part of which nothing is left.
    """
    local = published_at.astimezone(BEIJING) if published_at else None
    values = {
        "year": f"{local:%Y}" if local else UNDATED,
        "month": f"{local:%m}" if local else "",
        "day": f"{local:%d}" if local else "",
        "date": f"{local:%Y-%m-%d}" if local else UNDATED,
        "account": _slug(account, MAX_ACCOUNT_BYTES),
        "title": "",
        "id": article_id,
    }
    *above, last = template.split("/")
    room = MAX_BYTES - len(_filled(last, values).encode()) - 1
    name = _filled(last, values | {"title": _slug(title, room)})
    return "/".join([ARTICLES, *filter(None, (_parent(_filled(part, values)) for part in above)), name])


def _filled(part: str, values: Mapping[str, str]) -> str:
    return re.sub("-{2,}", "-", _nfc(FIELD.sub(lambda field: values[field[1]], part))).strip("-")


def _parent(name: str) -> str:
    """A folder above: names that differ in case only are one folder on some systems, and some are taken."""
    name = _nfc(name.lower())
    return f"{name}_" if is_article_name(name) or _ON_WINDOWS.fullmatch(name) or name == SUMS.lower() else name


def _slug(text: str, max_bytes: int) -> str:
    """`text` as a part of a file name: everything but letters, digits and `_` becomes `-`, once."""
    shown = (c for c in _nfc(text) if not _INVISIBLE.match(c))
    kept = [c if c.isalnum() or c == "_" or unicodedata.category(c) in ("Mn", "Mc") else "-" for c in shown]
    slug = "-".join(part for part in "".join(kept).split("-") if part)
    # A combining mark cut off from its letter, or put behind "-", would not survive NFC on every file system.
    return _nfc(slug.encode()[: max(0, max_bytes)].decode(errors="ignore")).strip("-")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
