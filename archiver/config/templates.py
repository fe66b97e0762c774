"""Templates and lists of names in the configuration: what may stand in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from archiver.models.front_matter import FRONT_MATTER

ARTICLE_PATH: Final = "{year}/{month}/{date}-{account}-{title}-{id}"
MAX_NAMES: Final = 4  # of folders below articles/, that of the article included
MAX_BYTES: Final = 120  # of UTF-8: leaves room below the 255 of common file systems and the 260 of a Windows path
FIELD: Final = re.compile(r"\{(\w+)\}")
_IN_PATHS = ("year", "month", "day", "date", "account", "title", "id")
_LITERAL = re.compile(r"[\w-]*")
ARTICLE_PATH_RULE: Final = (
    f"must be at most {MAX_NAMES} names of letters, digits, - and _ with a / between them, end in {{id}} or -{{id}}, "
    f"and have no other fields than {', '.join(f'{{{name}}}' for name in _IN_PATHS)}: none twice behind the last /, "
    "{title} and {id} only there"
)


def is_article_path(template: str) -> bool:
    """Whether a template of [output] article_path is one: whatever is filled in, it names a folder below the archive's,
    and by its end an article is known."""
    *above, last = template.split("/")
    fields, in_last = FIELD.findall(template), FIELD.findall(last)
    return (
        bool(_LITERAL.fullmatch(FIELD.sub("", template.replace("/", ""))))
        and set(fields) <= set(_IN_PATHS)
        and (last == "{id}" or last.endswith("-{id}"))
        and len(in_last) == len(set(in_last))
        and not any("{title}" in part or "{id}" in part for part in above)
        and len(above) < MAX_NAMES
        and all(above)
        and len(template.encode()) <= MAX_BYTES
    )


LINK_TEXT: Final = "{url}"
_IN_TEXTS = ("url", "title", "account", "date")
LINK_TEXT_RULE: Final = (
    f"must be one line with at least one of {', '.join(f'{{{name}}}' for name in _IN_TEXTS)}, and no other braces"
)


def is_link_text(template: str) -> bool:
    """Whether a template of [rewrite] link_text is one."""
    rest = FIELD.sub("", template)
    fields = FIELD.findall(template)
    return bool(fields) and set(fields) <= set(_IN_TEXTS) and rest.isprintable() and not set(rest) & set("{}")


FRONT_MATTER_RULE: Final = f"must hold only {', '.join(FRONT_MATTER)}, none twice"


def is_front_matter(keys: Sequence[str]) -> bool:
    """Whether these are keys of [output] front_matter."""
    return set(keys) <= set(FRONT_MATTER) and len(keys) == len(set(keys))
