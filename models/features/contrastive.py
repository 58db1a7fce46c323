"""Self-taught features: what two random views of one image have in common.

A network learns from the unlabeled pool to find an image's second view among those of all others
(SimCLR: Chen et al. 2020, arXiv 2002.05709); what it sees before its head are the vectors. They are
standardized on the pool. Knows nothing of labels.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from models.checkpoints import below, read_shape, require_kind, shape_facts
from models.contrasting import steps
from models.features.standardizing import Standard, StandardizedFeatures
from models.interfaces import Checkpoint, Images, ImageShape, Progress
from models.networks import Backbone, Projection, initialized, require_supported, restored
from models.parts.features import ContrastiveOptions
from models.precision import frozen, laid_out
from models.training import minibatches, plan, report, require_images

NAME = "contrastive"
#: Fewer images are refused, as by the discriminator; a guess.
LEAST_IMAGES = 16
#: Images told from each other at once.
BATCH = 256


class ContrastiveFeatures(StandardizedFeatures):
    """A frozen backbone; implements `Features`."""

    def __init__(self, backbone: Backbone, standard: Standard, *, shape: ImageShape) -> None:
        super().__init__(partial(_see, backbone), standard, shape=shape)
        self._backbone = backbone

    def checkpoint(self) -> Checkpoint:
        """Return weights and standardization."""
        tensors = {f"backbone.{key}": each for key, each in self._backbone.state_dict().items()}
        tensors |= self._standard.tensors()
        return Checkpoint("features", NAME, shape_facts(self._shape), tensors)


def train(
    images: Images,
    options: ContrastiveOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
) -> ContrastiveFeatures:
    """Learn features from the pool (n, c, h, w).

    Raises `PoolTooSmall` below 16 images and `ShapeUnsupported` for sizes the network cannot take.
    """
    require_images(images, least=LEAST_IMAGES, part="contrastive features")
    shape = ImageShape.of(images)
    require_supported(shape)
    generator = torch.Generator().manual_seed(seed)
    backbone = initialized(partial(Backbone, shape), generator)
    head = initialized(partial(Projection, backbone.dimension), generator)
    schedule = plan(
        len(images), epochs=options.epochs, least_steps=options.least_steps, batch=BATCH
    )
    teach = steps(
        backbone, head, schedule, generator, device=device, mirror=_mirrored(options, shape)
    )
    for step in minibatches(images, schedule, generator=generator, device=device):
        report(progress, step, schedule, loss=teach(step))
    taught = frozen(backbone)
    standard = Standard.of(partial(_see, taught), images, generator=generator, device=device)
    return ContrastiveFeatures(taught, standard, shape=shape)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> ContrastiveFeatures:
    """Load features; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "features", name=NAME)
    shape = read_shape(checkpoint.facts)
    backbone = restored(partial(Backbone, shape), below("backbone", checkpoint.tensors))
    standard = Standard.saved(checkpoint, device=device)
    return ContrastiveFeatures(backbone.to(device), standard, shape=shape)


def _mirrored(options: ContrastiveOptions, shape: ImageShape) -> bool:
    return options.mirror == "always" or (options.mirror == "photographs" and shape.channels > 1)


def _see(backbone: Backbone, images: Tensor) -> Tensor:
    seen: Tensor = backbone(laid_out(images))
    return seen
