"""What all commands share when they run: their configuration and log."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver.cli.internal import error_text
from archiver.cli.output import LogHandler, err
from archiver.cli.secrets import without_secrets
from archiver.config import Config, find_config, load_config

if TYPE_CHECKING:
    from archiver.archive.boundary import Boundary


def tell_internal_errors(boundary: Boundary) -> bool:
    """Tell what went wrong for a reason that nobody foresaw; whether that is news."""
    for (kind, name), error in boundary.errors.items():
        err.print(without_secrets(f"{kind} {name}: {error_text(error)}"))
    return boundary.failed


@dataclass(frozen=True, slots=True)
class Shared:
    """What the options say that many commands share; one that a command does not have is as if it were not given."""

    config_file: Path | None = None
    verbose: bool = False
    quiet: bool = False
    wait: bool = False
    as_json: bool = False
    dry_run: bool = False

    def config(self) -> Config:
        """The configuration in `config_file`, or in the nearest folder. Raises ConfigError."""
        config = load_config(self.config_file or find_config(Path.cwd()))
        if config.log_file and "wait" in click.get_current_context().params:  # a command that may write
            from archiver.cli.logfile import log_to

            log_to(config.log_file)
        return config


def set_up_log(verbose: bool) -> None:
    """Log to the error channel."""
    handler = LogHandler(logging.INFO if verbose else logging.WARNING)
    logging.basicConfig(level=handler.level, handlers=[handler])
