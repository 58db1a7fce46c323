"""Self-taught features: the layers of a discriminator that learned from the unlabeled pool.

A spectrally normalized judge with hinge loss (Miyato et al. 2018) learns to tell pool images from
made ones; its layers, max-pooled to 4 x 4 cells and joined (Radford et al. 2016), are the vectors.
They are standardized on the pool. Knows nothing of labels.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import Tensor

from models.adversarial import HINGE, Pair, train_pair
from models.checkpoints import below, read_shape, require_kind, shape_facts
from models.features.standardizing import CHUNK, Standard, StandardizedFeatures
from models.interfaces import (
    Checkpoint,
    Images,
    ImageShape,
    Progress,
    Vectors,
    to_unit,
)
from models.networks import (
    Decoder,
    Judge,
    SpectralConvolution,
    folded,
    initialized,
    pooled,
    require_supported,
    restored,
)
from models.parts.features import DiscriminatorOptions
from models.training import plan, require_images

NAME = "discriminator"
#: Fewer images are refused; a guess that is still to be measured.
LEAST_IMAGES = 16
#: Length of the latents of the maker that trains the judge and is then thrown away.
MAKER_LATENTS = 64
RATE = 2e-4


class DiscriminatorFeatures(StandardizedFeatures):
    """Layers of a frozen judge; implements `Features`."""

    def __init__(self, judge: Judge, standard: Standard, *, shape: ImageShape, name: str) -> None:
        super().__init__(partial(_see, judge), standard, shape=shape)
        self._judge = judge
        self._name = name

    def realism(self, images: Images) -> Vectors:
        """Return the judge's logits (n,)."""
        self._shape.require(images)
        device = self._standard.mean.device
        with torch.inference_mode():
            parts = [
                self._judge(to_unit(images[start : start + CHUNK]).to(device)).cpu().numpy()
                for start in range(0, len(images), CHUNK)
            ]
        return np.concatenate([np.zeros(0, dtype=np.float32), *parts])

    def checkpoint(self) -> Checkpoint:
        """Return weights and standardization."""
        tensors = {f"judge.{key}": each for key, each in self._judge.state_dict().items()}
        tensors |= self._standard.tensors()
        return Checkpoint("features", self._name, shape_facts(self._shape), tensors)


def train(
    images: Images,
    options: DiscriminatorOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
) -> DiscriminatorFeatures:
    """Learn features from the pool (n, c, h, w); zero epochs give the untrained control.

    Raises `PoolTooSmall` below 16 images and `ShapeUnsupported` for sizes the networks cannot take.
    """
    require_images(images, least=LEAST_IMAGES, part="discriminator")
    shape = ImageShape.of(images)
    require_supported(shape)
    generator = torch.Generator().manual_seed(seed)
    judge = initialized(lambda: Judge(shape, convolution=SpectralConvolution), generator)
    maker = initialized(lambda: Decoder(shape, MAKER_LATENTS, batch_norm=True), generator)
    schedule = plan(len(images), epochs=options.epochs, least_steps=options.least_steps)
    train_pair(
        Pair(maker, judge, MAKER_LATENTS),
        images,
        loss=HINGE,
        schedule=schedule,
        rate=RATE,
        generator=generator,
        progress=progress,
        device=device,
    )
    return standardized(judge, images, name=NAME, generator=generator, device=device)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> DiscriminatorFeatures:
    """Load features; raises `CheckpointMismatch` for another part's checkpoint."""
    return restore(checkpoint, name=NAME, device=device)


def standardized(
    judge: Judge, images: Images, *, name: str, generator: torch.Generator, device: str
) -> DiscriminatorFeatures:
    """Freeze a spectrally normalized judge and standardize its layers on images (n, c, h, w)."""
    shape = ImageShape.of(images)
    plain = folded(judge.to(device), partial(Judge, shape))
    standard = Standard.of(partial(_see, plain), images, generator=generator, device=device)
    return DiscriminatorFeatures(plain, standard, shape=shape, name=name)


def restore(checkpoint: Checkpoint, *, name: str, device: str) -> DiscriminatorFeatures:
    """Load the features of one name; raises `CheckpointMismatch`."""
    require_kind(checkpoint, "features", name=name)
    shape = read_shape(checkpoint.facts)
    judge = restored(partial(Judge, shape), below("judge", checkpoint.tensors)).to(device)
    standard = Standard.saved(checkpoint, device=device)
    return DiscriminatorFeatures(judge, standard, shape=shape, name=name)


def _see(judge: Judge, images: Tensor) -> Tensor:
    return pooled(judge.layers(images))
