"""The commands."""

from __future__ import annotations

import json
import logging
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from click import ClickException
from rich.console import Console
from rich.logging import RichHandler

from archiver.archive import open_archive, view_archive
from archiver.cli import texts
from archiver.cli.progress import Display
from archiver.config import FILE_NAME, Config, config_text, find_config, load_config
from archiver.errors import ArchiverError, ConfigError
from archiver.estimate import Estimate, estimate
from archiver.events import NoteDone
from archiver.fetch.find_browser import install_browser
from archiver.rewrite import note_path, plan_note, restore_notes
from archiver.scan import scan_notes
from archiver.sync import Options, plan_run, sync, utc_now

app = typer.Typer(
    help="Keep local, readable copies of the WeChat articles and images that your Markdown notes link to.",
    epilog="Exit codes: 0 done, 1 something due failed or is incomplete, 2 usage or configuration, "
    "3 stopped at a verification wall, 4 another run holds the archive, 5 damage found, 130/143 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
browser_app = typer.Typer(help="The browser that loads the pages.", no_args_is_help=True)
app.add_typer(browser_app, name="browser")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help=f"Configuration; default: {FILE_NAME} here or in a folder above."),
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Tell more of what happens.")]

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def _config(file: Path | None) -> Config:
    return load_config(file or find_config(Path.cwd()))


def _log(verbose: bool) -> None:
    handler = RichHandler(console=err, show_time=False, show_path=False)
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s", handlers=[handler])


@app.command("init")
def init_command(
    folder: Annotated[Path, typer.Argument(help="Your notes folder.")] = Path(),
    verbose: VerboseOption = False,
) -> None:
    """Write a config.toml into your notes folder and estimate the work. Asks nothing, fetches nothing."""
    _log(verbose)
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder: name the folder that holds your Markdown notes")
    file = folder / FILE_NAME
    if file.exists():
        out.print(f"{file} exists already and is left as it is.")
    else:
        file.write_text(config_text(), "utf-8")
        out.print(f"Wrote {file}.")
    config = load_config(file)
    out.print(texts.estimate_text(_estimate(config)))
    out.print(texts.REPUBLISHING)
    out.print(texts.next_steps(file))


@app.command("sync")
def sync_command(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask for nothing, write nothing: tell what is due.")
    ] = False,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="Load at most N articles; 0: as configured.")] = 0,
    rewrite: Annotated[
        list[str] | None, typer.Option(metavar="NOTE", help="Rewrite this note again although it was restored.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with the summary as one line of JSON.")] = False,
    verbose: VerboseOption = False,
    config_file: ConfigOption = None,
) -> None:
    """Archive what the notes link to and point the notes at the local copies. Made to be run every night."""
    _log(verbose)
    config = _config(config_file)
    if dry_run:
        _dry_run(config, limit)
        return
    options = Options(limit, frozenset(note_path(config, note) for note in rewrite or ()))
    with Display(err, verbose=verbose) as display:
        summary = sync(config, options, display.tell)
    if as_json:
        counts = {"articles": summary.articles, "images": summary.images, "notes": summary.notes}
        event = {"event": "summary", **counts, "attention": summary.attention, "exit_code": summary.exit_code}
        typer.echo(json.dumps(event, ensure_ascii=False))
    else:
        out.print(texts.summary_text(summary, config.archive_root), markup=False)
    raise typer.Exit(summary.exit_code)


def _dry_run(config: Config, limit: int) -> None:
    """What a sync would do: targets, estimate, and the rewrites that are possible already."""
    scan = scan_notes(config)
    with view_archive(config.archive_root) as archive:
        everything = plan_run(config, Options(), archive, scan, utc_now())
        for target in everything.articles[: limit or config.fetch.max_articles or None]:
            out.print(f"would load   {target.request}  ({target.where})", markup=False)
        for ref, _ in everything.images:
            out.print(f"would fetch  {ref.url}", markup=False)
        out.print(texts.estimate_text(estimate(scan.targets, everything, config.fetch)))
        for path in scan.paths:
            found = None if archive.journal.is_restored(path) else plan_note(config, archive, path)
            if found:
                out.print(texts.diff(found), markup=False, end="")
    for path, error in scan.errors:
        err.print(f"{path}: {error}", markup=False)


def _estimate(config: Config) -> Estimate:
    scan = scan_notes(config)
    with view_archive(config.archive_root) as archive:
        return estimate(scan.targets, plan_run(config, Options(), archive, scan, utc_now()), config.fetch)


@app.command("restore")
def restore_command(
    notes: Annotated[list[str] | None, typer.Argument(help="Notes to restore; none: all.")] = None,
    verbose: VerboseOption = False,
    config_file: ConfigOption = None,
) -> None:
    """Give notes their original links back. Later syncs leave them alone, until sync --rewrite NOTE."""
    _log(verbose)
    config = _config(config_file)
    failed: list[str] = []

    def tell(event: object) -> None:
        if isinstance(event, NoteDone) and event.error:
            failed.append(f"{event.path}: {event.error}")

    with open_archive(config.archive_root) as archive:
        paths = [note_path(config, note) for note in notes or ()]
        restored = restore_notes(config, archive, paths, utc_now, tell)
    for item in restored:
        out.print(f"{item.path}: {item.links} links restored", markup=False)
        for line in item.unsure:
            out.print(f"  look at {line}", markup=False)
    for line in failed:
        err.print(line, markup=False)
    out.print(f"{len(restored)} notes restored.")
    raise typer.Exit(1 if failed else 0)


@app.command("status")
def status_command(
    as_json: Annotated[bool, typer.Option("--json", help="As one line of JSON.")] = False,
    verbose: VerboseOption = False,
    config_file: ConfigOption = None,
) -> None:
    """Tell what is archived, what is due and what needs you. Asks for nothing, writes nothing."""
    _log(verbose)
    config = _config(config_file)
    scan = scan_notes(config)
    with view_archive(config.archive_root) as archive:
        due = plan_run(config, Options(), archive, scan, utc_now())
        counts = texts.count_links(archive.links)
        trouble = texts.trouble(archive.links)
        totals = archive.catalogue.counts()
        expected = estimate(scan.targets, due, config.fetch)
    if as_json:
        status = {"links": counts, "archive": totals, "due": texts.due_counts(expected), "attention": trouble}
        typer.echo(json.dumps({"event": "status", **status}, ensure_ascii=False))
        return
    out.print(texts.status_text(config.archive_root, totals, counts, expected, trouble), markup=False)


@browser_app.command("install")
def browser_install_command(
    verbose: VerboseOption = False,
    config_file: ConfigOption = None,
) -> None:
    """Make sure that there is a browser: use what is there, else download or install one. Needs no configuration."""
    _log(verbose)
    configured = load_config(config_file).browser_path if config_file else None
    path = install_browser(configured, lambda line: err.print(line, markup=False))
    out.print(f"browser: {path}", markup=False)


class _Terminated(KeyboardInterrupt):
    """SIGTERM, as an exception."""


def _on_sigterm(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated


def main() -> None:
    """Run the command line and exit with its code."""
    signal.signal(signal.SIGTERM, _on_sigterm)
    try:
        code = app(standalone_mode=False)
    except ClickException as error:
        error.show()
        code = error.exit_code
    except ArchiverError as error:
        err.print(f"archiver: {error}", markup=False)
        code = error.exit_code
    except _Terminated:
        code = 143
    except KeyboardInterrupt:
        err.print("archiver: interrupted; the next run goes on from here")
        code = 130
    sys.exit(code)
