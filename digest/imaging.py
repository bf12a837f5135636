"""A picture from the web made fit for a mail: looked at, turned upright, stripped, made small.

Pillow is met here and nowhere else. Nothing is believed but the bytes: only four decoders are tried, and the
header's size is judged before anything is decoded. What comes out is made of pixels alone: where a photo was
taken, the camera's number and everything else beside them stay behind.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageCms, ImageOps

from digest.errors import ParseError
from digest.model.picture import Jpeg

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # no SVG, which may hold scripts and links; no rarely tried decoder
MAX_PIXELS = 25_000_000  # of a JPEG, which can be decoded smaller than it is; a camera's have 24 million
MAX_PIXELS_WHOLE = 12_000_000  # of the others: they are decoded whole, for 20 bytes a pixel at the worst
MAX_SCANS = 40  # of a progressive JPEG, which has about ten; each takes as long as decoding anew
MIN_WIDTH, MIN_HEIGHT = 600, 300  # pixels; what is smaller is a thumbnail, a logo or a counter
WIDEST, TALLEST = 3.0, 0.5  # width to height; what is beyond is a banner or a chart
BOX = (1104, 828)  # twice the column of 552 px, for dense screens; what is taller than 4:3 gets narrower
MAX_BYTES = 150 * 1024
QUALITIES = (82, 74, 66, 58, 50)  # of JPEG, the first that fits into MAX_BYTES
SHRINK = (1.0, 0.75, 0.5)  # where no quality suffices: noise, or text in small print
LEAST_CONTRAST = 24  # of 255, between the lightest and the darkest spot; below it is one colour
_ORIENTATION = 0x0112  # EXIF
_SIDEWAYS = range(5, 9)  # the orientations that swap width and height
_SCAN = b"\xff\xda"


def picture_of(data: bytes) -> Jpeg:
    """The picture in ``data``, at most 1,104 x 828 pixels and 150 KiB, as a progressive JPEG in sRGB.

    Of an animation the first frame; what is transparent is white.

    Raises:
        ParseError: 'not-an-image', 'too-large' (pixels), 'too-small', 'odd-shape' or 'one-colour'.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow's about doubtful headers; we judge by ourselves
            return _small(_decoded(data))
    except ParseError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(MAX_PIXELS) from error
    except Exception as error:  # decoders raise whatever hostile bytes make of them
        raise ParseError(
            "not-an-image", f"it can't be decoded as a JPEG, PNG, WebP or GIF ({type(error).__name__})"
        ) from error


def _too_large(most: int) -> ParseError:
    return ParseError("too-large", f"it has more than {most // 1_000_000} million pixels")


def _decoded(data: bytes) -> Image.Image:
    """The first frame, upright, in colours that can be mixed; not yet reduced."""
    image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    _demand_photo(image)
    # In a JPEG's data these two bytes are nothing else: a 255 of the picture is followed by a zero. A JPEG
    # that says it holds several pictures is called MPO here, and decoded all the same.
    if image.format in {"JPEG", "MPO"} and data.count(_SCAN) > MAX_SCANS:
        raise ParseError("too-large", f"it is a JPEG of more than {MAX_SCANS} scans")
    # A JPEG can be decoded at a half, quarter or eighth of its size, for as much less memory.
    image.draft(None, (max(BOX), max(BOX)))
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _demand_photo(image: Image.Image) -> None:
    """Judge by the header alone whether this can be a photo worth decoding."""
    width, height = image.size
    most = MAX_PIXELS if image.format == "JPEG" else MAX_PIXELS_WHOLE
    if width * height > most:
        raise _too_large(most)
    if image.getexif().get(_ORIENTATION) in _SIDEWAYS:
        width, height = height, width
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        raise ParseError(
            "too-small", f"it has {width} x {height} pixels, and {MIN_WIDTH} x {MIN_HEIGHT} are the least"
        )
    if not TALLEST <= width / height <= WIDEST:
        shape = "banner" if width > height else "column"
        raise ParseError("odd-shape", f"its {width} x {height} pixels are a {shape}, no photo")


def _small(image: Image.Image) -> Jpeg:
    image.thumbnail(BOX, Image.Resampling.LANCZOS, reducing_gap=2.0)
    pixels = _in_srgb(_on_white(image))
    darkest, lightest = pixels.convert("L").getextrema()
    if float(lightest) - float(darkest) < LEAST_CONTRAST:  # type: ignore[arg-type]  # two numbers: it has one band
        raise ParseError("one-colour", "it shows one colour and nothing else")
    for share in SHRINK:
        size = (round(pixels.width * share), round(pixels.height * share))
        reduced = pixels if share == 1 else pixels.resize(size, Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            content = _encoded(reduced, quality)
            if len(content) <= MAX_BYTES:
                return Jpeg(content, *size)
    raise ParseError("too-large", f"it doesn't become smaller than {MAX_BYTES // 1024} KiB")


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, which a JPEG can't have."""
    if image.mode not in {"LA", "RGBA"}:
        return image
    layer = image.convert("RGBA")
    opaque = Image.new("RGB", layer.size, "white")
    opaque.paste(layer, mask=layer.getchannel("A"))
    opaque.info["icc_profile"] = image.info.get("icc_profile")
    return opaque


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours as a screen without colour management shows them rightly."""
    profile = image.info.get("icc_profile")
    image.info.clear()  # Pillow would write a JPEG's comment out again
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, own, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a damaged profile, or one of another kind of colours: as if it had none
        if converted is not None:
            converted.info.clear()
            return converted
    return image.convert("RGB")


def _encoded(image: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()
