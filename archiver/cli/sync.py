"""archiver sync."""

from __future__ import annotations

import click

from archiver.cli.common import Shared
from archiver.cli.nightly import Show, run_sync
from archiver.cli.summary import tell_summary
from archiver.tasks.named import named_notes
from archiver.tasks.only import Only
from archiver.tasks.sync import Options
from archiver.tasks.without_notes import refuse_no_notes


def sync_command(shared: Shared, limit: int, rewrite: tuple[str, ...], commit: bool, push: bool, **only: str) -> None:
    """`archiver sync`; `only`: the part of what is due that is asked for."""
    config = shared.config()
    options = Options(limit, named_notes(config, rewrite), Only(tuple(only["notes"]), only["since"], only["account"]))
    if shared.dry_run:
        from archiver.cli.dry_run import dry_run

        dry_run(config, shared, options)
        return
    refuse_no_notes(config)
    committing = None
    if commit or push:
        from archiver.cli.commit import Commit  # with git

        committing = Commit(pushing=push, quiet=shared.quiet)
    show = Show(shared.as_json, shared.verbose, shared.quiet, committing)
    summary = run_sync(config, options, show, wait=shared.wait)
    if not shared.as_json:
        tell_summary(summary, config.archive_root, quiet=shared.quiet)
    click.get_current_context().exit(summary.exit_code)
