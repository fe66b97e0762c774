"""`archiver repair`: mend the image links that GitHub does not show, fetching the images that are wanted for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from archiver.archive.finalise import finalise
from archiver.archive.open_archive import open_archive
from archiver.config import Config
from archiver.due.plan import make_plan
from archiver.events import NoteDone, Planned, Report, Summary
from archiver.gathering.session import gather
from archiver.models import UrlKind
from archiver.reader.build import build_site
from archiver.rewriting.preview import ImageFinding, follow_moves, image_findings, look_at_notes
from archiver.rewriting.rewrite import rewrite_notes
from archiver.rewriting.scan import scan_notes
from archiver.stop import Stop
from archiver.tasks.outcome import Outcome


def repair(
    config: Config,
    report: Report,
    now: Callable[[], datetime],
    stop: Stop | None = None,
    *,
    wait: bool = False,
) -> tuple[Summary, list[ImageFinding]]:
    """Mend the image links of all notes, fetching the pictures that are wanted for it, but no article.

    `stop` may ask for an early end: the notes get the pictures that have come by then. `wait`: for another run that
    holds the archive. Raises UsageError, LockedError, StoreError, DamageError; whatever was done before stays and is
    not done again.
    """
    outcome, stop = Outcome(report), stop or Stop()
    config = replace(config, rewrite=replace(config.rewrite, repair=True))
    with open_archive(config.archive_root, config.archive.capture, wait=wait) as archive, stop.heeded():
        scan = scan_notes(config, archive)
        for path, error in scan.errors:
            outcome.tell(NoteDone(path, 0, error))
        follow_moves(config, archive, scan, now())
        look = look_at_notes(config, archive, scan)
        scan.targets += look.targets
        images = [target for target in scan.targets if target.kind is UrlKind.IMAGE]
        plan = make_plan(images, archive.links.get, lambda _: True, lambda key: archive.image(key) is not None, now())
        outcome.tell(Planned(0, len(plan.images)))
        gather(config, archive, plan, [], now, outcome.tell, stop)
        archive.settle_images()
        settled = {} if plan.images else look.settled
        done = rewrite_notes(config, archive, scan.paths, frozenset(), now, outcome.tell, settled)
        finalise(archive)
        build_site(config, archive)
        summary = outcome.summary(archive.links, notes_read=scan.notes)
    summary.exit_code = stop.exit_code or summary.exit_code
    return summary, list(image_findings(done))
