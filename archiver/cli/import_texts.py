"""What is said of imported files."""

from __future__ import annotations

from collections import Counter

from archiver.amounts import counted
from archiver.cli.short import short
from archiver.importing.found import Skipped, Why
from archiver.importing.taking import Outcome, Taken
from archiver.models.coverage import lacking
from archiver.tasks.import_files import Imported

_WHY = {
    Why.UNKNOWN: "no kind of file that is known",
    Why.NO_ARTICLE: "no article",
    Why.NO_ADDRESS: "it names neither the article's URL nor its ids",
    Why.CONTRADICTION: "its address and its page name different articles",
    Why.NO_PAGE: "there is no page of an article in it",
    Why.DAMAGED: "damaged",
    Why.TOO_LARGE: "too large",
    Why.TOO_MANY: "too much in it",
    Why.OUTSIDE: "its name leads out of the archive that holds it",
    Why.SYMBOLIC_LINK: "a symbolic link, which is not followed",
    Why.NESTED: "an archive inside an archive: unpack it first",
    Why.ENCRYPTED: "encrypted",
    Why.NEEDS_EXTRA: "web archives need the extra wacz, see docs/importing.md",
    Why.FORGOTTEN: "forgotten by you: archiver add takes it again",
    Why.FAILED: "it failed",
}
_SAID = {
    Outcome.NEW: "imported",
    Outcome.VERSION: "kept beside the copy, as a version",
    Outcome.COMPLETED: "the copy has got images from it",
    Outcome.KNOWN: "there already",
}
_COUNTED = {
    Outcome.NEW: "imported",
    Outcome.VERSION: "kept as versions",
    Outcome.COMPLETED: "completed",
    Outcome.KNOWN: "there already",
}


def reason_text(skipped: Skipped) -> str:
    """Why something gives no article."""
    said = _WHY[skipped.why]
    return f"{said}: {skipped.detail}" if skipped.detail and skipped.why is not Why.NEEDS_EXTRA else said


def skipped_line(skipped: Skipped) -> str:
    """A line about what gives no article."""
    return f"{short(skipped.name, 120)}: skipped: {short(reason_text(skipped), 200)}"


def taken_line(taken: Taken, *, rehearsal: bool = False) -> str:
    """A line about an article."""
    said = [f"would be {_SAID[taken.outcome]}" if rehearsal else _SAID[taken.outcome]]
    if taken.held < taken.images:
        said.append(f"{taken.held:,} of {counted(taken.images, 'image')}")
    if taken.record and (share := lacking(taken.record.coverage)) is not None:
        said.append(f"{share:.1%} of its page")
    return f"{short(taken.name, 120)}: {short(taken.title)}: {', '.join(said)}"


def count_line(done: Imported, *, rehearsal: bool = False) -> str:
    """What it came to."""
    outcomes = Counter(one.outcome for one in done.taken)
    counts = [f"{outcomes[outcome]:,} {said}" for outcome, said in _COUNTED.items() if outcomes[outcome]]
    counts += [f"{len(done.skipped):,} skipped"] if done.skipped else []
    return f"{'Nothing is written. ' if rehearsal else ''}{counted(len(done.taken), 'article')}: " + (
        ", ".join(counts) or "nothing to import"
    )


def missing_lines(done: Imported) -> list[str]:
    """Where imported articles lack images, a line about how they come."""
    lack = sum(max(one.images - one.held, 0) for one in done.taken if one.outcome is Outcome.NEW)
    return (
        [f"Not in the files: {counted(lack, 'image')}. archiver sync asks for these, or import --fetch"] if lack else []
    )
