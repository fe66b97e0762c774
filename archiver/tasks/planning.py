"""What is to be asked for of what the notes and the archive name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.elsewhere import is_elsewhere
from archiver.archive.known_articles import KnownArticles
from archiver.due.plan import Known, Plan, Target, make_plan
from archiver.gathering.albums import with_known
from archiver.models import UrlKind


def plan_for(
    context: Context, targets: Sequence[Target], broken: Collection[str] = (), articles: KnownArticles | None = None
) -> Plan:
    """What of these targets is due now. Image files in `broken` (paths in the archive) are as good as not there.
    `articles`: what is known of where they are, if somebody has asked before, and all is as it was."""
    config, archive = context.config, context.archive
    publish = config.archive.publish

    def is_away(url: str) -> bool:
        return is_elsewhere(archive, publish, archive.links.get(url))

    # An image that a note shows is to be published, so it is to be here.
    here = targets
    if publish != "all":
        here = [target for target in targets if (target.shown and publish == "images") or not is_away(target.url)]
    folder_of = (articles or KnownArticles(archive)).folder
    known = Known(
        archive.links.get,
        lambda url: folder_of(url) is not None,
        image_test(archive, broken),
        lambda path: (archive.root / path).is_file(),
    )
    wanted = [target for target in here if config.media.video or target.kind is not UrlKind.VIDEO]
    plan = make_plan(wanted, known, context.now(), recheck_days=config.fetch.recheck_gone_days)
    return replace(plan, albums=tuple(with_known(archive, plan.albums)))


def image_test(archive: Archive, broken: Collection[str]) -> Callable[[str], bool]:
    """Whether the archive has the image of a key, and not broken."""

    def has_image(key: str) -> bool:
        image = archive.image(key)
        return image is not None and image.path not in broken

    return has_image


def lost_copies(archive: Archive) -> list[Target]:
    """The articles whose copies notes link to and that are no longer there: somebody deleted their folders."""
    lost = archive.catalogue.lost_articles()
    link_entries = (entry for entry in archive.links if lost and entry.target in lost and entry.kind is UrlKind.ARTICLE)
    return [Target(entry.kind, entry.url, entry.url, lost[entry.target]) for entry in link_entries]


def added_links(archive: Archive) -> list[Target]:
    """What the user gave to `archiver add` and is still to be had."""
    unsettled = (entry for entry in archive.links if entry.added and not entry.status.is_stored)
    return [Target(entry.kind, entry.url, entry.url, "archiver add") for entry in unsettled]
