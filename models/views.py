"""Views: two random looks at one image, which anybody would give the same name.

Moved, stretched, turned and leaned a little, in another light; photographs also cropped, mirrored
and recolored, after Chen et al. 2020 (arXiv 2002.05709), appendix A. Knows nothing of networks.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

#: Drawings: largest turn in radians, lean, move in half sides, and smallest and largest stretch.
TURN, LEAN, MOVE = 0.35, 0.3, 0.2
STRETCH = (0.75, 1.25)
#: Photographs: least share of the area that a crop keeps, and its least and largest aspect.
CROP = 0.25
ASPECT = (3 / 4, 4 / 3)
#: Brightness, contrast and saturation change by at most this share, single colors by half of it.
LIGHT = 0.4
#: How often a photograph loses its colors.
GRAY = 0.2


def looked_at(images: Tensor, generator: torch.Generator, *, mirror: bool) -> Tensor:
    """Return one random view of each unit image (n, c, h, w), of the same shape.

    Images of one channel are taken for drawings, which fill their frame and may not be cropped.
    """
    random = _Random(len(images), generator, images.device)
    if images.shape[1] == 1:
        return _brighter(_warped(images, _drawing(random, mirror=mirror), "zeros"), random)
    return _recolored(_warped(images, _crop(random, mirror=mirror), "reflection"), random)


class _Random:
    """Numbers for each of some images."""

    def __init__(self, count: int, generator: torch.Generator, device: torch.device) -> None:
        self._count, self._generator, self._device = count, generator, device

    def between(self, low: float, high: float, *further: int) -> Tensor:
        """Draw evenly, (n, *further)."""
        drawn = torch.rand(self._count, *further, generator=self._generator)
        return (low + (high - low) * drawn).to(self._device)

    def around_one(self, share: float, channels: int = 1) -> Tensor:
        """Draw factors (n, channels, 1, 1)."""
        return self.between(1 - share, 1 + share, channels, 1, 1)

    def sign(self, *, either: bool) -> Tensor:
        """Draw 1 or -1, or 1 for all, (n,)."""
        drawn = self.between(-1, 1).sign()
        return drawn if either else drawn.abs()


def _drawing(random: _Random, *, mirror: bool) -> Tensor:
    turn, lean = random.between(-TURN, TURN), random.between(-LEAN, LEAN)
    across = random.between(*STRETCH) * random.sign(either=mirror)
    along = random.between(*STRETCH)
    return _placed(
        across * turn.cos(),
        lean - across * turn.sin(),
        along * turn.sin(),
        along * turn.cos(),
        random.between(-MOVE, MOVE),
        random.between(-MOVE, MOVE),
    )


def _crop(random: _Random, *, mirror: bool) -> Tensor:
    area = random.between(CROP, 1)
    aspect = random.between(math.log(ASPECT[0]), math.log(ASPECT[1])).exp()
    across, along = (area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1)
    nothing = torch.zeros_like(area)
    return _placed(
        across * random.sign(either=mirror),
        nothing,
        nothing,
        along,
        random.between(-1, 1) * (1 - across),
        random.between(-1, 1) * (1 - along),
    )


def _placed(*numbers: Tensor) -> Tensor:
    """Put a, b, c, d, x and y (n,) into maps (n, 2, 3) of places in the view to the image."""
    a, b, c, d, x, y = numbers
    return torch.stack([torch.stack([a, b, x], 1), torch.stack([c, d, y], 1)], 1)


def _warped(images: Tensor, maps: Tensor, beyond: str) -> Tensor:
    places = functional.affine_grid(maps, list(images.shape), align_corners=False)
    return functional.grid_sample(images, places, padding_mode=beyond, align_corners=False)


def _brighter(images: Tensor, random: _Random) -> Tensor:
    return (images * random.around_one(LIGHT)).clamp(0, 1)


def _recolored(images: Tensor, random: _Random) -> Tensor:
    lit = images * random.around_one(LIGHT)
    middle = lit.mean(dim=(1, 2, 3), keepdim=True)
    lit = middle + (lit - middle) * random.around_one(LIGHT)
    gray = lit.mean(dim=1, keepdim=True)
    kept = random.around_one(LIGHT) * (random.between(0, 1, 1, 1, 1) > GRAY)
    colored = gray + (lit - gray) * kept
    return (colored * random.around_one(LIGHT / 2, images.shape[1])).clamp(0, 1)
