"""archiver browser install."""

from __future__ import annotations

from pathlib import Path

from archiver.cli.common import err, out, set_up_log
from archiver.config import load_config
from archiver.fetch.find_browser import install_browser


def browser_install_command(verbose: bool, config_file: Path | None) -> None:
    """`archiver browser install`."""
    set_up_log(verbose)
    configured = load_config(config_file).browser_path if config_file else None
    path = install_browser(configured, lambda line: err.print(line))
    out.print(f"browser: {path}")
