"""MHTML: a page and what it shows in one message, as Chromium (and Internet Explorer before it) saves them.

Chromium leaves scripts out, writes UTF-8 and says so nowhere, and names each part by its address; what stands in
`<style>` becomes a part, too.
"""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import islice

from archiver.errors import ImportFileError
from archiver.importing.claims import article_url, claimed_url
from archiver.importing.found import FileKind, SavedPage, Supply, Why
from archiver.importing.html_file import as_an_article
from archiver.importing.limits import MAX_IMAGE, MAX_PARTS
from archiver.importing.local_images import LocalImages
from archiver.wechat.images import image_key
from archiver.wechat.source import decode_page


def read_mhtml(name: str, data: bytes, changed: datetime) -> SavedPage:
    """The page in an MHTML file; `changed` is used where it does not say when it was saved. Raises ImportFileError."""
    try:
        whole = email.message_from_bytes(data, policy=compat32)
        parts = list(islice(whole.walk(), MAX_PARTS + 1))
    except RecursionError as error:
        raise ImportFileError(Why.DAMAGED, "its parts are nested too deep") from error
    if len(parts) > MAX_PARTS:
        raise ImportFileError(Why.TOO_MANY, f"more than {MAX_PARTS:,} parts")
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise ImportFileError(Why.NO_PAGE, "no part of it is a page")
    location = str(whole.get("Snapshot-Content-Location") or whole.get("Content-Location") or "").strip()
    page = next((part for part in pages if location and _location(part) == location), pages[0])
    by_name: dict[str, Supply] = {}
    supplies: dict[str, Supply] = {}
    for part in parts:
        if part.is_multipart() or part is page:
            continue
        supply = partial(_bytes_of, part)
        for reference in filter(None, (_location(part), _content_id(part))):
            by_name.setdefault(reference, supply)
            if key := image_key(reference):
                supplies.setdefault(key, supply)
    text = decode_page(_bytes_of(page))
    local = LocalImages(by_name.get)
    url = article_url(location) or article_url(_location(page)) or claimed_url(text)
    sheets = (decode_page(_bytes_of(part)) for part in parts if part.get_content_type() == "text/css")
    body, url = as_an_article(local.addressed(text), url, sheets)
    return SavedPage(name, FileKind.MHTML, url, body.encode(), _date(whole) or changed, supplies | local.supplies)


def _location(part: Message) -> str:
    return "".join(str(part.get("Content-Location") or "").split())  # long ones are folded


def _content_id(part: Message) -> str:
    inner = str(part.get("Content-ID") or "").strip().strip("<>")
    return f"cid:{inner}" if inner else ""


def _bytes_of(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise ImportFileError(Why.DAMAGED, "a part of it cannot be read")
    if len(data) > MAX_IMAGE and part.get_content_maintype() == "image":
        raise ImportFileError(Why.TOO_LARGE)
    return data


def _date(whole: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(whole.get("Date") or ""))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
