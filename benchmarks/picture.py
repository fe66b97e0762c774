"""Curves over sizes as a picture: SVG, both axes logarithmic, so that growth in proportion is a line at 45°."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, MARGIN, LEGEND = 360, 260, 48, 130
# Told apart by the colour-blind too.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")


@dataclass(frozen=True, slots=True)
class Curve:
    """A name and its points: size, value."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Axis:
    """A logarithmic axis from a power of ten to another, drawn from pixel `start` to pixel `end`."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def draw(panels: Sequence[tuple[str, Sequence[Curve]]], across: str) -> str:
    """Panels side by side, each with its title; `across` names what the sizes count."""
    width, height = (WIDTH + MARGIN) * len(panels) + MARGIN, HEIGHT + 2 * MARGIN + LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
        ' font-size="11"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for number, (title, curves) in enumerate(panels):
        parts += _panel(MARGIN + number * (WIDTH + MARGIN), title, curves, across)
    for number, curve in enumerate(panels[0][1]):
        y = HEIGHT + 2 * MARGIN + 16 * number
        parts.append(f'<rect x="{MARGIN}" y="{y - 8}" width="18" height="4" fill="{_COLOURS[number]}"/>')
        parts.append(f'<text x="{MARGIN + 26}" y="{y}">{escape(curve.name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _panel(left: float, title: str, curves: Sequence[Curve], across: str) -> list[str]:
    sizes = [size for curve in curves for size, _ in curve.points]
    values = [value for curve in curves for _, value in curve.points]
    x = _axis(sizes, left, left + WIDTH)
    y = _axis(values, MARGIN + HEIGHT, MARGIN)
    parts = [f'<text x="{left}" y="{MARGIN - 16}" font-weight="bold">{escape(title)}</text>']
    for power in range(y.low, y.high + 1):
        at = y.at(10.0**power)
        parts.append(f'<path d="M{left} {at:.1f}H{left + WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 4}" y="{at + 4:.1f}" text-anchor="end">{_power(power)}</text>')
    for power in range(x.low, x.high + 1):
        at = x.at(10.0**power)
        parts.append(f'<path d="M{at:.1f} {MARGIN}V{MARGIN + HEIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{at:.1f}" y="{MARGIN + HEIGHT + 16}" text-anchor="middle">{10**power:,}</text>')
    middle, below = left + WIDTH / 2, MARGIN + HEIGHT + 32
    parts.append(f'<text x="{middle:.1f}" y="{below}" text-anchor="middle">{escape(across)}</text>')
    for colour, curve in zip(_COLOURS, curves, strict=False):
        line = " ".join(f"{x.at(size):.1f},{y.at(value):.1f}" for size, value in curve.points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
    return parts


def _axis(values: Sequence[float], start: float, end: float) -> _Axis:
    low = math.floor(math.log10(min(values)))
    return _Axis(low, max(low + 1, math.ceil(math.log10(max(values)))), start, end)


def _power(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
