"""A user's folder: notes, configuration and archive, with the replica as the web."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from archiver.archive.context import SYSTEM_CLOCK, Clock, utc_now
from archiver.cli.run_texts import attention_line, notice_line
from archiver.config import Config, config_text, load_config
from archiver.events import Event, Report, Summary
from archiver.notes.find import find
from archiver.notes.schemes import is_http
from archiver.stop import Stop
from archiver.tasks import sync as syncing
from archiver.tasks.run import open_run
from archiver.tasks.sync import Options
from tests import forkserver
from tests.replica import Replica

PROJECT = forkserver.PROJECT
MACHINE_STATE = {"catalogue.db", ".lock"}
LONG = 600  # seconds in which every answer comes, however busy the machine is


Now = Callable[[], datetime]


class Night:
    """A clock that only waiting moves: no test sleeps through the pauses between two tries."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def timing(self) -> Clock:
        return Clock(monotonic=lambda: self.seconds, wait=self.wait)


def sync(
    config: Config,
    options: Options,
    report: Report,
    now: Now = utc_now,
    stop: Stop | None = None,
    timing: Clock = SYSTEM_CLOCK,
) -> Summary:
    """A night; `now` tells the time, and `timing` how it goes by."""
    with open_run(config, report, clock=replace(timing, now=now), stop=stop) as context:
        return syncing.sync(context, options)


class World:
    """`notes/` below `root` are the notes, `archive/` is the archive. `events` are those of the last sync."""

    def __init__(self, root: Path, replica: Replica, engine: str = "http") -> None:
        self.root = root
        self.replica = replica
        self.notes = root / "notes"
        self.archive = root / "archive"
        self.notes.mkdir(exist_ok=True)
        self.events: list[Event] = []
        self._settings: dict[str, dict[str, Any]] = {
            "notes": {"root": "notes"},
            "network": {"proxy": replica.proxy_url, "ca_bundle": str(replica.ca_bundle)},
            "fetch": {"interval": 0, "engine": engine, "timeout": LONG},
        }
        self.configure()

    def configure(self, **sections: dict[str, Any]) -> None:
        """Change keys and write config.toml."""
        for section, values in sections.items():
            self._settings.setdefault(section, {}).update(values)
        (self.root / "config.toml").write_text(config_text(self._settings), "utf-8")

    @property
    def config(self) -> Config:
        return load_config(self.root / "config.toml")

    def note(self, path: str, text: str | bytes) -> Path:
        """Write a note."""
        file = self.notes / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def sync(self, options: Options | None = None, timing: Clock | None = None, now: Now = utc_now) -> Summary:
        """A night, without waiting for anything but answers unless `timing` says otherwise."""
        self.events = []
        return sync(self.config, options or Options(), self.events.append, now, timing=timing or Night().timing)

    def cli(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`archiver …` as a user runs it, with the folder's configuration."""
        return forkserver.run(arguments, cwd or self.root)

    def article_folders(self) -> list[Path]:
        return sorted(path.parent for path in self.archive.glob("articles/**/article.json"))

    def articles(self) -> list[dict[str, Any]]:
        """All article.json."""
        return [json.loads((folder / "article.json").read_text("utf-8")) for folder in self.article_folders()]

    def links(self) -> dict[str, dict[str, Any]]:
        """links.jsonl by URL."""
        lines = (self.archive / "links.jsonl").read_text("utf-8").splitlines()
        return {value["url"]: value for value in map(json.loads, lines)}

    def tree(self, *, with_machine_state: bool = False) -> dict[str, tuple[str, int]]:
        """Every file below the root with its SHA-256 and modification time."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            if "reports" in path.parts:
                continue
            if path.is_file() and (with_machine_state or path.name not in MACHINE_STATE):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[path.relative_to(self.root).as_posix()] = (digest, path.stat().st_mtime_ns)
        return found


def destinations(note: Path) -> list[str]:
    """Every destination in a Markdown file."""
    return [link.url for link in find(note.read_bytes(), every=True).links]


def broken(note: Path) -> list[str]:
    """The relative destinations that lead to no file."""
    local = [url for url in destinations(note) if url and "://" not in url and not url.startswith(("#", "mailto:"))]
    return [url for url in local if not (note.parent / unquote(url)).is_file()]


def without_destinations(data: bytes) -> bytes:
    """A note with every destination blanked: what a rewrite must not change.

    `[URL](path)`, which a rewrite makes of a bare URL, counts as the URL that it was.
    """
    for link in sorted(find(data, every=True).links, key=lambda link: -link.span.start):
        span = link.span
        was_bare = link.whole and data.startswith(b"[http", link.whole.start) and not is_http(link.url)
        if was_bare and link.whole and data[link.whole.start + 1 : span.start - 2].isascii():
            span = link.whole
        data = data[: span.start] + b"URL" + data[span.end :]
    return data


def tokens(text: str) -> Sequence[str]:
    """The short tokens of the article links in a text."""
    return re.findall(r"mp\.weixin\.qq\.com/s/([A-Za-z0-9_-]{22})", text)


def last_line(text: str) -> dict[str, object]:
    """The JSON in the last line of what a command printed."""
    found: dict[str, object] = json.loads(text.strip().splitlines()[-1])
    return found


def attention(summary: Summary) -> list[str]:
    """What a run says to people about what needs them."""
    return list(map(attention_line, (*summary.attention, *summary.as_before)))


def notices(summary: Summary) -> list[str]:
    """What a run says to people that is good to know."""
    return list(map(notice_line, summary.notices))
