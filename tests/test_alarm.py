"""The alarm when WeChat changes: quiet for what is as usual, heard when a template is not what it was."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.cli.jsonlines import event_line
from archiver.cli.run_texts import pages_text
from archiver.due.habit import FEW, HABIT, Page, tail, unusual
from archiver.events import PagesDiffer
from archiver.models.reading import UNKNOWN_KIND, Reading, SignCode
from archiver.schemas.output import output_schema
from archiver.store.layout import CATALOGUE
from tests.builders import titled
from tests.outputs import problems
from tests.replica.pages import article_page
from tests.world import World

BEFORE = datetime(2026, 5, 6, 1, tzinfo=UTC)
SOURCES = {
    "item_show_type": ("cgiDataNew:item_show_type", "script:item_show_type"),
    "title": ("cgiDataNew:title", "meta:og:title", "script:msg_title"),
    "account": ("cgiDataNew:nick_name", "element:#js_name"),
    "author": ("meta:author",),
    "published_at": ("script:ct",),
    "biz": ("script:biz", "meta:og:url"),
    "body": ("element:#js_content", "cgiDataNew:content_noencode"),
    "images": ("img:data-src",),
}


def page(account: int = 0, **changed: tuple[str, ...]) -> Page:
    sources = {datum: places for datum, places in {**SOURCES, **changed}.items() if places}
    return Page(f"account {account}", "article", Reading(0, sources))


def without(given: Page, place: str) -> Page:
    """The page with a place that does not have its datum any more."""
    kept = {datum: tuple(p for p in places if p != place) for datum, places in given.reading.sources.items()}
    return replace(given, reading=replace(given.reading, sources={d: places for d, places in kept.items() if places}))


def with_unknown(given: Page, name: str, number: int = 0) -> Page:
    return replace(given, reading=replace(given.reading, unknown=(name,), item_show_type=number))


def pages(count: int, change: Callable[[Page], Page] = lambda p: p, accounts: int = 5) -> list[Page]:
    return [change(page(n % accounts)) for n in range(count)]


CHANGES: dict[str, tuple[Callable[[Page], Page], SignCode, str]] = {
    "og:title": (lambda p: without(p, "meta:og:title"), SignCode.MISSING, "title meta:og:title"),
    "js_content": (lambda p: without(p, "element:#js_content"), SignCode.MISSING, "body element:#js_content"),
    "epoch": (lambda p: without(p, "script:ct"), SignCode.MISSING, "published_at script:ct"),
    "lazy": (lambda p: page(int(p.account[-1]), images=("img:data-lazy",)), SignCode.MISSING, "images img:data-src"),
    "kind": (lambda p: with_unknown(p, UNKNOWN_KIND, 99), SignCode.UNKNOWN_KIND, "99"),
    "element": (lambda p: with_unknown(p, "mp-common-new"), SignCode.UNKNOWN_ELEMENT, "mp-common-new"),
    "coverage": (lambda p: replace(p, covered=False), SignCode.UNCOVERED, ""),
    "rendered": (lambda p: replace(p, rendered=True), SignCode.RENDERED, ""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_all_pages_is_heard(name: str) -> None:
    change, code, what = CHANGES[name]
    (sign,) = unusual([*pages(60), *pages(6, change)], [6])
    assert (sign.code, sign.what, sign.pages, sign.of, sign.before, sign.of_before) == (code, what, 6, 6, 0, 60)
    assert what in pages_text(PagesDiffer((sign,)))
    assert "archiver report" in pages_text(PagesDiffer((sign,)))


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_always_so_is_no_change(name: str) -> None:
    change, _, _ = CHANGES[name]
    assert unusual([*pages(60, change), *pages(6, change)], [6]) == ()
    if name != "lazy":  # that is another place
        assert unusual([*pages(60, change), *pages(6)], [6]) == (), "nor is it one when it gets better"


def test_one_page_a_night_adds_up() -> None:
    change, code, _ = CHANGES["js_content"]
    heard = [unusual([*pages(200), *pages(night, change)], (1, FEW)) for night in range(1, 6)]
    assert not heard[0], "one page is no change"
    assert [sign.code for sign in heard[-1]] == [code]


def test_the_habit_is_what_was_last() -> None:
    change, _, _ = CHANGES["og:title"]
    (sign,) = unusual([*pages(500, change), *pages(HABIT), *pages(10, change)], [10])
    assert (sign.before, sign.of_before) == (0, HABIT)


def test_what_one_account_does_is_its_own() -> None:
    change, _, _ = CHANGES["element"]
    assert unusual([*pages(200), *pages(12, change, accounts=1)], [12]) == ()
    assert unusual([*pages(200, accounts=1), *pages(12, change, accounts=1)], [12]), (
        "where there is no other, it counts"
    )


def test_what_authors_leave_out_is_no_sign() -> None:
    assert unusual([*pages(200), *pages(30, lambda p: without(p, "meta:author"))], [30]) == ()
    assert unusual([*pages(200), *pages(30, lambda p: without(p, "meta:og:url"))], [30]) == (), "nor are short links"
    assert unusual([*pages(200), *pages(30, lambda p: without(p, "img:data-src"))], [30]) == (), "nor texts alone"


def test_kinds_are_compared_with_their_own() -> None:
    """That posts of text come after articles is no change; that they change is one."""
    post = [replace(page(n % 5, body=("title",)), kind="text") for n in range(40)]
    assert unusual([*pages(200), *post], [40]) == ()
    changed = [without(p, "script:ct") for p in post[:8]]
    assert {(s.kind, s.what) for s in unusual([*pages(100), *post, *changed], [8])} == {
        ("text", "published_at script:ct")
    }


ANY_PAGE = st.builds(
    lambda account, gone, covered: replace(without(page(account), gone), covered=covered),
    st.integers(0, 3),
    st.sampled_from([place for places in SOURCES.values() for place in places]),
    st.booleans(),
)


@settings(max_examples=60)
@given(st.lists(ANY_PAGE, max_size=12), st.integers(0, 12))
def test_small_archives_are_quiet(given_pages: list[Page], size: int) -> None:
    """Of twelve pages, any six are the newest with a chance of 1 in 924."""
    assert unusual(given_pages, (size, FEW)) == ()


@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_the_chance_is_that_of_drawing(of: int, of_before: int, data: st.DataObject) -> None:
    shown, before = data.draw(st.integers(0, of)), data.draw(st.integers(0, of_before))
    having = range(shown + before)
    drawn = [sum(n in having for n in pick) >= shown for pick in combinations(range(of + of_before), of)]
    assert tail(shown, of, before, of_before) == pytest.approx(sum(drawn) / comb(of + of_before, of))


def test_usual_variation_is_quiet() -> None:
    """Archives whose pages lack one thing or the other by chance, at any rate; the level is one alarm in a thousand."""
    chance = random.Random(13)
    alarms = 0
    for _ in range(25):
        rates = {place: chance.choice([0, 0.01, 0.03, 0.3, 0.7]) for places in SOURCES.values() for place in places}

        def one() -> Page:
            made = page(chance.randrange(8))
            for place, rate in rates.items():  # noqa: B023 - called in this turn only
                made = without(made, place) if chance.random() < rate else made
            return replace(made, covered=chance.random() > 0.02)

        run = chance.choice([1, 3, 10, 25])
        alarms += bool(unusual([one() for _ in range(150 + run)], (run, max(run, FEW))))
    assert alarms <= 1


# On real runs


def _serve(world: World, names: Iterable[str], change: Callable[[str], str] = lambda text: text) -> None:
    urls = []
    for n, name in enumerate(names):
        spec = titled(name, biz=f"MzA5MDAwMDAw{n % 3}A==", account=f"账号{n % 3}").with_ids()
        url = world.replica.add_article(spec)
        world.replica.add_page(url, change(article_page(spec, url).decode()).encode())
        urls.append(f"[文]({url})\n\n")
    world.note(f"{name}.md", "".join(urls))


def _changed(text: str) -> str:
    """The page with another title element, another place of the body, and the number of a new kind."""
    assert "og:title" in text
    assert 'id="js_content"' in text
    text = re.sub(r"(item_show_type(?: =|:) ['\"])0", r"\g<1>31", text)
    return text.replace("og:title", "og:heading").replace('id="js_content"', 'id="js_body"')


def _without_article(text: str) -> str:
    """Such a page on which nothing is where an article is."""
    return _changed(text).replace("content_noencode", "other").replace("rich_media_content", "")


def test_a_run_tells_once(world: World) -> None:
    _serve(world, [f"旧{n}" for n in range(20)])
    assert world.sync(now=lambda: BEFORE).notices == []
    _serve(world, [f"新{n}" for n in range(6)], _changed)
    _serve(world, [f"无{n}" for n in range(2)], _without_article)
    (world.archive / CATALOGUE).unlink()  # the habit is in the articles
    summary = world.sync()
    assert len(world.articles()) == 26
    (told,) = [event for event in world.events if isinstance(event, PagesDiffer)]
    assert summary.notices == [told]
    shown = {(sign.code, sign.what): sign for sign in told.signs}
    assert shown.keys() >= {
        (SignCode.MISSING, "title meta:og:title"),
        (SignCode.MISSING, "body element:#js_content"),
        (SignCode.UNKNOWN_KIND, "31"),
    }
    assert [shown[SignCode.UNKNOWN_KIND, "31"].pages, shown[SignCode.UNKNOWN_KIND, "31"].of] == [8, 8]
    assert problems(output_schema("sync"), json.loads(event_line(told))) == []
    status = json.loads(world.cli("status", "--json").stdout)
    assert ("missing", "title meta:og:title") in {(sign["code"], sign["what"]) for sign in status["pages"]}
    assert world.sync().notices == [], "no page came"
