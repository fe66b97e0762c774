"""Which articles the web archive is asked to capture, and with whose keys."""

from __future__ import annotations

import configparser
import os
from pathlib import Path

from archiver.archive.context import Context
from archiver.config import Config
from archiver.due.rescue import may_save
from archiver.errors import ConfigError
from archiver.gathering.save import Keys, save
from archiver.models.rescue import CameBack
from archiver.store.lines import LinkEntry
from archiver.store.lookup import repository_root
from archiver.wechat import urls

ENVIRONMENT = ("IA_ACCESS_KEY_ID", "IA_SECRET_ACCESS_KEY")  # as the program `ia` has them


def save_in_run(context: Context, spent: int) -> CameBack:
    """What sync does where [rescue] save wants it, after so many requests to the web archive. Raises StoreError."""
    settings = context.config.rescue
    link_entries = alive(context) if settings.save and not context.stop.requested else []
    if not link_entries:
        return CameBack()
    if spent >= settings.max_requests:
        return CameBack(left=len(link_entries))
    try:
        return save(context, link_entries, read_keys(context.config), settings.max_requests - spent)
    except ConfigError as error:
        return CameBack(left=len(link_entries), why=str(error))


def alive(context: Context) -> list[LinkEntry]:
    """A link of each article that is alive and was not captured yet, its short one if there is one: addresses with
    parameters are badly saved. Those that were seen last come first."""
    archive, now = context.archive, context.now()
    found = [entry for entry in archive.links if may_save(entry, now) and archive.folders.has(entry.target)]
    done = {entry.target for entry in archive.links if entry.saved or entry.via or entry.gone}
    found.sort(key=lambda entry: entry.checked, reverse=True)
    found.sort(key=lambda entry: not urls.is_short(entry.url))
    first = {entry.target: entry for entry in reversed(found) if entry.target not in done}
    return [entry for entry in found if first.get(entry.target) is entry]


def read_keys(config: Config) -> Keys:
    """The user's keys of archive.org, from the file that is configured or from the environment. Raises ConfigError,
    which names neither key."""
    file = config.rescue_keys
    if file is None:
        access, secret = (os.environ.get(name, "").strip() for name in ENVIRONMENT)
        if not access or not secret:
            raise ConfigError(f"[rescue] save needs your keys of archive.org: set {' and '.join(ENVIRONMENT)}")
        return Keys(access, secret)
    for place in (config.archive_root, repository_root(config.notes_root), repository_root(config.archive_root)):
        if place and file.is_relative_to(place):
            raise ConfigError(f"[rescue] keys: {file} lies in {place}, where keys do not belong: move it out of there")
    return _from_file(file)


def _from_file(file: Path) -> Keys:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(file.read_text("utf-8-sig"))
        access, secret = (parser["s3"][name].strip() for name in ("access", "secret"))
    except OSError as error:
        raise ConfigError(f"[rescue] keys: cannot read {file}: {error.strerror}") from error
    except (configparser.Error, KeyError, UnicodeDecodeError):
        raise ConfigError(f"[rescue] keys: {file} has no section [s3] with access and secret") from None
    if not access or not secret:
        raise ConfigError(f"[rescue] keys: {file} has no section [s3] with access and secret")
    return Keys(access, secret)
