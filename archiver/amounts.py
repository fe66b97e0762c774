"""Amounts as people say them: how many, which, how large, how long."""

from __future__ import annotations

from collections.abc import Sequence

_SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_FROM = 0.9995  # of a unit: from here on it is no longer a thousand of the one below


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 note`, `2,000 notes`; `plural` where that is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def size(number: float) -> str:
    """So many bytes, in the unit in which that is a short number: `812 bytes`, `1.5 MB`, `23 GB`."""
    for unit, name in _SIZES:
        if number >= _FROM * unit:
            value = number / unit
            return f"{value:.1f} {name}" if value < 9.95 else f"{value:,.0f} {name}"
    return counted(round(number), "byte")


def duration(minutes: float) -> str:
    """`a minute`, `62 minutes`, `2.5 hours`."""
    if minutes < 1.5:
        return "a minute"
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:,.1f} hours"
