"""Which browser is used, and how one is installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from archiver.errors import BrowserMissingError
from archiver.fetch.find_browser import find_browser, install_browser

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shell scripts stand in for Linux programs")


def program(path: Path, script: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser, where Playwright's download fails; returns the one folder on its PATH."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    monkeypatch.setenv("PATH", str(bin_folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "ms-playwright"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    return bin_folder


def test_nothing_there_says_what_to_do(bare_machine: Path) -> None:
    with pytest.raises(BrowserMissingError, match="archiver browser install"):
        find_browser()


def test_order_of_preference(bare_machine: Path, tmp_path: Path) -> None:
    chrome = program(bare_machine / "google-chrome")
    assert find_browser() == chrome
    shell = program(bare_machine / "chromium-headless-shell")
    assert find_browser() == shell
    old = program(tmp_path / "ms-playwright/chromium_headless_shell-999/chrome-linux/headless_shell")
    assert find_browser() == old
    new = program(
        tmp_path / "ms-playwright/chromium_headless_shell-1200/chrome-headless-shell-linux64/chrome-headless-shell"
    )
    assert find_browser() == new
    configured = program(tmp_path / "mine")
    assert find_browser(configured) == configured


def test_a_configured_browser_is_not_replaced(bare_machine: Path, tmp_path: Path) -> None:
    program(bare_machine / "google-chrome")
    with pytest.raises(BrowserMissingError, match="there is no such file"):
        install_browser(tmp_path / "missing", print)


def test_what_is_there_is_used(bare_machine: Path) -> None:
    chrome = program(bare_machine / "google-chrome")
    said: list[str] = []
    assert install_browser(None, said.append) == chrome
    assert said == []


@pytest.mark.slow  # each time that Playwright tries to download takes seconds
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="apt needs root")
def test_debian_as_root_installs_its_package(bare_machine: Path) -> None:
    log = bare_machine / "log"
    shell = bare_machine / "chromium-headless-shell"
    make = f"echo '#!/bin/sh' > {shell} && /bin/chmod +x {shell}"
    program(bare_machine / "apt-get", f'echo "$@" >> {log}\ncase "$1" in install) {make};; esac')
    said: list[str] = []
    assert install_browser(None, said.append) == bare_machine / "chromium-headless-shell"
    assert "fonts-wqy-microhei" in log.read_text()
    assert "--no-install-recommends chromium-headless-shell" in log.read_text()
    assert any("Playwright" in line for line in said)


@pytest.mark.slow  # each time that Playwright tries to download takes seconds
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="apt needs root")
def test_debian_without_the_headless_shell_takes_chromium(bare_machine: Path) -> None:
    make = f"echo '#!/bin/sh' > {bare_machine}/chromium && /bin/chmod +x {bare_machine}/chromium"
    program(
        bare_machine / "apt-get",
        f'case "$*" in *chromium-headless-shell*) exit 100;; install*chromium*) {make};; esac',
    )
    assert install_browser(None, print) == bare_machine / "chromium"


def test_where_nothing_works_the_ways_are_named(bare_machine: Path) -> None:
    with pytest.raises(BrowserMissingError) as caught:
        install_browser(None, print)
    for way in ("apt-get install chromium-headless-shell", "HTTPS_PROXY", "[browser] path"):
        assert way in str(caught.value)
    # An installed program's own Python, which has Playwright, is on nobody's PATH.
    assert "python -m" not in str(caught.value)
