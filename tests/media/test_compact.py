"""A compact image shows what its original does, in fewer bytes, or it is not made."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw, ImageSequence, PngImagePlugin

from archiver.media.compact import LEAST_GAIN, compact
from archiver.media.imagefile import inspect_damaged, inspect_image
from archiver.models import ImageFile
from archiver.models.media import Original
from tests.media.files import encoded, noise, whole


def drawn(mode: str = "RGB", shift: int = 0) -> Image.Image:
    """A drawing as screens have them, which packs well."""
    image = Image.new("RGBA", (160, 120), (250, 250, 250, 255))
    pen = ImageDraw.Draw(image)
    for n in range(12):
        pen.rectangle(
            (n * 12 + shift, n * 7, n * 12 + 30 + shift, n * 7 + 20), fill=(n * 20, 90, 200 - n * 9, 255 - n * 20)
        )
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    """A file; a PNG is not packed, so that there is something to gain."""
    file = io.BytesIO()
    image.save(file, form, **({"compress_level": 0} if form == "PNG" else {}), **options)
    return file.getvalue()


def shown(data: bytes) -> list[tuple[bytes, int]]:
    """Each frame's pixels, and how long it stands."""
    with Image.open(io.BytesIO(data)) as image:
        moves = getattr(image, "n_frames", 1) > 1
        return [
            (frame.convert("RGBA").tobytes(), int(frame.info.get("duration", 0)) if moves else 0)
            for frame in ImageSequence.Iterator(image)
        ]


FRAMES = [drawn(shift=n * 9) for n in range(4)]


def moving(form: str = "GIF", **options: Any) -> bytes:
    return saved(FRAMES[0], form, **{"save_all": True, "append_images": FRAMES[1:], **options})


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SAME: dict[str, Callable[[], bytes]] = {
    "png": lambda: saved(drawn(), "PNG"),
    "png with clear parts": lambda: saved(drawn("RGBA"), "PNG"),
    "png, palette": lambda: saved(drawn().quantize(16), "PNG"),
    "png, palette with a clear colour": lambda: saved(drawn().quantize(16), "PNG", transparency=3),
    "png, grey": lambda: saved(drawn("L"), "PNG"),
    "png, one bit": lambda: saved(drawn("1"), "PNG"),
    "png, profile": lambda: saved(drawn(), "PNG", icc_profile=PROFILE),
    "bmp": lambda: saved(drawn(), "BMP"),
    "gif": lambda: saved(drawn().quantize(64), "GIF"),
    "gif, animated": lambda: moving(duration=[90, 40, 200, 20], loop=0),
    "gif, animated once": lambda: moving(duration=100),
    "gif, the same frame again": lambda: moving(append_images=[FRAMES[0], *FRAMES], duration=70, loop=0),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_every_pixel_is_the_same_in_fewer_bytes(name: str) -> None:
    file = inspect_image(SAME[name]())
    made = compact(file)
    assert made.original == Original(file.sha256, len(file.data), file.media_type)
    assert len(made.data) <= (1 - LEAST_GAIN) * len(file.data)
    assert inspect_image(made.data) == ImageFile(made.data, made.sha256, "image/webp", "webp", file.width, file.height)
    old, new = shown(file.data), shown(made.data)
    # The encoder makes one of equal frames, which stands as long as both.
    assert [pixels for n, (pixels, _) in enumerate(old) if not n or old[n - 1][0] != pixels] == [
        pixels for n, (pixels, _) in enumerate(new) if not n or new[n - 1][0] != pixels
    ]
    assert sum(time for _, time in old) == sum(time for _, time in new)
    assert compact(file) == made  # the same again
    assert compact(made) is made


def test_a_profile_goes_along() -> None:
    made = compact(inspect_image(SAME["png, profile"]()))
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.info["icc_profile"] == PROFILE


def test_pixels_that_nobody_sees_are_kept_too() -> None:
    image = noise().convert("RGBA")
    image.putalpha(0)
    file = inspect_image(saved(image, "PNG"))
    assert shown(compact(file).data) == shown(file.data)
    assert compact(file) is not file


def _with(name: bytes, data: bytes) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add(name, data)
    return saved(drawn(), "PNG", pnginfo=info)


EXIF = Image.Exif()
EXIF[0x0112] = 6
STAYS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(drawn(), "JPEG", quality=95),
    "webp": lambda: saved(drawn(), "WEBP"),
    "avif": lambda: encoded("AVIF"),
    "png, 16 bits": lambda: saved(Image.new("I;16", (90, 90), 300), "PNG"),
    "png, another gamma": lambda: _with(b"gAMA", (100_000).to_bytes(4, "big")),
    "png, turned": lambda: saved(drawn(), "PNG", exif=EXIF),
    "png, animated": lambda: moving("PNG"),
    "gif, three times": lambda: moving(duration=90, loop=3),
    "gif, faster than browsers": lambda: moving(duration=10, loop=0),
    "png, too wide": lambda: saved(Image.new("RGB", (16_384, 2), "red"), "PNG"),
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><!-- ' + b"x" * 900 + b" --></svg>",
}  # fmt: skip


@pytest.mark.parametrize("name", STAYS)
def test_what_a_webp_cannot_say_stays(name: str) -> None:
    file = inspect_image(STAYS[name]())
    assert compact(file) is file


def test_a_usual_gamma_is_none() -> None:
    assert compact(inspect_image(_with(b"gAMA", (45_455).to_bytes(4, "big")))).original


def test_what_gains_too_little_stays() -> None:
    packed = inspect_image(saved(noise(), "WEBP", lossless=True))
    assert compact(packed) is packed
    png = inspect_image(saved(noise(), "PNG"))  # noise packs nowhere
    assert compact(png) is png


def test_a_damaged_image_stays_as_it_is() -> None:
    file = inspect_damaged(SAME["png"]()[:-40])
    assert compact(file, lossy=True) is file


@pytest.mark.parametrize(("name", "data"), list(whole()), ids=lambda value: value if isinstance(value, str) else "")
def test_any_whole_file_is_smaller_or_itself(name: str, data: bytes) -> None:
    file = inspect_image(data)
    for lossy in (False, True):
        made = compact(file, lossy=lossy)
        assert made is file or len(made.data) < len(data), name
        assert (made.width, made.height) == (file.width, file.height)
        assert inspect_image(made.data).extension == made.extension


def test_loss_is_taken_only_where_it_is_allowed() -> None:
    file = inspect_image(saved(noise(640, 480).resize((1280, 960)), "JPEG", quality=97))
    assert compact(file) is file
    made = compact(file, lossy=True)
    assert made.media_type == "image/webp"
    assert len(made.data) < len(file.data) * 0.8
    turned = inspect_image(saved(drawn(), "JPEG", quality=100, exif=EXIF))
    assert compact(turned, lossy=True) is turned
