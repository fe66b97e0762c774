"""Make changes to a note, leaving out those that cannot be proven harmless."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archiver.errors import NoteError
from archiver.notes.prove import prove
from archiver.notes.rewrite import Change
from archiver.notes.splice import splice

_MOST_PROOFS = 200


@dataclass(frozen=True, slots=True)
class Applied:
    """A rewritten note: `data` are its new bytes, `changes` those made, `refused` those left out."""

    data: bytes
    changes: tuple[Change, ...]
    refused: tuple[Change, ...] = ()


def apply(data: bytes, changes: Sequence[Change]) -> Applied:
    """Make the changes of `plan` in a note given as bytes, and prove that nothing else changed.

    Where all together fail the proof (a bare URL beside emphasis marks that would then pair differently), the
    offending ones are found by halving and left out, so that one odd link does not hold up a whole note. Raises
    NoteError if that takes too many attempts.
    """
    made: list[Change] = []
    refused: list[Change] = []
    waiting = [list(changes)]
    proofs = 0
    while waiting:
        group = waiting.pop()
        proofs += 1
        if proofs > _MOST_PROOFS:
            raise NoteError(f"rewriting this note would change more than its links ({len(refused)} odd places found)")
        if _provable(data, [*made, *group]):
            made += group
        elif len(group) == 1:
            refused += group
        else:
            half = len(group) // 2
            waiting += (group[half:], group[:half])
    made.sort(key=lambda change: change.edit.span.start)
    return Applied(splice(data, [change.edit for change in made]), tuple(made), tuple(refused))


def _provable(data: bytes, changes: Sequence[Change]) -> bool:
    edits = [change.edit for change in changes]
    try:
        prove(data, splice(data, edits), edits)
    except NoteError:
        return False
    return True
