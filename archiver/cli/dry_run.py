"""archiver sync --dry-run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from archiver.amounts import counted
from archiver.cli import texts
from archiver.cli.common import Shared
from archiver.cli.duelines import dry_run_members
from archiver.cli.jsonlines import print_json
from archiver.cli.output import err, out
from archiver.cli.run_texts import no_notes_text
from archiver.cli.short import MOST_OF_A_SENTENCE, short
from archiver.config import Config
from archiver.rewriting.preview import preview_repair
from archiver.rewriting.rewrites import Rewrite
from archiver.tasks.estimate import estimate, requests
from archiver.tasks.run import Due, due, view_run
from archiver.tasks.sync import Options
from archiver.tasks.uncollected import uncollected
from archiver.tasks.without_notes import need_notes

if TYPE_CHECKING:
    from archiver.tasks.example import Example


def dry_run(config: Config, shared: Shared, options: Options) -> None:
    """What a sync would do: an example and numbers; with -v what it asks for at its start, and the rewrites that are
    possible already."""
    with uncollected(), view_run(config) as context:
        found = due(context, options.only)
        no_notes = need_notes(config, context.archive, found.scan)
        again, journal = options.rewrite_again, context.archive.journal
        rewrites = preview_repair(context, found.scan, again=again, settled=found.look.settled)[1]
    expected, first = estimate(found, config), found.limited(options.limit or config.fetch.max_articles)
    failed = no_notes is not None and no_notes.named
    if shared.as_json:
        members = dry_run_members(first, expected, config, rewrites)
        print_json("dry-run", {**members, "exit_code": int(failed)}, schema=1)
        click.get_current_context().exit(failed)
    if shared.verbose:
        _list_requests(first, config)
    elif rewrites or first:
        from archiver.tasks.example import example  # with the parser of notes

        if shown := example(config, first, rewrites, lambda path: path not in again and journal.is_restored(path)):
            out.print(*_example_lines(shown))
    out.print(*texts.estimate_lines(found, expected))
    if shared.verbose:
        for rewrite in rewrites:
            out.print_exactly(texts.diff(rewrite))
    else:
        out.print(*_rewrite_lines(rewrites), "Every request and every change: archiver sync --dry-run -v")
    for path, error in found.scan.errors:
        err.print(f"{path}: {error}")
    if no_notes:
        err.print(no_notes_text(no_notes))
    click.get_current_context().exit(failed)


def _list_requests(first: Due, config: Config) -> None:
    for kind, asked in requests(first, config).items():
        act = "load " if kind in ("articles", "albums") else "fetch"
        for request in asked:
            out.print(f"would {act}  {short(request.url)}" + (f"  ({request.where})" if request.where else ""))


def _example_lines(shown: Example) -> list[str]:
    """An example, with an empty line behind it."""
    when = "" if shown.loaded else ", when its page has come"
    return [
        f"For example, line {shown.line:,} of {shown.path}:",
        f"  {short(shown.before, MOST_OF_A_SENTENCE)}",
        f"becomes{when}:",
        f"  {short(shown.after, MOST_OF_A_SENTENCE)}",
        "",
    ]


def _rewrite_lines(rewrites: Sequence[Rewrite]) -> list[str]:
    if not rewrites:
        return []
    links = counted(sum(len(rewrite.edits) for rewrite in rewrites), "link")
    return [f"{links} in {counted(len(rewrites), 'note')} can be rewritten at once."]
