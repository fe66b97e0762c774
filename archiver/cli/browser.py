"""archiver browser install."""

from __future__ import annotations

from pathlib import Path

from archiver.cli.common import Shared
from archiver.cli.output import err, out
from archiver.config import load_config, nearest_config
from archiver.fetch.find_browser import install_browser


def browser_install_command(shared: Shared) -> None:
    """`archiver browser install`."""
    file = shared.config_file or nearest_config(Path.cwd())
    configured = load_config(file).browser_path if file else None
    path = install_browser(configured, err.print)
    out.print(f"browser: {path}")
