"""The commands of the offline reader."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator

import click

from archiver.amounts import counted
from archiver.archive.forgotten import tell_of_unfinished
from archiver.archive.form import form_of
from archiver.archive.open_archive import open_archive
from archiver.cli.common import Shared, tell_internal_errors
from archiver.cli.jsonlines import print_json
from archiver.cli.output import err, out
from archiver.config import Config
from archiver.errors import ExitCode, LockedError, StoreError, UsageError
from archiver.reader.build import build_site, notes_base, preview_site
from archiver.rewriting.noteindex import index_notes
from archiver.store.catalogue import Catalogue
from archiver.store.layout import CATALOGUE, SITE
from archiver.store.reader_state import ReaderState


def build_command(shared: Shared, everything: bool) -> None:
    """`archiver build`."""
    from archiver.tasks.run import open_run, view_run  # a search does without

    config, dry_run = shared.config(), shared.dry_run
    opened = view_run(config, texts=True) if dry_run else open_run(config, wait=shared.wait)
    with opened as context:
        archive = context.archive
        index_notes(config, archive)
        with archive.boundary.item("site", SITE):
            if dry_run:
                built = preview_site(config, archive)
            else:
                built = build_site(config, archive, everything=everything, look=True)
        code = ExitCode.FAILURE if tell_internal_errors(archive.boundary) else ExitCode.OK
    if shared.as_json:
        counts = {"written": len(built.updated), "removed": len(built.removed), "outdated": built.outdated}
        print_json("build", {"dry_run": dry_run, **counts, "exit_code": int(code)}, schema=1)
        click.get_current_context().exit(code)
    if shared.verbose or dry_run:
        for path in (*built.updated, *built.removed):
            out.print(path)
    for folder in built.outdated:
        err.print(f"{folder}: its page is missing or of an older version, and its capture cannot be read")
    would = "would be " if dry_run else ""
    out.print(f"{counted(len(built.updated), 'file')} {would}written, {len(built.removed):,} {would}removed")
    if not dry_run:
        out.print(f"Open {config.archive_root / 'index.html'}")
    click.get_current_context().exit(code)


@contextlib.contextmanager
def reading(config: Config, *, build: bool = False) -> Iterator[Catalogue]:
    """The catalogue, brought up to date unless another run is at work or the disk refuses; with `build`, the site."""
    path = config.archive_root / CATALOGUE
    if not config.archive_root.is_dir():
        raise UsageError(f"there is no archive at {config.archive_root} yet: run `archiver sync`")
    try:
        with open_archive(config.archive_root, form_of(config)) as archive:
            tell_of_unfinished(archive)
            index_notes(config, archive)
            if build:
                build_site(config, archive)
    except (LockedError, StoreError) as error:
        if not path.is_file():
            raise
        err.print(f"archiver: reading the index as it is ({error})")
    with Catalogue(path, check=False) as catalogue:
        yield catalogue


def serve_command(shared: Shared, host: str, port: int, state: bool) -> None:
    """`archiver serve`."""
    import uvicorn

    from archiver.reader.server import LOCAL_NAMES, More, make_server
    from archiver.tasks.serving import ServedExports

    config = shared.config()
    with reading(config, build=True):
        pass
    names: tuple[str, ...] = LOCAL_NAMES
    if not _is_loopback(host):
        err.print(f"archiver: everyone who can reach {host} can read your archive and the notes that link to it")
        names = (*LOCAL_NAMES, *_names_of(host))
    exports = ServedExports(config.archive_root, config.archive_root / CATALOGUE)
    kept = ReaderState(config.archive_root) if state or _is_loopback(host) else None
    app = make_server(config.archive_root, config.notes_root, notes_base(config), names, More(exports, kept))
    with _listen(host, port) as listening:
        shown = f"[{host}]" if ":" in host else host
        out.print(f"http://{shown}:{listening.getsockname()[1]}/")
        # Without a log of its own: what it says goes where all that is said goes.
        level = "info" if shared.verbose else "warning"
        settings = uvicorn.Config(app, log_level=level, log_config=None, server_header=False)
        uvicorn.Server(settings).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror}; try --port 0") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _names_of(host: str) -> tuple[str, ...]:
    """The names under which a server on `host` may be asked for: an address as it is, for all addresses this machine's
    name and addresses."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return (f"[{host}]" if ":" in host else host,)
    name = socket.gethostname()
    try:
        found = {info[4][0] for info in socket.getaddrinfo(name, None)}
    except OSError:
        found = set()
    return (name, f"{name}.local", *(f"[{a}]" if ":" in str(a) else str(a) for a in sorted(map(str, found))))
