"""What all commands share: their options, their two channels, configuration and log."""

from __future__ import annotations

import logging
from pathlib import Path

import click
from rich.console import Console
from rich.logging import RichHandler

from archiver.config import FILE_NAME, Config, find_config, load_config

config_option = click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=f"Configuration; default: {FILE_NAME} here or in the nearest folder above.",
)
verbose_option = click.option("--verbose", "-v", is_flag=True, help="Tell more of what happens.")
json_option = click.option("--json", "as_json", is_flag=True, help="End with one line of JSON, for machines.")

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def read_config(file: Path | None) -> Config:
    """The configuration in `file`, or in the nearest folder. Raises ConfigError."""
    return load_config(file or find_config(Path.cwd()))


def set_up_log(verbose: bool) -> None:
    """Log to the error channel."""
    handler = RichHandler(console=err, show_time=False, show_path=False)
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s", handlers=[handler])
