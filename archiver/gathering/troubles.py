"""What a run tells of the network: the hosts that were given up, and those that were never reached."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.fetch.breaker import Breaker
from archiver.models.halts import HaltCode, Halted


def troubles(breaker: Breaker) -> Iterator[Halted]:
    """One event for each thing that is wrong with the way to hosts, however many they are, and one for each other host
    that was given up."""
    unreachable = breaker.unreachable
    hosts: dict[str, list[str]] = {}
    for host, error in unreachable.items():
        hosts.setdefault(error.sentence, []).append(host)
    for sentence, names in hosts.items():
        listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
        yield Halted(HaltCode.UNREACHABLE, listed, sentence.replace("{hosts}", listed))
    for host, why in breaker.down.items():
        if host not in unreachable:
            yield Halted(HaltCode.HOST_DOWN, host, why)
