"""`archiver repair`: mend the image links that GitHub does not show, fetching the images that are wanted for it."""

from __future__ import annotations

from dataclasses import replace

from archiver.archive.context import Context
from archiver.config import Config
from archiver.events import NoteDone, Summary
from archiver.gathering.link_entries import enter_known_links
from archiver.models import UrlKind
from archiver.rewriting.preview import ImageFinding, image_findings
from archiver.rewriting.rewrites import Rewriting
from archiver.tasks.notices import set_aside
from archiver.tasks.outcome import Outcome
from archiver.tasks.run import add_internal_errors, due, fetch, finish
from archiver.tasks.without_notes import add_no_notes, need_notes


def mending(config: Config) -> Config:
    """The configuration for a repair, whatever [rewrite] repair says."""
    return replace(config, rewrite=replace(config.rewrite, repair=True))


def repair(context: Context) -> tuple[Summary, list[ImageFinding]]:
    """Mend the image links of all notes, fetching the images that are due, but no article; all other links stay as they
    stand.

    When an early end is asked for, the notes get the images that have come by then. Raises UsageError, StoreError,
    DamageError; whatever was done before stays and is not done again.
    """
    outcome = Outcome(context.report)
    context = replace(context, config=mending(context.config), report=outcome.tell)
    with context.stop.heeded():
        found = due(context).only_images()
        no_notes = need_notes(context.config, context.archive, found.scan)
        for path, error in found.scan.errors:
            context.report(NoteDone(path, 0, error))
        for notice in set_aside(found.scan):
            context.report(notice)
        fetch(context, found)
        enter_known_links(context, [target for target in found.scan.targets if target.kind is UrlKind.IMAGE])
        done = finish(context, notes=Rewriting(found.scan.paths, settled=found.settled, images_only=True))
        summary = outcome.summary(context.archive.links, notes_read=found.scan.notes)
        add_no_notes(summary, no_notes)
        add_internal_errors(context, summary)
    summary.exit_code = context.stop.exit_code or summary.exit_code
    return summary, list(image_findings(done))
