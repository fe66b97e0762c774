"""axe-core, the accessibility checker, from npm; at test time only."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

VERSION = "4.10"  # any 4.x with these rules will do
_CACHE = Path(__file__).parents[2] / ".axe"


@cache
def axe_script() -> tuple[str, str]:
    """Its source, installed once into `.axe/` beside the tests; or empty, and why it is not there."""
    found = _CACHE / "node_modules" / "axe-core" / "axe.min.js"
    if found.is_file():
        return found.read_text("utf-8"), ""
    npm = shutil.which("npm")
    if not npm:
        return "", "axe-core is not installed in .axe/, and there is no npm on PATH to install it"
    _CACHE.mkdir(exist_ok=True)
    quiet = ("--no-audit", "--no-fund", "--no-save")
    command = [npm, "install", *quiet, "--prefix", str(_CACHE), f"axe-core@^{VERSION}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=dict(os.environ))
    if found.is_file():
        return found.read_text("utf-8"), ""
    return "", f"npm could not install axe-core: {done.stderr.strip()[-300:]}"


def axe_or_skip() -> str:
    """Its source; without it the test is skipped, and says why."""
    script, why = axe_script()
    if not script:
        pytest.skip(why)
    return script


def findings(page: Page, script: str) -> list[str]:
    """What axe finds on a page: rule and the first element, one line each."""
    # Through the debugger, so that the page's own policy stays as it is.
    page.evaluate(script + "\n;undefined")
    result: dict[str, Any] = page.evaluate("axe.run(document, {iframes: false, preload: false})")
    return [
        f"{found['id']} ({found['impact']}): {found['nodes'][0]['html'][:160]} {found['nodes'][0]['failureSummary']}"
        for found in result["violations"]
    ]
