"""Tell somebody how a sync went: a health check's address, a program. That this fails never fails the sync."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from archiver.archive.boundary import Boundary
from archiver.config import Config, NotifyConfig
from archiver.errors import FINE, ConfigError, FetchError, InternalError
from archiver.tasks.command import command_words, program_name

log = logging.getLogger(__name__)

COMMAND_SECONDS = 60
ANSWER_BYTES = 100_000


def notify_start(config: Config) -> list[InternalError]:
    """Tell the health check that a sync begins, so that it can tell how long one takes and whether one hangs. Returns
    what nobody foresaw, as far as it is news."""
    return _guarded(config, "health check", lambda: _ping(config, "/start"))


def notify_end(config: Config, exit_code: int, summary: str) -> list[InternalError]:
    """Tell the health check success or failure, and give the program the `summary` (one line of JSON). Returns as
    `notify_start` does."""
    return [
        *_guarded(config, "health check", lambda: _ping(config, "" if exit_code in FINE else "/fail")),
        *_guarded(config, "command", lambda: _run(config.notify, exit_code, summary)),
    ]


def _guarded(config: Config, name: str, notify: Callable[[], None]) -> list[InternalError]:
    root, url = config.archive_root, config.notify.healthchecks_url
    boundary = Boundary(root, keep=root.is_dir())
    known = boundary.waits("notification", name)
    # The path is the key to the check.
    hidden = (url, url.rstrip("/"), urlsplit(url).path.strip("/"), config.notify.command)
    try:
        with boundary.deferring("notification", name, hidden=hidden):
            notify()
    except InternalError as error:
        log.warning("the notification (%s) failed: %s", name, error)
        return [] if known else [error]
    return []


def _ping(config: Config, ending: str) -> None:
    base = config.notify.healthchecks_url.rstrip("/")
    if not base:
        return
    from archiver.fetch.http import HttpClient  # a run that tells nobody needs no network
    from archiver.fetch.settings import network_settings

    host = urlsplit(base).hostname or ""
    try:
        with HttpClient(network_settings(config), lambda asked: asked == host.lower(), anywhere=True) as client:
            client.get(base + ending, referer="", max_bytes=ANSWER_BYTES)
    except (FetchError, ConfigError) as error:
        # The path is the key to the check, and errors name addresses.
        log.warning("the health check at %s could not be told: %s", host, type(error).__name__)


def _run(notify: NotifyConfig, exit_code: int, summary: str) -> None:
    try:
        command = command_words(notify.command)
    except ValueError as error:
        log.warning("[notify] command could not be run: %s", error)
        return
    if command:
        _run_program(command, exit_code, summary)


def _run_program(command: list[str], exit_code: int, summary: str) -> None:
    import subprocess  # most runs do without

    environment: Mapping[str, str] = {**os.environ, "ARCHIVER_EXIT_CODE": str(exit_code)}
    try:
        done = subprocess.run(
            command, input=summary, text=True, encoding="utf-8", env=environment, capture_output=True,
            timeout=COMMAND_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        log.warning("[notify] command did not end in %g s: %s", COMMAND_SECONDS, program_name(command))
        return
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        log.warning("[notify] command could not be run: %s: %s", program_name(command), reason)
        return
    if done.returncode:
        log.warning("[notify] command ended with exit code %d: %s", done.returncode, done.stderr.strip()[-200:])
