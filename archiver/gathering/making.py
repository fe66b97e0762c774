"""New articles whose files are made in another process while the main one goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archiver.archive.archive import Archive
from archiver.archive.captures import Packed, PackedCapture
from archiver.archive.derived import Draft, Made, make
from archiver.archive.record import Existing, StoredFiles, make_record
from archiver.gathering.pending import New, PendingArticle


@dataclass(frozen=True, slots=True, eq=False)
class NewDraft:
    """What a new article is made from, and what is kept of its page."""

    pending: New
    draft: Draft
    packed: Packed


@dataclass(frozen=True, slots=True, eq=False)
class MadeResult:
    """What was made of an article; None where that has to be tried here, and reported."""

    new: NewDraft
    made: Made | None

    @property
    def pending(self) -> New:
        return self.new.pending


def draft_of(archive: Archive, pending: PendingArticle, files: StoredFiles) -> NewDraft | None:
    """What a new article is made from, as things are; None where its page is not packed yet: then there is no other
    process, or it is too early or late for one."""
    if not isinstance(pending, New) or not isinstance(pending.capture, PackedCapture) or not pending.capture.packed:
        return None
    article, url, packed = pending.article, pending.target.request, pending.capture.packed
    record = make_record(article, pending.capture, url, files, Existing(archive.place_of(article, url)))
    return NewDraft(pending, archive.draft(record, article, packed.held), packed)


def finished(result: MadeResult) -> Made:
    """The article's files with what is kept of its page."""
    made = result.made or make(result.new.draft)
    return replace(made, files={**made.files, **result.new.packed.files})
