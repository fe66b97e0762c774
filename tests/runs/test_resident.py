"""What a long run holds in memory: of an article that is written, little more than its lines."""

from __future__ import annotations

import gc

from archiver.events import ArticleDone, Event
from archiver.models import ArticleRecord, StoredImage
from archiver.models.reading import Reading
from archiver.tasks.sync import Options
from tests.replica import short_token
from tests.world import Night, World, sync

ARTICLES = 10


def held() -> int:
    """How many records, images and readings there are."""
    gc.collect()
    return sum(isinstance(one, (ArticleRecord, StoredImage, Reading)) for one in gc.get_objects())


def test_a_run_holds_nothing_of_what_it_has_written(world: World) -> None:
    """After each article: no more behind the last one than behind the first ones."""
    names = [f"https://mp.weixin.qq.com/s/{short_token(f'article {number}')}" for number in range(ARTICLES)]
    world.note("a.md", "".join(f"- [x]({name})\n" for name in names))
    counts: list[int] = []

    def tell(event: Event) -> None:
        if isinstance(event, ArticleDone):
            counts.append(held())

    sync(world.config, Options(), tell, timing=Night().timing)
    assert len(counts) == len(world.article_folders()) == ARTICLES
    assert sum(len(article["images"]) for article in world.articles()) > 2 * ARTICLES
    assert counts[-1] <= max(counts[:3]), counts
