"""The images that a saved page shows from its own file: each gets the address that it has on the web.

Browsers and exporters write the name of a file into `src`, SingleFile the image itself, and most leave WeChat's
`data-src` beside it. Where nothing tells the address any more, the image gets one that nobody can have, made of its
bytes. All else of the page stays as it is.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from archiver.importing.found import Supply
from archiver.wechat.images import KEPT, image_key, inlined_image
from archiver.wechat.source import Script, split_source

_TAG = re.compile(r"""<([a-zA-Z][^\s/<>]*+)((?:[^"'<>]++|"[^"]*+"|'[^']*+')*+)>""")
_GIVEN = re.compile(r"""([^\s"'<>/=]++)(?:(\s*+=\s*+)("[^"]*+"|'[^']*+'|[^\s"'<>]++))?+""")
_SHOWING = frozenset({"img", "image", "embed"})
_SHOWN_BY = ("src", "href", "xlink:href")
_LAZY = ("data-src", "data-backsrc", "data-original", "data-original-src", "data-croporisrc")
_URL = re.compile(r"""url\(\s*("[^"]*"|'[^']*'|[^()"'\s]*)\s*\)""", re.IGNORECASE)
_VARIABLE = re.compile(r"""(--sf-img-\d+)\s*:\s*url\(\s*["']?(data:image/[^"')\s]+)""")
_OF_VARIABLE = re.compile(r"var\(\s*(--sf-img-\d+)\s*\)")
_REMOTE = ("http:", "https:", "//")
_LARGEST_INLINED = 40_000  # characters of a data: URI that stays one, as pages have them themselves


@dataclass(slots=True)
class LocalImages:
    """`find(reference)` gives what reads a file beside the page, None where there is none; `inlined`: whether large
    images stand in the page only because it was saved so. `supplies`: what was found, by the image's key."""

    find: Callable[[str], Supply | None] = lambda _reference: None
    inlined: bool = False
    supplies: dict[str, Supply] = field(default_factory=dict)
    _variables: dict[str, str] = field(default_factory=dict)

    def addressed(self, page: str) -> str:
        """The page with addresses of the web in the place of files and of the images in it."""
        if self.inlined:
            self._variables = dict(_VARIABLE.findall(page))
        parts, changed = [], False
        for part in split_source(page):
            if isinstance(part, Script):
                parts.append(f"{part.tag}{part.text}</script>")
            else:
                parts.append(_TAG.sub(self._tag, part))
                changed |= parts[-1] is not part and parts[-1] != part
        return "".join(parts) if changed else page

    def _tag(self, match: re.Match[str]) -> str:
        name, given = match[1].lower(), match[2]
        if "=" not in given:
            return match[0]
        if name in _SHOWING:
            given = self._showing(given)
        if "url(" in given and "style" in given:
            given = _GIVEN.sub(self._style, given)
        return match[0] if given == match[2] else f"<{match[1]}{given}>"

    def _showing(self, given: str) -> str:
        """The attributes of an element that shows an image."""
        values = {name.lower(): _unquoted(value) for name, sign, value in _GIVEN.findall(given) if sign}
        shown = next((values[name] for name in _SHOWN_BY if values.get(name)), "")
        variable = _OF_VARIABLE.search(values.get("style", ""))
        if variable and shown.startswith("data:"):
            shown = self._variables.get(variable[1], shown)
        lazy = next((url for name in _LAZY if (url := values.get(name, "")).startswith(_REMOTE) and image_key(url)), "")
        address = self._address(shown, lazy)
        if not address:
            return given

        def replaced(found: re.Match[str]) -> str:
            attribute = found[1].lower()
            if attribute in _SHOWN_BY:
                return f'{found[1]}="{html.escape(address)}"'
            return "" if attribute in ("srcset", "style") and variable else found[0]

        return _GIVEN.sub(replaced, given)

    def _style(self, found: re.Match[str]) -> str:
        if found[1].lower() != "style" or not found[3]:
            return found[0]
        style = _URL.sub(self._background, _unquoted(found[3]))
        return found[0] if style == _unquoted(found[3]) else f'{found[1]}="{html.escape(style)}"'

    def _background(self, match: re.Match[str]) -> str:
        address = self._address(match[1].strip("\"'").strip(), "")
        return f"url('{address}')" if address else match[0]

    def _address(self, shown: str, lazy: str) -> str:
        """The address on the web of what `shown` is; empty where it stays as it is."""
        if not shown or shown.startswith((*_REMOTE, "#")):
            return ""
        if shown.startswith("data:"):
            if not self.inlined or not (lazy or len(shown) > _LARGEST_INLINED):
                return ""
            data = inlined_image(shown)
            return self._supplied(lambda: data, lazy) if data else lazy
        supply = self.find(shown)
        return self._supplied(supply, lazy) if supply else lazy

    def _supplied(self, supply: Supply, lazy: str) -> str:
        address = lazy or f"{KEPT}{hashlib.sha256(supply()).hexdigest()}"
        self.supplies.setdefault(image_key(address) or address, supply)
        return address


def _unquoted(value: str) -> str:
    return html.unescape(value[1:-1] if value[:1] in ("'", '"') else value)
