"""A repair whose account is looked at: every damage is either mended or left with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from archiver.archive.context import utc_now
from archiver.cli.remark_texts import remark_text
from archiver.fixity.mend.log import Cure, MendReport, Obstacle
from archiver.fixity.verify import verify
from archiver.models.findings import Finding
from archiver.models.remarks import Remark
from archiver.tasks.mend import mend_archive
from archiver.tasks.sync import Options
from tests.runs.support import NIGHT
from tests.world import Night, World, sync


def mend(world: World, now: Callable[[], datetime] = utc_now) -> MendReport:
    """Repair the archive, and check the account that the repair gives of it."""
    before = verify(world.config)
    report = mend_archive(world.config, replace(Night().timing, now=now), before=before)
    mended, left = ({(item.path, item.url) for item in items} for items in (report.mended, report.left))
    assert not mended & left
    for finding in report.findings:
        assert not finding.damage or is_explained(finding, report.left), finding
    for finding in before:
        assert not finding.damage or is_explained(finding, (*report.left, *report.mended)), finding
    assert all(map(remark_text, (*report.mended, *report.left, *report.halted, *report.findings)))
    return report


def is_explained(finding: Finding, items: Iterable[Remark]) -> bool:
    """Whether one of the items is about the file of a finding, its folder, or the other file of its album."""
    path = finding.path
    stem = path.rpartition(".")[0] if path.startswith("albums/") else path
    places = (item.path.removesuffix(".json") if path.startswith("albums/") else item.path for item in items)
    return any(stem == place or path.startswith((f"{place}/", f"{place}:")) for place in places)


TOKEN = "EEEEEEEEEEEEEEEEEEEEEE"  # of the article that was edited since


def night(world: World, days: int) -> int:
    moment = NIGHT + timedelta(days=days)
    return sync(world.config, Options(), lambda _: None, lambda: moment, timing=Night().timing).exit_code


def mend_edited(world: World, days: int = 40) -> MendReport:
    """A repair long after an article was edited."""
    return mend(world, lambda: NIGHT + timedelta(days=days))


def damaged(report: MendReport) -> list[str]:
    """The paths of what is damaged after a repair."""
    return [finding.path for finding in report.findings if finding.damage]


def cures(report: MendReport) -> set[tuple[str, Cure]]:
    return {(item.path, item.code) for item in report.mended}


def reasons(report: MendReport) -> set[tuple[str, Obstacle]]:
    return {(item.path, item.code) for item in report.left}
