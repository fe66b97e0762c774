"""Whether WeChat's pages have changed: signs that the newest pages show far more often than those before.

Two counts are compared by Fisher's exact test, one-sided (R. A. Fisher, Statistical Methods for Research Workers, 1934,
section 21.02): given how many pages show a sign in all, how likely do so many of them fall among the newest by chance?
It holds for any number of pages, so that small archives are quiet by themselves. Many signs are looked at: the level is
divided by their number (Bonferroni), without those that no page or every page shows, which could never count (R. E.
Tarone, A modified Bonferroni method for discrete data, Biometrics 46, 1990).

The test takes pages for independent, which those of one account are not: so a sign counts only where pages of two
accounts show it, and only if it was rare before. What authors choose (author, digest, cover) is no sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import comb

from archiver.models import ArticleRecord
from archiver.models.coverage import ENOUGH
from archiver.models.reading import UNKNOWN_KIND, Reading, SignCode, Unusual
from archiver.models.values import dataclass

HABIT = 200  # pages that make the habit
FEW = 10  # a smaller run is looked at with the pages before it, too: most nights bring one or two
LEVEL = 0.001  # how often a run without a change may be said to have one
RARE = 0.05  # share of pages before that may have shown a sign
# Data that every page has, whatever its author does.
_DATA = ("item_show_type", "title", "account", "published_at", "biz", "mid", "body", "images")
# Only pages that were opened by a long link tell ids here.
_BY_LINK = frozenset({"meta:og:url", "script:msg_link", "script:d.msg_link", "cgiDataNew:link"})


@dataclass(frozen=True, slots=True)
class Page:
    """What is compared of a page. `kind`: that of its article, "" where it gave none; `rendered`: its article came only
    when its scripts had run; `covered`: its copy has what it holds."""

    account: str
    kind: str
    reading: Reading
    rendered: bool = False
    covered: bool = True


@dataclass(frozen=True, slots=True)
class _Sign:
    code: SignCode
    kind: str  # of the pages that are compared; "" for all
    what: str
    shown: Callable[[Page], bool]
    counts: Callable[[Page], bool] = lambda _: True  # whether a page could show it


def page_of(record: ArticleRecord) -> Page | None:
    """What an article's record says of its page; None where an older archiver wrote it."""
    if record.reading is None:
        return None
    covered = record.coverage is None or record.coverage.lowest >= ENOUGH
    account = record.biz or record.account or record.id  # the name may be what is missing
    return Page(account, record.kind, record.reading, record.capture.get("rendered") is True, covered)


def unusual(pages: Sequence[Page], sizes: Iterable[int]) -> tuple[Unusual, ...]:
    """What the newest of `pages`, which are in order of time, show more than those before; `sizes`: how many of them
    are taken for the newest, one after the other. Of the others, the last HABIT count."""
    found = [trial for size in dict.fromkeys(sizes) for trial in _trials(pages, size)]
    shown: dict[tuple[SignCode, str, str], Unusual] = {}
    for sign, trial, recent, before in found:
        if (
            trial.chance * len(found) <= LEVEL
            and trial.before <= RARE * trial.of_before
            and _is_general(sign, recent, before)
        ):
            shown.setdefault((sign.code, sign.kind, sign.what), trial)
    return tuple(shown.values())


def _trials(pages: Sequence[Page], size: int) -> Iterator[tuple[_Sign, Unusual, list[Page], list[Page]]]:
    """The comparisons that can come out one way or the other."""
    recent, before = list(pages[-size:]), list(pages[: -size or len(pages)])[-HABIT:]
    if not recent or not before or not size:
        return
    for sign in _signs(recent, before):
        new, old = ([p for p in part if sign.kind in ("", p.kind) and sign.counts(p)] for part in (recent, before))
        counts = (sum(map(sign.shown, new)), len(new), sum(map(sign.shown, old)), len(old))
        if new and old and 0 < counts[0] + counts[2] < counts[1] + counts[3]:
            yield sign, Unusual(sign.code, sign.what, sign.kind, *counts, tail(*counts)), new, old


def tail(shown: int, of: int, before: int, of_before: int) -> float:
    """The chance that at least `shown` of `of` pages show a sign if these were drawn from all: the upper tail of the
    hypergeometric distribution."""
    total, having = of + of_before, shown + before
    ways = sum(comb(having, n) * comb(total - having, of - n) for n in range(shown, min(of, having) + 1))
    return ways / comb(total, of)


def _is_general(sign: _Sign, recent: Iterable[Page], before: Iterable[Page]) -> bool:
    """Whether pages of two accounts show it, or there is but one."""
    accounts = {page.account for page in recent if sign.shown(page)}
    return len(accounts) > 1 or all(page.account in accounts for page in (*recent, *before))


def _signs(recent: Sequence[Page], before: Sequence[Page]) -> Iterator[_Sign]:
    known = sorted({name for page in recent for name in page.reading.unknown} - {UNKNOWN_KIND})
    numbers = sorted({page.reading.item_show_type or 0 for page in recent if UNKNOWN_KIND in page.reading.unknown})
    yield _Sign(SignCode.UNKNOWN_KIND, "", ", ".join(map(str, numbers)), lambda p: UNKNOWN_KIND in p.reading.unknown)
    yield _Sign(SignCode.UNKNOWN_ELEMENT, "", ", ".join(known), lambda p: bool({*p.reading.unknown} - {UNKNOWN_KIND}))
    for kind in sorted({page.kind for page in recent} - {""}):
        yield _Sign(SignCode.RENDERED, kind, "", lambda p: p.rendered)
        yield _Sign(SignCode.UNCOVERED, kind, "", lambda p: not p.covered)
        for datum in _DATA:
            having = [page.reading.sources.get(datum, ()) for page in before if page.kind == kind]
            for place in sorted({place for places in having for place in places} - _BY_LINK):
                yield _missing(kind, datum, place)


def _missing(kind: str, datum: str, place: str) -> _Sign:
    """That a place does not have a datum any more. A page without images has none anywhere."""

    def shown(page: Page) -> bool:
        return place not in page.reading.sources.get(datum, ())

    def counts(page: Page) -> bool:
        return datum != "images" or datum in page.reading.sources

    return _Sign(SignCode.MISSING, kind, f"{datum} {place}", shown, counts)
