"""Keeps local, readable copies of the WeChat articles that Markdown notes link to.

What programs may use is archiver.api, whose names are here too (docs/api.md). They are loaded when they are asked for:
the command line does without, and starts quicker.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiver.api import (
        Account,
        Archive,
        ArchivedArticle,
        ArchiverError,
        Article,
        DamageError,
        Hit,
        Image,
        Link,
        ListedArticle,
        Loss,
        Mention,
        NewerFormatError,
        NoArchiveError,
        NoteError,
        PageError,
        QueryError,
        Refusal,
        Results,
        StoreError,
        UnknownArticleError,
        find_links,
        parse_page,
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

if not TYPE_CHECKING:  # to a type checker it would mean that there is every name

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        globals()[name] = value = getattr(import_module("archiver.api"), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
