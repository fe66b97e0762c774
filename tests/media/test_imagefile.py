"""Image bytes: the type from the bytes, and nothing broken passes."""

from __future__ import annotations

import errno
import hashlib
import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from archiver.errors import BrokenImageError, ImageError, NoHandlesError, NotAnImageError
from archiver.media import imagefile
from archiver.media.convert import as_png
from archiver.media.imagefile import inspect_damaged, inspect_image
from tests.media.files import chunk
from tests.work import calls

SHARED = Path(__file__).parents[3] / "shared" / "images"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="12px" height="3.5"><rect/></svg>'


def noise(width: int = 64, height: int = 48) -> Image.Image:
    return Image.effect_noise((width, height), 90).convert("RGB")


def encode(form: str, **options: object) -> bytes:
    file = io.BytesIO()
    noise().save(file, form, **options)
    return file.getvalue()


def animation() -> bytes:
    file = io.BytesIO()
    noise().save(file, "GIF", save_all=True, append_images=[noise(), noise()])
    return file.getvalue()


FORMS = {
    "png": ("image/png", encode("PNG")),
    "jpg": ("image/jpeg", encode("JPEG", quality=90)),
    "gif": ("image/gif", encode("GIF")),
    "webp": ("image/webp", encode("WEBP", quality=80)),
}


@pytest.mark.parametrize("extension", FORMS)
def test_type_size_and_digest_come_from_the_bytes(extension: str) -> None:
    media_type, data = FORMS[extension]
    file = inspect_image(data)
    assert (file.media_type, file.extension, file.width, file.height) == (media_type, extension, 64, 48)
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert file.data is data


