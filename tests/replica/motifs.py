"""What the made-up images show: a few simple motifs in colours that follow from a hash."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from tests.replica.spec import Motif

Colour = tuple[int, int, int]

_SIGNATURE_BLOCKS = 16


def draw(
    seed: bytes, width: int, height: int, motif: Motif | None = None, *, phase: float = 0.0, smooth: bool = False
) -> Image.Image:
    """An RGB image of `width` × `height` pixels. `seed` (32 bytes or more) decides colours and shapes.

    Different seeds give different pixels: a strip at the bottom shows 16 of the seed's bytes. `phase` in 0…1 moves
    the motif, for animations. `smooth` draws at twice the size and reduces, at about four times the cost.
    """
    names = sorted(_MOTIFS)
    name = motif or names[seed[0] % len(names)]
    scale = 2 if smooth else 1
    image = Image.new("RGB", (width * scale, height * scale), _colour(seed, 0.0, 0.93))
    canvas = ImageDraw.Draw(image)
    _MOTIFS[name](canvas, seed, image.width, image.height, phase)
    _sign(canvas, seed, image.width, image.height)
    return image.resize((width, height), Image.Resampling.LANCZOS) if smooth else image


def _colour(seed: bytes, turn: float, light: float, saturation: float = 0.55) -> Colour:
    hue = (seed[1] / 256 + turn) % 1.0
    red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _sign(canvas: ImageDraw.ImageDraw, seed: bytes, width: int, height: int) -> None:
    size = max(1, min(width // 40, height // 12))
    for n in range(_SIGNATURE_BLOCKS):
        left, top = (n + 1) * size * 1.25, height - 2 * size
        colour = _colour(seed, seed[n + 8] / 1024, 0.35 + seed[n + 8] / 640)
        canvas.rectangle((left, top, left + size - 1, top + size - 1), fill=colour)


def _hills(canvas: ImageDraw.ImageDraw, seed: bytes, width: int, height: int, phase: float) -> None:
    for row in range(height):
        canvas.line((0, row, width, row), fill=_colour(seed, 0.08 * row / height, 0.72 + 0.22 * row / height))
    radius = height * (0.08 + seed[2] / 4000)
    x = width * (0.15 + 0.7 * ((seed[3] / 256 + phase) % 1.0))
    y = height * (0.25 + seed[4] / 1500)
    canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(seed, 0.5, 0.85, 0.9))
    for layer in range(4):
        base = height * (0.5 + 0.12 * layer)
        swing = height * 0.09
        start = seed[5 + layer] / 40
        step = width / 160
        crest = [
            (
                n * step,
                base - swing * math.sin(start + n / (17 + 5 * layer)) - swing / 2 * math.sin(start * 3 + n / 9),
            )
            for n in range(161)
        ]
        fill = _colour(seed, 0.03 * layer, 0.62 - 0.12 * layer)
        canvas.polygon([(0, height), *crest, (width, crest[-1][1]), (width, height)], fill=fill)


def _tiles(canvas: ImageDraw.ImageDraw, seed: bytes, width: int, height: int, phase: float) -> None:
    cell = max(8, height // 6)
    columns, rows = -(-width // cell), -(-height // cell)
    for row in range(rows):
        for column in range(columns):
            value = (seed[(row * 7 + column * 3) % len(seed)] + round(256 * phase)) % 256
            box = (
                column * cell + cell * 0.06,
                row * cell + cell * 0.06,
                (column + 1) * cell - cell * 0.06,
                (row + 1) * cell - cell * 0.06,
            )
            colour = _colour(seed, (value % 5) / 40, 0.45 + value / 600)
            canvas.rounded_rectangle(box, radius=cell * 0.18, fill=colour)


def _arcs(canvas: ImageDraw.ImageDraw, seed: bytes, width: int, height: int, phase: float) -> None:
    cell = max(8, height // 3)
    for row in range(-(-height // cell)):
        for column in range(-(-width // cell)):
            value = seed[(row * 5 + column * 11) % len(seed)]
            left, top = column * cell, row * cell
            canvas.rectangle((left, top, left + cell, top + cell), fill=_colour(seed, value / 2048, 0.86))
            # A quarter of concentric discs, its centre in one of the cell's corners.
            x, y = left + cell * (value & 1), top + cell * (value >> 1 & 1)
            _quarter(canvas, seed, (x, y), cell, (value + round(256 * phase)) % 256, (left, top))


def _quarter(
    canvas: ImageDraw.ImageDraw,
    seed: bytes,
    centre: tuple[int, int],
    cell: int,
    value: int,
    corner: tuple[int, int],
) -> None:
    x, y = centre
    start = {(True, True): 0, (False, True): 90, (False, False): 180, (True, False): 270}[
        x == corner[0], y == corner[1]
    ]
    for ring in range(4):
        radius = cell * (1 - 0.24 * ring)
        box = (x - radius, y - radius, x + radius, y + radius)
        fill = _colour(seed, ring / 30 + value / 2048, 0.38 + 0.13 * ring)
        canvas.pieslice(box, start, start + 90, fill=fill)


def _bars(canvas: ImageDraw.ImageDraw, seed: bytes, width: int, height: int, phase: float) -> None:
    _chart(canvas, seed, width, height, [0.25 + 0.75 * ((value / 256 + phase) % 1.0) for value in seed[2:11]])


def _decay(canvas: ImageDraw.ImageDraw, seed: bytes, width: int, height: int, phase: float) -> None:
    _chart(canvas, seed, width, height, [2 ** (-(n + phase) / 6) for n in range(9)])


def _chart(canvas: ImageDraw.ImageDraw, seed: bytes, width: int, height: int, values: list[float]) -> None:
    left, bottom = width * 0.08, height * 0.84
    for line in range(5):
        y = bottom - line * height * 0.17
        canvas.line((left, y, width * 0.95, y), fill=_colour(seed, 0.0, 0.82, 0.2), width=max(1, height // 400))
    pitch = (width * 0.87) / len(values)
    for n, value in enumerate(values):
        top = bottom - value * height * 0.66
        box = (left + pitch * (n + 0.2), top, left + pitch * (n + 0.8), bottom)
        canvas.rounded_rectangle(box, radius=pitch * 0.08, fill=_colour(seed, n / 60, 0.45 + n / 40))


_MOTIFS: dict[str, Callable[[ImageDraw.ImageDraw, bytes, int, int, float], None]] = {
    "arcs": _arcs,
    "bars": _bars,
    "decay": _decay,
    "hills": _hills,
    "tiles": _tiles,
}
