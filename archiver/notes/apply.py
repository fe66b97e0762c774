"""Make changes to a note, leaving out those that cannot be proven harmless."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archiver.amounts import counted
from archiver.errors import NoteError
from archiver.models import Edit, Span
from archiver.models.values import dataclass
from archiver.notes.prove import prove
from archiver.notes.rewrite import Change
from archiver.notes.splice import new_spans, splice

_MOST_PROOFS = 200


def _nothing(_data: bytes) -> None:
    """What no reader makes of a note."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A rewritten note: `data` are its new bytes, `changes` those made, `refused` those left out."""

    data: bytes
    changes: tuple[Change, ...]
    refused: tuple[Change, ...] = ()


def apply(data: bytes, changes: Sequence[Change], shown: Callable[[bytes], object] = _nothing) -> Applied:
    """Make the changes of `plan` in a note given as bytes, and prove that nothing else changed.

    `shown` may tell what another reader makes of a note: that has to be the same before and after, too.

    Where all together fail the proof (a bare URL beside emphasis marks that would then pair differently), the
    offending ones are found by halving and left out, so that one odd link does not hold up a whole note. Raises
    NoteError if that takes too many attempts.
    """
    good = provable(data, [change.edit for change in changes], shown=shown)
    made = tuple(change for change in changes if change.edit in good)
    refused = tuple(change for change in changes if change.edit not in good)
    in_order = tuple(sorted(made, key=lambda change: change.edit.span.start))
    return Applied(splice(data, [change.edit for change in in_order]), in_order, refused)


def provable(
    data: bytes, edits: Sequence[Edit], *, backwards: bool = False, shown: Callable[[bytes], object] = _nothing
) -> frozenset[Edit]:
    """Return those of the edits that together change nothing but links; `backwards`: that undo such edits. `shown` is
    that of `apply`.

    Raises NoteError if finding them takes too many attempts.
    """
    if not edits:
        return frozenset()
    made: list[Edit] = []
    refused = 0
    stack = [list(edits)]
    proofs = 0
    before = shown(data)
    while stack:
        group = stack.pop()
        proofs += 1
        if proofs > _MOST_PROOFS:
            odd = counted(refused, "odd place")
            raise NoteError(f"rewriting this note would change more than its links ({odd} found)")
        tried = [*made, *group]
        if _proven(data, tried, backwards=backwards) and shown(splice(data, tried)) == before:
            made += group
        elif len(group) == 1:
            refused += 1
        else:
            half = len(group) // 2
            stack += (group[half:], group[:half])
    return frozenset(made)


def _proven(data: bytes, edits: Sequence[Edit], *, backwards: bool) -> bool:
    after = splice(data, edits)
    try:
        if backwards:
            prove(after, data, _inverse(data, edits))
        else:
            prove(data, after, edits)
    except NoteError:
        return False
    return True


def _inverse(data: bytes, edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits that lead back to `data`."""
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    pairs = zip(ordered, new_spans(ordered), strict=True)
    return [Edit(Span(new.start, new.end), data[edit.span.start : edit.span.end]) for edit, new in pairs]
