"""The style sheet of an article's body: its elements have classes in the place of styles.

Each list of declarations stands once in its page, as the rule of one class. A rule beats those of the frame around the
body, as a style does: `:not(#_)` weighs as much as an id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from archiver.dom.nodes import Tag

NO_STYLES: Mapping[str, str] = {}
IMAGE = "image"  # a class beside it: what is behind the element is an image
_BEGIN = "<style data-body>"
_SHEET = re.compile(r'<style data-body(?:="")?>(.*?)</style>', re.DOTALL)  # also as browsers save it
_RULE = re.compile(
    r"""\.(s\d{1,6}):not\(#_\)\s*\{((?:[^"'{}]++|"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')*+)\}""", re.DOTALL
)


def element(sheet: str) -> str:
    """The `<style>` element that holds a sheet. Nothing in it ends the element: in CSS, `<\\/` is `</` in a string, and
    it stands nowhere else."""
    return f"{_BEGIN}{sheet}</style>"


def rule(name: str, declarations: str) -> str:
    """The rule of a class."""
    return f".{name}:not(#_){{{declarations}}}\n".replace("</", "<\\/")


def sheet_in(page: str) -> str | None:
    """The sheet in an article's page; None where its elements have styles, as they had at first."""
    found = _SHEET.search(page)
    return found[1] if found else None


def styles_in(page: str) -> dict[str, str]:
    """Class -> its declarations, of the sheet in an article's page."""
    return rules_in(sheet_in(page) or "")


def rules_in(sheet: str) -> dict[str, str]:
    """Class -> its declarations, of the rules in a sheet that are such as `rule` writes."""
    return dict(_RULE.findall(sheet))


def put_styles(root: Tag, styles: Mapping[str, str]) -> None:
    """Give every element below `root` its style again, in the place of the class."""
    for tag in root.elements() if styles else ():
        classes = " ".join(tag.get_attribute_list("class")).split()
        found = next((name for name in classes if name in styles), "")
        if not found:
            continue
        own = str(tag.get("style", ""))
        tag["style"] = f"{styles[found]}; {own}" if own else styles[found]
        left = [name for name in classes if name not in (found, IMAGE)]
        if left:
            tag["class"] = left
        else:
            del tag["class"]