@pytest.mark.parametrize("data", [*(data for _, data in FORMS.values()), animation()], ids=[*FORMS, "animated"])
def test_no_truncation_passes(data: bytes) -> None:
    for cut in range(0, len(data) - 1, max(1, len(data) // 60)):
        with pytest.raises(ImageError):
            inspect_image(data[:cut])


@pytest.mark.parametrize("path", sorted(SHARED.glob("*.*")) if SHARED.is_dir() else [], ids=lambda path: path.name)
def test_real_images_pass_whole_and_fail_cut(path: Path) -> None:
    data = path.read_bytes()
    assert inspect_image(data).extension == path.suffix[1:]
    with pytest.raises(ImageError):
        inspect_image(data[: len(data) // 2])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real images is not here")
def test_real_images_are_there() -> None:
    assert list(SHARED.glob("*.png"))


def test_padding_behind_a_jpeg_is_no_damage() -> None:
    assert inspect_image(FORMS["jpg"][1] + b"\0" * 100).extension == "jpg"


def test_svg_is_well_formed_xml() -> None:
    file = inspect_image(SVG)
    assert (file.media_type, file.extension, file.width, file.height) == ("image/svg+xml", "svg", 12, 4)
    assert inspect_image(b'<svg viewBox="0 0 30 20"/>').width == 30
    assert inspect_image(b'\xef\xbb\xbf<!-- a -->\n<svg width="100%"/>').width is None
    with pytest.raises(BrokenImageError):
        inspect_image(SVG[:-3])


ENTITIES = {
    "nested": ('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">', "&b;"),
    "unused": ('<!ENTITY a "aaaa">', ""),
    "file": ('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;"),
    "network": ('<!ENTITY a PUBLIC "-//x" "http://127.0.0.1/a">', "&a;"),
    "parameter": ('<!ENTITY % a SYSTEM "http://127.0.0.1/a.dtd"> %a;', ""),
    "unparsed": ('<!NOTATION n SYSTEM "n"><!ENTITY a SYSTEM "a.png" NDATA n>', ""),
    "undeclared": ("", "&a;"),
}


@pytest.mark.parametrize(("declared", "used"), ENTITIES.values(), ids=ENTITIES)
def test_svg_with_entities_is_refused(declared: str, used: str) -> None:
    with pytest.raises(ImageError):
        inspect_image(f"<!DOCTYPE svg [{declared}]><svg >{used}</svg>".encode())
    # Passes for an SVG at the first look, so that the parser has to see it.
    with pytest.raises(BrokenImageError, match="entity"):
        inspect_image(f'<!DOCTYPE svg SYSTEM "><svg " [{declared}]><svg >{used}</svg>'.encode())


def test_svg_with_entities_that_others_may_declare_is_refused() -> None:
    head = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1/svg11.dtd">'
    with pytest.raises(BrokenImageError, match="entity"):
        inspect_image(f"{head}<svg >&nbsp;</svg>".encode())


def test_svg_bomb_is_refused_before_it_grows() -> None:
    """Each of ten entities names the one before ten times: ten thousand million characters."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    with pytest.raises(BrokenImageError, match="entity"):
        inspect_image(f'<!DOCTYPE svg SYSTEM "><svg " [<!ENTITY e0 "x">{levels}]><svg>&e10;</svg>'.encode())


def test_svg_of_a_drawing_program_passes() -> None:
    """Its document type is a mere name: nothing is fetched. Images in it are long, groups are deep."""
    head = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1/svg11.dtd">'
    picture = f'<image xlink:href="data:image/png;base64,{"A" * 11_000_000}"/>'
    names = 'xmlns:svg="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    groups = "<svg:g>" * 300 + "&lt;" + "</svg:g>" * 300
    file = inspect_image(f'{head}<svg:svg {names} width="7" height="5">{picture}{groups}</svg:svg>'.encode())
    assert (file.width, file.height) == (7, 5)
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?><svg width="7" height="5"><text>\xe9</text></svg>'
    assert inspect_image(latin.encode("latin-1")).width == 7


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('<?xml version="1.0" encoding="no-such"?><svg />', BrokenImageError),
        ("<svg:svg />", BrokenImageError),
        ("<svg></svg><svg/>", BrokenImageError),
        ("<svg a='1' a='2'/>", BrokenImageError),
        ("<svg>\x00</svg>", BrokenImageError),
        ("<!-- <svg> --><svgs/>", NotAnImageError),
    ],
)
def test_svg_that_is_none_is_refused(text: str, error: type[ImageError]) -> None:
    with pytest.raises(error):
        inspect_image(text.encode())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html></html>", "HTML page"),
        (b'{"error": 1}', "JSON"),
        (b"\x00\x01\x02\x03", "4 bytes of no known image type"),
    ],
)
def test_what_is_no_image_is_named(data: bytes, said: str) -> None:
    with pytest.raises(NotAnImageError, match=said):
        inspect_image(data)


def test_too_many_pixels_are_refused() -> None:
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    with pytest.raises(BrokenImageError, match="pixels"):
        inspect_image(file.getvalue())


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_mutated_images_raise_only_our_errors(extension: str, data: st.DataObject) -> None:
    mutated = bytearray(FORMS[extension][1])
    for _ in range(data.draw(st.integers(1, 5))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    try:
        file = inspect_image(bytes(mutated))
    except ImageError:
        return
    assert file.sha256 == hashlib.sha256(mutated).hexdigest()


def test_a_scan_of_108_million_pixels_passes() -> None:
    file = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(file, "PNG")
    assert (inspect_image(file.getvalue()).width, inspect_image(file.getvalue()).height) == (12_000, 9_000)


def test_a_bomb_of_pixels_does_not_pass() -> None:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(BrokenImageError, match="bomb"):
        inspect_image(data)


JXL = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl "


@pytest.mark.parametrize(
    ("header", "size"),
    [("1 00111 001", (64, 64)), ("0 00 000101111 000 00 000111111", (64, 48)), ("0 00 000101111 011", (64, 48))],
)
def test_jpeg_xl_is_told_by_its_boxes(header: str, size: tuple[int, int]) -> None:
    # Fields stand in the order of reading, each with its highest bit first; in the file the lowest comes first.
    bits = "".join(part[::-1] for part in header.split())
    stream = b"\xff\x0a" + int(bits[::-1], 2).to_bytes(8, "little")
    data = JXL + struct.pack(">I", 8 + len(stream)) + b"jxlc" + stream
    file = inspect_image(data)
    assert (file.media_type, file.extension, (file.width, file.height)) == ("image/jxl", "jxl", size)
    for end in (len(data) - 1, len(JXL), 12):
        with pytest.raises(BrokenImageError):
            inspect_image(data[:end])
    with pytest.raises(BrokenImageError, match="does not say where it ends"):
        inspect_image(stream)


@pytest.mark.slow
def test_a_photograph_of_108_million_pixels_passes() -> None:
    file = io.BytesIO()
    Image.new("L", (12_000, 9_000)).save(file, "JPEG")
    assert (inspect_image(file.getvalue()).width, inspect_image(file.getvalue()).height) == (12_000, 9_000)


@pytest.mark.parametrize("extension", FORMS)
def test_a_damaged_image_as_it_is(extension: str) -> None:
    media_type, data = FORMS[extension]
    cut = data[: len(data) // 2]
    file = inspect_damaged(cut)
    assert (file.media_type, file.extension, file.width, file.height) == (media_type, extension, 64, 48)
    assert (file.data, file.damaged_at_source) == (cut, True)
    assert not inspect_image(data).damaged_at_source


def test_a_jpeg_xl_without_boxes_is_kept_only_as_damaged() -> None:
    bits = "".join(part[::-1] for part in ("1", "00111", "001"))
    stream = b"\xff\x0a" + int(bits[::-1], 2).to_bytes(8, "little") + bytes(9)
    assert (inspect_damaged(stream).width, inspect_damaged(stream).height) == (64, 64)
    boxed = JXL + struct.pack(">I", 90) + b"jxlc" + stream  # cut off within its box
    assert inspect_damaged(boxed).media_type == "image/jxl"
    with pytest.raises(BrokenImageError):
        inspect_damaged(JXL)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<html></html>", NotAnImageError),
        (b"\x89PNG\r\n\x1a\n", ImageError),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><rect>', ImageError),
        (b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff" * 6, BrokenImageError),
    ],
)
def test_what_shows_nothing_is_not_even_damaged(data: bytes, error: type[ImageError]) -> None:
    with pytest.raises(error):
        inspect_damaged(data)


@pytest.mark.parametrize(
    "options", [{"quality": 80}, {"lossless": True}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}]
)
def test_the_size_of_a_webp_that_is_cut_off(options: dict[str, object]) -> None:
    file = inspect_damaged(encode("WEBP", **options)[:200])
    assert (file.media_type, file.width, file.height) == ("image/webp", 64, 48)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_an_image_is_decoded_once(form: str) -> None:
    assert calls(lambda: inspect_image(encode(form)), Image.open) == [1]


@pytest.mark.parametrize("read", [inspect_image, inspect_damaged, as_png])
def test_an_image_is_not_to_blame_where_no_file_can_be_opened(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[bytes], object]
) -> None:
    """Readers are loaded when an image comes."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(NoHandlesError):
        read(encode("PNG"))


def white_at_its_end(width: int = 64, height: int = 480) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    image.paste(noise(width, height // 2))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def test_a_jpeg_that_ends_in_white_is_decoded_once_more() -> None:
    data = white_at_its_end()
    assert calls(lambda: inspect_image(data), Image.open, Image.Image.tobytes) == [2, 0]


def test_a_jpeg_that_ends_in_white_is_told_from_a_part_of_it() -> None:
    data = white_at_its_end()
    for cut in range(len(data) // 2, len(data) - 16, 97):
        with pytest.raises(BrokenImageError):
            inspect_image(data[:cut] + b"\xff\xd9")


@pytest.mark.parametrize("place", [(0, 0), (1999, 1000), (1999, 2999)])
def test_one_pixel_of_a_large_image_makes_it_another(place: tuple[int, int]) -> None:
    one = Image.new("L", (2000, 3000), 128)
    other = one.copy()
    assert imagefile._are_same(one, other)
    other.putpixel(place, 129)
    assert not imagefile._are_same(one, other)


def test_only_readers_of_formats_that_browsers_show_are_loaded() -> None:
    program = (
        "import sys\nfrom archiver.media.imagefile import inspect_image\n"
        "inspect_image(sys.stdin.buffer.read())\nfrom PIL import Image\nprint(*sorted(Image.OPEN))"
    )
    found = subprocess.run([sys.executable, "-c", program], input=encode("WEBP"), capture_output=True, check=True)
    assert set(found.stdout.decode().split()) <= set(imagefile.FORMATS) | {"DIB", "PPM"}
