"""Where the pages of the offline reader are, relative to the archive's root: names that need no escaping in a link."""

from __future__ import annotations

import hashlib
import unicodedata

from archiver.store.layout import (
    ACCOUNT_PAGES,
    ARTICLES,
    ASKING_SCRIPT,
    DARK_STYLE,
    EARLY_SCRIPT,
    LIGHTBOX_SCRIPT,
    MINE_SCRIPT,
    MONTH_FOLDER,
    MONTH_PAGES,
    NOTE_PAGES,
    QUOTES_SCRIPT,
    READER_SCRIPT,
    READER_STYLE,
    READING_SCRIPT,
    SERVED_SCRIPT,
    SHADES_SCRIPT,
    SITE,
    STATE_SCRIPT,
    UI_STYLE,
    WORDS_SCRIPT,
)

# The first is run before the page is drawn, the others when all of it is there.
LIST_SCRIPTS = (EARLY_SCRIPT, READER_SCRIPT, STATE_SCRIPT)
ARTICLE_SCRIPTS = (*LIST_SCRIPTS, LIGHTBOX_SCRIPT, SHADES_SCRIPT, QUOTES_SCRIPT, READING_SCRIPT)
SEARCH_SCRIPT = "search.js"
# In the search page itself: the scripts in its head, the one that looks up what is searched for, and what shows it.
SEARCH_SCRIPTS = (
    ("ahead.js",),
    (EARLY_SCRIPT,),
    ("folding.js", "grams.js", SEARCH_SCRIPT),
    (*LIST_SCRIPTS[1:], ASKING_SCRIPT, "results.js"),
)
SERVED_SEARCH_SCRIPTS = (ASKING_SCRIPT, SERVED_SCRIPT)
ASSETS = (
    READER_STYLE,
    DARK_STYLE,
    UI_STYLE,
    *ARTICLE_SCRIPTS,
    *SERVED_SEARCH_SCRIPTS,
    WORDS_SCRIPT,
    MINE_SCRIPT,
)
SEARCH = f"{SITE}/search.html"
STATUS = f"{SITE}/status.html"
MONTHS = f"{SITE}/months.html"
ACCOUNTS = f"{SITE}/accounts.html"
NOTES = f"{SITE}/notes.html"
RATED = f"{SITE}/rated.html"
MINE = f"{SITE}/mine.html"
_MAX_WORDS = 60  # bytes of UTF-8


def is_month(folder: str) -> bool:
    """Whether the folder is a month's: [output] article_path may put articles into others."""
    return MONTH_FOLDER.fullmatch(folder) is not None


def month_name(folder: str) -> str:
    """`2022-03` for the folder `articles/2022/03`; of any other its path below the first."""
    name = folder.removeprefix(f"{ARTICLES}/")
    return name.replace("/", "-") if is_month(folder) else name


def month_key(folder: str) -> str:
    """What names the files that are made of the articles right below a folder; no two folders have the same."""
    return month_name(folder) if is_month(folder) else _name(month_name(folder))


def month_page(folder: str) -> str:
    """The page of the articles right below a folder."""
    return f"{MONTH_PAGES}/{month_key(folder)}.html"


def account_page(account: str) -> str:
    """The page of an account's articles."""
    return f"{ACCOUNT_PAGES}/{_name(account)}.html"


def note_page(note: str) -> str:
    """The page of the articles that a note (its path relative to the notes folder) links to."""
    return f"{NOTE_PAGES}/{_name(note.removesuffix('.md'))}.html"


def older_page(page: str, number: int) -> str:
    """The `number`-th part, oldest first, of a list too long for one page."""
    return f"{page.removesuffix('.html')}.{number}.html"


def _name(text: str) -> str:
    """Readable letters and digits of `text`, and what makes the name unique also where case does not count."""
    kept = "".join(c if c.isalnum() else "-" for c in unicodedata.normalize("NFC", text))
    readable = "-".join(filter(None, kept.split("-"))).encode()[:_MAX_WORDS].decode(errors="ignore")
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{unicodedata.normalize('NFC', readable)}-{digest}".lstrip("-")
