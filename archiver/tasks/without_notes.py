"""What it means that no file matches [notes] include: notes that were moved or a wrong glob, or an archive without
notes."""

from __future__ import annotations

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.errors import ConfigError, ExitCode
from archiver.events import NoNotes, Summary
from archiver.rewriting.scan import Scan
from archiver.store.notewalk import find_notes


def without_notes(config: Config, archive: Archive, scan: Scan) -> NoNotes | None:
    """That there are no notes, and what the archive knows nevertheless; None where there are some."""
    if scan.notes:
        return None
    links = list(archive.links)
    named = any(archive.journal.notes()) or any(not entry.added and not entry.is_forgotten for entry in links)
    return NoNotes(str(config.notes_root), tuple(config.notes.include), named=named, added=bool(links))


def need_notes(config: Config, archive: Archive, scan: Scan) -> NoNotes | None:
    """The same for a command that works on notes. Raises ConfigError where nothing was ever archived either."""
    found = without_notes(config, archive, scan)
    if found and not found.named and not found.added:
        raise _nothing(config)
    return found


def refuse_no_notes(config: Config) -> None:
    """The same before an archive is made for them. Raises ConfigError where there are none."""
    notes = find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root)
    if not config.archive_root.exists() and next(notes, None) is None:
        raise _nothing(config)


def _nothing(config: Config) -> ConfigError:
    globs = ", ".join(config.notes.include)
    return ConfigError(f"no file in {config.notes_root} matches [notes] include ({globs}): set root and include")


def add_no_notes(summary: Summary, found: NoNotes | None) -> None:
    """Enter it into what a run says at its end. Where there were notes, it is a failure."""
    if found and found.named:
        summary.attention.append(found)
        summary.exit_code = summary.exit_code or ExitCode.FAILURE
    elif found:
        summary.notices.append(found)
