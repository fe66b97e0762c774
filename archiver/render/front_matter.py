"""The front matter of an article.md: what a program reads before the text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from archiver.models import Article, ArticleRecord
from archiver.models.front_matter import FRONT_MATTER
from archiver.models.values import dataclass
from archiver.render.text import beijing_date, one_line, title_of

if TYPE_CHECKING:
    from archiver.render.surroundings import Backlink

_FENCE = "---\n"
_MORE = re.compile(rf"(?:{'|'.join(FRONT_MATTER)}): ")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that the configuration adds, and the `tags` of every article."""

    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def lines(self, article: Facts, backlinks: Sequence[Backlink] = ()) -> list[str]:
        """A line for each key of which there is something to say."""
        values = {
            "date": [article.date] if article.date else [],
            "tags": [_list(self.tags)] if self.tags else [],
            "aliases": [_list([title_of(article.title)])],
            "stars": [str(max(link.stars for link in backlinks))] if any(link.stars for link in backlinks) else [],
            "notes": [_list(sorted({link.note for link in backlinks}))] if backlinks else [],
            "digest": [_yaml(article.digest)] if article.digest else [],
        }
        return [f"{name}: {value}" for name in FRONT_MATTER if name in self.names for value in values[name]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What of an article such a key is made from; `date` is Beijing's, empty where it is not known."""

    title: str
    digest: str
    date: str


NO_KEYS = Keys()


def front_matter(article: Article, record: ArticleRecord, more: Iterable[str] = ()) -> str:
    """The block with its fences; `more` are lines that the configuration adds."""
    texts = {"title": title_of(article.title), "account": article.account, "author": article.author}
    lines = [f"{name}: {_yaml(text)}" for name, text in texts.items()]
    lines.append(f"published: {beijing_date(article.published_at) or 'null'}")
    lines.append(f"url: {_yaml(record.url)}")
    if (found := record.provenance) and not found.is_import:  # what is imported is to be what it was
        lines += [f"archived: {found.day}", f"via: {_yaml(found.url)}"]
    return f"{_FENCE}" + "\n".join([*lines, *more]) + "\n---"


def put_more(text: str, more: Iterable[str]) -> str:
    """An article.md whose front matter has these lines, and no others that the configuration adds. A text without front
    matter comes back as it is."""
    end = text.find(f"\n{_FENCE}")
    if not text.startswith(_FENCE) or end < 0:
        return text
    kept = [line for line in text[len(_FENCE) : end].split("\n") if not _MORE.match(line)]
    return _FENCE + "\n".join([*kept, *more]) + text[end:]


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_yaml, texts))}]"


def _yaml(text: str) -> str:
    """A text as a YAML string, of which a viewer that knows no front matter makes no HTML, image or link."""
    quoted = json.dumps(one_line(text), ensure_ascii=False)  # a JSON string is also a YAML one
    return re.sub(r"<|\](?=[(\[:])", lambda match: f"\\u{ord(match[0]):04x}", quoted)
