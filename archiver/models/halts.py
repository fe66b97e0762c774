"""What ends a run, or its work with a host, before all is done."""

from __future__ import annotations

from enum import StrEnum

from archiver.models.values import dataclass


class HaltCode(StrEnum):
    """Why something was left for the next run."""

    HOST_DOWN = "host-down"  # a host was given up
    UNREACHABLE = "unreachable"  # there is no way to a host, or to any
    DISK_FULL = "disk-full"  # less room is left than [archive] min_free_mb
    THREE_WALLS = "three-walls"  # so many links met a verification page of their own in one run
    UNKNOWN_PAGES = "unknown-pages"  # pages in a row are none of WeChat's answers, and a link known to answer does not
    SAME_FAULT = "same-fault"  # the same internal error came so often in a row that it is archiver's way with all
    EGRESS_WALLED = "egress-walled"  # WeChat asks for verification at one egress of several
    WORKER_LOST = "worker-lost"  # a worker of another machine is gone, or cannot work
    NO_PROBE = "no-probe"  # pages came that cannot be judged, and there is no link that is known to answer


@dataclass(frozen=True, slots=True)
class Halted:
    """Something was left for the next run: `host` is the one that was given up, or those that were not reached, the
    egress where pages were asked for no more (where it has a name), or the worker that was lost; `error` what it or the
    disk said, or what is wrong with the way and the cure."""

    code: HaltCode
    host: str = ""
    error: str = ""
