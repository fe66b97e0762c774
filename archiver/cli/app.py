"""The commands."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from archiver.archive.open_archive import view_archive
from archiver.cli import doctor, fixity, schedule, solve, texts
from archiver.cli.common import (
    config_option,
    err,
    json_option,
    out,
    read_config,
    set_up_log,
    verbose_option,
    wait_option,
)
from archiver.cli.github import GoneArticles, commit_and_push
from archiver.cli.nightly import run_sync
from archiver.cli.notes import add_command, forget_command, repair_command, restore_command
from archiver.cli.reader import build_command, search_command, serve_command
from archiver.cli.reparse import reparse_command
from archiver.config import FILE_NAME, Config, config_text, load_config
from archiver.errors import ArchiverError, ConfigError, ExitCode
from archiver.fetch.find_browser import install_browser
from archiver.rewriting.preview import follow_moves, look_at_notes, preview_repair
from archiver.rewriting.scan import scan_notes
from archiver.tasks.estimate import Estimate, estimate
from archiver.tasks.restore import note_path
from archiver.tasks.status import archive_status, status_lines
from archiver.tasks.sync import Options, added_links, incomplete_articles, plan_run, utc_now

EPILOG = (
    "Exit codes: 0 done, 1 something due failed or is incomplete, 2 usage or configuration, 3 stopped at a "
    "verification wall, 4 another run holds the archive, 5 damage found, 130/143 interrupted."
)
Command = Callable[..., Any]


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100})
@click.version_option(package_name="archiver", message="%(prog)s %(version)s")
def app() -> None:
    """Keep local, readable copies of the WeChat articles and images that your Markdown notes link to."""


@app.group("browser")
def browser_group() -> None:
    """The browser that loads the pages."""


for command in (
    add_command,
    build_command,
    forget_command,
    repair_command,
    reparse_command,
    restore_command,
    search_command,
    serve_command,
    fixity.verify_command,
    fixity.gc_command,
    solve.solve_command,
    schedule.schedule_group,
    doctor.doctor_command,
):
    app.add_command(command)


@app.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@verbose_option
def init_command(folder: Path, verbose: bool) -> None:
    """Write a config.toml into your notes FOLDER (default: here) and estimate the work.

    Asks nothing, fetches nothing.
    """
    set_up_log(verbose)
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder: name the folder that holds your Markdown notes")
    file = folder / FILE_NAME
    if file.exists():
        out.print(f"{file} exists already and is left as it is.")
    else:
        try:
            file.write_text(config_text(), "utf-8")
        except OSError as error:
            raise ConfigError(f"cannot write {file}: {error.strerror}") from error
        out.print(f"Wrote {file}.")
    config = load_config(file)
    out.print(texts.estimate_text(_estimate(config)))
    out.print(texts.REPUBLISHING)
    out.print(texts.next_steps(file))


@app.command("sync")
@click.option("--dry-run", is_flag=True, help="Ask for nothing, write nothing: tell what is due and show the diff.")
@click.option(
    "--limit", type=click.IntRange(min=0), default=0, metavar="N", help="Load at most N articles in this run."
)
@wait_option
@click.option("--rewrite", multiple=True, metavar="NOTE", help="Rewrite this note again although it was restored.")
@click.option("--commit", is_flag=True, help="Commit notes and archive to git, and nothing else of yours.")
@click.option("--push", is_flag=True, help="Commit, and push in batches under 500 MB.")
@click.option("--json", "as_json", is_flag=True, help="Tell everything as lines of JSON, the summary last.")
@verbose_option
@config_option
def sync_command(
    dry_run: bool,
    limit: int,
    wait: bool,
    rewrite: tuple[str, ...],
    commit: bool,
    push: bool,
    as_json: bool,
    verbose: bool,
    config_file: Path | None,
) -> None:
    """Archive what the notes link to and point the notes at the local copies.

    Made to be run every night: what is archived is not asked for again.
    """
    set_up_log(verbose)
    config = read_config(config_file)
    if dry_run:
        _dry_run(config, limit)
        return
    options = Options(limit, frozenset(note_path(config, note) for note in rewrite), wait)
    gone = GoneArticles()
    summary = run_sync(config, options, as_json=as_json, verbose=verbose, listen=gone.tell)
    if not as_json:
        out.print(texts.summary_text(summary, config.archive_root), markup=False)
    if commit or push:
        commit_and_push(config, summary, gone, pushing=push)
    click.get_current_context().exit(summary.exit_code)


def _dry_run(config: Config, limit: int) -> None:
    """What a sync would do: targets, estimate, and the rewrites that are possible already."""
    scan = scan_notes(config)
    with view_archive(config.archive_root) as archive:
        scan.targets += added_links(archive)
        follow_moves(config, archive, scan, utc_now(), remember=False)
        scan.targets += look_at_notes(config, archive, scan, aside=False).targets
        everything = plan_run(archive, scan, utc_now(), config.fetch, videos=config.media.video)
        articles = everything.articles[: limit or config.fetch.max_articles or None]
        for target in (*articles, *everything.albums):
            out.print(f"would load   {target.request}  ({target.where})", markup=False)
        for url in (*(ref.url for ref, _ in everything.images), *(video.request for video in everything.videos)):
            out.print(f"would fetch  {url}", markup=False)
        out.print(texts.estimate_text(estimate(scan.targets, everything, config.fetch)))
        for record in incomplete_articles(archive, utc_now()):
            missing = [*(i.url for i in record.images if i.error), *(m.url for m in record.media if m.error)]
            for url in missing:
                out.print(f"would fetch  {url}  (missing in {record.folder})", markup=False)
        for rewrite in preview_repair(config, archive, scan, utc_now())[1]:
            out.print(texts.diff(rewrite), markup=False, end="")
    for path, error in scan.errors:
        err.print(f"{path}: {error}", markup=False)


def _estimate(config: Config) -> Estimate:
    scan = scan_notes(config)
    with view_archive(config.archive_root) as archive:
        return estimate(scan.targets, plan_run(archive, scan, utc_now(), config.fetch), config.fetch)


@app.command("status")
@json_option
@verbose_option
@config_option
def status_command(as_json: bool, verbose: bool, config_file: Path | None) -> None:
    """Tell what is archived, what is due and what needs you.

    Asks for nothing, writes nothing.
    """
    set_up_log(verbose)
    config = read_config(config_file)
    scan = scan_notes(config)
    with view_archive(config.archive_root) as archive:
        scan.targets += added_links(archive)
        due = plan_run(archive, scan, utc_now(), config.fetch)
        counts = texts.count_links(archive.links)
        trouble = texts.trouble(archive.links)
        totals = archive.catalogue.totals()
        expected = estimate(scan.targets, due, config.fetch)
        incomplete = len(incomplete_articles(archive, utc_now()))
        state = archive_status(archive.links, config.archive_root, utc_now(), incomplete)
    if as_json:
        checked = state.oldest_check.isoformat() if state.oldest_check else None
        status = {"links": counts, "archive": totals, "due": texts.due_counts(expected), "attention": trouble}
        status |= {"next_try": state.retries, "walls": state.walls, "walled_at": state.walled_at, "checked": checked}
        click.echo(json.dumps({"event": "status", **status}, ensure_ascii=False))
        return
    more = status_lines(state)
    out.print(texts.status_text(config.archive_root, totals, counts, expected, more, trouble), markup=False)


@browser_group.command("install")
@verbose_option
@config_option
def browser_install_command(verbose: bool, config_file: Path | None) -> None:
    """Make sure that there is a browser: use what is there, else download or install one.

    Needs no configuration; with one, its [browser] path counts.
    """
    set_up_log(verbose)
    configured = load_config(config_file).browser_path if config_file else None
    path = install_browser(configured, lambda line: err.print(line, markup=False))
    out.print(f"browser: {path}", markup=False)


def _on_sigterm(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(143)


def main() -> None:
    """Run the command line and exit with its code."""
    signal.signal(signal.SIGTERM, _on_sigterm)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console without Chinese shows escapes; it is no reason to die in mid-run.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 0
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except ArchiverError as error:
        err.print(f"archiver: {error}", markup=False)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        err.print("archiver: interrupted; the next run goes on from here")
        code = ExitCode.INTERRUPTED
    sys.exit(code or 0)
