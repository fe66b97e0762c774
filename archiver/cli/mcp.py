"""The command `archiver mcp`."""

from __future__ import annotations

from archiver.cli.common import Shared
from archiver.errors import UsageError


def mcp_command(shared: Shared) -> None:
    """`archiver mcp`."""
    root = shared.config().archive_root
    try:
        from archiver.cli.mcp_server import make_server
    except ImportError as error:  # it is there for who has the extra
        raise UsageError(f"archiver mcp needs the extra mcp, see docs/api.md ({error})") from error
    with make_server(root) as server:
        server.run("stdio")
