"""archiver status."""

from __future__ import annotations

from pathlib import Path

from archiver.archive.open_archive import view_archive
from archiver.cli import texts
from archiver.cli.common import out, read_config, set_up_log
from archiver.cli.jsonlines import print_json
from archiver.rewriting.scan import scan_notes
from archiver.tasks.estimate import estimate
from archiver.tasks.status import archive_status, status_lines
from archiver.tasks.sync import added_links, incomplete_articles, plan_run, utc_now


def status_command(as_json: bool, verbose: bool, config_file: Path | None) -> None:
    """`archiver status`."""
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
        print_json("status", {**status, "exit_code": 0}, schema=1)
        return
    more = status_lines(state)
    out.print(texts.status_text(config.archive_root, totals, counts, expected, more, trouble))
