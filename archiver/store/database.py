"""A connection to SQLite that loads sqlite-utils when it is first needed. To ask, which is all that an idle run does,
it is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from sqlite_utils import Database

_ASKING = ("select ", "pragma ")


class _Lazy:
    """Answers questions by itself; whatever else it is told, sqlite-utils does, from then on."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.conn = connection
        self._full: Database | None = None

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        if self._full is None and sql.lower().startswith(_ASKING):
            return self.conn.execute(sql, parameters)
        return self._loaded().execute(sql, parameters)

    def close(self) -> None:
        self.conn.close()

    def __getitem__(self, name: str) -> Any:
        return self._loaded()[name]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loaded(), name)

    def _loaded(self) -> Database:
        if self._full is None:
            from sqlite_utils import Database  # a third of what an idle run would load

            self._full = Database(self.conn)
        return self._full


def open_database(place: Path | sqlite3.Connection | None) -> Database:
    """The database at a place, or behind a connection, or (None) in memory."""
    if not isinstance(place, sqlite3.Connection):
        # One in memory may take rows over from a file that it is not to write to, which SQLite is told in a URI.
        place = sqlite3.connect(place) if place else sqlite3.connect(":memory:", uri=True)
    return cast("Database", _Lazy(place))


class Migrations:
    """The same for the migrations of sqlite-utils: functions in the order in which they are to be applied."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._made: list[Callable[[Database], None]] = []

    def __call__(self) -> Callable[[Callable[[Database], None]], Callable[[Database], None]]:
        def register(function: Callable[[Database], None]) -> Callable[[Database], None]:
            self._made.append(function)
            return function

        return register

    @property
    def names(self) -> frozenset[str]:
        return frozenset(function.__name__ for function in self._made)

    def applied(self, db: Database) -> set[str]:
        """The names of those that a database has seen. Raises sqlite3.Error where their table is damaged."""
        if not db.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone():
            return set()
        sql = "select name, applied_at from _sqlite_migrations where migration_set = ?"
        return {name for name, _ in db.execute(sql, [self._name])}

    def pending(self, db: Database) -> bool:
        """Whether some are to be applied yet."""
        return not self.names <= self.applied(db)

    def apply(self, db: Database) -> None:
        """Apply those that are pending."""
        from sqlite_utils.migrations import Migrations as Applied

        applied = Applied(self._name)
        for function in self._made:
            applied()(function)
        applied.apply(db)
