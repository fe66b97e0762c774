"""archiver sync."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from archiver.cli.common import Shared
from archiver.cli.nightly import Show, run_sync
from archiver.cli.summary import tell_summary
from archiver.tasks.named import named_notes
from archiver.tasks.only import Only
from archiver.tasks.sync import Options
from archiver.tasks.without_notes import refuse_no_notes


def sync_command(shared: Shared, limit: int, rewrite: tuple[str, ...], cluster: str, **more: Any) -> None:
    """`archiver sync`; `more`: `commit` and `push`, and the part of what is due that is asked for."""
    config = shared.config()
    if cluster:
        from archiver.fetch.cluster import check_cluster_address  # with the network

        check_cluster_address(cluster, config)  # said now, and not first on the day on which something is due
        config = replace(config, cluster=replace(config.cluster, scheduler=cluster))
    options = Options(limit, named_notes(config, rewrite), Only(more["notes"], more["since"], more["account"]))
    if shared.dry_run:
        from archiver.cli.dry_run import dry_run

        dry_run(config, shared, options)
        return
    refuse_no_notes(config)
    committing = None
    if more["commit"] or more["push"]:
        from archiver.cli.commit import Commit  # with git

        committing = Commit(pushing=more["push"], quiet=shared.quiet)
    show = Show(shared.as_json, shared.verbose, shared.quiet, committing)
    summary = run_sync(config, options, show, wait=shared.wait)
    if not shared.as_json:
        tell_summary(summary, config.archive_root, quiet=shared.quiet)
    click.get_current_context().exit(summary.exit_code)
