"""Keeps account of a run: passes its events on and adds them up."""

from __future__ import annotations

from archiver.due.policy import is_settled
from archiver.errors import ExitCode
from archiver.events import (
    ArticleDone,
    Damaged,
    Event,
    ImageDone,
    NoteDone,
    Notice,
    PagesDiffer,
    PublishChanged,
    Report,
    Summary,
    Walled,
    WallStands,
)
from archiver.models import Status, UrlKind
from archiver.models.halts import Halted
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.store.link_table import LinkTable


class Outcome:
    """The account of one run; `tell` is the run's `Report`."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._summary = Summary()
        self._done: set[str] = set()  # URLs of articles that this run archived
        self._failed = self._walled = self._damaged = False

    def tell(self, event: Event) -> None:
        """Take account of an event and pass it on."""
        if isinstance(event, ArticleDone):
            self._article(event)
        elif isinstance(event, ImageDone):
            self._summary.images["failed" if event.error else "new"] += 1
            self._failed |= bool(event.error)
            if event.error and event.where and event.asked:
                self._summary.attention.append(event)
        elif isinstance(event, NoteDone):
            self._note(event)
        elif isinstance(event, Notice):
            self._summary.attention.append(event)
        elif isinstance(event, Walled):
            self._walled = True
        elif isinstance(event, Damaged):
            self._damaged = True
            self._summary.attention.append(event)
        elif isinstance(event, Halted):
            self._failed = True
            self._summary.attention.append(event)
        elif isinstance(event, PublishChanged | PagesDiffer):
            self._summary.notices.append(event)
        self._report(event)

    def _article(self, event: ArticleDone) -> None:
        if event.status is Status.ARCHIVED:
            self._done.add(event.url)
        self._failed |= (event.status.is_incomplete or event.status is Status.WALL) and not event.settled
        if event.reason == FORGOTTEN:
            return
        if event.status.needs_user or (event.status is Status.WALL and event.settled):
            self._summary.attention.append(event)

    def _note(self, event: NoteDone) -> None:
        self._summary.notes["failed" if event.error else "rewritten"] += 1
        if event.error:
            self._failed = True
            self._summary.attention.append(event)

    @property
    def walled(self) -> bool:
        """Whether the run met a wall."""
        return self._walled

    def summary(self, links: LinkTable, notes_read: int) -> Summary:
        """The summary at the end of the run, with the state of all article URLs in links.jsonl."""
        for entry in links:
            if entry.kind is UrlKind.ARTICLE:
                self._summary.articles[self._count_as(entry)] += 1
        self._summary.notes["read"] = notes_read
        if self._walled:
            self._summary.attention.append(WallStands(self._summary.articles["pending"]))
        code = ExitCode.WALL if self._walled else ExitCode.FAILURE if self._failed else ExitCode.OK
        self._summary.exit_code = ExitCode.DAMAGE if self._damaged else code
        return self._summary

    def _count_as(self, entry: LinkEntry) -> str:
        url, status = entry.url, entry.status
        if status is Status.ARCHIVED:
            return "new" if url in self._done else "unchanged"
        if status.is_gone:
            return "gone"
        if entry.is_forgotten:
            return "forgotten"
        if status.is_refused:
            return "refused"
        if is_settled(entry.status, entry.attempts, entry.walls):
            return "refused"
        return {Status.PARTIAL: "partial", Status.FAILED: "failed"}.get(status, "pending")
