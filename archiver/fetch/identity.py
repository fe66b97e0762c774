"""How the program introduces itself: user agent, client hints and platform, all of one piece.

They are those of the browser that runs, without "Headless". Plain HTTP says the same, and so does a user agent that the
user has chosen: its client hints are made to fit. Only Chromium and its kin send client hints at all.
"""

from __future__ import annotations

import platform
import re
import sys
from dataclasses import dataclass
from typing import Any

VERSION = "150.0.0.0"  # of a Chrome, where no browser is found: a recent one stays plausible for long
LANGUAGES = "zh-CN,zh"

# Frozen by Chromium on every system (https://www.chromium.org/updates/ua-reduction), as is all of the version but its
# first part.
_SYSTEMS = {"win32": "Windows NT 10.0; Win64; x64", "darwin": "Macintosh; Intel Mac OS X 10_15_7"}
_LINUX = "X11; Linux x86_64"
# What a user agent names, what the client hints call that, and what navigator.platform does.
_PLATFORMS = (
    ("Windows", "Windows", "Win32"),
    ("Android", "Android", "Linux armv81"),
    ("iPhone", "iOS", "iPhone"),
    ("iPad", "iOS", "iPad"),
    ("CrOS", "Chrome OS", "Linux x86_64"),
    ("Mac OS X", "macOS", "MacIntel"),
    ("Linux", "Linux", "Linux x86_64"),
)
_CHROME = re.compile(r"\b(?:Chrome|Chromium)/(\d+)")


@dataclass(frozen=True, slots=True)
class Identity:
    """What is said to a server. `brands`: names and whole versions; none where no client hints are sent. `platform` is
    the client hints' word for the system, `navigator` that of navigator.platform; both may be empty."""

    user_agent: str
    brands: tuple[tuple[str, str], ...] = ()
    platform: str = ""
    navigator: str = ""

    @property
    def mobile(self) -> bool:
        return "Mobile" in self.user_agent

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends with every request."""
        languages = LANGUAGES.split(",")
        given = [languages[0], *(f"{name};q={0.9 - 0.1 * n:.1f}" for n, name in enumerate(languages[1:]))]
        headers = {"User-Agent": self.user_agent, "Accept-Language": ",".join(given)}
        if not self.brands:
            return headers
        brands = ", ".join(f'"{name}";v="{_major(version)}"' for name, version in self.brands)
        hints = {"mobile": f"?{self.mobile:d}", "platform": f'"{self.platform}"'}
        return {**headers, "sec-ch-ua": brands, **{f"sec-ch-ua-{name}": value for name, value in hints.items()}}

    @property
    def override(self) -> dict[str, Any]:
        """The same as the DevTools protocol's Emulation.setUserAgentOverride takes it."""
        said = {"userAgent": self.user_agent, "acceptLanguage": LANGUAGES, "platform": self.navigator}
        if not self.brands:
            return said
        whole = [{"brand": name, "version": version} for name, version in self.brands]
        machine = platform.machine().lower()
        hints = {
            "brands": [{**brand, "version": _major(brand["version"])} for brand in whole],
            "fullVersionList": whole,
            "platform": self.platform,
            "platformVersion": "" if self.platform == "Linux" else "10.0.0",
            "architecture": "" if self.mobile else "arm" if machine.startswith(("arm", "aarch")) else "x86",
            "bitness": "" if self.mobile else "64",
            "model": "",
            "mobile": self.mobile,
        }
        return {**said, "userAgentMetadata": hints}


def identify(version: str, user_agent: str = "") -> Identity:
    """The identity of a Chromium of that version on this system, or the one that fits a given user agent."""
    system = _SYSTEMS.get(sys.platform, _LINUX)
    own = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{_major(version)}.0.0.0 Safari/537.36"
    said = user_agent or own
    names = next(((hint, js) for mark, hint, js in _PLATFORMS if mark in said), ("", ""))
    found = _CHROME.search(said)
    if not found:
        return Identity(said, (), *names)
    whole = version if found[1] == _major(version) else f"{found[1]}.0.0.0"
    return Identity(said, _brands(whole), *names)


def _brands(version: str) -> tuple[tuple[str, str], ...]:
    """Chromium's own brand and the made-up one beside it, which changes with every version so that nobody relies on a
    list (GetGreasedUserAgentBrandVersion in components/embedder_support/user_agent_utils.cc)."""
    seed = int(_major(version))
    signs = " (:-./);=?_"
    made_up = f"Not{signs[seed % 11]}A{signs[(seed + 1) % 11]}Brand"
    pair = ((made_up, f"{('8', '99', '24')[seed % 3]}.0.0.0"), ("Chromium", version))
    return pair if seed % 2 == 0 else pair[::-1]


def _major(version: str) -> str:
    return version.partition(".")[0]
