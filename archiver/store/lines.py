"""links.jsonl and journal.jsonl: one JSON object a line, read with the line number in every complaint.

Each line ends with a checksum (`check`), so that a single changed character is noticed, and git can still merge lines.
One without is accepted: so a line edited by hand is made valid again. A line names its format (`schema`) where that is
not the first: an archiver that does not know it must not drop what it cannot read.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

from archiver.errors import DamageError, NewerFormatError
from archiver.models import Status, UrlKind
from archiver.models.values import dataclass
from archiver.store.files import append_synced, disk_errors, write_if_changed
from archiver.store.layout import JOURNAL, LINKS

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
CHECK = "check"
SCHEMAS = {LINKS: 3, JOURNAL: 2}  # the newest format of a line that is known here
DAMAGED_AT_SOURCE = "not whole where it comes from either: kept as it came"  # reason of an archived image
FORGOTTEN = "forgotten by you"  # reason of a refused article; its entry keeps the folder that it had


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """What is known of a URL that the notes name.

    `target` is an article's folder or an image's path, relative to the archive's root; `checked` and `next` are ISO
    times in UTC: of the last attempt, and before which no other is made (empty: none). `since` is the date on which a
    link that waits was first seen, `gone` the one on which the original of an archived article was found to be gone.
    `added`: the user gave it to `archiver add` or `import`; it is due although no note may name it. `walls`: in so many
    runs a verification page came for this link while others were answered.

    Of the web archive: `archived` is when the capture there was made from which the copy is, `via` its address (or, of
    what was imported, when the file was saved, and its name); `sought`: on so many nights it had nothing that was
    wanted; `seek`: it is not asked before; `saved`: when it made one because it was asked to.
    """

    url: str
    kind: UrlKind
    status: Status
    reason: str = ""
    target: str = ""
    width: int = 0  # of an image, in pixels
    height: int = 0
    attempts: int = 0
    checked: str = ""
    next: str = ""
    since: str = ""
    gone: str = ""
    added: bool = False
    walls: int = 0
    archived: str = ""
    via: str = ""
    sought: int = 0
    seek: str = ""
    saved: str = ""

    @property
    def is_imported(self) -> bool:
        """The copy came from a file, which `via` names."""
        return bool(self.via) and not self.via.startswith(("http://", "https://"))

    @property
    def is_forgotten(self) -> bool:
        """The user had the article forgotten."""
        return self.reason == FORGOTTEN

    @property
    def state(self) -> str:
        """What people are to read of it: its status, or `forgotten`, which files call refused."""
        return state_of(self.status, is_forgotten=self.is_forgotten)


def state_of(status: Status, *, is_forgotten: bool) -> str:
    """See LinkEntry.state."""
    return "forgotten" if is_forgotten else status.value


OnDamage = Callable[[int, str], None]  # is told (line number, what is wrong) of a line that is passed over


def read_lines(path: Path, on_damage: OnDamage | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of each line of a .jsonl file, `check` and `schema` left out; nothing when it is missing.

    Part of a line at the end is what a crash or a full disk leaves of an append: it is passed over. Raises DamageError
    for any other line that is no JSON object or not what its checksum says (unless `on_damage` is there to be told),
    NewerFormatError for a line of a newer format, StoreError where the file cannot be read.
    """
    return parse_lines(path, read_file(path), on_damage)


def read_file(path: Path) -> bytes:
    """The bytes of a .jsonl file; none when it is missing. Raises StoreError."""
    with disk_errors(path, "read"):
        return path.read_bytes() if path.exists() else b""


def intact(data: bytes) -> str:
    """What to know a .jsonl file by of which every line could be read; empty where its end is cut off."""
    return hashlib.sha256(data).hexdigest() if data.endswith(b"\n") else ""


def parse_lines(
    path: Path, data: bytes, on_damage: OnDamage | None = None, *, trusted: bool = False
) -> Iterator[tuple[int, dict[str, Any]]]:
    """As `read_lines`, of a file that was read. `trusted`: all its lines were read before, as they are."""
    if trusted:  # many at once, and without a checksum of each
        full, numbers = filter(bytes.strip, io.BytesIO(data)), count(1)
        while some := list(islice(full, 1000)):
            for value in json.loads(b"[" + b",".join(some) + b"]"):
                value.pop(CHECK, None)
                value.pop("schema", None)
                yield next(numbers), value
        return
    last = data[data.rfind(b"\n") + 1 :]
    lines = io.BytesIO(data if _is_whole(last) else data[: len(data) - len(last)])  # one by one: there may be a million
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = _read_line(line)
        except ValueError as error:
            if on_damage is None:
                raise DamageError(f"{path}:{number}: {error}; mend or remove this line") from error
            on_damage(number, str(error))
            continue
        schema, known = value.pop("schema", 1), SCHEMAS.get(path.name, 1)
        if schema > known:
            raise NewerFormatError(f"{path}:{number}", schema, known)
        yield number, value


def _read_line(line: bytes) -> dict[str, Any]:
    """The object of a line. Raises ValueError, which says what is wrong with it."""
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ValueError(f"not JSON ({error})") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  # of a text, not of an argument
    check = value.pop(CHECK, None)
    if check is not None and check != _checksum(value):
        raise ValueError(f"changed since it was written (if that was you, take its {CHECK!r} away)")
    schema = value.get("schema", 1)
    if type(schema) is not int or schema < 1:
        raise ValueError(f"`schema` must be a whole number from 1, not {schema!r}")
    return value


def _is_whole(line: bytes) -> bool:
    """Whether a last line without line end is all there, as an editor may leave it: no part of an object is one."""
    try:
        return bool(_read_line(line))
    except ValueError:
        return False


def json_line(value: dict[str, Any]) -> bytes:
    """`value` and its checksum, behind all else, as a line."""
    said = _dumps(value)
    comma = b"," if value else b""
    return b'%b%b"%b":"%b"}\n' % (said[:-1], comma, CHECK.encode(), hashlib.sha256(said).hexdigest()[:8].encode())


def _checksum(value: dict[str, Any]) -> str:
    return hashlib.sha256(_dumps(value)).hexdigest()[:8]


def _dumps(value: dict[str, Any]) -> bytes:
    return _encode(value).encode("utf-8", "surrogatepass")


def append_lines(path: Path, values: Iterable[dict[str, Any]]) -> None:
    """Append objects to a .jsonl file, after mending an end that a crash cut off. Raises StoreError."""
    data = b"".join(map(json_line, values))
    with disk_errors(path, "read"):
        if path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                file.seek(-1, 2)
                ended = file.read(1) == b"\n"
            if not ended:
                _end_last_line(path)
    append_synced(path, data)


def _end_last_line(path: Path) -> None:
    """Give the last line its line end, or take the line away where a crash cut it off."""
    data = path.read_bytes()
    start = data.rfind(b"\n") + 1
    write_if_changed(path, data + b"\n" if _is_whole(data[start:]) else data[:start])
