"""The nouns: frozen dataclasses that the rooms pass to each other."""

from archiver.models.articles import (
    ONLY_A_LINE,
    Album,
    AlbumArticle,
    Article,
    ArticleRecord,
    Capture,
    ImageFile,
    ImageRef,
    Kind,
    Loss,
    OldVersion,
    Refusal,
    StoredImage,
)
from archiver.models.links import (
    Edit,
    Form,
    Link,
    Role,
    Span,
    Status,
    UrlKind,
)

__all__ = [
    "ONLY_A_LINE",
    "Album",
    "AlbumArticle",
    "Article",
    "ArticleRecord",
    "Capture",
    "Edit",
    "Form",
    "ImageFile",
    "ImageRef",
    "Kind",
    "Link",
    "Loss",
    "OldVersion",
    "Refusal",
    "Role",
    "Span",
    "Status",
    "StoredImage",
    "UrlKind",
]
