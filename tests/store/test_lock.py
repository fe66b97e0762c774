"""The lock of an archive, by the system's own means and by filelock's."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout

from archiver.errors import LockedError
from archiver.store import lock
from archiver.store.layout import LOCK
from archiver.store.lock import archive_lock
from tests.conditions import until


@pytest.mark.skipif(os.name == "nt", reason="there is no flock")
@pytest.mark.parametrize("without", ["", "flock", "fcntl"])
def test_one_at_a_time_by_whatever_means(without: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What locks by itself and filelock, with which another version may lock, respect each other."""
    if without == "flock":
        monkeypatch.setattr(lock, "_flock", lambda _path, wait: None)
    elif without:
        monkeypatch.setitem(sys.modules, "fcntl", None)
    with FileLock(tmp_path / LOCK), pytest.raises(LockedError), archive_lock(tmp_path):
        pass
    with archive_lock(tmp_path), pytest.raises(Timeout):
        FileLock(tmp_path / LOCK).acquire(timeout=0)
    with archive_lock(tmp_path), pytest.raises(LockedError), archive_lock(tmp_path):
        pass
    with FileLock(tmp_path / LOCK, timeout=0):
        pass


@pytest.mark.skipif(os.name == "nt", reason="there is no flock")
def test_where_the_disk_cannot_lock_filelock_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    asked: list[Path] = []

    def otherwise(path: Path, *, wait: bool) -> Callable[[], None]:
        asked.append(path)
        return lambda: None

    def flock(_handle: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", flock)
        patch.setattr(lock, "_lock_otherwise", otherwise)
        with archive_lock(tmp_path):
            assert asked == [tmp_path / LOCK]


@pytest.mark.skipif(os.name == "nt", reason="there is no flock")
def test_a_child_that_is_just_being_started_does_not_hold_the_lock_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between fork and exec it has all that is open here, as if it were opened twice."""
    copies: list[int] = []
    open_file = os.open

    def opened(*given: Any) -> int:
        handle = open_file(*given)
        copies.extend([os.dup(handle)] if given[0] == tmp_path / LOCK else [])
        return handle

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", opened)
        with archive_lock(tmp_path):
            pass
    try:
        with archive_lock(tmp_path):
            assert copies
    finally:
        for handle in copies:
            os.close(handle)


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at open files")
def test_a_lock_that_is_deleted_while_somebody_waits_locks_nothing(tmp_path: Path) -> None:
    file = tmp_path / LOCK

    def opened() -> int:
        links = (os.path.realpath(f"/proc/self/fd/{handle}") for handle in os.listdir("/proc/self/fd"))
        return sum(link.startswith(str(file)) for link in links)

    first = lock._flock(file, wait=False)
    assert first is not None
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(lock._flock, file, wait=True)
        until(lambda: opened() == 2)
        file.unlink()
        first()
        release = second.result()
    assert release is not None
    with pytest.raises(BlockingIOError):
        lock._flock(file, wait=False)
    release()
