"""Interpolation: real images of the pool blended with images like them.

Needs no network. A latent picks an image by its first number; the second says how far to go from it
(a logistic share), the others how much of each of its nearest neighbors to go to (softmax
weights). Blends of inputs are those of mixup (Zhang et al. 2018, arXiv 1710.09412), kept to
neighbors so that people may still name them. Knows nothing of labels or queries.
"""

from __future__ import annotations

import torch
from torch import Tensor

from models.checkpoints import read_shape, require_kind, shape_facts, tensor
from models.generators.anchors import Anchors, drawn, samples
from models.interfaces import Checkpoint, CheckpointMismatch, Facts, Images, ImageShape, Progress
from models.lessons import Keep
from models.parts.generators import InterpolationOptions
from models.training import require_images

#: Fewer images are refused: there is nothing to blend.
LEAST_IMAGES = 4
#: The share gone is logistic(STEEPNESS * number); an encoded image starts at `BEGIN`.
STEEPNESS = 1.5
BEGIN = -2.5
#: Weights of neighbors are softmax(SHARPNESS * numbers): mostly one or two of them count.
SHARPNESS = 2.0


class Interpolation:
    """Anchors and their neighbors; implements `Generator`."""

    encodes = True

    def __init__(self, anchors: Anchors, neighbors: Tensor) -> None:
        self._anchors = anchors
        self._neighbors = neighbors  # (m, k)
        self._shape = ImageShape.of(anchors.images.numpy())

    @property
    def shape(self) -> ImageShape:
        """The size of the images it makes."""
        return self._shape

    @property
    def latent_size(self) -> int:
        """Length of one latent: two more than there are neighbors."""
        return 2 + self._neighbors.shape[1]

    @property
    def facts(self) -> Facts:
        """What loading needs."""
        return {
            **shape_facts(self._shape),
            "latent_size": self.latent_size,
            "anchors": len(self._anchors),
        }

    def generate(self, latents: Tensor) -> Tensor:
        """Map latents (n, latent_size) to unit images (n, c, h, w), differentiably."""
        latents = latents.cpu()
        rows = self._anchors.rows(latents[:, 0])
        share = torch.sigmoid(STEEPNESS * latents[:, 1, None, None, None])
        weights = torch.softmax(SHARPNESS * latents[:, 2:], dim=1)
        goal = torch.zeros(len(rows), *self._anchors.images.shape[1:], dtype=latents.dtype)
        for place in range(weights.shape[1]):
            near = self._anchors.unit(self._neighbors[rows, place], latents.dtype)
            goal = goal + weights[:, place, None, None, None] * near
        return (1 - share) * self._anchors.unit(rows, latents.dtype) + share * goal

    def encode(self, images: Tensor) -> Tensor:
        """Map unit images to latents (n, latent_size) of the nearest anchors, hardly blended."""
        latents = torch.zeros(len(images), self.latent_size)
        latents[:, 0] = self._anchors.picks(self._anchors.nearest(images))
        latents[:, 1] = BEGIN
        return latents

    def checkpoint(self) -> Checkpoint:
        """Return the anchors and their neighbors."""
        tensors = {"anchors": self._anchors.images, "neighbors": self._neighbors}
        return Checkpoint("generator", "interpolation", self.facts, tensors)


def train(
    images: Images,
    options: InterpolationOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
    keep: Keep | None = None,
    resume: Checkpoint | None = None,
) -> Interpolation:
    """Draw anchors from the pool (n, c, h, w); raises `PoolTooSmall` below four images."""
    del device, keep, resume  # It is done at once.
    require_images(images, least=LEAST_IMAGES, part="interpolation generator")
    anchors = Anchors(drawn(images, seed=seed))
    part = Interpolation(anchors, anchors.neighbors(min(options.neighbors, len(anchors) - 1)))
    progress(1.0, {"epoch": 1, "epochs": 1}, samples(part, seed=seed))
    return part


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Interpolation:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    del device
    require_kind(checkpoint, "generator", name="interpolation")
    neighbors = tensor(checkpoint, "neighbors")
    if checkpoint.facts.get("latent_size") != 2 + neighbors.shape[1]:
        raise CheckpointMismatch(
            "The saved anchors belong to another network or another image size."
        )
    anchors = Anchors.kept(tensor(checkpoint, "anchors"), read_shape(checkpoint.facts))
    return Interpolation(anchors, neighbors)
