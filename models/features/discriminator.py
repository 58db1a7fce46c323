"""Self-taught features: the layers of a discriminator that learned from the unlabeled pool.

A spectrally normalized judge with hinge loss (Miyato et al. 2018) learns to tell pool images from
made ones; its layers, max-pooled to 4 x 4 cells and joined (Radford et al. 2016), are the vectors.
Each number is standardized on the pool and the whole scaled by the root of the dimension, so that
vectors have about length one whatever the image size. Knows nothing of labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from models.adversarial import HINGE, Pair, train_pair
from models.checkpoints import below, read_shape, require_kind, shape_facts, tensor
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

#: Images extracted at once, which bounds the memory.
CHUNK = 512
#: Pool images whose vectors give mean and spread.
STANDARDIZED_ON = 4096
#: Fewer images are refused; a guess that is still to be measured.
LEAST_IMAGES = 16
#: Length of the latents of the maker that trains the judge and is then thrown away.
MAKER_LATENTS = 64
RATE = 2e-4


@dataclass(frozen=True)
class Standard:
    """Mean and scale per number of the vectors, both (dimension,)."""

    mean: Tensor
    scale: Tensor


class DiscriminatorFeatures:
    """Layers of a frozen judge; implements `Features`."""

    def __init__(self, judge: Judge, standard: Standard, *, shape: ImageShape) -> None:
        self._judge = judge
        self._standard = standard
        self._shape = shape

    @property
    def dimension(self) -> int:
        """Length of one vector: 1,536 for 28 x 28 images."""
        return len(self._standard.mean)

    def extract(self, images: Images) -> Vectors:
        """Map images (n, c, h, w) to vectors (n, dimension) of about length one."""
        vectors = np.empty((len(images), self.dimension), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(images), CHUNK):
                chunk = slice(start, start + CHUNK)
                vectors[chunk] = self.forward(self._unit(images[chunk])).cpu().numpy()
        return vectors

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to (n, dimension), differentiably."""
        return (pooled(self._judge.layers(images)) - self._standard.mean) * self._standard.scale

    def realism(self, images: Images) -> Vectors:
        """Return the judge's logits (n,)."""
        with torch.inference_mode():
            parts = [
                self._judge(self._unit(images[start : start + CHUNK])).cpu().numpy()
                for start in range(0, len(images), CHUNK)
            ]
        return np.concatenate([np.zeros(0, dtype=np.float32), *parts])

    def checkpoint(self) -> Checkpoint:
        """Return weights and standardization."""
        tensors = {f"judge.{key}": each for key, each in self._judge.state_dict().items()}
        tensors |= {"mean": self._standard.mean, "scale": self._standard.scale}
        return Checkpoint("features", "discriminator", shape_facts(self._shape), tensors)

    def _unit(self, images: Images) -> Tensor:
        self._shape.require(images)
        return to_unit(images).to(self._standard.mean.device)


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
    plain = folded(judge.to(device), partial(Judge, shape))
    rows = torch.randperm(len(images), generator=generator)[:STANDARDIZED_ON].numpy()
    return DiscriminatorFeatures(plain, _standard(plain, images[rows], device), shape=shape)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> DiscriminatorFeatures:
    """Load features; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "features", name="discriminator")
    shape = read_shape(checkpoint.facts)
    judge = restored(partial(Judge, shape), below("judge", checkpoint.tensors)).to(device)
    mean, scale = tensor(checkpoint, "mean"), tensor(checkpoint, "scale")
    return DiscriminatorFeatures(judge, Standard(mean.to(device), scale.to(device)), shape=shape)


def _standard(judge: Judge, images: Images, device: str) -> Standard:
    with torch.no_grad():
        chunks = [
            pooled(judge.layers(to_unit(images[start : start + CHUNK]).to(device)))
            for start in range(0, len(images), CHUNK)
        ]
    raw = torch.cat(chunks)
    spread = raw.std(dim=0)
    # A number that hardly varies (the dark rim of digits) must not be blown up into noise.
    floor = spread.median().clamp(min=1e-6) / 2
    return Standard(raw.mean(dim=0), 1 / (spread.clamp(min=floor) * raw.shape[1] ** 0.5))
