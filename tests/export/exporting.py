"""Exports made in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archiver.export.job import Step
from archiver.rewriting.noteindex import index_notes
from archiver.tasks.export import Exported, Wanted, export_to_file
from archiver.tasks.run import view_run
from archiver.tasks.selection import Selection
from tests.reader.library import Library


def export(library: Library, kind: str, out: Path, **options: Any) -> Exported:
    """Export to the file `out`; `options` are those of Selection and Wanted."""
    chosen = {name: options.pop(name) for name in ("query", "notes", "ids") if name in options}
    selection, tell = Selection(**chosen), options.pop("tell", _tell_nobody)
    with view_run(library.config, texts=selection.has_words) as context:
        index_notes(library.config, context.archive)
        return export_to_file(context, Wanted(kind, selection, **options), out, tell)


def _tell_nobody(_step: Step) -> None:
    pass


def exported(library: Library, kind: str, folder: Path, **options: Any) -> bytes:
    """The bytes of an export that is whole."""
    out = folder / f"out.{kind}"
    done = export(library, kind, out, **options)
    assert done.whole, done
    return out.read_bytes()
