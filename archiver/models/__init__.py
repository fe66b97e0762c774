"""The nouns: frozen dataclasses that the rooms pass to each other."""

from archiver.models.articles import (
    Album,
    AlbumArticle,
    Article,
    ArticleRecord,
    Capture,
    EditedPart,
    ImageFile,
    ImageRef,
    Kind,
    OldVersion,
    PageChange,
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
from archiver.models.losses import ONLY_A_LINE, Loss, LossCode

__all__ = [
    "ONLY_A_LINE",
    "Album",
    "AlbumArticle",
    "Article",
    "ArticleRecord",
    "Capture",
    "Edit",
    "EditedPart",
    "Form",
    "ImageFile",
    "ImageRef",
    "Kind",
    "Link",
    "Loss",
    "LossCode",
    "OldVersion",
    "PageChange",
    "Refusal",
    "Role",
    "Span",
    "Status",
    "StoredImage",
    "UrlKind",
]
