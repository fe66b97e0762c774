"""The straight line from notes to rewritten notes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import field, replace

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.reparse import linking_to
from archiver.archive.state import read_budget
from archiver.due.plan import Target
from archiver.due.policy import is_settled
from archiver.errors import InternalError
from archiver.events import CopyLost, Damaged, NoteDone, Summary
from archiver.fixity.rolling import check_share
from archiver.gathering.link_entries import enter_known_links
from archiver.gathering.session import Gathered
from archiver.models.rescue import CameBack, Rescued
from archiver.models.values import dataclass
from archiver.rewriting.preview import tell_of_images
from archiver.rewriting.rewrites import Rewriting
from archiver.rewriting.suspicious import enter_refused
from archiver.tasks.alarm import after_run
from archiver.tasks.attention import sort_attention
from archiver.tasks.notices import (
    first_of,
    left_to_do,
    lost_articles,
    names_alone,
    set_aside,
    uncovered_articles,
)
from archiver.tasks.only import Only
from archiver.tasks.outcome import Outcome
from archiver.tasks.run import add_internal_errors, due, fetch, finish
from archiver.tasks.without_notes import add_no_notes, need_notes


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line adds to the configuration.

    `limit`: most articles in this run (0: as configured); `rewrite_again`: notes, as paths relative to the notes
    folder, that were restored and may be rewritten now; `only`: the part of what is due that is asked for.
    """

    limit: int = 0
    rewrite_again: Collection[str] = field(default_factory=frozenset)
    only: Only = field(default_factory=Only)


def sync(context: Context, options: Options) -> Summary:
    """Archive what the notes link to and point the notes at it. Returns the run's summary, its exit code included.

    When an early end is asked for, the article in hand is finished, and the notes get what is ready. Raises UsageError,
    StoreError, DamageError; whatever was done before stays and is not done again.
    """
    outcome = Outcome(context.report)
    with context.stop.heeded():
        summary = _sync(replace(context, report=outcome.tell), options, outcome)
    summary.exit_code = context.stop.exit_code or summary.exit_code
    return summary


def _sync(context: Context, options: Options, outcome: Outcome) -> Summary:
    archive = context.archive
    found = due(context, options.only).limited(options.limit or context.config.fetch.max_articles)
    scan = found.scan
    no_notes = need_notes(context.config, archive, scan)
    for path, error in scan.errors:
        context.report(NoteDone(path, 0, error))
    for notice in set_aside(scan):
        context.report(notice)
    gathered = fetch(context, found)
    rescued, came_back = _ask_the_web_archive(context, options.only)
    enter_known_links(context, scan.targets)
    news = []
    with suppress(InternalError), archive.boundary.item("link", "links to no article", "enter"):
        news = enter_refused(archive, scan.refused)
    settled = {} if rescued.articles or rescued.images else found.settled
    notes = Rewriting(scan.paths, options.rewrite_again, settled, scan.memory)
    new = [*(arrival.folder for arrival in gathered.new), *(article.folder for article in rescued.articles)]
    rewritten = finish(context, linking_to(archive, new), notes)
    tell_of_images(rewritten, context.report)
    _tell_of_damage(context)
    tell_of_change(context, gathered)
    summary = outcome.summary(archive.links, notes_read=scan.notes)
    summary.attention += [*news, *scan.suspicious, *first_of(scan.left), *_not_had_again(archive, found.lost)]
    summary.attention += names_alone(archive, scan.targets)
    _run_hooks(context, summary, new)
    add_notices(context, summary, gathered)
    summary.notices += [came_back] if came_back else []
    add_no_notes(summary, no_notes)
    add_internal_errors(context, summary)
    sort_attention(archive.root, summary)
    return summary


def _ask_the_web_archive(context: Context, only: Only) -> tuple[Rescued, CameBack]:
    """Get back what is lost, and have captured what is alive, where the configuration wants it. A run on a part of what
    is due leaves that to one on all."""
    settings = context.config.rescue
    if only or not (settings.wayback or settings.save):
        return Rescued(), CameBack()
    from archiver.tasks.rescue import rescue_in_run  # with the network
    from archiver.tasks.saving import save_in_run

    rescued = rescue_in_run(context)
    return rescued, rescued.came_back.and_saved(save_in_run(context, rescued.requests))


def _run_hooks(context: Context, summary: Summary, new: Sequence[str]) -> None:
    if new and context.config.hooks.after_article:
        from archiver.tasks.hooks import run_hooks  # with what runs programs

        run_hooks(context, summary, new)


def _tell_of_damage(context: Context) -> None:
    """Check tonight's share of the archive."""
    stop = context.stop
    for finding in check_share(context.archive, context.config.verify, context.now().date(), lambda: stop.requested):
        if finding.damage:
            context.report(Damaged(finding))


def tell_of_change(context: Context, gathered: Gathered) -> None:
    """Tell that WeChat's pages have changed, where those of this run say so."""
    if differ := after_run(context.archive, gathered):
        context.report(differ)


def add_notices(context: Context, summary: Summary, gathered: Gathered) -> None:
    """Enter what is good to know: how much is left after so many article requests, and what was deleted."""
    budget = read_budget(context.archive.root)
    # How far an interrupted run came says nothing about the pace.
    requests = 0 if context.stop.requested else gathered.requests
    left = left_to_do(summary.articles["pending"], requests, budget, context.config.fetch)
    lost = lost_articles(context.archive.links, context.now())
    summary.notices += [notice for notice in (left, lost, uncovered_articles(context.archive.catalogue)) if notice]


def _not_had_again(archive: Archive, lost: Sequence[Target]) -> Iterator[CopyLost]:
    """The copies that are lost for good: the original is gone by now."""
    for target in lost:
        entry = archive.links.get(target.url)
        if entry and is_settled(entry.status, entry.attempts, entry.walls):
            yield CopyLost(target.where, target.url, entry.status, entry.reason)
