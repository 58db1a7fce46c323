"""The control: the discriminator's network as it was drawn, without any training.

What learned features are worth is what they add to these. Standardized on the pool like them.
"""

from __future__ import annotations

import torch

from models.features import discriminator
from models.features.discriminator import DiscriminatorFeatures
from models.interfaces import Checkpoint, Images, ImageShape, Progress
from models.networks import Judge, SpectralConvolution, initialized, require_supported
from models.parts.features import UntrainedOptions
from models.training import require_images

NAME = "untrained"
#: One image tells nothing of a spread.
LEAST_IMAGES = 2


def train(
    images: Images,
    options: UntrainedOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
) -> DiscriminatorFeatures:
    """Draw a network, and standardize what it sees on the pool (n, c, h, w).

    Raises `PoolTooSmall` below 2 images and `ShapeUnsupported` for sizes the network cannot take.
    """
    del options
    require_images(images, least=LEAST_IMAGES, part="untrained control")
    shape = ImageShape.of(images)
    require_supported(shape)
    generator = torch.Generator().manual_seed(seed)
    judge = initialized(lambda: Judge(shape, convolution=SpectralConvolution), generator)
    drawn = discriminator.standardized(judge, images, name=NAME, generator=generator, device=device)
    progress(1.0, {})
    return drawn


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> DiscriminatorFeatures:
    """Load features; raises `CheckpointMismatch` for another part's checkpoint."""
    return discriminator.restore(checkpoint, name=NAME, device=device)
