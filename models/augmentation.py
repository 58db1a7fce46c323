"""Augmentation that slopes flow through, for adversarial training on few images.

Zhao et al. 2020 (arXiv 2006.10738): the judge sees real and made images only after random changes,
so it cannot learn few images by heart, and the maker need not make the changes itself. Knows
nothing of networks.
"""

from __future__ import annotations

import torch
from torch import Tensor

#: Brightness moves by at most half of this.
BRIGHTNESS = 0.5
#: Images move by at most this share of their sides.
SHIFT = 0.125
#: Share of each side that is cut out.
CUT = 0.5


def augmented(images: Tensor, generator: torch.Generator) -> Tensor:
    """Change brightness, move and cut unit images (n, c, h, w), each in its own way."""
    brightness = (torch.rand(len(images), 1, 1, 1, generator=generator) - 0.5) * BRIGHTNESS
    brighter = images + brightness.to(images)
    return _cut(shifted(brighter, generator), generator)


def shifted(images: Tensor, generator: torch.Generator) -> Tensor:
    """Move images (n, c, h, w) by whole pixels, up to an eighth of a side; the edge goes on."""
    count, _, height, width = images.shape
    rows = _moved(height, count, generator).to(images.device)  # (n, h)
    columns = _moved(width, count, generator).to(images.device)  # (n, w)
    which = torch.arange(count, device=images.device)[:, None, None]
    # Advanced indexing puts the channels last: (n, h, w, c).
    return images.permute(0, 2, 3, 1)[which, rows[:, :, None], columns[:, None]].permute(0, 3, 1, 2)


def _moved(side: int, count: int, generator: torch.Generator) -> Tensor:
    most = round(side * SHIFT)
    by = torch.randint(-most, most + 1, (count, 1), generator=generator)
    return (torch.arange(side)[None] + by).clamp(0, side - 1)


def _cut(images: Tensor, generator: torch.Generator) -> Tensor:
    count, _, height, width = images.shape
    outside = [
        _outside(side, count, generator).to(images.device) for side in (height, width)
    ]  # (n, h), (n, w)
    keep = outside[0][:, None, :, None] | outside[1][:, None, None, :]
    return images * keep


def _outside(side: int, count: int, generator: torch.Generator) -> Tensor:
    length = round(side * CUT)
    start = torch.randint(-length // 2, side - length // 2 + 1, (count, 1), generator=generator)
    place = torch.arange(side)[None]
    return (place < start) | (place >= start + length)
