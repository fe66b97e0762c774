"""axe-core, the accessibility checker, from npm; at test time only."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

VERSION = "4.10"  # any 4.x with these rules will do
_CACHE = Path(__file__).parents[2] / ".axe"


@cache
def axe_script() -> str | None:
    """Its source, installed once into `.axe/` beside the tests; None where npm is absent or reaches no registry."""
    found = _CACHE / "node_modules" / "axe-core" / "axe.min.js"
    npm = shutil.which("npm")
    if not found.is_file() and npm:
        _CACHE.mkdir(exist_ok=True)
        quiet = ("--no-audit", "--no-fund", "--no-save")
        command = [npm, "install", *quiet, "--prefix", str(_CACHE), f"axe-core@^{VERSION}"]
        subprocess.run(command, check=False, capture_output=True, timeout=120, env=dict(os.environ))
    return found.read_text("utf-8") if found.is_file() else None


def findings(page: Page, script: str) -> list[str]:
    """What axe finds on a page that is serious or critical: rule and the first element, one line each."""
    # Through the debugger, so that the page's own policy stays as it is.
    page.evaluate(script + "\n;undefined")
    result: dict[str, Any] = page.evaluate("axe.run(document, {iframes: false, preload: false})")
    return [
        f"{found['id']} ({found['impact']}): {found['nodes'][0]['html'][:160]} {found['nodes'][0]['failureSummary']}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
    ]
