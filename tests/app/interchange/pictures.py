"""Real files for the tests of imports, good and bad, made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HTML = b"\n<!DOCTYPE html><html><body onload=alert(1)></body></html>"


def noise(seed: int, height: int = 28, width: int = 28, channels: int = 0) -> np.ndarray:
    """Pixels that no other seed has."""
    shape = (height, width, channels) if channels else (height, width)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    """An image as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png(seed: int, **size: int) -> bytes:
    """A PNG that no other seed has."""
    return encoded(Image.fromarray(noise(seed, **size)))


def truncated_png() -> bytes:
    """A PNG that ends in the middle of its pixels."""
    whole = png(0, height=64, width=64)
    return whole[: len(whole) // 2]


def animated_gif() -> bytes:
    """A GIF of two frames."""
    first, second = Image.new("L", (8, 8), 0), Image.new("L", (8, 8), 200)
    return encoded(first, "GIF", save_all=True, append_images=[second], duration=100)


def bomb_png(side: int = 20_000) -> bytes:
    """A small file that claims many pixels."""
    return encoded(Image.new("1", (side, side)))


def archive(path: Path, files: Mapping[str, bytes]) -> Path:
    """A zip archive of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """A folder of these files."""
    for name, content in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return path
