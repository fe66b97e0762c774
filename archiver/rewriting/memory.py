"""What earlier runs found out about notes that are as they were: so that these are neither read nor parsed again.

Only work is saved by it, and nothing is known by it alone: whatever is odd about it, the notes are read. What a note
says (facts.py) depends on its bytes, the configuration and the program; what is to be rewritten in it also on what
the journal says of it, and on the answers to the questions that were asked when it was planned (asked.py). All that is
kept beside the result, and compared.

A note counts as unchanged if its file looks as it did: size, times of the last change of its bytes and of its entry,
inode and device. As in git's index, what was changed shortly before it was read is not trusted, for it may be changed
again without another look ("racy git", Documentation/technical/racy-git.txt). A time that was set back by hand shows
in the second time, but on Windows, which has none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import datetime
from typing import Any

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.due.plan import Target
from archiver.events import AddressLeft, GluedLink, Notice
from archiver.models import Form, Link, Role, Span, Status, UrlKind
from archiver.rewriting.asked import Answers, Asked, same
from archiver.rewriting.diagnosis import Diagnosis, Verdict
from archiver.rewriting.facts import NoteFacts
from archiver.rewriting.rewrites import Rewrite
from archiver.store.catalogue import sha256
from archiver.store.layout import REMEMBERED
from archiver.store.lines import LinkEntry
from archiver.store.lookup import repository_root
from archiver.store.notefiles import NoteFile, look_at
from archiver.store.remembered import TICK, program_print, recall, remember

_LIBRARIES = ("pyromark", "cmarkgfm", "lxml")
_NOWHERE = Span(0, 0)
_Row = list[Any]  # look, digest, bits, then what there is of: targets, glued links, refused ones, addresses left, plan
_LOOK, _DIGEST, _BITS, _TARGETS, _GLUED, _REFUSED, _LEFT, _PLAN = range(8)


class NoteMemory:
    """The memory in the archive's reports; `now` tells the time (UTC), `keep` whether anything is to be kept."""

    def __init__(self, config: Config, archive: Archive, now: Callable[[], datetime], *, keep: bool) -> None:
        self._archive = archive
        self._root = config.notes_root
        self._now = now
        self._keep = keep
        self._maker = _maker(config)
        self.asked = Asked(archive, self._root)
        self._rows: dict[str, _Row] = {}
        self._questions: list[_Row] = []  # kind, about, answer
        self._followed = ""
        value = recall(archive.root, REMEMBERED, self._maker)
        if value is not None:
            self._rows, self._questions, self._followed = value["notes"], value["questions"], value["followed"]
        self._numbers: dict[str, int] | None = None  # of the questions
        self._seen: dict[str, None] = {}
        self._looks: dict[str, tuple[tuple[int, ...], int]] = {}  # of notes read in this run, and when that was
        self._changed = False
        self.look_again()

    def look_again(self) -> None:
        """Take no answer for known: the archive may have changed."""
        self._answers = Answers(self._archive, self._root)
        self._same: dict[int, bool] = {}

    def facts(self, file: NoteFile) -> NoteFacts | None:
        """What a note says that is as it was; None where it has to be read."""
        row = self._rows.get(file.path)
        if row is None or not file.look or tuple(row[_LOOK]) != file.look:
            return None
        self._seen[file.path] = None
        return _facts(file.path, row)

    def reading(self, file: NoteFile) -> None:
        """A note is about to be read, which looked like this before."""
        self._looks[file.path] = file.look, int(self._now().timestamp() * 1e9)
        if self._rows.pop(file.path, None):
            self._changed = True

    def learn(self, path: str, facts: NoteFacts) -> None:
        """What a note says that was read since `reading`."""
        look, moment = self._looks.get(path, ((), 0))
        row = _row(look, facts)
        if look and max(look[1], look[2]) < moment - TICK and _is_discreet(row):
            self._rows[path] = row
            self._seen[path] = None
            self._changed = True

    def settled(self, path: str, *, fresh: bool = False) -> Rewrite | None:
        """What planning a note would come to, where nothing is to be changed in it and that is known; its bytes are
        left out. `fresh`: the note may have been changed since its facts were asked for."""
        row = self._rows.get(path)
        if row is None or len(row) <= _PLAN or path not in self._seen:
            return None
        state, questions, notices, images = row[_PLAN]
        if state != self._archive.journal.state(path) or not all(map(self._has_same_answer, questions)):
            return None
        if fresh and look_at(self._root, path) != tuple(row[_LOOK]):
            return None
        return Rewrite(
            path,
            b"",
            b"",
            (),
            tuple(Notice(path, *notice) for notice in notices),
            tuple(map(_image, images)),
        )

    def settle(self, path: str, found: Rewrite) -> None:
        """What planning a note has come to, just now and by asking `asked`."""
        row, answers = self._rows.get(path), self.asked.answers
        if row is None or path not in self._seen or row[_DIGEST] != sha256(found.before):
            return
        if found.changed or found.files or answers is None:
            return
        notices = [[item.line, item.url, item.why] for item in found.notices]
        images = [[link.line, link.url, *_diagnosis(diagnosis)] for link, diagnosis in found.images]
        if not _is_discreet([*notices, *images]):
            return
        numbers = [self._number(*question, answer) for question, answer in answers.items()]
        plan = [self._archive.journal.state(path), numbers, notices, images]
        self._rows[path] = [*row[:_PLAN], *[[]] * (_PLAN - len(row)), plan]
        self._changed = True

    def is_followed(self, digests: Mapping[str, str]) -> bool:
        """Whether no link of these notes (path -> SHA-256) has moved from one to another, as far as journal and archive
        tell: it was looked for, and they are as they were."""
        return bool(self._followed) and self._followed == self._state(digests)

    def follow(self, digests: Mapping[str, str]) -> None:
        """None has."""
        self._followed = self._state(digests)
        self._changed = True

    def _state(self, digests: Mapping[str, str]) -> str:
        journal, links = self._archive.journal.read, self._archive.links.compacted
        if not journal or not links:
            return ""
        articles = self._archive.catalogue.stamps()
        said = repr((journal, links, list(digests.items()), articles))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    def write(self) -> None:
        """Keep it for the next run, if it holds any news."""
        gone = self._rows.keys() - self._seen.keys()
        if not self._keep or not (self._changed or gone):
            return
        rows = {path: row for path, row in self._rows.items() if path not in gone}
        used: dict[int, int] = {}
        for row in rows.values():
            if len(row) > _PLAN:
                row[_PLAN][1] = [used.setdefault(number, len(used)) for number in row[_PLAN][1]]
        questions = [self._questions[number] for number in used]
        value = {"followed": self._followed, "questions": questions, "notes": rows}
        remember(self._archive.root, REMEMBERED, self._maker, value)
        self._rows, self._questions, self._numbers, self._changed = rows, questions, None, False
        self._same = {}

    def _has_same_answer(self, number: int) -> bool:
        if number not in self._same:
            self._same[number] = same(self._answers, *self._questions[number])
        return self._same[number]

    def _number(self, kind: str, about: str, answer: Any) -> int:
        if self._numbers is None:
            self._numbers = {repr(question): number for number, question in enumerate(self._questions)}
        question = [kind, about, answer]
        number = self._numbers.setdefault(repr(question), len(self._questions))
        if number == len(self._questions):
            self._questions.append(question)
        return number


