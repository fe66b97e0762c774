"""What all commands share when they run: their two channels, configuration and log."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.logging import RichHandler

from archiver.cli.internal import error_text
from archiver.config import Config, find_config, load_config

if TYPE_CHECKING:
    from archiver.archive.boundary import Boundary

# Paths and titles are printed as they are: "[b]" in one is no markup, ":key:" no emoji.
out = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)

# User names and passwords in URLs (proxies), and the credentials that links copied from WeChat can hold.
_SECRET = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|(?<=[?&])((?:key|uin|pass_ticket|exportkey|poc_token)=)[^&\s#]+")


def without_secrets(text: str) -> str:
    """`text` with passwords and credentials in URLs blanked out."""
    return _SECRET.sub(lambda match: f"{match[1] or ''}***", text)


def tell_internal_errors(boundary: Boundary) -> bool:
    """Tell what went wrong for a reason that nobody foresaw; whether that is news."""
    for (kind, name), error in boundary.errors.items():
        err.print(without_secrets(f"{kind} {name}: {error_text(error)}"))
    return boundary.failed


class _NoSecrets(logging.Filter):
    """Keeps secrets out of the log, whoever writes to it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage()), ()
        return True


@dataclass(frozen=True, slots=True)
class Shared:
    """What the options say that many commands share; one that a command does not have is as if it were not given."""

    config_file: Path | None = None
    verbose: bool = False
    wait: bool = False
    as_json: bool = False
    dry_run: bool = False

    def config(self) -> Config:
        """The configuration in `config_file`, or in the nearest folder. Raises ConfigError."""
        return load_config(self.config_file or find_config(Path.cwd()))


def set_up_log(verbose: bool) -> None:
    """Log to the error channel."""
    handler = RichHandler(console=err, show_time=False, show_path=False)
    handler.addFilter(_NoSecrets())
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s", handlers=[handler])
