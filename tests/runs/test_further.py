"""Articles that no note names: of albums that are followed, and those that archived articles link to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from archiver.errors import UsageError
from archiver.events import ArticleDone
from archiver.tasks.add import Given, add, read_lines
from archiver.tasks.forget import forget, plan_forgetting
from archiver.tasks.run import open_run
from archiver.tasks.sync import Options
from tests.builders import serve_album, titled
from tests.replica.albums import AlbumSpec
from tests.runs.support import NIGHT
from tests.world import Night, World, sync

TITLES = ("第一篇", "第二篇", "第三篇")
DAY = timedelta(days=1)


def _album(world: World, *titles: str) -> AlbumSpec:
    articles = [titled(title) for title in titles]
    for article in articles:
        world.replica.add_article(article)
    given = AlbumSpec("3300000000000000001", "合集", "测试号", [(a.title, a.long_url, 1_767_225_600) for a in articles])
    serve_album(world, given)
    return given


def _night(world: World, number: int, limit: int = 0) -> list[str]:
    """The titles of what the n-th night has archived, in order."""
    moment: datetime = NIGHT + number * DAY
    events: list[object] = []
    summary = sync(world.config, Options(limit), events.append, lambda: moment, timing=Night().timing)
    assert summary.exit_code == 0
    return [event.title for event in events if isinstance(event, ArticleDone) and event.title != "合集"]


def _titles(world: World) -> set[str]:
    return {article["title"] for article in world.articles()}


def test_an_album_is_followed_after_the_notes_own_links(world: World) -> None:
    album = _album(world, *TITLES)
    world.note("a.md", f"[合集]({album.url})\n")
    assert _night(world, 0) == _night(world, 1) == []
    world.configure(albums={"follow": "all"})
    world.note("b.md", f"[x]({world.replica.add_article(titled('笔记里的'))})\n")
    assert _night(world, 2, limit=2) == ["笔记里的", TITLES[0]]
    assert _night(world, 3, limit=1) == [TITLES[1]]
    _album(world, "新的一篇", *TITLES)
    assert _night(world, 4) == [TITLES[2]]
    assert _night(world, 5) == ["新的一篇"]
    assert (world.archive / "albums/3300000000000000001.md").read_text("utf-8").count("articles/") == 4
    world.replica.clear_requests()
    assert _night(world, 6) == []
    assert [request.url for request in world.replica.requests] == [album.url]


def test_a_list_that_does_not_come_again_stays(world: World) -> None:
    album = _album(world, *TITLES)
    world.configure(albums={"follow": "all"})
    note = world.note("a.md", f"[合集]({album.url})\n")
    _night(world, 0)
    _night(world, 1)
    before, text = world.links()[album.url], note.read_text("utf-8")
    assert text.startswith("[合集](../archive/albums/")
    for fault in ("status:500", "deleted"):
        world.replica.fault(album.url, fault)
        assert _night(world, 2 if fault == "deleted" else 3) == [""]
        world.replica.clear_faults()
        now = world.links()[album.url]
        assert now["status"] == "archived"
        assert now["target"] == before["target"]
        assert note.read_text("utf-8") == text
    assert _night(world, 4) == []


def test_albums_that_are_given(world: World) -> None:
    album = _album(world, *TITLES)
    with pytest.raises(UsageError):
        read_lines([Given(album.url, "argument", 1)])
    world.configure(fetch={"max_articles": 2})
    world.note("a.md", "nothing\n")
    wanted = read_lines([Given(album.url, "argument", 1)], albums=True)
    with open_run(world.config, clock=replace(Night().timing, now=lambda: NIGHT)) as context:
        assert add(context, wanted).exit_code == 0
    assert _titles(world) == set(TITLES[:2])
    assert _night(world, 1) == [TITLES[2]]
    _album(world, "新的一篇", *TITLES)
    assert _night(world, 2) == []
    world.configure(albums={"follow": "added"})
    assert _night(world, 3) == []
    assert _night(world, 4) == ["新的一篇"]
    with open_run(world.config) as context:
        folder = next(str(f.relative_to(world.archive)) for f in world.article_folders() if TITLES[0] in f.name)
        forget(context, plan_forgetting(context, [folder]))
        add(context, wanted)
    _night(world, 5)
    assert _titles(world) == {"新的一篇", *TITLES[1:]}


def test_what_articles_link_to_and_no_further(world: World) -> None:
    last = titled("三")
    second = titled("二", f'<p><a href="{last.long_url}">三</a></p>')
    first = titled("一", f'<p><a href="{second.long_url}">二</a></p>')
    for article in (first, second, last):
        url = world.replica.add_article(article)
        if article is first:
            world.note("a.md", f"[x]({url})\n")
    assert _night(world, 0) == ["一"]
    assert _night(world, 1) == []
    world.configure(links={"depth": 1})
    assert _night(world, 2) == ["二"]
    (folder,) = (folder for folder in world.article_folders() if folder.name.split("-")[-2] == "一")
    assert "[二](../" in (folder / "article.md").read_text("utf-8")
    assert _night(world, 3) == _night(world, 4) == []
    assert _titles(world) == {"一", "二"}
