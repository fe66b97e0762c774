"""Dataclasses whose methods are written when they are first needed.

For each class, `dataclasses` writes code and compiles it: nearly a thousandth of a second, for hundreds of classes, of
most of which an idle run makes no object, and compares or prints none of the others. Here a class gets its `__slots__`
at once, its `__init__` with its first object, and what `dataclasses` writes as ever when that is asked for.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import get_annotations
from threading import RLock
from typing import TYPE_CHECKING, Any

_NO_FIELDS, _UNUSUAL = ("ClassVar",), ("InitVar", "KW_ONLY", "dataclasses.")
_OWN = ("__dict__", "__weakref__")  # of a class without slots
_ONLY_FIELDS = {"repr": False, "eq": False, "order": False, "match_args": False}
_writing = RLock()


class _NotGiven:
    def __repr__(self) -> str:
        return "<factory>"


_NOT_GIVEN = _NotGiven()


class _Late:
    """Stands in a class for what is not written yet; whoever asks for it has it written."""

    def __init__(self, name: str, write: Callable[[], None]) -> None:
        self._name, self._write = name, write

    def __get__(self, instance: object, owner: type) -> Any:
        self._write()
        return getattr(owner if instance is None else instance, self._name)


# What makes an object, and what tells of a class without one; and what is asked for of objects, and of many never.
_FIRST = ("__init__", "__dataclass_fields__", "__signature__")
_SECOND = ["__dataclass_params__", "__match_args__", "__repr__"]
_SECOND += ["__replace__"] if sys.version_info >= (3, 13) else []
_ORDER = ["__lt__", "__le__", "__gt__", "__ge__"]
_WRITTEN = {*_FIRST, *_SECOND, *_ORDER, "__eq__", "__hash__", "__setattr__", "__delattr__"}


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _dataclass(*, slots: bool = False, **options: Any) -> Callable[[type], type]:
    def decorate(cls: type) -> type:
        usual = options.keys() <= {"frozen", "order", "eq"} and not _WRITTEN & cls.__dict__.keys()
        usual = usual and not any(str(kind).startswith(_UNUSUAL) for kind in get_annotations(cls).values())
        return _later(cls, options) if slots and usual else dataclasses.dataclass(slots=slots, **options)(cls)

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
    for name, value in (_parts(made, defaults, options) | _refusing(made, options)).items():
        setattr(made, name, value)
    return made


def _parts(made: type, defaults: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """What is not written yet of a class."""
    compared = options.get("eq", True)
    later = _SECOND + (_ORDER if options.get("order") else []) + (["__eq__"] if compared else [])
    later += ["__hash__"] if compared and options.get("frozen") else []

    def write(names: Sequence[str], find: Callable[[type, dict[str, Any], dict[str, Any]], Mapping[str, Any]]) -> None:
        with _writing:
            if isinstance(made.__dict__.get(names[0]), _Late):  # and no other thread was faster
                _put(made, names, find(made, defaults, options))

    parts: dict[str, Any] = {name: _Late(name, partial(write, _FIRST, _first)) for name in _FIRST}
    parts |= {name: _Late(name, partial(write, later, _second)) for name in later}
    return parts if "__hash__" in parts or not compared else {**parts, "__hash__": None}


def _refusing(made: Any, options: dict[str, Any]) -> dict[str, Any]:
    """The two methods of a frozen class, which `dataclasses` would compile for each."""
    if not options.get("frozen"):
        return {}

    def is_fixed(self: object, name: str) -> bool:
        return type(self) is made or name in made.__dataclass_fields__

    def set_field(self: object, name: str, value: object) -> None:
        if is_fixed(self, name):
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(made, self).__setattr__(name, value)

    def delete_field(self: object, name: str) -> None:
        if is_fixed(self, name):
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(made, self).__delattr__(name)

    return {"__setattr__": set_field, "__delattr__": delete_field}


def _put(made: type, names: Sequence[str], found: Mapping[str, Any]) -> None:
    """Other threads use what is there of the class at any moment: each part takes the place of what stood for it at
    once, and the first one last."""
    for name in reversed(names):
        if name in found:
            setattr(made, name, found[name])
        else:
            delattr(made, name)  # `__signature__`, which is told from `__init__`


def _alone(made: type, defaults: dict[str, Any], options: dict[str, Any]) -> type:
    """A class that nobody else knows, of which `dataclasses` makes all but `__init__`."""
    inside = {name: made.__dict__[name] for name in ("__module__", "__doc__")}
    inside |= {"__qualname__": made.__qualname__, "__annotations__": get_annotations(made)}
    return dataclasses.dataclass(init=False, **options)(type(made)(made.__name__, made.__bases__, inside | defaults))


def _second(made: type, defaults: dict[str, Any], options: dict[str, Any]) -> Mapping[str, Any]:
    return vars(_alone(made, defaults, options))


def _first(made: type, defaults: dict[str, Any], options: dict[str, Any]) -> Mapping[str, Any]:
    """Its fields and its `__init__`, which is written here, since `dataclasses` would write more with it."""
    known = options if made.__bases__ != (object,) else {}  # a frozen class can only extend frozen ones
    alone = _alone(made, defaults, known | _ONLY_FIELDS)
    heads, lines = ["self"], []
    given: dict[str, Any] = {"__name__": made.__module__, "_GIVEN": _NOT_GIVEN}
    for field in dataclasses.fields(alone):
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            given[f"_make_{name}"], value = field.default_factory, f"_make_{name}() if {name} is _GIVEN else {name}"
            heads.append(f"{name}=_GIVEN")
        else:
            given[f"_default_{name}"] = field.default
            heads.append(name if field.default is dataclasses.MISSING else f"{name}=_default_{name}")
        given[f"_set_{name}"] = getattr(made, name).__set__  # in half of the time of `object.__setattr__`
        lines.append(f"_set_{name}(self, {value})" if options.get("frozen") else f"self.{name} = {value}")
    lines += ["self.__post_init__()"] if hasattr(made, "__post_init__") else []
    exec("\n ".join([f"def __init__({', '.join(heads)}):", *(lines or ["pass"])]), given)  # noqa: S102 - as there
    init = given["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in dataclasses.fields(alone)} | {"return": None}
    return {"__init__": init, "__dataclass_fields__": vars(alone)["__dataclass_fields__"]}


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _dataclass
