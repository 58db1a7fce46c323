"""Self-taught features: the means of the latents that a variational autoencoder encodes to.

The encoder learns from the unlabeled pool, with a decoder that is then thrown away (Kingma and
Welling 2014; their use under a classifier: Kingma et al. 2014, arXiv 1406.5298, model M1).
Standardized on the pool. Knows nothing of labels.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from models.autoencoding import lesson
from models.checkpoints import below, read_shape, require_kind, shape_facts, whole_number
from models.features.standardizing import Standard, StandardizedFeatures
from models.interfaces import Checkpoint, Facts, Images, ImageShape, Progress
from models.lessons import Run, learn
from models.networks import Decoder, Encoder, initialized, require_supported, restored
from models.parts.features import VaeEncoderOptions
from models.precision import frozen
from models.training import plan, require_images

NAME = "vae_encoder"
#: Fewer images are refused, as by the generator of the same networks; a guess.
LEAST_IMAGES = 32


class VaeEncoder(StandardizedFeatures):
    """A frozen encoder; implements `Features`."""

    def __init__(
        self, encoder: Encoder, standard: Standard, *, shape: ImageShape, facts: Facts
    ) -> None:
        super().__init__(partial(_see, encoder), standard, shape=shape)
        self._encoder = encoder
        self.facts = facts

    def checkpoint(self) -> Checkpoint:
        """Return weights and standardization, and as facts what training measured."""
        tensors = {f"encoder.{key}": each for key, each in self._encoder.state_dict().items()}
        facts = {**self.facts, **shape_facts(self._shape), "latent_size": self.dimension}
        return Checkpoint("features", NAME, facts, tensors | self._standard.tensors())


def train(
    images: Images,
    options: VaeEncoderOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
) -> VaeEncoder:
    """Learn to encode the pool (n, c, h, w).

    Raises `PoolTooSmall` below 32 images and `ShapeUnsupported` for sizes the networks cannot take.
    """
    require_images(images, least=LEAST_IMAGES, part="encoder of a variational autoencoder")
    shape, size = ImageShape.of(images), options.latent_size
    require_supported(shape)
    generator = torch.Generator().manual_seed(seed)
    encoder = initialized(partial(Encoder, shape, size), generator)
    decoder = initialized(partial(Decoder, shape, size, batch_norm=True), generator)
    schedule = plan(len(images), epochs=options.epochs, least_steps=options.least_steps)
    facts = learn(
        lesson(encoder, decoder, schedule, generator, device=device, augment=False),
        images,
        schedule,
        Run(seed, progress, device, options=options),
        maker=decoder,
        latent_size=size,
    )
    taught = frozen(encoder)
    standard = Standard.of(partial(_see, taught), images, generator=generator, device=device)
    return VaeEncoder(taught, standard, shape=shape, facts=facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> VaeEncoder:
    """Load features; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "features", name=NAME)
    shape = read_shape(checkpoint.facts)
    size = whole_number(checkpoint.facts, "latent_size")
    encoder = restored(partial(Encoder, shape, size), below("encoder", checkpoint.tensors))
    standard = Standard.saved(checkpoint, device=device)
    return VaeEncoder(encoder.to(device), standard, shape=shape, facts=checkpoint.facts)


def _see(encoder: Encoder, images: Tensor) -> Tensor:
    mean: Tensor = encoder(images)[0]
    return mean
