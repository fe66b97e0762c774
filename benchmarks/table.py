"""The tables and pictures of `README.md`, made of `results.json`: `python -m benchmarks.table`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.picture import Curve, draw
from benchmarks.results import Rows, read

README = Path(__file__).with_name("README.md")
GROUPS = {
    "W1": "cold start and one article",
    "W2": "several articles, both engines",
    "W3": "looks at collections of notes",
    "W4": "a page",
    "W5": "search and builds",
    "W6": "care of 1,000 articles",
    "W7": "memory, and bytes on disk",
}
LINEAR = 1.05  # the largest exponent of what must grow in proportion
LEAST = 0.05  # seconds beside the start-up; of what takes less no exponent is told
_MADE = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- end -->)", re.DOTALL)
_HEAD = "| what | unit | ours | limit or peer | ratio | target | met | run |\n|---|---|--:|---|--:|---|---|---|\n"


def readme(rows: Rows) -> str:
    """README.md with the tables of these rows."""
    made = "\n".join(_parts(rows))
    return _MADE.sub(lambda _: f"\n{made}\n", README.read_text("utf-8"))


def write(rows: Rows) -> None:
    """Make the tables and pictures anew."""
    README.write_text(readme(rows), "utf-8")
    for name, picture in pictures(rows).items():
        README.with_name(name).write_text(picture, "utf-8")


def _parts(rows: Rows) -> Iterable[str]:
    runs = _runs(rows)
    for group, about in GROUPS.items():
        own = {name: row for name, row in rows.items() if row["group"] == group}
        lines = "".join(_line(name, row, runs) for name, row in own.items() if "part" not in row)
        yield f"### {group}: {about}\n"
        if lines or not own:
            yield f"{_HEAD}{lines}" if lines else "Not measured yet.\n"
        if f"{group.lower()}.svg" in pictures(rows):
            yield f"![{group}: {about}]({group.lower()}.svg)\n"
        if parts := _by_part([row for row in own.values() if "part" in row]):
            yield parts
        if group == "W7" and README.with_name("memory.svg").exists():
            yield "![Memory of a sync](memory.svg)\n"
    yield "### Growth\n\n" + _growth(rows, [*GROUPS])
    yield "### Records alone, up to a million\n\n" + _scale(rows) + "\n![Time and memory by records](scale.svg)\n"
    yield "### Runs\n\n" + "".join(f"- **{run}**: {_about_run(place, rows)}\n" for place, run in runs.items())


def _by_part(rows: Sequence[dict[str, Any]]) -> str:
    """A line for each part, a column for each whole; or nothing."""
    wholes = list(dict.fromkeys(row["of"] for row in rows))
    found = {(row["part"], row["of"]): _number(row["ours"]) for row in rows}
    parts = sorted(dict.fromkeys(row["part"] for row in rows), key=lambda part: part == "all")
    lines = [f"| {' | '.join([part, *(found.get((part, whole), '') for whole in wholes)])} |\n" for part in parts]
    head = f"| {rows[0]['unit']} | {' | '.join(wholes)} |\n|---{'|--:' * len(wholes)}|\n" if rows else ""
    return head + "".join(lines)


def _place(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["date"], row["machine"], row["versions"])


def _runs(rows: Rows) -> dict[tuple[str, ...], str]:
    """A letter for each day, machine and set of versions."""
    places = sorted({_place(row) for row in rows.values()})
    return {place: chr(ord("a") + number) for number, place in enumerate(places)}


def _about_run(place: tuple[str, ...], rows: Rows) -> str:
    loads = [row["load"] for row in rows.values() if _place(row) == place]
    return f"{'; '.join(place)}; load {min(loads)} to {max(loads)}"


def _line(name: str, row: dict[str, Any], runs: dict[tuple[str, ...], str]) -> str:
    theirs = f"{_number(row['theirs'])} ({row['peer']})" if "theirs" in row else ""
    ratio = f"{row['ratio']:.2f}" if "ratio" in row else ""
    if "void" in row:
        ratio = f"void: {row['void']}"
    met = {None: "", True: "yes", False: "**no**"}[row.get("met")]
    cells = (name, row["unit"], _number(row["ours"]), theirs, ratio, row.get("target", ""), met, runs[_place(row)])
    return f"| {' | '.join(cells)} |\n"


def _number(value: float | Sequence[float]) -> str:
    if not isinstance(value, float | int):
        return " · ".join(map(_number, value))
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def curves(rows: Rows, groups: Sequence[str]) -> dict[str, list[tuple[int, float]]]:
    """Sizes and values of each series, the start-up aside."""
    found: dict[str, list[tuple[int, float]]] = {}
    for row in rows.values():
        if "series" in row and row["group"] in groups:
            found.setdefault(row["series"], []).append((row["size"], row["ours"] - row.get("start", 0.0)))
    return {name: sorted(points) for name, points in found.items()}


def exponents(points: Sequence[tuple[int, float]]) -> list[tuple[int, int, float]]:
    """Of each two neighbouring sizes the power of the size with which the value grows: 1 is in proportion."""
    return [
        (less, more, math.log(after / before) / math.log(more / less))
        for (less, before), (more, after) in pairwise(points)
        if before >= LEAST and after > 0
    ]


def _growth(rows: Rows, groups: Sequence[str]) -> str:
    lines = ["| what | from → to: exponent | largest | target | met |\n|---|---|--:|---|---|\n"]
    for name, points in curves(rows, groups).items():
        found = exponents(points)
        if not found:
            sizes = ", ".join(f"{size:,}" for size, _ in points)
            lines.append(f"| {name} | one size only, or under {LEAST:g} s: {sizes} | | ≤ {LINEAR} | |\n")
            continue
        largest = max(exponent for *_, exponent in found)
        told = ", ".join(f"{less:,} → {more:,}: {exponent:.2f}" for less, more, exponent in found)
        met = "yes" if largest <= LINEAR else "**no**"
        lines.append(f"| {name} | {told} | {largest:.2f} | ≤ {LINEAR} | {met} |\n")
    return "".join(lines)


def _scale(rows: Rows) -> str:
    """A line for each step: seconds at each size, exponents, and the peak of memory at the largest."""
    found = curves(rows, ["scale"])
    sizes = sorted({size for points in found.values() for size, _ in points})
    if not sizes:
        return "Not measured yet.\n"
    head = ["step, s CPU", *(f"{size:,}" for size in sizes), "exponents", "peak, MB"]
    lines = [f"| {' | '.join(head)} |\n|---{'|--:' * (len(head) - 1)}|\n"]
    for name, points in found.items():
        by_size = dict(points)
        told = ", ".join(f"{exponent:.2f}" for *_, exponent in exponents(points))
        peaks = [row["peak"] for row in rows.values() if row.get("series") == name and "peak" in row]
        values = [_number(by_size[size]) if size in by_size else "" for size in sizes]
        lines.append(f"| {' | '.join([name, *values, told, _number(max(peaks)) if peaks else ''])} |\n")
    more = [(name, row) for name, row in rows.items() if row["group"] == "scale" and "series" not in row]
    runs = _runs(rows)
    return "".join(lines) + ("\n" + _HEAD + "".join(_line(name, row, runs) for name, row in more) if more else "")


def pictures(rows: Rows) -> dict[str, str]:
    """File name and SVG of each group that has curves with two sizes and more."""
    found = {}
    for group, across in (("W3", "notes"), ("W5", "articles"), ("W6", "articles")):
        drawn = [
            Curve(name, points)
            for name, points in curves(rows, [group]).items()
            if len(points) > 1 and min(value for _, value in points) > 0
        ]
        if drawn:
            found[f"{group.lower()}.svg"] = draw([("seconds of CPU, start-up aside", drawn[:7])], across)
    return found


if __name__ == "__main__":
    write(read())
