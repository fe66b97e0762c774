"""Dataclasses whose methods are written when they are first needed.

For each class, `dataclasses` writes code and compiles it: nearly a thousandth of a second, for hundreds of classes, of
most of which an idle run makes no object. Here a class gets its `__slots__` at once, and the rest, which `dataclasses`
writes as ever, with its first object.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from inspect import get_annotations
from threading import RLock
from typing import TYPE_CHECKING, Any

_NO_FIELDS = ("ClassVar", "InitVar", "KW_ONLY")
_OWN = ("__dict__", "__weakref__")  # of a class without slots
_PENDING = "_write_methods"
_ONLY_INIT = {"repr": False, "eq": False, "order": False, "unsafe_hash": False, "match_args": False}
_writing = RLock()


class _Late:
    """Stands in a class for what is not written yet; whoever asks for it has it written."""

    def __init__(self, name: str, write: Callable[[], None]) -> None:
        self._name, self._write = name, write

    def __get__(self, instance: object, owner: type) -> Any:
        self._write()
        return getattr(owner if instance is None else instance, self._name)


# What makes an object, and what tells of a class without one.
_LATE = ("__init__", "__dataclass_fields__", "__dataclass_params__", "__match_args__", "__signature__")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    type(self).__dict__.get(_PENDING, _done)()
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _dataclass(*, slots: bool = False, **options: Any) -> Callable[[type], type]:
    def decorate(cls: type) -> type:
        late = slots and "__init__" not in cls.__dict__
        return _later(cls, options) if late else dataclasses.dataclass(slots=slots, **options)(cls)

    return decorate


def _later(cls: type, options: dict[str, Any]) -> type:
    """The class with its slots. As in `dataclasses` it is another one, since slots cannot be added to one."""
    inside = {name: value for name, value in cls.__dict__.items() if name not in _OWN}
    known = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    fields = [name for name, kind in get_annotations(cls).items() if not str(kind).startswith(_NO_FIELDS)]
    defaults = {name: inside.pop(name) for name in fields if name in inside}
    inside |= {"__slots__": tuple(name for name in fields if name not in known), "__doc__": cls.__doc__ or cls.__name__}
    made = type(cls)(cls.__name__, cls.__bases__, {"__getstate__": _state, "__setstate__": _set_state, **inside})
    made.__qualname__ = cls.__qualname__

    def write() -> None:
        with _writing:
            if _PENDING in made.__dict__:  # and no other thread was faster
                for base in made.__mro__[1:]:
                    base.__dict__.get(_PENDING, _done)()
                _write(made, defaults, options)

    setattr(made, _PENDING, write)
    for name in _LATE:
        setattr(made, name, _Late(name, write))
    return made


def _done() -> None:
    """Nothing is pending."""


def _init(made: type, defaults: dict[str, Any], options: dict[str, Any]) -> Any:
    """Its `__init__`, which `dataclasses` writes in a class that nobody else knows."""
    inside = {name: made.__dict__[name] for name in ("__module__", "__post_init__") if name in made.__dict__}
    inside |= {"__qualname__": made.__qualname__, "__annotations__": get_annotations(made)}
    alone = type(made)(made.__name__, made.__bases__, inside | defaults)
    return vars(dataclasses.dataclass(**options | _ONLY_INIT)(alone))["__init__"]


def _write(made: type, defaults: dict[str, Any], options: dict[str, Any]) -> None:
    # Other threads make objects as soon as `__init__` is the one that was written, and wait until then: it comes last.
    init = _init(made, defaults, options)
    del made.__match_args__  # type: ignore[attr-defined]
    slots = {name: made.__dict__[name] for name in defaults if name in made.__dict__}
    for name, value in defaults.items():  # where `dataclasses` looks for them, and slots are
        setattr(made, name, value)
    dataclasses.dataclass(**options | {"init": False})(made)
    for name in defaults:
        if name in slots:
            setattr(made, name, slots[name])
        elif name in made.__dict__:
            delattr(made, name)
    delattr(made, "__signature__")
    delattr(made, _PENDING)
    made.__init__ = init  # type: ignore[misc]


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _dataclass
