"""Image files: what is told to the disk for many of them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from archiver.errors import StoreError
from archiver.models import ImageFile
from archiver.store.blobs import Blobs
from archiver.store.files import sync_folder, write_synced
from tests.work import calls


def image(data: bytes, sha256: str = "") -> ImageFile:
    return ImageFile(data, sha256 or hashlib.sha256(data).hexdigest(), "image/png", "png", 1, 1)


@pytest.mark.parametrize("count", [1, 16, 64])
def test_a_folder_is_synced_once_for_all_files_that_come_together(tmp_path: Path, count: int) -> None:
    """`images` and one folder in it, however many files there are."""
    blobs = Blobs(tmp_path)
    files = [image(bytes([n]), f"ab{n:062x}") for n in range(count)]

    def keep() -> None:
        for file in files:
            blobs.put(file)
        blobs.sync()

    assert calls(keep, sync_folder) == [3], "the root has `images`, that has `ab`, and `ab` the files"
    assert calls(keep, sync_folder) == [0], "nothing is new"
    assert sorted(path.name for path in (tmp_path / "images/ab").iterdir()) == [f"{f.sha256}.png" for f in files]


def test_a_file_lasts_at_once_where_that_is_asked_for(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    assert calls(lambda: blobs.put(image(b"a"), at_once=True), sync_folder) == [3]
    assert calls(blobs.sync, sync_folder) == [0]
    assert calls(lambda: blobs.put(image(b"b")), write_synced) == [1], "what a name leads to is whole before it has it"


def test_a_folder_that_cannot_be_synced_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs(tmp_path)
    blobs.put(image(b"a"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _refuse)
        with pytest.raises(StoreError, match="cannot write"):
            blobs.sync()
    assert calls(blobs.sync, sync_folder) == [3]


def _refuse(_handle: int) -> None:
    raise OSError(5, "Input/output error")
