"""What commands hear of notes while they work."""

from __future__ import annotations

from typing import Any

from archiver.errors import ExitCode
from archiver.events import Event, NoteDone, Notice


class Heard:
    """Collects what is reported of notes; its `tell` is a `Report`."""

    def __init__(self) -> None:
        self.failed: list[NoteDone] = []
        self.notices: list[Notice] = []
        self.rewritten: list[str] = []
        self.broken = False  # whether there was a fault of archiver's own

    def tell(self, event: Event) -> None:
        if isinstance(event, NoteDone):
            if event.error:
                self.failed.append(event)
            else:
                self.rewritten.append(event.path)
        elif isinstance(event, Notice):
            self.notices.append(event)

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.FAILURE if self.failed or self.broken else ExitCode.OK

    def members(self) -> dict[str, Any]:
        """What machines get of what went wrong."""
        failed = [{"path": event.path, "error": event.error} for event in self.failed]
        return {"failed": failed, "exit_code": int(self.exit_code)}
