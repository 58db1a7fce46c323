"""Perturbation: real images of the pool, moved, turned, stretched, bent and lit otherwise.

Needs no network. The first number of a latent picks an image, the others say by how much it is
changed, none of them by zeros. Elastic bending follows Simard, Steinkraus and Platt 2003. Knows
nothing of labels or queries.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from models.checkpoints import read_shape, require_kind, shape_facts, tensor
from models.generators.anchors import Anchors, drawn, samples
from models.interfaces import (
    Checkpoint,
    CheckpointMismatch,
    Facts,
    Images,
    ImageShape,
    Progress,
)
from models.lessons import Keep
from models.parts.generators import PerturbationOptions
from models.training import require_images

#: Fewer images are refused: their copies would teach nothing that they do not.
LEAST_IMAGES = 4
#: Points a side that are pulled about to bend the image.
GRID = 3
#: What one standard deviation changes at strength one; guesses, chosen by eye to keep digits
#: readable. Shares of half a side; radians; logarithms; shares of half a side; shares of white.
SHIFT, TURN, ZOOM, BEND, LIGHT, CONTRAST = 0.08, 0.12, 0.08, 0.05, 0.05, 0.15
#: Pick, shift (2), turn, zoom, light, contrast, bend.
LATENT_SIZE = 1 + 2 + 1 + 1 + 1 + 1 + 2 * GRID * GRID


class Perturbation:
    """Anchors and a strength; implements `Generator`."""

    encodes = True

    def __init__(self, anchors: Anchors, strength: float, told: Facts | None = None) -> None:
        self._anchors = anchors
        self._strength = strength
        self._shape = ImageShape.of(anchors.images.numpy())
        self._told = told or {}

    @property
    def shape(self) -> ImageShape:
        """The size of the images it makes."""
        return self._shape

    @property
    def latent_size(self) -> int:
        """Length of one latent."""
        return LATENT_SIZE

    @property
    def facts(self) -> Facts:
        """What was told of how it came about, and what loading needs."""
        return {
            **self._told,
            **shape_facts(self._shape),
            "latent_size": LATENT_SIZE,
            "strength": self._strength,
            "anchors": len(self._anchors),
        }

    def generate(self, latents: Tensor) -> Tensor:
        """Map latents (n, 25) to unit images (n, c, h, w), differentiably."""
        latents = latents.cpu()
        images = self._anchors.unit(self._anchors.rows(latents[:, 0]), latents.dtype)
        if len(images) == 0:
            return images
        changes = self._strength * latents
        moved = functional.grid_sample(
            images, self._grid(changes), padding_mode="border", align_corners=False
        )
        light, contrast = changes[:, 5, None, None, None], changes[:, 6, None, None, None]
        return (moved * torch.exp(CONTRAST * contrast) + LIGHT * light).clamp(0, 1)

    def encode(self, images: Tensor) -> Tensor:
        """Map unit images to the latents (n, 25) of the nearest anchors, unchanged."""
        latents = torch.zeros(len(images), LATENT_SIZE)
        latents[:, 0] = self._anchors.picks(self._anchors.nearest(images))
        return latents

    def checkpoint(self) -> Checkpoint:
        """Return the anchors."""
        return Checkpoint(
            "generator", "perturbation", self.facts, {"anchors": self._anchors.images}
        )

    def _grid(self, changes: Tensor) -> Tensor:
        """Say for each pixel where in the anchor to look, (n, h, w, 2) from -1 to 1."""
        cosine, sine = torch.cos(TURN * changes[:, 3]), torch.sin(TURN * changes[:, 3])
        scale = torch.exp(ZOOM * changes[:, 4])
        across, down = SHIFT * changes[:, 1], SHIFT * changes[:, 2]
        rows = [scale * cosine, -scale * sine, across, scale * sine, scale * cosine, down]
        size = [len(changes), 1, self._shape.height, self._shape.width]
        straight = functional.affine_grid(
            torch.stack(rows, dim=1).reshape(-1, 2, 3), size, align_corners=False
        )
        pulls = BEND * changes[:, 7:].reshape(-1, 2, GRID, GRID)
        bent = functional.interpolate(pulls, size=size[2:], mode="bilinear", align_corners=True)
        return straight + bent.permute(0, 2, 3, 1)


def train(
    images: Images,
    options: PerturbationOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
    keep: Keep | None = None,
    resume: Checkpoint | None = None,
) -> Perturbation:
    """Draw anchors from the pool (n, c, h, w); raises `PoolTooSmall` below four images."""
    del device, keep, resume  # It is done at once.
    require_images(images, least=LEAST_IMAGES, part="perturbation generator")
    part = Perturbation(Anchors(drawn(images, seed=seed)), float(options.strength))
    progress(1.0, {"epoch": 1, "epochs": 1}, samples(part, seed=seed))
    return part


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Perturbation:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    del device
    require_kind(checkpoint, "generator", name="perturbation")
    strength = checkpoint.facts.get("strength")
    if checkpoint.facts.get("latent_size") != LATENT_SIZE or not isinstance(strength, float):
        raise CheckpointMismatch(
            "The saved anchors belong to another network or another image size."
        )
    anchors = Anchors.kept(tensor(checkpoint, "anchors"), read_shape(checkpoint.facts))
    return Perturbation(anchors, strength, checkpoint.facts)
