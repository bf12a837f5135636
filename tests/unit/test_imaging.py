"""What becomes of a picture from the web: what is taken, what is refused, and what is left of it."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image, ImageCms

from digest.errors import ParseError
from digest.imaging import BOX, MAX_BYTES, MAX_PIXELS, MAX_PIXELS_WHOLE, MAX_SCANS, picture_of
from digest.model.picture import Jpeg
from tests.pictures import encoded, photo, png_header

GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def opened(jpeg: Jpeg) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg.content))
    image.load()
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (jpeg.width, jpeg.height))
    return image


def refusal(data: bytes) -> str:
    with pytest.raises(ParseError) as caught:
        picture_of(data)
    assert "\n" not in str(caught.value)
    return caught.value.trouble


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_usual_kind_becomes_a_small_progressive_jpeg(kind: str) -> None:
    jpeg = picture_of(encoded(photo(2400, 1350), kind))
    assert (jpeg.width, jpeg.height) == (1104, 621)
    assert len(jpeg.content) <= MAX_BYTES
    assert opened(jpeg).info["progressive"]


@pytest.mark.parametrize(
    ("size", "stored"), [((800, 450), (800, 450)), ((3000, 2000), (1104, 736)), ((1500, 2000), (621, 828))]
)
def test_a_picture_keeps_its_shape_and_never_grows(size: tuple[int, int], stored: tuple[int, int]) -> None:
    jpeg = picture_of(encoded(photo(*size)))
    assert (jpeg.width, jpeg.height) == stored
    assert jpeg.width <= BOX[0]
    assert jpeg.height <= BOX[1]


def test_the_noisiest_picture_fits_its_bytes() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((2000, 1200), 120 + band) for band in range(3)])
    jpeg = picture_of(encoded(noise, quality=95))
    assert len(jpeg.content) <= MAX_BYTES
    assert jpeg.width >= 400


def test_where_a_photo_was_taken_and_by_which_camera_stays_behind() -> None:
    exif = Image.Exif()
    exif[MAKER] = "Secret Camera"
    exif.get_ifd(GPS)[2] = (59.0, 54.0, 30.0)
    data = encoded(photo(), exif=exif, comment=b"taken at home")
    assert b"Secret Camera" in data
    jpeg = picture_of(data)
    left = opened(jpeg)
    assert not left.getexif()
    assert not {"exif", "icc_profile", "comment", "photoshop", "xmp"} & set(left.info)
    assert b"Secret" not in jpeg.content
    assert b"home" not in jpeg.content


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    image = photo(900, 1200)
    image.paste("red", (0, 0, 900, 300))  # the top as the camera stored it
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned by a quarter clockwise: the top becomes the right
    jpeg = picture_of(encoded(image, exif=exif))
    assert jpeg.width > jpeg.height
    shown = opened(jpeg)
    right, left = shown.getpixel((jpeg.width - 40, 300)), shown.getpixel((40, 300))
    assert isinstance(right, tuple)
    assert right[0] > 200
    assert right[1] < 60
    assert left != right


def test_of_an_animation_the_first_frame_is_shown() -> None:
    frames = [photo(seed=0), Image.new("RGB", (1200, 675), "blue")]
    for kind in ("GIF", "WEBP"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        first = opened(picture_of(data)).resize((1, 1)).getpixel((0, 0))
        assert isinstance(first, tuple)
        assert first[0] > 60  # blue has no red


def test_what_is_transparent_is_white() -> None:
    image = photo().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 300, 300))
    corner = opened(picture_of(encoded(image, "PNG"))).getpixel((20, 20))
    assert isinstance(corner, tuple)
    assert min(corner) > 245


def test_another_colour_space_is_converted_and_a_broken_profile_passed_over() -> None:
    flat = Image.new("RGB", (1200, 675), (180, 90, 90))
    flat.paste("white", (0, 0, 100, 675))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")
    converted = opened(picture_of(encoded(flat, icc_profile=swapped))).getpixel((900, 300))
    plain = opened(picture_of(encoded(flat))).getpixel((900, 300))
    broken = opened(picture_of(encoded(flat, icc_profile=b"no profile" * 30))).getpixel((900, 300))
    assert isinstance(converted, tuple)
    assert converted[2] - converted[0] > 50  # its red is blue
    assert broken == plain
    cmyk = opened(picture_of(encoded(photo().convert("CMYK"))))
    assert cmyk.mode == "RGB"


def test_a_bomb_is_refused_by_its_header_before_anything_is_decoded() -> None:
    tracemalloc.start()
    try:
        assert refusal(png_header(60_000, 60_000)) == "too-large"
        assert refusal(png_header(4_000, MAX_PIXELS_WHOLE // 4_000 + 1)) == "too-large"
        assert refusal(png_header(4_000, MAX_PIXELS_WHOLE // 4_000)) == "not-an-image"  # it has no pixels
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert refusal(encoded(Image.new("L", (5_000, MAX_PIXELS // 5_000 + 1)))) == "too-large"


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encoded(photo(), progressive=True)
    assert 1 < data.count(b"\xff\xda") < 20
    start = data.rindex(b"\xff\xda")
    scans = data[:-2] + data[start:-2] * MAX_SCANS + data[-2:]
    assert refusal(scans) == "too-large"


def test_a_jpeg_that_says_it_holds_several_is_held_to_the_same_scans() -> None:
    """Pillow gives such a one another name, under which it is decoded just as long."""
    data = encoded(photo(), progressive=True)
    several = io.BytesIO()
    photo().save(several, "MPO", save_all=True, append_images=[photo()])
    at = several.getvalue().index(b"MPF\0") - 4
    length = int.from_bytes(several.getvalue()[at + 2 : at + 4], "big")
    mark = several.getvalue()[at : at + 2 + length]
    start = data.rindex(b"\xff\xda")
    scans = data[:2] + mark + data[2:-2] + data[start:-2] * MAX_SCANS + data[-2:]
    assert Image.open(io.BytesIO(scans)).format == "MPO"
    assert refusal(scans) == "too-large"
    assert picture_of(several.getvalue()).width == 1104


def test_what_marks_a_scan_of_a_jpeg_means_nothing_in_a_png() -> None:
    data = encoded(photo(), "PNG")
    chunk = b"\xff\xda" * (MAX_SCANS + 1)
    text = struct.pack(">I", len(chunk)) + b"prVt" + chunk
    text += struct.pack(">I", zlib.crc32(b"prVt" + chunk))
    end = data.rindex(b"IEND") - 4
    assert picture_of(data[:end] + text + data[end:]).width == 1104


@pytest.mark.parametrize(
    ("size", "trouble"),
    [
        ((599, 400), "too-small"),
        ((1200, 299), "too-small"),
        ((1, 1), "too-small"),
        ((2000, 400), "odd-shape"),
        ((600, 1300), "odd-shape"),
    ],
)
def test_thumbnails_counters_banners_and_columns_are_no_photos(size: tuple[int, int], trouble: str) -> None:
    assert refusal(encoded(photo(*size), "PNG")) == trouble


def test_an_area_of_one_colour_is_refused() -> None:
    assert refusal(encoded(Image.new("RGB", (1200, 675), "#eeeeee"), "PNG")) == "one-colour"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>404</html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="675"><script>1</script></svg>',
        b"%PDF-1.7 ...",
        encoded(photo(), "BMP"),
        encoded(photo(), "TIFF"),
        encoded(photo())[:9_000],
        encoded(photo(), "PNG")[:3_000],
        b"\xff\xd8\xff\xe0" + b"\x00" * 300,
    ],
    ids=["nothing", "page", "svg", "pdf", "bmp", "tiff", "cut jpeg", "cut png", "garbage"],
)
def test_what_is_no_whole_picture_of_a_known_kind_is_refused(data: bytes) -> None:
    assert refusal(data) == "not-an-image"


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert picture_of(encoded(photo())).hash == picture_of(encoded(photo())).hash
    assert picture_of(encoded(photo(seed=40))).hash != picture_of(encoded(photo())).hash
