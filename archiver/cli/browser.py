"""archiver browser install."""

from __future__ import annotations

from archiver.cli.common import Shared
from archiver.cli.output import err, out
from archiver.config import load_config
from archiver.fetch.find_browser import install_browser


def browser_install_command(shared: Shared) -> None:
    """`archiver browser install`."""
    configured = load_config(shared.config_file).browser_path if shared.config_file else None
    path = install_browser(configured, err.print)
    out.print(f"browser: {path}")
