"""archiver sync, with and without --dry-run."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.archive.open_archive import view_archive
from archiver.cli import texts
from archiver.cli.common import err, out, read_config, set_up_log
from archiver.cli.github import GoneArticles, commit_and_push
from archiver.cli.nightly import run_sync
from archiver.config import Config
from archiver.rewriting.preview import follow_moves, look_at_notes, preview_repair
from archiver.rewriting.scan import scan_notes
from archiver.tasks.estimate import estimate
from archiver.tasks.restore import note_path
from archiver.tasks.sync import Options, added_links, incomplete_articles, plan_run, utc_now


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
    """`archiver sync`."""
    set_up_log(verbose)
    config = read_config(config_file)
    if dry_run:
        _dry_run(config, limit)
        return
    options = Options(limit, frozenset(note_path(config, note) for note in rewrite), wait)
    gone = GoneArticles()
    summary = run_sync(config, options, as_json=as_json, verbose=verbose, listen=gone.tell)
    if not as_json:
        out.print(texts.summary_text(summary, config.archive_root))
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
            out.print(f"would load   {target.request}  ({target.where})")
        for url in (*(ref.url for ref, _ in everything.images), *(video.request for video in everything.videos)):
            out.print(f"would fetch  {url}")
        out.print(texts.estimate_text(estimate(scan.targets, everything, config.fetch)))
        for record in incomplete_articles(archive, utc_now()):
            missing = [*(i.url for i in record.images if i.error), *(m.url for m in record.media if m.error)]
            for url in missing:
                out.print(f"would fetch  {url}  (missing in {record.folder})")
        for rewrite in preview_repair(config, archive, scan, utc_now())[1]:
            out.print(texts.diff(rewrite), end="")
    for path, error in scan.errors:
        err.print(f"{path}: {error}")
