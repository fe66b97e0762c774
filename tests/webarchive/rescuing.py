"""A user's folder with links that are lost, and a rescue of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from archiver.models import Status, UrlKind
from archiver.store.lines import LinkEntry
from archiver.tasks.rescue import RescueReport, rescue_lost
from archiver.tasks.run import open_run
from tests.replica import ArticleSpec
from tests.replica.pages import article_page
from tests.world import Night, World

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
CHECKED = "2026-01-02T02:00:00+00:00"
ADDRESS = "https://web.archive.org/web/{}id_/{}"


def short(letter: str) -> str:
    """A short link."""
    return f"https://mp.weixin.qq.com/s/{letter * 22}"


def lose(world: World, *links: tuple[str, Status], **more: object) -> None:
    """Let links.jsonl say of links that WeChat no longer gives what they lead to."""
    with open_run(world.config) as context:
        for url, status in links:
            context.archive.put_links(
                LinkEntry(url, UrlKind.ARTICLE, status, attempts=5, checked=CHECKED, walls=3 * (status is Status.WALL))
            )


def note_of(urls: Iterable[str]) -> str:
    """A note that links to them."""
    return "".join(f"* [{number}]({url})\n" for number, url in enumerate(urls))


def page(spec: ArticleSpec, url: str) -> bytes:
    """The page of an article as it was when it could be opened by its short link `url`."""
    return article_page(spec.with_ids(), url)


def rescue(world: World, *selection: str, night: Night | None = None, now: datetime = NOW) -> RescueReport:
    """`archiver rescue`, without waiting. The web archive counts by the same clock."""
    night = night or Night()
    world.replica.wayback.clock = lambda: night.seconds
    with open_run(world.config, clock=replace(night.timing, now=lambda: now)) as context:
        return rescue_lost(context, selection, lambda *_: None)
