"""Where the pages of the offline reader are, relative to the archive's root: names that need no escaping in a link."""

from __future__ import annotations

import hashlib
import unicodedata

HOME = "index.html"
ASSETS = ("site/reader.css", "site/reader.js", "site/search.js")
SEARCH = "site/search.html"
STATUS = "site/status.html"
MONTHS = "site/months.html"
ACCOUNTS = "site/accounts.html"
NOTES = "site/notes.html"
RATED = "site/rated.html"
_MAX_WORDS = 60  # bytes of UTF-8


def month_name(folder: str) -> str:
    """`2022-03` for the folder `articles/2022/03`."""
    return folder.removeprefix("articles/").replace("/", "-")


def month_page(folder: str) -> str:
    """The page of the articles below a month's folder."""
    return f"site/month/{month_name(folder)}.html"


def account_page(account: str) -> str:
    """The page of an account's articles."""
    return f"site/account/{_name(account)}.html"


def note_page(note: str) -> str:
    """The page of the articles that a note (its path relative to the notes folder) links to."""
    return f"site/note/{_name(note.removesuffix('.md'))}.html"


def older_page(page: str, number: int) -> str:
    """The `number`-th part, oldest first, of a list too long for one page."""
    return f"{page.removesuffix('.html')}.{number}.html"


def _name(text: str) -> str:
    """Readable letters and digits of `text`, and what makes the name unique also where case does not count."""
    kept = "".join(c if c.isalnum() else "-" for c in unicodedata.normalize("NFC", text))
    readable = "-".join(filter(None, kept.split("-"))).encode()[:_MAX_WORDS].decode(errors="ignore")
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{unicodedata.normalize('NFC', readable)}-{digest}".lstrip("-")
