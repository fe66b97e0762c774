"""`archiver verify --repair`: mend the archive, and check it once more."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from archiver.archive.context import SYSTEM_CLOCK, Clock, Context
from archiver.config import Config
from archiver.errors import DamageError, StoreError
from archiver.fixity.mend.log import Halt, MendReport
from archiver.fixity.mend.steps import mend
from archiver.fixity.verify import verify
from archiver.models.findings import Finding
from archiver.stop import Stop
from archiver.tasks.run import finish, finish_forgotten, open_run


def mend_archive(
    config: Config,
    clock: Clock = SYSTEM_CLOCK,
    stop: Stop | None = None,
    *,
    before: Sequence[Finding] = (),
    wait: bool = False,
) -> MendReport:
    """Mend what can be mended, and check the archive then: what was mended, what was left and why, what was found.

    `before`: what `verify` has found, so that the account has all of it; `stop` may ask for an early end of what is
    asked of the network; `wait` is for another run that holds the archive. Raises what fixity.mend.steps.mend does.
    """
    stop = stop or Stop()
    with contextlib.suppress(StoreError, DamageError):  # what cannot be deleted now is at least not mended
        finish_forgotten(config, wait=wait)
    log = mend(config, clock, stop, wait=wait)
    with open_run(config, clock=clock, stop=stop, wait=wait) as context:
        for error in (*_finish(context), *context.archive.boundary.errors.values()):
            log.halt(Halt.NOT_FINISHED, str(error))
    return log.report(before, verify(config))


def _finish(context: Context) -> list[StoreError]:
    """Write what is made from all the rest; what the disk refuses of that."""
    refused: list[StoreError] = []
    finish(context, everything=True, refused=refused)
    return refused
