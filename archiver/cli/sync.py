"""archiver sync, with and without --dry-run."""

from __future__ import annotations

from dataclasses import replace

import click

from archiver.cli import texts
from archiver.cli.common import Shared
from archiver.cli.duelines import dry_run_members
from archiver.cli.jsonlines import print_json
from archiver.cli.nightly import Show, run_sync
from archiver.cli.output import err, out
from archiver.cli.run_texts import no_notes_text
from archiver.cli.short import short
from archiver.config import Config
from archiver.fetch.cluster import check_cluster_address
from archiver.rewriting.preview import preview_repair
from archiver.tasks.estimate import estimate, requests
from archiver.tasks.named import named_notes
from archiver.tasks.run import due, view_run
from archiver.tasks.sync import Options
from archiver.tasks.without_notes import need_notes, refuse_no_notes


def sync_command(shared: Shared, limit: int, rewrite: tuple[str, ...], cluster: str, **publishing: bool) -> None:
    """`archiver sync`."""
    config = shared.config()
    if cluster:
        check_cluster_address(cluster, config)  # said now, and not first on the day on which something is due
        config = replace(config, cluster=replace(config.cluster, scheduler=cluster))
    if shared.dry_run:
        _dry_run(config, limit, as_json=shared.as_json)
        return
    options = Options(limit, named_notes(config, rewrite))
    refuse_no_notes(config)
    committing = None
    if any(publishing.values()):
        from archiver.cli.commit import Commit  # with git

        committing = Commit(pushing=publishing["push"])
    summary = run_sync(config, options, Show(shared.as_json, shared.verbose, committing), wait=shared.wait)
    if not shared.as_json:
        out.print(*texts.summary_lines(summary, config.archive_root))
    click.get_current_context().exit(summary.exit_code)


def _dry_run(config: Config, limit: int, *, as_json: bool) -> None:
    """What a sync would do: what it asks for at its start, an estimate, and the rewrites that are possible already."""
    with view_run(config) as context:
        found = due(context)
        no_notes = need_notes(config, context.archive, found.scan)
        rewrites = preview_repair(context, found.scan)[1]
    expected, first = estimate(found, config), found.limited(limit or config.fetch.max_articles)
    failed = no_notes is not None and no_notes.named
    if as_json:
        members = dry_run_members(first, expected, config, rewrites)
        print_json("dry-run", {**members, "exit_code": int(failed)}, schema=1)
        click.get_current_context().exit(failed)
    for kind, asked in requests(first, config).items():
        act = "load " if kind in ("articles", "albums") else "fetch"
        for request in asked:
            out.print(f"would {act}  {short(request.url)}" + (f"  ({request.where})" if request.where else ""))
    out.print(*texts.estimate_lines(found, expected))
    for rewrite in rewrites:
        out.print_exactly(texts.diff(rewrite))
    for path, error in found.scan.errors:
        err.print(f"{path}: {error}")
    if no_notes:
        err.print(no_notes_text(no_notes))
    click.get_current_context().exit(failed)
