"""archiver cluster scheduler, archiver cluster worker."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from archiver.cli.common import Shared
from archiver.cli.output import out
from archiver.config import Config, config_in, load_config
from archiver.errors import UsageError

_NAME = re.compile(r"[\w.-]{0,60}")


def scheduler_command(shared: Shared, address: str) -> None:
    """`archiver cluster scheduler`."""
    _need_extra()
    from archiver.fetch.dask import serve_scheduler

    serve_scheduler(_config(shared, address), lambda at: out.print(f"scheduler: {at}"))


def worker_command(shared: Shared, address: str, egress: str) -> None:
    """`archiver cluster worker`."""
    if not _NAME.fullmatch(egress):
        raise UsageError(f"{egress!r} is no name of an egress: letters, digits, `.`, `_` and `-`")
    _need_extra()
    from archiver.fetch.dask import serve_worker

    through = f", egress {egress}" if egress else ""
    serve_worker(_config(shared, address), egress, lambda at: out.print(f"worker: {at}{through}"))


def _config(shared: Shared, address: str) -> Config:
    file = shared.config_file or config_in(Path.cwd())
    config = load_config(file) if file else Config(Path.cwd())
    return replace(config, cluster=replace(config.cluster, scheduler=address))


def _need_extra() -> None:
    try:
        import archiver.fetch.dask  # noqa: F401
    except ImportError as error:
        raise UsageError(f"a cluster needs the extra cluster, see docs/scale.md ({error})") from error
