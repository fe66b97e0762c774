"""Every file name, folder and pattern of an archive, once. Paths are POSIX and relative to the archive's root.

docs/format.md describes the files. This module imports nothing of the project and touches no disk: any room may use it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final, Literal

# Folders; the first is the archive's own, unless the configuration says otherwise.
ARCHIVE: Final = "archive"
ARTICLES: Final = "articles"
IMAGES: Final = "images"
MEDIA: Final = "media"
ALBUMS: Final = "albums"
SITE: Final = "site"
REPORTS: Final = "reports"  # machine state, like the catalogue and the lock: not in git
QUARANTINE: Final = "quarantine"  # nor this
UNDATED: Final = "undated"  # instead of a year and a month, where a page tells no date

# Files at the top.
README: Final = "README.md"
HOME: Final = "index.html"
LINKS: Final = "links.jsonl"
JOURNAL: Final = "journal.jsonl"
READER_STATE: Final = "reader-state.jsonl"  # private: not in git
CATALOGUE: Final = "catalogue.db"
GITATTRIBUTES: Final = ".gitattributes"
GITIGNORE: Final = ".gitignore"
LOCK: Final = ".lock"
LOCK_OWNER: Final = ".lock-owner"  # beside the lock: on Windows nobody can read a file that is locked

# Files of an article, and of an earlier version of one.
RECORD: Final = "article.json"
OLD_RECORD: Final = "version.json"  # article.json of a version that another has taken the place of
TEXT: Final = "article.md"
PAGE: Final = "index.html"
SLIM_CAPTURE: Final = "capture.html.gz"
FULL_CAPTURE: Final = "capture.full.html.gz"  # not in git, and no checksum covers it
SUMS: Final = "SHA256SUMS"  # one in each folder of article folders

# What a run that was killed may leave behind.
TEMPORARY: Final = ".tmp-"
ASIDE: Final = ".old-"

# Machine state.
LAST_REPORT: Final = f"{REPORTS}/last.md"
PACE: Final = f"{REPORTS}/pace.json"
CHECKED: Final = f"{REPORTS}/verified.json"
CATALOGUE_CHECKSUM: Final = f"{REPORTS}/catalogue.seal"
FORGETTING: Final = f"{REPORTS}/forgetting"  # an article is being forgotten
WRITE_PROBE: Final = f"{REPORTS}/doctor.probe"
ATTENTION: Final = f"{REPORTS}/attention.json"  # what the last sync has said to need the user
DEFERRED: Final = f"{REPORTS}/deferred.json"  # what waits after an internal error and has no line in links.jsonl
REMEMBERED: Final = f"{REPORTS}/notes.json"  # what the last runs found out about notes that are as they were
READ: Final = f"{REPORTS}/read.json"  # by what the two .jsonl files are known whose lines could all be read
OVERVIEW: Final = f"{REPORTS}/overview.json"  # by what the overview is known, and the archive that it was made of
PROVEN: Final = f"{REPORTS}/proven.json"  # hashes of what the last `verify` could read
INTERNAL_REPORT_GLOB: Final = "internal-*.txt"  # in the folder of reports

# The offline reader's pages; those of months, accounts and notes are named in `render/sitemap.py`.
READER_STYLE: Final = f"{SITE}/reader.css"
DARK_STYLE: Final = f"{SITE}/dark.css"
UI_STYLE: Final = f"{SITE}/ui.css"
READER_SCRIPT: Final = f"{SITE}/reader.js"
EARLY_SCRIPT: Final = f"{SITE}/early.js"
WORDS_SCRIPT: Final = f"{SITE}/words.js"
STATE_SCRIPT: Final = f"{SITE}/state.js"
QUOTES_SCRIPT: Final = f"{SITE}/quotes.js"
READING_SCRIPT: Final = f"{SITE}/reading.js"
LIGHTBOX_SCRIPT: Final = f"{SITE}/lightbox.js"
SHADES_SCRIPT: Final = f"{SITE}/shades.js"
MINE_SCRIPT: Final = f"{SITE}/mine.js"
ASKING_SCRIPT: Final = f"{SITE}/asking.js"
SERVED_SCRIPT: Final = f"{SITE}/served.js"
SEARCH_INDEX: Final = f"{SITE}/search"
MONTH_PAGES: Final = f"{SITE}/month"
ACCOUNT_PAGES: Final = f"{SITE}/account"
NOTE_PAGES: Final = f"{SITE}/note"
SITE_PATTERNS: Final = (  # globs of the pages that come and go
    *(f"{folder}/*.html" for folder in (MONTH_PAGES, ACCOUNT_PAGES, NOTE_PAGES)),
    f"{SEARCH_INDEX}/*.js",
    *(f"{SITE}/{name}.js" for name in ("folding", "grams", "search")),  # of earlier versions
)

MAX_PARENTS: Final = 3  # folders between articles/ and the folder of an article: two, unless a template says otherwise
# Each folder of the top, and how deep it holds others: articles/2022/03, quarantine/2026-11-22/articles/2022/03.
DEPTHS: Final = {
    ARTICLES: MAX_PARENTS,
    IMAGES: 1,
    MEDIA: 1,
    ALBUMS: 1,
    SITE: 2,
    REPORTS: 0,
    QUARANTINE: MAX_PARENTS + 2,
}
PUBLISHED: Final = (  # what of the archive belongs into git
    *(ARTICLES, ALBUMS, IMAGES, MEDIA, SITE),
    *(README, HOME, LINKS, JOURNAL, GITIGNORE, GITATTRIBUTES),
)
TOP_FILES: Final = frozenset({README, GITATTRIBUTES, GITIGNORE, LINKS, JOURNAL, READER_STATE, LOCK, LOCK_OWNER})
# Folders that no check looks into: their files are made again at will, or are nobody's business. The last two were
# folders of the reader in earlier versions.
UNCHECKED: Final = (f"{REPORTS}/", f"{QUARANTINE}/", f"{SITE}/", "assets/", "search/")
TEXT_SUFFIXES: Final = (".md", ".json", ".html", ".jsonl")  # of the files that may name others

_MONTH: Final = rf"{ARTICLES}/(?:{UNDATED}|\d{{4}}/\d{{2}})"
_BLOB: Final = rf"({IMAGES}|{MEDIA})/([0-9a-f]{{2}})/([0-9a-f]{{64}})\.([a-z0-9]+)"
_MONTH_README: Final = r"README(?:-\d+)?\.md"
# The folder of an article, or of an earlier version, by its name; one right in a month's folder may have any, unless it
# is itself one that holds such. What stands above is a month's, or what the template says.
_ARTICLE: Final = r"(?:[^/]+-)?[0-9a-f]{12}(?:-v[1-9]\d*)?"
_ABOVE: Final = rf"{ARTICLES}(?:/(?!{_ARTICLE}(?:/|\Z))[^/]+){{0,{MAX_PARENTS}}}"
_ANY_NAME: Final = rf"{_MONTH}/[^/]+(?!/(?:{SUMS}|{_MONTH_README})\Z)"
_FOLDER: Final = rf"{_ABOVE}/{_ARTICLE}(?=/|\Z)|{_ANY_NAME}"
_ARTICLE_NAME: Final = re.compile(_ARTICLE)
ARTICLE_ID: Final = re.compile(r"[0-9a-f]{12}")
MONTH_FOLDER: Final = re.compile(_MONTH)
ARTICLE_FOLDER: Final = re.compile(_FOLDER)
ARTICLE_TEXT: Final = re.compile(rf"(?:^|/){_ABOVE}/(?:[^/]*-)?([0-9a-f]{{12}})/{re.escape(TEXT)}\Z")  # id
ARTICLE_FILE: Final = re.compile(rf"({_FOLDER})/([^/]+)")  # folder, name
SUMS_FILE: Final = re.compile(rf"({_ABOVE})/{SUMS}")  # folder
BLOB: Final = re.compile(_BLOB)  # folder, first two digits, SHA-256, extension
BLOB_IN_BYTES: Final = re.compile(_BLOB.encode())
IMAGE_FILE: Final = re.compile(rf"{IMAGES}/[0-9a-f]{{2}}/[0-9a-f]{{64}}\.[a-z]+\Z")
ALBUM_FILE: Final = re.compile(rf"{ALBUMS}/[0-9a-f]+\.(?:json|md)")
GENERATED: Final = re.compile(rf"[^/]+\.(?:html|css|js|xml)|{_ABOVE}/{_MONTH_README}")  # pages that a build makes
LEFTOVER: Final = re.compile(rf"(?:^|/)(?:{re.escape(TEMPORARY)}|{re.escape(ASIDE)})")
TEMPORARY_NAME: Final = re.compile(re.escape(TEMPORARY) + r"[0-9a-f]{12}")
VERSION: Final = re.compile(r"-v([1-9]\d*)")  # the end of the folder of an earlier version: its number
INTO_ARCHIVE: Final = re.compile(  # in a note: what a link to a copy holds, whatever stands around it
    rf"{_MONTH}/|{ARTICLES}/[^\r\n]{{0,400}}?[0-9a-f]{{12}}/"
    rf"|(?:{IMAGES}|{MEDIA})/[0-9a-f]{{2}}/[0-9a-f]{{64}}\.|{ALBUMS}/[^/]+\.md".encode()
)
SERVED: Final = re.compile(  # what `archiver serve` gives out
    rf"{re.escape(HOME)}|{re.escape(README)}|{SITE}/.+\.(html|css|js)|{_BLOB}|{ALBUMS}/[^/]+\.md"
    rf"|{ARTICLES}/(?:.+/)?({re.escape(PAGE)}|{re.escape(TEXT)}|{re.escape(RECORD)}|README[-\d]*\.md)"
)


def month_folder(year_and_month: str) -> str:
    """The folder of the articles of a month (`2022/03`; empty: of those whose page tells no date)."""
    return f"{ARTICLES}/{year_and_month or UNDATED}"


def blob_path(folder: Literal["images", "media"], sha256: str, extension: str) -> str:
    """Where a file of that SHA-256 (hexadecimal, lower case) is kept."""
    return f"{folder}/{sha256[:2]}/{sha256}.{extension}"


def internal_report(digest: str) -> str:
    """The description of an internal error; the same fault of the same thing has the same `digest`."""
    return f"{REPORTS}/{INTERNAL_REPORT_GLOB.replace('*', digest)}"


def album_list(album_id: str) -> str:
    """The list of an album, for programs."""
    return f"{ALBUMS}/{album_id}.json"


def album_text(album_list: str) -> str:
    """The list of an album for people, given the one for programs."""
    return str(PurePosixPath(album_list).with_suffix(".md"))


def album_source(album_text: str) -> str:
    """The list of an album for programs, given the one for people."""
    return str(PurePosixPath(album_text).with_suffix(".json"))


def article_folder(path: str) -> str:
    """The folder of the article that holds a file; any other path comes back as it is."""
    match = ARTICLE_FOLDER.match(path)
    return match[0] if match else path


def id_of(folder: str) -> str:
    """The id in which the name of an article's folder ends."""
    return folder.rpartition("/")[2].rpartition("-")[2]


def is_article_name(name: str) -> bool:
    """Whether archiver calls the folders of articles, and of their earlier versions, like that."""
    return _ARTICLE_NAME.fullmatch(name) is not None


def target_of(path: str) -> str:
    """What a link to that file leads to, wherever the archive is and whatever its folders are called: the id of an
    article, for its text. Any other path comes back as it is."""
    match = ARTICLE_TEXT.search(path)
    return match[1] if match else path


def folder_of_text(path: str) -> str:
    """The folder of an article, given the path of its article.md; any other path comes back as it is."""
    return path.removesuffix(f"/{TEXT}")


def top_folder(path: str) -> str:
    """The first part of a path."""
    return path.partition("/")[0]
