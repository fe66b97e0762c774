"""Formulas in MathML: their TeX where they bring it, else the signs that a reader sees."""

from __future__ import annotations

from archiver.dom import Tag, empty, is_gone, unwrap

# What is there for screen readers alone, beside a formula that is drawn.
ASSISTIVE = frozenset({"katex-mathml", "MJX_Assistive_MathML", "mjx-assistive-mml"})


def read_mathml(root: Tag) -> None:
    """Turn the formulas in `root` into elements that HTML without MathML has."""
    for tag in root.find_all(lambda tag: tag.name == "mjx-assistive-mml" or not ASSISTIVE.isdisjoint(_classes(tag))):
        if not is_gone(tag):
            empty(tag)
    for math in root.find_all("math"):
        if is_gone(math):
            continue
        block = str(math.get("display") or "") == "block"
        tex = ""
        for note in math.find_all(("annotation", "annotation-xml")):
            if not is_gone(note):
                tex = tex or (note.get_text().strip() if "tex" in str(note.get("encoding") or "").lower() else "")
                empty(note)
        unwrap(math)
        if tex:
            math.attrs = {"data-formula": tex, "data-formula-type": "block-equation" if block else "inline-equation"}


def _classes(tag: Tag) -> tuple[str, ...]:
    return tuple(tag.attrs.get("class") or ())
