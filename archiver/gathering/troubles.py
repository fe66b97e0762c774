"""What a run tells of the network: why pages were asked for no more, the hosts that were given up, and those that were
never reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archiver.amounts import listed
from archiver.due.page_queue import Stopped
from archiver.fetch.breaker import HostStates
from archiver.gathering.egress import PageWorkers
from archiver.models.halts import HaltCode, Halted

_STOPPED = {
    Stopped.WALLS: HaltCode.THREE_WALLS,
    Stopped.UNKNOWN: HaltCode.UNKNOWN_PAGES,
    Stopped.NO_PROBE: HaltCode.NO_PROBE,
}


def ends(egresses: Iterable[PageWorkers]) -> Iterator[Halted]:
    """One event for each egress through which pages were asked for no more before all were, and for each worker of
    another machine that was lost."""
    for egress in egresses:
        if egress.stopped in _STOPPED:
            yield Halted(_STOPPED[egress.stopped], egress.name)
        if egress.walled and egress.name:
            yield Halted(HaltCode.EGRESS_WALLED, egress.name)
        for error in egress.lost:
            yield Halted(HaltCode.WORKER_LOST, error.worker, str(error))


def troubles(seen: HostStates) -> Iterator[Halted]:
    """One event for each thing that is wrong with the way to hosts, however many they are, and one for each other host
    that was given up."""
    unreachable = seen.unreachable
    hosts: dict[str, list[str]] = {}
    for host, error in unreachable.items():
        hosts.setdefault(error.sentence, []).append(host)
    for sentence, names in hosts.items():
        all_of_them = listed(names)
        yield Halted(HaltCode.UNREACHABLE, all_of_them, sentence.replace("{hosts}", all_of_them))
    for host, why in seen.down.items():
        if host not in unreachable:
            yield Halted(HaltCode.HOST_DOWN, host, why)
