"""The lines of journal.jsonl: what each says, and how it is written.

docs/format.md describes them. Of an edit only what cannot be told from the rest is written, since a note with a
thousand links has a thousand of them: the article by its id, and not what is usually put into a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from archiver.models import Form
from archiver.models.rewrites import JournalEntry, Rewritten, around
from archiver.store.layout import JOURNAL, target_of
from archiver.store.lines import SCHEMAS

SCHEMA = SCHEMAS[JOURNAL]  # what is written; lines of schema 1 are read

_PLAIN = "{path}"
_LABELLED = "[{url}]({path})"
_APPENDED = " ([archived]({path}))"
_APPENDED_HTML = ' (<a href="{path}">archived</a>)'
_SLOTS = re.compile(r"(\{\{|\}\}|\{path\}|\{url\})")
_FIRST = frozenset({"target", "path", "original", "new", "form", "occurrence", "offset", "unsure"})
_SECOND = frozenset({"target", "original", "form", "put", "offset", "length", "unsure", "emptied"})
_EMPTY = re.compile(r"(?:=|%3[Dd])(?:[&#]|%|\Z)")  # a parameter without a value
_PAST = {"before": "", "after": "", "at": ""}


def read_entry(value: dict[str, Any]) -> JournalEntry:
    """The entry that a line holds. Raises KeyError, TypeError or ValueError for one that is none."""
    fields = {name: content for name, content in value.items() if name not in ("schema", "edits")}
    if fields["action"] == "past":
        fields = _PAST | fields
    return JournalEntry(**fields, edits=tuple(_read_edits(value.get("edits", ()))))


def entry_value(entry: JournalEntry) -> dict[str, Any]:
    """The line of an entry."""
    value: dict[str, Any] = {"schema": SCHEMA, "note": entry.note, "action": entry.action}
    value |= {"source": entry.source} if entry.source else {}
    if entry.action != "past":
        value |= {"before": entry.before, "after": entry.after, "at": entry.at}
    return value | {"edits": [_edit_value(edit) for edit in entry.edits]}


def _read_edits(values: Iterable[dict[str, Any]]) -> Iterator[Rewritten]:
    """The edits of a line; the rewrites of each target are counted."""
    seen: dict[str, int] = {}
    for value in values:
        known, stands = (_FIRST, _first_schema) if "new" in value else (_SECOND, _second_schema)
        if not value.keys() <= known:
            raise ValueError(f"an edit with {', '.join(sorted(value.keys() - known))}")
        form, original = Form(value["form"]) if "form" in value else Form.INLINE, str(value.get("original", ""))
        target, put, length, emptied = stands(form, original, value)
        number = seen.get(target, 0)
        seen[target] = number + 1
        offset, unsure = int(value.get("offset", 0)), bool(value.get("unsure", False))
        # By position: a note with a thousand links has a thousand of them, and a journal a thousand notes.
        yield Rewritten(target, original, form, put, number, offset, length, unsure, emptied)


_Stands = tuple[str, tuple[str, str], int, bool]  # target, what was put around it, length, whether it was emptied


def _first_schema(_form: Form, original: str, value: dict[str, Any]) -> _Stands:
    """It does not tell the note's encoding: the length is that in UTF-8. In any other note the links are found by what
    they lead to."""
    new = str(value["new"])
    # Nor whether credentials were taken out: they may have been wherever some could be missing.
    emptied = bool(_EMPTY.search(original))
    return target_of(str(value["target"])), around(str(value["path"]), new), len(new.encode()), emptied


def _second_schema(form: Form, original: str, value: dict[str, Any]) -> _Stands:
    put = str(value["put"]) if "put" in value else _usual(form, original)
    halves = _halves(put, _url(original))
    return str(value["target"]), halves, int(value.get("length", 0)), bool(value.get("emptied", False))


def _edit_value(edit: Rewritten) -> dict[str, Any]:
    value: dict[str, Any] = {"target": edit.target} | ({"original": edit.original} if edit.original else {})
    if edit.form is not Form.INLINE:
        value["form"] = edit.form.value
    put = _PLAIN.join(_slotted(text, _url(edit.original)) for text in edit.around)
    if put != _usual(edit.form, edit.original):
        value["put"] = put
    if edit.length:
        value |= {"offset": edit.offset, "length": edit.length}
    return value | ({"unsure": True} if edit.unsure else {}) | ({"emptied": True} if edit.emptied else {})


def _usual(form: Form, original: str) -> str:
    """What is put in the place of an original, or behind a link where that is empty, unless a line says else."""
    if not original:
        return _APPENDED_HTML if form is Form.HTML else _APPENDED
    return _LABELLED if form in (Form.AUTOLINK, Form.BARE) else _PLAIN


def _url(original: str) -> str:
    return original.strip("<>") if "://" in original else ""


def _slotted(text: str, url: str) -> str:
    """`text` with `{url}` for the URL, and its own braces doubled."""
    parts = text.split(url) if url else [text]
    return "{url}".join(part.replace("{", "{{").replace("}", "}}") for part in parts)


def _halves(put: str, url: str) -> tuple[str, str]:
    """What stands before and behind the path. Raises ValueError where `put` has not exactly one place for that."""
    if put == _PLAIN:
        return "", ""
    filled = {"{{": "{", "}}": "}", "{url}": url}
    halves = [""]
    for part in _SLOTS.split(put):
        if part == _PLAIN:
            halves.append("")
        else:
            halves[-1] += filled.get(part, part)
    head, tail = halves
    return head, tail
