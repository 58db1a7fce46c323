from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from app.interchange import imaging
from app.interchange.imaging import SHOWN_SIDE, Limits, from_array, from_bytes
from app.interchange.verdicts import Refused, Verdict
from tests.app.interchange import pictures
from tests.app.interchange.pictures import encoded, noise

LIMITS = Limits(bytes=5_000_000, pixels=2_000_000)


def verdict_on(content: bytes, limits: Limits = LIMITS) -> Verdict:
    with pytest.raises(Refused) as refusal:
        from_bytes(content, limits)
    assert refusal.value.detail.endswith(".")
    return refusal.value.verdict


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(from_bytes(content, LIMITS).image)


def test_a_small_gray_picture_keeps_every_pixel() -> None:
    original = noise(1)
    picture = from_bytes(encoded(Image.fromarray(original)), LIMITS)
    assert picture.gray
    assert np.array_equal(np.asarray(picture.image), original)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(picture.png()))), original)


def test_the_same_pixels_give_the_same_bytes_from_any_file() -> None:
    image = Image.fromarray(noise(2))
    from_png, from_bmp = (from_bytes(encoded(image, kind), LIMITS) for kind in ("PNG", "BMP"))
    assert from_png.png() == from_bmp.png() == from_array(noise(2), LIMITS).png()


def test_a_colorless_rgb_picture_becomes_gray() -> None:
    gray = noise(3)
    picture = from_bytes(encoded(Image.fromarray(np.stack([gray] * 3, axis=2))), LIMITS)
    assert picture.gray
    assert np.array_equal(np.asarray(picture.image), gray)


def test_an_empty_file_is_refused() -> None:
    assert verdict_on(b"") is Verdict.EMPTY_FILE


def test_a_truncated_png_is_refused() -> None:
    assert verdict_on(pictures.truncated_png()) is Verdict.TRUNCATED


