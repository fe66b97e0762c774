"""Dataclasses that are written with their first object are dataclasses in all else."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import MISSING, FrozenInstanceError, field, fields, is_dataclass, replace
from itertools import count
from threading import Barrier, Thread
from typing import Any, ClassVar

import pytest

from archiver.config import Config
from archiver.due.plan import Target
from archiver.events import Summary
from archiver.models.values import dataclass
from archiver.rewriting.rewrites import Rewriting
from archiver.store.lines import LinkEntry
from tests.work import calls

process = getattr(dataclasses, "_process_class")  # noqa: B009 - what writes the methods; the name is Python's own


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A place."""

    x: int
    y: int = 2
    more: tuple[int, ...] = ()
    kinds: ClassVar[int] = 3

    @property
    def sum(self) -> int:
        return self.x + self.y


@dataclass(frozen=True, slots=True)
class Named(Point):
    x: int = 7
    name: str = "?"


@dataclass(slots=True)
class Box:
    things: list[int] = field(default_factory=list)
    size: int = 0

    def __post_init__(self) -> None:
        self.size += 1


def fresh() -> type[Any]:
    """A class of which there is no object yet."""

    @dataclass(frozen=True, slots=True)
    class Fresh:
        a: int
        b: str = "b"

    return Fresh


def test_nothing_is_written_without_an_object() -> None:
    made: list[type[Any]] = []
    assert calls(lambda: made.append(fresh()), process) == [0]
    (kind,) = made
    assert calls(lambda: kind(1), process, exec) == [1, 1]  # `__init__` alone
    assert calls(lambda: (kind(1), fields(kind), inspect.signature(kind)), process) == [0]
    assert calls(lambda: kind(2) == kind(2), process) == [1]
    assert calls(lambda: (hash(kind(2)), repr(kind(2)), kind(2) != kind(3)), process) == [0]


def test_a_field_is_set_without_a_search_for_its_place() -> None:
    kind = fresh()
    kind(1)
    assert object.__setattr__ not in kind.__init__.__globals__.values()


FIRST: list[Callable[[type[Any]], object]] = [
    lambda kind: kind(1),
    lambda kind: kind(1, b="c"),
    fields,
    is_dataclass,
    inspect.signature,
    lambda kind: kind.__match_args__,
    lambda kind: kind.__init__,
]


@pytest.mark.parametrize("first", FIRST)
def test_whatever_is_done_first(first: Callable[[type[Any]], object]) -> None:
    kind = fresh()
    assert first(kind)
    assert [each.name for each in fields(kind)] == ["a", "b"]
    assert str(inspect.signature(kind)) == "(a: 'int', b: 'str' = 'b') -> None"
    assert (kind(1), hash(kind(1)), kind.__match_args__) == (kind(1, "b"), hash(kind(1, "b")), ("a", "b"))
    assert repr(kind(1)).endswith("Fresh(a=1, b='b')")
    with pytest.raises(FrozenInstanceError):
        kind(1).a = 2
    with pytest.raises(TypeError):
        kind()


def test_one_that_is_only_itself() -> None:
    @dataclass(frozen=True, slots=True, eq=False)
    class Self:
        a: int

    assert calls(lambda: Self(1), process) == [1]
    one = Self(1)
    assert one != Self(1)
    assert {one, Self(1)} != {one}
    assert repr(one).endswith("Self(a=1)")


def test_they_are_compared_ordered_replaced_and_matched() -> None:
    point = Point(1)
    assert (point, point.sum, Point.kinds, Point.__doc__) == (Point(1, 2, ()), 3, 3, "A place.")
    assert Point(1) < Point(2)
    assert replace(point, y=5) == Point(1, 5)
    match point:
        case Point(x, y):
            assert (x, y) == (1, 2)
    assert not hasattr(point, "__dict__")
    with pytest.raises(AttributeError):
        object.__setattr__(point, "z", 1)


def test_one_that_extends_another() -> None:
    assert [each.name for each in fields(Named)] == ["x", "y", "more", "name"]
    assert (Named().x, Named(1, 2, (), "n").name, Named().sum) == (7, "n", 9)
    assert isinstance(Named(), Point)
    assert Named(1) != Point(1)


def test_defaults_are_made_anew_and_what_follows_is_called() -> None:
    one, other = Box(), Box()
    one.things.append(1)
    assert (other.things, one.size) == ([], 1)
    assert Box.__hash__ is None


def test_a_process_in_which_there_is_no_object_yet_takes_one_over() -> None:
    for value in (Point(1, 2, (3,)), Named(1, name="n"), Box([1], 2)):
        assert pickle.loads(pickle.dumps(value)) == copy.copy(value) == copy.deepcopy(value) == value
    taken = fresh()
    empty = object.__new__(taken)
    empty.__setstate__([1, "c"])
    assert empty == taken(1, "c")


def both(kind: type[Any]) -> tuple[type[Any], type[Any]]:
    """The class, and what `dataclasses` itself makes of its twin."""
    inside = {name: value for name, value in vars(kind).items() if name in ("__annotations__", "__doc__", "__module__")}
    frozen = "__setattr__" in vars(kind)
    made = [
        (each.name, each.default if each.default is not MISSING else field(default_factory=each.default_factory))
        for each in fields(kind)
        if each.default is not MISSING or each.default_factory is not MISSING
    ]
    twin = type(kind.__name__, (), {**inside, **dict(made), "__qualname__": kind.__qualname__})
    return kind, dataclasses.dataclass(frozen=frozen, slots=True)(twin)


@pytest.mark.parametrize(
    "kind", [fresh(), Config, LinkEntry, Target, Rewriting, Summary], ids=lambda kind: kind.__name__
)
def test_init_is_what_dataclasses_would_write(kind: type[Any]) -> None:
    ours, theirs = both(kind)
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    assert ours.__init__.__qualname__ == theirs.__init__.__qualname__
    assert inspect.get_annotations(ours.__init__) == inspect.get_annotations(theirs.__init__)
    given = [f"value {n}" for n, each in enumerate(fields(kind))]
    assert repr(ours(*given)) == repr(theirs(*given))
    needed = given[: sum(each.default is MISSING and each.default_factory is MISSING for each in fields(kind))]
    assert repr(ours(*needed)) == repr(theirs(*needed))
    for wrong in ([*given, "more"], []) if needed else ([*given, "more"],):
        said = []
        for each in (ours, theirs):
            with pytest.raises(TypeError) as error:
                each(*wrong)
            said.append(str(error.value))
        assert said[0] == said[1]


def test_threads_make_their_first_objects_at_once() -> None:
    for _ in range(20):
        kind, numbers = fresh(), count()
        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(lambda n, kind=kind: kind(n), range(16)))
        assert [one.a for one in made] == list(range(16)), next(numbers)


def test_threads_that_make_the_first_objects_together_wait_for_each_other() -> None:
    failed: list[BaseException] = []

    def make(kind: type, barrier: Barrier) -> None:
        barrier.wait()
        try:
            assert (kind(1, z=4).y, kind(1, z=4).z) == (2, 4)
        except BaseException as error:  # noqa: BLE001 - a thread's own are told nobody
            failed.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(200):

            @dataclass(frozen=True, slots=True)
            class Parent:
                x: int
                y: int = 2

            @dataclass(frozen=True, slots=True)
            class Child(Parent):
                z: int = 3

            barrier = Barrier(4)
            threads = [Thread(target=make, args=(Child, barrier)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(before)
    assert failed == []
