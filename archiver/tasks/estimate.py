"""How much there is to do, before it is done."""

from __future__ import annotations

import math
from collections.abc import Mapping

from archiver.config import Config
from archiver.gathering.incomplete import asked_url
from archiver.models import UrlKind
from archiver.models.values import dataclass
from archiver.tasks.run import Due
from archiver.wechat.media import video_of_url

# What an article and an image of a note take on disk, in MB, and how many images an article has: rough, from pages of
# 2017 to 2026.
ARTICLE_MB = 1.5
IMAGE_MB = 0.12
ARTICLE_IMAGES = 12
RUN_MINUTES = 8 * 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """Distinct links in the notes, and what the loading of the due pages will come to: images that only they name,
    minutes at the configured pace, gigabytes on disk, runs."""

    articles: int
    images: int
    article_images: int
    minutes: float
    gigabytes: float
    runs: int


def estimate(due: Due, config: Config) -> Estimate:
    """Estimate the work that is due, without a limit."""
    targets, fetch = due.scan.targets, config.fetch
    found = {kind: len({t.url for t in targets if t.kind is kind}) for kind in (UrlKind.ARTICLE, UrlKind.IMAGE)}
    articles, files = len(due.pages), len(due.plan.images) + len(due.files)
    minutes = (articles + len(due.plan.albums)) * max(fetch.interval * (1 + fetch.jitter / 2), 1.0) / 60
    by_time = math.ceil(minutes / RUN_MINUTES)
    by_count = math.ceil(articles / fetch.max_articles) if fetch.max_articles else 0
    return Estimate(
        articles=found[UrlKind.ARTICLE],
        images=found[UrlKind.IMAGE],
        article_images=articles * ARTICLE_IMAGES,
        minutes=minutes,
        gigabytes=(articles * ARTICLE_MB + files * IMAGE_MB) / 1000,
        runs=max(by_time, by_count),
    )


@dataclass(frozen=True, slots=True)
class Request:
    """An address that the next run asks for at its start, and what for: a place in a note (`note:line`), the folder of
    an article, or `archiver add`."""

    url: str
    where: str


def requests(due: Due, config: Config) -> Mapping[str, tuple[Request, ...]]:
    """What is asked for at the start of the run, by kind: pages of articles, albums, videos and images that notes show,
    and files that archived articles lack. Where a page cannot be had at the first address, others may be tried."""
    plan, variant = due.plan, config.images.variant
    images = (Request(asked_url(image.ref, variant), image.where) for image in plan.images)
    files = (Request(asked_url(file, variant), folder) for file, folder in due.files)
    return {
        "articles": tuple(Request(target.request, target.where) for target in due.pages),
        "albums": tuple(Request(target.request, target.where) for target in plan.albums),
        "videos": tuple(Request(asked_url(video_of_url(v.request), variant), v.where) for v in plan.videos),
        "images": tuple(images),
        "files": tuple(files),
    }
