"""docs/api.md: every name of the public API, from its signature and docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import archiver
from archiver import ArchiverError
from tests.reference.tables import table


def public() -> dict[str, Any]:
    """The names of the API with what they are, the functions first, then the archive, then what they give."""
    found = {name: getattr(archiver, name) for name in archiver.__all__}
    return dict(sorted(found.items(), key=lambda one: (not inspect.isfunction(one[1]), is_dataclass(one[1]), one[0])))


def is_error(value: object) -> bool:
    """Whether it is a class of exceptions."""
    return isinstance(value, type) and issubclass(value, ArchiverError)


def errors() -> str:
    """Markdown: a table of the exceptions."""
    rows = [[f"`{name}`", _text(value)] for name, value in public().items() if is_error(value)]
    return table(("error", "meaning"), rows)


def reference() -> str:
    """Markdown: everything else."""
    parts = [part for name, value in public().items() if not is_error(value) for part in _parts(name, value)]
    return "\n\n".join(parts) + "\n"


def members(value: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties of a class, in its order."""
    for name, member in vars(value).items():
        if not name.startswith("_") and not is_dataclass(value):
            yield name, member


def signature(name: str, value: Any) -> str:
    """A function as it is called, with types."""
    shown = str(inspect.signature(value)).replace("nouns.", "").replace("'", "")
    return f"{name}{re.sub(r'[(](?:self|cls)(?:, )?', '(', shown)}"


def _parts(name: str, value: Any) -> Iterator[str]:
    if inspect.isfunction(value):
        yield f"#### `{name}`\n\n```python\n{signature(name, value)}\n```\n\n{_text(value)}"
        return
    yield f"#### `{name}`\n\n{_text(value)}"
    if is_dataclass(value):
        lines = [f"{field.name}: {field.type}" for field in fields(value)]
        yield "```python\n" + "\n".join(lines) + "\n```"
    for member, found in members(value):
        if isinstance(found, property):
            returned = inspect.signature(found.fget).return_annotation  # type: ignore[arg-type] # it can be read
            called = f"{name}.{member} -> {returned}"
        else:
            found = getattr(value, member)
            called = signature(f"{name}.{member}", found)
        yield f"```python\n{called}\n```\n\n{_text(found)}"


def _text(value: object) -> str:
    return inspect.getdoc(value) or ""
