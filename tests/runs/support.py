"""A night at a given time, and what must hold after each."""

from __future__ import annotations

from datetime import UTC, datetime

from archiver.tasks.sync import Options
from tests.world import Night, World, attention, broken, sync

NIGHT = datetime(2026, 3, 1, 2, tzinfo=UTC)


def run(world: World, now: datetime = NIGHT, night: Night | None = None) -> tuple[int, str]:
    """A night at `now` in which no time is lost by waiting: exit code, and what it said needs attention."""
    timing = (night or Night()).timing
    summary = sync(world.config, Options(), world.events.append, lambda: now, timing=timing)
    return summary.exit_code, "\n".join([*attention(summary), *map(str, world.events)])


def whole(world: World) -> None:
    """The archive is sound: no leftovers, and nothing that leads nowhere."""
    names = [path.name for path in world.archive.rglob("*")] if world.archive.exists() else []
    assert not [name for name in names if name.startswith((".tmp-", ".old-"))]
    for folder in world.article_folders():
        # The month's list is made at the end of a run, which a full disk may have kept it from reaching.
        assert set(broken(folder / "article.md")) <= {"../README.md"}
    for note in world.notes.rglob("*.md"):
        assert broken(note) == []
