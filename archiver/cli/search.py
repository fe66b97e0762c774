"""archiver search, in English or Chinese as the locale says."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.cli.common import Shared
from archiver.cli.jsonlines import print_json
from archiver.cli.language import reads_chinese
from archiver.cli.output import err, out
from archiver.cli.reader import reading
from archiver.cli.short import short
from archiver.config import Config
from archiver.errors import QueryError, UsageError
from archiver.reader.query import FILTERS, Query, parse_query
from archiver.reader.search import Hit, search
from archiver.store.layout import TEXT


def as_query(words: Sequence[str]) -> str:
    """The words of a command line as a query: one with spaces is a phrase."""
    return " ".join(word if " " not in word or '"' in word else f'"{word}"' for word in words)


def asked(words: Sequence[str]) -> Query:
    """What they ask for. Raises QueryError, in the language of the locale."""
    try:
        return parse_query(as_query(words))
    except QueryError as error:
        raise QueryError(error.chinese if reads_chinese() else str(error)) from error


def tell_unknown(query: Query) -> None:
    """Name what was meant for a filter and is none: it was looked for as a word, and is seldom found."""
    if not query.unknown:
        return
    words, known = ", ".join(map(short, query.unknown)), " ".join(f"{name}:" for name in FILTERS)
    if reads_chinese():
        err.print(f"没有这样的筛选条件，按普通词查找：{words}。可用的有 {known}")
    else:
        err.print(f"no filter, so looked for as it stands: {words}. There are {known}")


def search_command(shared: Shared, query: tuple[str, ...], limit: int) -> None:
    """`archiver search`."""
    config = shared.config()
    wanted = asked(query)
    if not wanted:
        raise UsageError("没有要查找的词" if reads_chinese() else "nothing to search for")
    with reading(config) as catalogue:
        found = search(catalogue, wanted, limit)
    if not shared.as_json:
        for hit in found.hits:
            _show(config, hit)
        tell_unknown(wanted)
        err.print(_count(found.total, len(found.hits)))
        return
    for hit in found.hits:
        print_json("hit", _hit_json(config, hit))
    members = {"found": found.total, "shown": len(found.hits), "unknown_filters": wanted.unknown, "exit_code": 0}
    print_json("summary", members, schema=1)


def _count(total: int, shown: int) -> str:
    is_more = shown < total
    if reads_chinese():
        return (f"共 {total:,} 篇" + (f"，显示前 {shown:,} 篇" if is_more else "")) if total else "没有找到"
    return f"{total:,} found" + (f", {shown:,} shown" if is_more else "")


def _hit_json(config: Config, hit: Hit) -> dict[str, object]:
    item = hit.item
    return {
        "url": item.url,
        "title": item.title,
        "path": str(config.archive_root / item.folder / TEXT),
        "account": item.account,
        "date": item.date,
        "status": "partial" if item.partial else "archived",
        "stars": item.stars,
        "snippet": "".join(text for text, _ in hit.pieces),
    }


def _show(config: Config, hit: Hit) -> None:
    item = hit.item
    out.print_styled((item.title or item.folder, {"bold": True}))
    facts = (
        item.date,
        item.account,
        "★" * item.stars,
        ("不完整" if reads_chinese() else "partial") if item.partial else "",
    )
    out.print("  " + " · ".join(filter(None, facts)))
    out.print_as_it_is(f"  {config.archive_root / item.folder / 'index.html'}")
    if hit.pieces:
        out.print_styled(("  ", {}), *((text, {"reverse": True} if is_hit else {}) for text, is_hit in hit.pieces))
    out.print("")
