"""How much of each page stands in its copy: what article.json says of it, and whether that is still so."""

from __future__ import annotations

from collections.abc import Collection

from archiver.archive.coverage import counted
from archiver.fixity.survey import Survey
from archiver.models.coverage import ENOUGH, Coverage
from archiver.models.findings import Finding, FindingCode
from archiver.store.layout import FULL_CAPTURE, PAGE, RECORD, SLIM_CAPTURE, TEXT


def check_coverage(found: Survey, folder: str, names: Collection[str], *, recount: bool, asked: bool = False) -> None:
    """Tell of an article that lacks more of its page than may be, and, where that is counted again, of a figure in
    article.json that is wrong; where a person has `asked` for it, also of one that cannot be counted again, since no
    capture is kept. One without a figure is of an older archiver."""
    record = found.records.get(folder)
    if record is None or record.coverage is None:
        return
    path = f"{folder}/{RECORD}"
    if record.coverage.lowest < ENOUGH:
        found.add(Finding(path, FindingCode.LOW_COVERAGE, value=_percent(record.coverage)))
    if not recount:
        return
    files = {name: found.read(f"{folder}/{name}") for name in (SLIM_CAPTURE, FULL_CAPTURE, TEXT, PAGE) if name in names}
    now = counted(record, {name: data for name, data in files.items() if data is not None})
    if now is None and asked:
        found.add(Finding(path, FindingCode.COVERAGE_NOT_COUNTED))
    if now is not None and now.counts_shown() != record.coverage.counts_shown():
        found.add(Finding(path, FindingCode.COVERAGE_DIFFERS, value=_percent(now), expected=_percent(record.coverage)))


def _percent(coverage: Coverage) -> str:
    return f"{int(coverage.lowest * 1000) / 10:g} %"
