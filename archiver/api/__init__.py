"""What other programs may use of archiver, by `import archiver`; docs/api.md promises it. All else is private."""

from archiver.api.archive import Archive
from archiver.api.nouns import (
    Account,
    ArchivedArticle,
    Article,
    Hit,
    Image,
    Link,
    ListedArticle,
    Loss,
    Mention,
    Refusal,
    Results,
)
from archiver.api.reading import find_links, parse_page
from archiver.errors import (
    ArchiverError,
    DamageError,
    NewerFormatError,
    NoArchiveError,
    NoteError,
    PageError,
    QueryError,
    StoreError,
    UnknownArticleError,
)

__all__ = [
    "Account",
    "Archive",
    "ArchivedArticle",
    "ArchiverError",
    "Article",
    "DamageError",
    "Hit",
    "Image",
    "Link",
    "ListedArticle",
    "Loss",
    "Mention",
    "NewerFormatError",
    "NoArchiveError",
    "NoteError",
    "PageError",
    "QueryError",
    "Refusal",
    "Results",
    "StoreError",
    "UnknownArticleError",
    "find_links",
    "parse_page",
]