def test_a_truncated_jpeg_is_refused() -> None:
    whole = encoded(Image.fromarray(noise(4, height=64, width=64)), "JPEG")
    assert verdict_on(whole[: len(whole) // 2]) is Verdict.TRUNCATED


def test_a_png_that_ends_in_its_header_is_refused() -> None:
    assert verdict_on(pictures.png(0)[:12]) in (Verdict.TRUNCATED, Verdict.UNREADABLE)


def test_a_damaged_png_is_refused() -> None:
    damaged = bytearray(pictures.png(0, height=64, width=64))
    damaged[60:300] = bytes(240)
    assert verdict_on(bytes(damaged)) in (Verdict.UNREADABLE, Verdict.TRUNCATED)


def test_markup_is_no_image_whatever_its_name() -> None:
    assert verdict_on(pictures.SVG) is Verdict.NOT_AN_IMAGE
    assert verdict_on(pictures.HTML) is Verdict.NOT_AN_IMAGE


@pytest.mark.parametrize(
    "content", [b"hello", b"%PDF-1.7", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"PK\3\4"]
)
def test_other_files_are_no_images(content: bytes) -> None:
    assert verdict_on(content * 50) is Verdict.NOT_AN_IMAGE


def test_too_many_bytes_are_refused() -> None:
    assert verdict_on(pictures.png(0), Limits(bytes=100, pixels=10**6)) is Verdict.TOO_LARGE


def test_a_bomb_is_refused_by_its_header_alone() -> None:
    bomb = pictures.bomb_png()
    assert len(bomb) < 100_000
    assert verdict_on(bomb) is Verdict.TOO_MANY_PIXELS


def test_a_claim_of_billions_of_pixels_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    content += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 0) + b"IDAT" + b"\0" * 8
    assert verdict_on(content) is Verdict.TOO_MANY_PIXELS


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_several_frames_are_refused(kind: str) -> None:
    first, second = Image.new("L", (8, 8), 0), Image.new("L", (8, 8), 200)
    content = encoded(first, kind, save_all=True, append_images=[second])
    assert verdict_on(content) is Verdict.ANIMATED


def test_a_gif_of_one_frame_with_a_palette_is_taken() -> None:
    image = Image.fromarray(noise(5, channels=3)).quantize(16)
    assert np.array_equal(pixels(encoded(image, "GIF")), np.asarray(image.convert("RGB")))


def test_transparency_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    clear.putpixel((2, 3), (255, 0, 0, 255))
    shown = pixels(encoded(clear))
    assert shown[0, 0].tolist() == [255, 255, 255]
    assert shown[3, 2].tolist() == [255, 0, 0]
    half = pixels(encoded(Image.new("LA", (8, 8), (0, 128))))
    assert half.ndim == 2
    assert 126 <= half[0, 0] <= 128


def test_a_transparent_palette_is_laid_on_white() -> None:
    image = Image.new("P", (8, 8), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    assert pixels(encoded(image, "GIF", transparency=0))[0, 0] == 255


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    red = pixels(encoded(image, "JPEG", quality=95))[8, 8]
    assert red[0] > 240
    assert red[1] < 15
    assert red[2] < 15


def test_a_16_bit_png_is_scaled_by_its_full_range() -> None:
    deep = np.array([[0, 65535], [32768, 257]], np.uint16).repeat(4, 0).repeat(4, 1)
    shown = pixels(encoded(Image.fromarray(deep)))
    assert shown[::4, ::4].tolist() == [[0, 255], [128, 1]]


def test_a_floating_point_tiff_is_stretched() -> None:
    deep = np.linspace(-3, 5, 64, dtype=np.float32).reshape(8, 8)
    shown = pixels(encoded(Image.fromarray(deep), "TIFF"))
    assert (shown.min(), shown.max()) == (0, 255)


def test_values_that_are_no_numbers_are_refused() -> None:
    deep = np.full((8, 8), np.nan, np.float32)
    assert verdict_on(encoded(Image.fromarray(deep), "TIFF")) is Verdict.UNREADABLE


def test_1_bit_becomes_gray() -> None:
    image = Image.new("1", (8, 8), 1)
    assert pixels(encoded(image)).tolist() == [[255] * 8] * 8


@pytest.mark.parametrize(("orientation", "corner"), [(3, (-1, -1)), (6, (0, -1)), (8, (-1, 0))])
def test_exif_rotation_is_applied(orientation: int, corner: tuple[int, int]) -> None:
    image = Image.new("L", (32, 16), 0)
    image.paste(255, (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = pixels(encoded(image, "JPEG", quality=95, exif=exif))
    assert shown.shape == ((16, 32) if orientation == 3 else (32, 16))
    assert shown[corner] > 200


def test_broken_exif_does_not_cost_the_picture() -> None:
    content = encoded(Image.new("L", (8, 8), 9), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert pixels(content).shape == (8, 8)


def test_nothing_of_the_file_but_its_pixels_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    content = encoded(Image.new("RGB", (8, 8), (1, 2, 3)), "PNG", exif=exif)
    content = content[:-12] + b"<script>SECRET-PLACE</script>" + content[-12:]
    try:
        shown = from_bytes(content, LIMITS).png()
    except Refused:
        return
    assert b"SECRET-PLACE" not in shown


def test_a_large_picture_is_shown_smaller() -> None:
    picture = from_bytes(encoded(Image.new("RGB", (1500, 750), (9, 8, 7)), "JPEG"), LIMITS)
    assert picture.image.size == (SHOWN_SIDE, SHOWN_SIDE // 2)


def test_an_array_of_one_channel_is_gray() -> None:
    assert from_array(noise(6)[:, :, None], LIMITS).gray


def test_an_array_over_the_limit_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        from_array(np.zeros((2000, 2000), np.uint8), LIMITS)
    assert refusal.value.verdict is Verdict.TOO_MANY_PIXELS


@pytest.mark.parametrize("kind", ["BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_files_are_taken_or_refused_and_raise_nothing_else(kind: str) -> None:
    whole = encoded(Image.fromarray(noise(7, channels=3)), kind)
    random, verdicts = np.random.default_rng(0), set()
    for turn in range(150):
        broken = bytearray(whole if turn % 3 else whole[: random.integers(1, len(whole))])
        # Heads decide what a decoder does; a byte in the pixels is merely another color.
        for place in random.integers(0, min(len(broken), 200), 6):
            broken[place] = random.integers(0, 256)
        try:
            picture = from_bytes(bytes(broken), LIMITS)
            assert picture.image.mode in ("L", "RGB")
        except imaging.Refused as refused:
            verdicts.add(refused.verdict)
    assert verdicts


def test_whatever_a_decoder_raises_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise IndexError("the decoder looked behind its buffer")

    monkeypatch.setattr(PngImageFile, "load", stumble)
    with pytest.raises(imaging.Refused):
        from_bytes(encoded(Image.fromarray(noise(7)), "PNG"), LIMITS)


def test_a_phones_photo_with_a_second_frame_is_taken() -> None:
    photo = encoded(
        Image.new("RGB", (64, 64), (200, 10, 10)),
        "MPO",
        save_all=True,
        append_images=[Image.new("RGB", (16, 16))],
    )
    assert pixels(photo).shape == (64, 64, 3)
