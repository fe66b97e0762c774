"""Look at everything that a nightly sync needs, without asking the network for anything."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from archiver.amounts import counted, size
from archiver.config import SECTIONS, Config, find_config, load_config
from archiver.distribution import DISTRIBUTION
from archiver.errors import ArchiverError, BrowserMissingError, ConfigError, LockedError, NotAnArchiveError, StoreError
from archiver.fetch.find_browser import find_browser, is_root
from archiver.fetch.proxy import Proxy
from archiver.fetch.settings import NetworkSettings, network_settings
from archiver.store.articles import ArticleFolders
from archiver.store.cookies import load_cookies
from archiver.store.files import write_atomic
from archiver.store.guard import is_inside
from archiver.store.integrity import is_busy, read_index
from archiver.store.layout import CATALOGUE, REPORTS, WRITE_PROBE
from archiver.store.lock import archive_lock
from archiver.store.ownership import refuse_foreign
from archiver.tasks.command import command_words, program_name
from archiver.tasks.doctor_distribution import check_distribution
from archiver.tasks.doctor_git import check_git
from archiver.tasks.doctor_schedule import check_schedule
from archiver.tasks.health import Check, fail, ok, warn
from archiver.tasks.program import found_program, own_program

PYTHON = (3, 11)
LOW, VERY_LOW = 2_000_000_000, 200_000_000  # bytes


def examine(config_file: Path | None, now: datetime) -> list[Check]:
    """All checks, in the order in which they build upon each other. A configuration that is wrong ends them."""
    checks = [_check_python(), _check_program(), check_distribution()]
    try:
        file = (config_file or find_config(Path.cwd())).resolve()
        config = load_config(file)
    except ConfigError as error:
        return [*checks, fail("config", str(error), "archiver init writes one, with every key")]
    checks += _check_config(file)
    checks += [_check_notes(config), _check_browser(config), _check_fonts(), *_check_network(config)]
    checks += [*_check_archive(config), *check_git(config), *check_schedule(config, file, now)]
    return [*checks, _check_clock(config, now)]


def _check_python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON:
        return fail("python", version, "install Python 3.11 or newer")
    return ok("python", f"{version}, {sys.executable}")


def _check_program() -> Check:
    """Another program of this name would be what the schedule runs and a person calls."""
    found = found_program()
    if found and not own_program():
        cure = f"see that {DISTRIBUTION} comes first in PATH: the archiver of the package index is another program"
        return warn("program", f"{found} is not the archiver that runs now", cure)
    return ok("program", str(found or f"{sys.executable} -m archiver"))


def _check_config(file: Path) -> Iterator[Check]:
    """One line for the file, one for each value that is not the default."""
    yield ok("config", str(file))
    said = tomllib.loads(file.read_text("utf-8-sig"))
    for name, section in SECTIONS.items():
        for key in fields(section):
            value = said.get(name, {}).get(key.name)
            if value is not None and value != getattr(section(), key.name):
                yield ok(f"{name}.{key.name}", f"{_shown(key.name, value)} ({file.name}; all others: default)")


def _shown(name: str, value: object) -> str:
    """A value without what it may hold of passwords and keys."""
    parts = urlsplit(str(value))
    if name in ("proxy", "healthchecks_url"):
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    if name == "command":
        return _shown_command(str(value))
    return repr(value)


def _shown_command(command: str) -> str:
    try:
        words = command_words(command)
    except ValueError as error:
        return f"cannot be run: {error}"
    return f"{program_name(words)} and {counted(len(words) - 1, 'argument')}" if words else "nothing to run"


def _check_notes(config: Config) -> Check:
    if not config.notes_root.is_dir():
        return fail("notes", f"{config.notes_root} is no folder", "set [notes] root in the configuration")
    return ok("notes", str(config.notes_root))


def _check_browser(config: Config) -> Check:
    try:
        path = find_browser(config.browser_path)
        done = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=30, check=False)
    except BrowserMissingError as error:
        if config.fetch.engine == "http":
            return ok("browser", "none, and none is wanted ([fetch] engine)")
        return (fail if config.fetch.engine == "browser" else warn)("browser", str(error), "archiver browser install")
    except (OSError, subprocess.TimeoutExpired) as error:
        return fail(
            "browser", f"{config.browser_path or 'the browser'} does not start: {error}", "archiver browser install"
        )
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        return fail("browser", f"{path} does not start: {reason[-1][:150]}", "name another one: [browser] path")
    try:
        sandbox = config.fetch.engine == "http" or _start(path, config)
    except BrowserMissingError as error:
        return fail("browser", str(error), "name another one: [browser] path")
    said = done.stdout.strip() or str(path)
    if sandbox:
        return ok("browser", said)
    cure = "run archiver as an ordinary user" if is_root() else "[browser] sandbox = true, if the system allows it"
    return warn("browser", f"{said}; it runs without its sandbox", cure)


def _start(executable: Path, config: Config) -> bool:
    """Start the browser, and end it: some can tell their version and no more. Returns whether it has its sandbox.

    Raises BrowserMissingError.
    """
    from archiver.fetch.browser import BrowserEngine
    from archiver.fetch.chromium import Chromium, can_have_sandbox

    def nowhere(_host: str) -> bool:
        return False

    settings = NetworkSettings(timeout=30)
    with BrowserEngine(Chromium(executable, config.browser.sandbox), settings, nowhere, nowhere):
        return config.browser.sandbox and can_have_sandbox()


def _check_fonts() -> Check:
    tool = shutil.which("fc-list")
    if tool is None:
        return ok("fonts", "this system has no fc-list to ask; only PDFs and screenshots of pages need a Chinese font")
    done = subprocess.run([tool, ":lang=zh", "family"], capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        return warn(
            "fonts",
            "no font with Chinese characters: `export pdf` would show boxes",
            "Debian: apt-get install fonts-wqy-microhei",
        )
    return ok("fonts", done.stdout.splitlines()[0].strip())


def _check_network(config: Config) -> Iterator[Check]:
    try:
        settings = network_settings(config)
    except ConfigError as error:
        yield fail("network", str(error), "mend [network] in the configuration, or the environment's variables")
        return
    yield _check_proxy(settings.routes.proxies.get("https"), "configuration" if config.network.proxy else "environment")
    origin = "configuration" if config.network.ca_bundle else "environment"
    yield ok("ca", f"{settings.ca_bundle} ({origin})" if settings.ca_bundle else "the usual certificates")
    count = len(load_cookies(config.archive_root))
    yield ok("cookies", f"{count} kept by archiver solve" if count else "none kept")


def _check_proxy(proxy: Proxy | None, origin: str) -> Check:
    """The way to the pages and images, which are all asked for by https."""
    if proxy is None:
        return ok("proxy", "none")
    try:
        socket.create_connection((proxy.host, proxy.port), timeout=5).close()
    except OSError as error:
        why = f"{proxy.address} ({origin}) cannot be reached: {error}"
        return fail("proxy", why, "start it, or mend [network] proxy")
    return ok("proxy", f"{proxy.address} ({proxy.scheme}, {origin})")


def _check_archive(config: Config) -> Iterator[Check]:
    root = config.archive_root
    if not root.is_dir():
        yield ok("archive", f"{root} does not exist yet; the first sync makes it")
        return
    try:
        refuse_foreign(root)
    except NotAnArchiveError as error:
        yield fail("archive", str(error), "set [archive] path to a folder that is not there yet")
        return
    yield _check_writing(root)
    yield _check_disk(root)
    try:
        with archive_lock(root):
            yield ok("lock", "free")
    except LockedError as error:
        yield warn("lock", str(error), "wait until that run has ended")
    except StoreError as error:
        yield fail("lock", str(error), "make the folder writable")
    yield _check_index(root)


def _check_writing(root: Path) -> Check:
    """Write, fsync and rename, as every run does."""
    probe = root / WRITE_PROBE
    if not is_inside(root, REPORTS):
        return fail("archive", f"{probe.parent} is a symbolic link, which archiver does not follow", "remove it")
    try:
        write_atomic(probe, b"archiver doctor")
        probe.unlink()
    except (StoreError, OSError) as error:
        return fail("archive", str(error), "make the folder writable for you")
    return ok("archive", f"{root}: write, fsync and rename work")


def _check_disk(root: Path) -> Check:
    free = shutil.disk_usage(root).free
    said = f"{size(free)} free"
    if free < LOW:
        return (fail if free < VERY_LOW else warn)("disk", said, "make room, or move the archive: [archive] path")
    return ok("disk", said)


def _check_index(root: Path) -> Check:
    path = root / CATALOGUE
    if not path.is_file():
        return ok("catalogue", "not there; the next sync makes it")
    try:
        index = read_index(path)
    except sqlite3.DatabaseError as error:
        if is_busy(error):
            return warn("catalogue", "another program holds it", "close that, or wait: a sync cannot use it now")
        return warn("catalogue", f"damaged: {error}", "none needed: the next sync makes it again")
    return ok("catalogue", f"{counted(len(index.read_at), 'article')}")


def _check_clock(config: Config, now: datetime) -> Check:
    """No article can be younger than now; a wrong clock spoils retries and certificates."""
    if now < datetime(2026, 1, 1, tzinfo=UTC):
        return fail("clock", f"{now:%Y-%m-%d} lies before this program was written", "set the clock")
    newest = 0
    try:
        newest = max((ns for _, ns, _ in ArticleFolders(config.archive_root).records()), default=0)
    except ArchiverError:
        return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")
    if datetime.fromtimestamp(newest / 1e9, UTC) > now + timedelta(days=1):
        return warn("clock", f"{now:%Y-%m-%d %H:%M} UTC, but the archive holds files from later", "set the clock")
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")