def _is_discreet(value: Any) -> bool:
    """Whether no credential is in it that the user has in a note: these get into no file."""
    from archiver.wechat.secrets import without_any_secrets

    said = json.dumps(value, ensure_ascii=False)
    return without_any_secrets(said) == said


def _maker(config: Config) -> str:
    """Who may believe what was found out: the same program with the same configuration in the same place."""
    root = config.notes_root
    said = repr((config.print(), root, config.archive_root, repository_root(root), program_print(_LIBRARIES)))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _row(look: tuple[int, ...], facts: NoteFacts) -> _Row:
    bits = facts.is_candidate | facts.leads << 1 | facts.is_indexed << 2
    row: _Row = [list(look), facts.digest, bits]
    if facts.targets or facts.suspicious or facts.refused or facts.left:
        row.append([[t.kind.value, t.url, t.request, t.where, t.shown] for t in facts.targets])
        row.append([[item.where, item.url, item.count] for item in facts.suspicious])
        row.append([[where, entry.url, entry.reason] for where, entry in facts.refused])
        row.append([list(astuple(item))[1:] for item in facts.left])
    return row


def _facts(path: str, row: _Row) -> NoteFacts:
    bits = row[_BITS]
    if len(row) <= _TARGETS:
        return NoteFacts(row[_DIGEST], bool(bits & 1), bool(bits & 2), bool(bits & 4))
    targets = ((UrlKind(kind), *rest, None, shown) for kind, *rest, shown in row[_TARGETS])
    refused = ((where, url, reason) for where, url, reason in row[_REFUSED])
    return NoteFacts(
        row[_DIGEST],
        bool(bits & 1),
        bool(bits & 2),
        bool(bits & 4),
        tuple(Target(*target) for target in targets),
        tuple(GluedLink(*item) for item in row[_GLUED]),
        tuple((where, LinkEntry(url, UrlKind.OTHER, Status.REFUSED, reason)) for where, url, reason in refused),
        tuple(AddressLeft(path, *item) for item in row[_LEFT]),
    )


def _diagnosis(found: Diagnosis) -> list[str]:
    return [found.verdict.value, found.why, found.target, found.place, found.wanted, found.broken, found.fragment]


def _image(item: list[Any]) -> tuple[Link, Diagnosis]:
    line, url, verdict, why, target, place, wanted, broken, fragment = item
    link = Link(url, Role.IMAGE, Form.INLINE, _NOWHERE, None, line)
    return link, Diagnosis(Verdict(verdict), why, target, place, None, wanted, broken, fragment)
