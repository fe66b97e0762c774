"""What is remembered of a note, as JSON has it."""

from __future__ import annotations

from dataclasses import astuple
from functools import cache
from typing import Any

from archiver.due.plan import Target
from archiver.events import AddressLeft, GluedLink, Notice
from archiver.models import Form, Link, Role, Span, Status, UrlKind
from archiver.rewriting.diagnosis import Diagnosis, Verdict
from archiver.rewriting.facts import NoteFacts
from archiver.rewriting.rewrites import Rewrite
from archiver.store.lines import LinkEntry

# The SHA-256 of a note of which there is nothing else to say; or a list of it, bits, then what there is of: targets,
# glued links, refused ones, addresses left, and what planning it came to: state in the journal, questions, notices,
# images.
Row = str | list[Any]
Plan = list[Any]
_BITS, _TARGETS, _GLUED, _REFUSED, _LEFT, PLAN = range(1, 7)
_CANDIDATE, _LEADS, _INDEXED = 1, 2, 4
_NOWHERE = Span(0, 0)
_kind = cache(UrlKind)  # enum looks at each word again


def row_of(facts: NoteFacts) -> Row:
    """What there is to remember of what a note's bytes say."""
    bits = facts.is_candidate * _CANDIDATE | facts.leads * _LEADS | facts.is_indexed * _INDEXED
    parts = [
        [[t.kind.value, t.url, None if t.request == t.url else t.request, t.where, t.shown] for t in facts.targets],
        [[item.where, item.url, item.count] for item in facts.suspicious],
        [[where, entry.url, entry.reason] for where, entry in facts.refused],
        [list(astuple(item))[1:] for item in facts.left],
    ]
    if any(parts):
        return [facts.digest, bits, *parts]
    return [facts.digest, bits] if bits else facts.digest


def digest_of(row: Row) -> str:
    """The SHA-256 of the note's bytes."""
    return row if isinstance(row, str) else str(row[0])


def is_indexed(row: Row) -> bool:
    """Whether the catalogue is to know it."""
    return not isinstance(row, str) and bool(row[_BITS] & _INDEXED)


def facts_of(path: str, row: Row) -> NoteFacts:
    """What `row_of` was given."""
    if isinstance(row, str):
        return NoteFacts(row)
    bits = row[_BITS]
    said = (row[0], bool(bits & _CANDIDATE), bool(bits & _LEADS), bool(bits & _INDEXED))
    if len(row) <= _TARGETS or not any(row[_TARGETS:PLAN]):
        return NoteFacts(*said)
    refused = ((where, url, reason) for where, url, reason in row[_REFUSED])
    return NoteFacts(
        *said,
        tuple([_target(*target) for target in row[_TARGETS]]),
        tuple(GluedLink(*item) for item in row[_GLUED]),
        tuple((where, LinkEntry(url, UrlKind.OTHER, Status.REFUSED, reason)) for where, url, reason in refused),
        tuple(AddressLeft(path, *item) for item in row[_LEFT]),
    )


def _target(kind: str, url: str, request: str | None, where: str, shown: bool) -> Target:
    return Target(_kind(kind), url, url if request is None else request, where, None, shown)


def plan_of(row: Row | None) -> Plan | None:
    """What planning the note came to, where that is remembered."""
    return row[PLAN] if isinstance(row, list) and len(row) > PLAN else None


def state_of(plan: Plan) -> str:
    """What the journal said of the note then."""
    return str(plan[0])


def with_plan(row: Row, found: Rewrite, state: str, questions: list[int]) -> list[Any]:
    """The row with what planning has come to, where nothing is to be changed."""
    notices = [[item.line, item.url, item.why] for item in found.notices]
    images = [[link.line, link.url, *_diagnosis(diagnosis)] for link, diagnosis in found.images]
    row = [row, 0] if isinstance(row, str) else row
    return [*row[:PLAN], *[[]] * (PLAN - len(row)), [state, questions, notices, images]]


def without_plan(row: Row) -> Row:
    """The row with what its bytes say alone."""
    return row[:PLAN]


def rewrite_of(path: str, plan: Plan) -> Rewrite:
    """What planning came to, without the note's bytes."""
    _, _, notices, images = plan
    if not (notices or images):
        return Rewrite(path, b"", b"", ())
    return Rewrite(path, b"", b"", (), tuple(Notice(path, *notice) for notice in notices), tuple(map(_image, images)))


def _diagnosis(found: Diagnosis) -> list[str]:
    return [found.verdict.value, found.why, found.target, found.place, found.wanted, found.broken, found.fragment]


def _image(item: list[Any]) -> tuple[Link, Diagnosis]:
    line, url, verdict, why, target, place, wanted, broken, fragment = item
    link = Link(url, Role.IMAGE, Form.INLINE, _NOWHERE, None, line)
    return link, Diagnosis(Verdict(verdict), why, target, place, None, wanted, broken, fragment)
