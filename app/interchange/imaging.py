"""Bytes or arrays in, one checked picture out: what people see, and its PNG.

Everything is decoded and encoded again, within limits on bytes and pixels, so that nothing of a
hostile file survives. A picture is gray or RGB, upright, and at most `SHOWN_SIDE` pixels a side:

- turned as its EXIF orientation says;
- transparency is laid on white; palettes, CMYK and the like become RGB; 1 bit becomes gray;
- 16 bits are scaled by their full range, so that pictures stay comparable with each other; other
  ranges (32-bit, floating point) are stretched from their own smallest to largest value;
- RGB whose three channels are equal becomes gray, so that the same picture is the same bytes.

Pictures with several frames are refused: which frame an answer would be about is not ours to
guess. (Phones' MPO files are the exception: their further frames repeat the photo.)

Knows nothing of projects, archives or tables.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from app.interchange.verdicts import Refused, Verdict

#: `uint8`, (height, width) or (height, width, 1, 3 or 4).
Pixels = NDArray[np.uint8]

#: The longest side of what people see.
SHOWN_SIDE = 1024

#: Decoders that hostile files may reach: no EPS, no PDF, nothing that is a program in disguise.
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
# Pillow knows the rarer ones only after this.
Image.init()

_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_MARKUP = (b"<svg", b"<?xml", b"<!doctype", b"<html", b"<head", b"<body", b"<script")

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Limits:
    """What one image may be at most."""

    bytes: int
    pixels: int


@dataclass(frozen=True)
class Picture:
    """A picture as people see it, in mode `L` or `RGB`."""

    image: Image.Image

    @property
    def gray(self) -> bool:
        """Whether it has no color."""
        return self.image.mode == "L"

    def png(self) -> bytes:
        """Encode it; the same pixels give the same bytes."""
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG", compress_level=6 if self.image.width <= 256 else 3)
        return buffer.getvalue()


def from_bytes(content: bytes, limits: Limits) -> Picture:
    """Decode a file's content, or raise `Refused`."""
    if not content:
        raise Refused(Verdict.EMPTY_FILE, "The file has no bytes.")
    if len(content) > limits.bytes:
        raise Refused(Verdict.TOO_LARGE, f"More than {limits.bytes:,} bytes.")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            _check(image, limits)
            image.draft(None, (SHOWN_SIDE, SHOWN_SIDE))
            image.load()
            return from_image(_upright(image))
    except Refused:
        raise
    except UnidentifiedImageError:
        raise _unidentified(content) from None
    except Image.DecompressionBombError:
        raise _too_many_pixels(limits) from None
    except Exception as error:  # noqa: BLE001 - whatever a decoder raises on hostile bytes
        raise _undecodable(error) from None


def from_array(pixels: Pixels, limits: Limits) -> Picture:
    """Take pixels as they are, or raise `Refused`."""
    if pixels.shape[0] * pixels.shape[1] > limits.pixels:
        raise _too_many_pixels(limits)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    return from_image(Image.fromarray(np.ascontiguousarray(pixels)))


def from_image(image: Image.Image) -> Picture:
    """Take a decoded image of any mode."""
    image = _without_deep_pixels(image)
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = _on_white(image)
    if image.mode != "L":
        image = image.convert("L" if image.mode == "1" else "RGB")
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image.info.clear()
    return Picture(_gray_if_colorless(image))


def _check(image: Image.Image, limits: Limits) -> None:
    """Refuse by what the header says, before any pixel is decoded."""
    if image.width * image.height > limits.pixels:
        raise _too_many_pixels(limits)
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise Refused(Verdict.ANIMATED, "It has several frames; save the one you mean.")


def _too_many_pixels(limits: Limits) -> Refused:
    return Refused(Verdict.TOO_MANY_PIXELS, f"More than {limits.pixels:,} pixels.")


def _unidentified(content: bytes) -> Refused:
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_MARKUP):
        return Refused(Verdict.NOT_AN_IMAGE, "It holds markup (SVG, HTML or XML), not pixels.")
    if content.startswith(_BEGINNINGS):
        return Refused(Verdict.TRUNCATED, "It begins like a picture and ends too early.")
    return Refused(Verdict.NOT_AN_IMAGE, "It is no PNG, JPEG, GIF, WebP, TIFF, BMP or PNM.")


def _undecodable(error: Exception) -> Refused:
    if isinstance(error, EOFError) or "truncated" in str(error).lower():
        return Refused(Verdict.TRUNCATED, "It ends before the picture is complete.")
    return Refused(Verdict.UNREADABLE, "It is damaged: its pixels cannot be decoded.")


def _upright(image: Image.Image) -> Image.Image:
    """Turn an image as its EXIF orientation says; unreadable EXIF says nothing."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001 - hostile EXIF must not cost the picture
        return image
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def _without_deep_pixels(image: Image.Image) -> Image.Image:
    """Bring more than 8 bits a pixel down to 8."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image).astype(np.float64)
    if not np.isfinite(values).all():
        raise Refused(Verdict.UNREADABLE, "Some of its values are not finite numbers.")
    low, high = float(values.min()), float(values.max())
    if image.mode.startswith("I") and low >= 0 and high <= 65535:
        low, high = 0.0, 65535.0
    scaled = (values - low) * (255.0 / ((high - low) or 1.0))
    return Image.fromarray(scaled.round().astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    """Lay transparency on white, as most programs show it."""
    over = image.convert("RGBA")
    white = Image.new("RGBA", over.size, "white")
    return Image.alpha_composite(white, over).convert("RGB")


def _gray_if_colorless(image: Image.Image) -> Image.Image:
    if image.mode == "L":
        return image
    pixels = np.asarray(image)
    colorless = (pixels[:, :, 0] == pixels[:, :, 1]).all() and (
        pixels[:, :, 1] == pixels[:, :, 2]
    ).all()
    return image.getchannel(0) if colorless else image
