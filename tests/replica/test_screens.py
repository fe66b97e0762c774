"""`make pictures` makes every screen, and an image for the READMEs that is small enough to be committed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.replica import Replica, demo, screens


def size(image: Path) -> tuple[int, int]:
    return Image.open(io.BytesIO(image.read_bytes())).size


@pytest.mark.slow
def test_every_screen_is_made(tmp_path: Path) -> None:
    with Replica(default_article=False, default_images=False) as replica:
        assert demo.sync(demo.prepare(tmp_path / "demo", replica)) == 0
    archive, folder = tmp_path / "demo/archive", tmp_path / "screens"
    assert screens.main(folder, archive, tmp_path) == 0
    assert len(list(folder.glob("*.png"))) == len(screens.screens(archive)) * len(screens.LOOKS)
    assert {file.name: size(file) for file in tmp_path.glob("*.png")} == {
        file.name: size(file) for file in screens.EXAMPLES.glob("*.png")
    }


def test_images_that_are_committed_are_small() -> None:
    images = list(screens.EXAMPLES.glob("*.png"))
    assert len(images) == 3
    assert all(image.stat().st_size <= screens.MOST_BYTES for image in images)
