"""Workers as the configuration wants them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from archiver.config import Config
from archiver.fetch.engine import engine_factory
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Pacer
from archiver.fetch.settings import network_settings
from archiver.store.cookies import load_cookies
from archiver.wechat import images, urls
from archiver.wechat.media import is_media_host
from archiver.workers import Workers


@contextmanager
def start_workers(config: Config) -> Iterator[Workers]:
    """Workers as the configuration wants them. Raises ConfigError or BrowserMissingError."""
    settings = replace(network_settings(config), cookies=load_cookies(config.archive_root))
    make_engine = engine_factory(config, settings, urls.is_page_host, urls.is_script_host)
    pacer = Pacer(config.fetch.interval, config.fetch.jitter)
    with (
        HttpClient(settings, lambda host: images.is_image_host(host) or is_media_host(host)) as client,
        Workers(
            make_engine,
            client,
            pacer,
            jobs=config.fetch.jobs,
            image_jobs=config.fetch.image_jobs,
            variant=config.images.variant,
            max_media_bytes=round(config.media.max_mb * 1e6),
        ) as workers,
    ):
        yield workers
