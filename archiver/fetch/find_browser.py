"""Find a Chromium to drive, or install one."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from archiver.errors import BrowserMissingError

# In order of preference; Debian's headless shell needs under half the CPU and memory of a full Chromium.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
)
_VERSION = re.compile(r"\d+\.\d+\.\d+\.\d+")
HOW_TO = (
    "no browser found: run `archiver browser install`, or install Chromium, Chrome or Edge, "
    "or set [browser] path in the configuration"
)


def playwright_browsers() -> Iterator[Path]:
    """Chromium builds that `playwright install` left in its usual folder, newest first.

    Asking Playwright itself would cost the start of its driver (about half a second) on every look.
    """
    root = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if root and root != "0":
        folder = Path(root)
    elif sys.platform == "darwin":
        folder = Path.home() / "Library/Caches/ms-playwright"
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ms-playwright"
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ms-playwright"
    for build in ("chromium_headless_shell-*", "chromium-*"):
        for version in sorted(folder.glob(build), key=_build_number, reverse=True):
            for name in (
                "headless_shell",
                "chrome-headless-shell",
                "chrome",
                "Chromium",
                "Google Chrome for Testing",
            ):
                found = (p for p in version.glob(f"**/{name}*") if p.stem == name and os.access(p, os.X_OK))
                yield from (p for p in found if p.is_file() and p.suffix in ("", ".exe"))


def _build_number(folder: Path) -> int:
    digits = folder.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def find_browser(configured: Path | None = None) -> Path:
    """The browser to use: the configured one, Playwright's own, one of the system's. Raises BrowserMissingError."""
    if configured:
        if configured.is_file():
            return configured
        raise BrowserMissingError(f"[browser] path names {configured}, but there is no such file")
    for found in playwright_browsers():
        return found
    for name in NAMES:
        if path := shutil.which(name):
            return Path(path)
    for place in PLACES:
        if (path_here := Path(os.path.expandvars(place))).is_file():
            return path_here
    raise BrowserMissingError(HOW_TO)


@functools.cache
def browser_version(executable: Path) -> str:
    """The version of a browser, such as `156.0.8078.108`; empty where it does not tell. It is asked once."""
    if sys.platform == "win32":  # there it would open a window, but has its files in a folder of that name
        names = (folder.name for folder in executable.parent.iterdir() if folder.is_dir())
        return max((name for name in names if _VERSION.fullmatch(name)), default="")
    try:
        done = subprocess.run(
            [str(executable), "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False,
            start_new_session=True,  # out of reach for Ctrl-C, which says nothing about this browser
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = _VERSION.search(done.stdout.decode("latin-1")) if done.returncode == 0 else None
    return found[0] if found else ""


def find_window_browser(configured: Path | None = None) -> Path:
    """A browser that can show a window, which headless builds cannot. Raises BrowserMissingError."""
    if configured and "headless" not in configured.name:
        return find_browser(configured)
    names = (shutil.which(name) for name in NAMES if "headless" not in name)
    places = (Path(os.path.expandvars(place)) for place in PLACES)
    shown = (path for path in playwright_browsers() if "headless" not in str(path))
    for found in (*shown, *(Path(name) for name in names if name), *(place for place in places if place.is_file())):
        return found
    raise BrowserMissingError("no browser with a window found: install Chrome, Edge or Chromium")


def install_browser(configured: Path | None, say: Callable[[str], None]) -> Path:
    """Return a usable browser, installing one if there is none: Playwright's download first, else Debian's package.

    `say` gets a line before each long step. Raises BrowserMissingError with exact instructions when nothing works.
    """
    try:
        return find_browser(configured)
    except BrowserMissingError:
        if configured:
            raise
    say("downloading Playwright's Chromium …")
    if not _run([sys.executable, "-m", "playwright", "install", "chromium", "--only-shell"], say):
        say("that download failed")
        if _is_debian_root():
            _apt_install(say)
    try:
        return find_browser()
    except BrowserMissingError as error:
        raise BrowserMissingError(
            "no browser could be installed. Do one of these, then try again:\n"
            "Debian:          sudo apt-get install chromium-headless-shell fonts-wqy-microhei\n"
            "other systems:   install Chrome, Edge or Chromium as usual\n"
            "behind a proxy:  set HTTPS_PROXY and run: archiver browser install\n"
            "own build:       name it in the configuration: [browser] path"
        ) from error


def is_root() -> bool:
    """Whether this runs as root, whom Chromium denies its sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_debian_root() -> bool:
    return is_root() and shutil.which("apt-get") is not None


def _apt_install(say: Callable[[str], None]) -> None:
    """Chromium and a font with Chinese, without which screenshots and PDFs show boxes."""
    say("installing Debian's chromium-headless-shell and a Chinese font …")
    apt = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends"]
    _run(["apt-get", "update", "--quiet"], say)
    if not _run([*apt, "chromium-headless-shell", "fonts-wqy-microhei"], say):
        _run([*apt, "chromium", "fonts-wqy-microhei"], say)


def _run(command: list[str], say: Callable[[str], None]) -> bool:
    """Whether the command ran well; its output is shown only when it did not, since apt says hundreds of lines."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        for line in (done.stdout + done.stderr).strip().splitlines()[-3:]:
            say(line)
    return done.returncode == 0
