"""Class-conditional GAN: a judge by projection (Miyato and Koyama 2018, arXiv 1802.05637).

Classes are those that people gave where some are known, an image without one taking that of the
nearest that has one, and k-means clusters of the pool else; near and far are told from pooled
pixels. The last numbers of a latent choose the class. Knows nothing of queries.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from sklearn.cluster import KMeans

from models.adversarial import HINGE, Conditions, Game
from models.checkpoints import below, read_shape, require_kind, whole_number
from models.coarse import coarse
from models.generators.choices import ChoosingDecoder, chosen
from models.generators.decoding import DecodedImages
from models.generators.dueling import Plans, duel, require
from models.interfaces import Checkpoint, Images, ImageShape, Indices, Progress
from models.lessons import Keep, Run
from models.neighbors import distances
from models.networks import Judge, SpectralConvolution, restored
from models.parts.generators import ConditionalOptions

#: Fewer images are refused; a guess that is still to be measured.
LEAST_IMAGES = 64
RATE = 2e-4
WIDTH = 32
#: Marks an image whose class nobody has given.
UNKNOWN = -1
#: Images compared at once, which bounds the memory.
CHUNK = 1024


class Conditional(DecodedImages):
    """A frozen decoder; implements `Generator`."""

    name = "conditional"
    title = "conditional GAN"


def train(
    images: Images,
    options: ConditionalOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
    keep: Keep | None = None,
    resume: Checkpoint | None = None,
    classes: Indices | None = None,
) -> Conditional:
    """Learn to make images like those of the pool (n, c, h, w), class by class.

    `classes` (n,) holds the class of each image, -1 where it is unknown. The latents are longer
    than the option by one number for each class. Raises `PoolTooSmall` below 64 images,
    `ShapeUnsupported` for sizes the networks cannot take, `CheckpointMismatch` when `resume` was
    kept by another training.
    """
    shape = require(images, least=LEAST_IMAGES, part=Conditional.title)
    told = assigned(images, classes, clusters=options.clusters, seed=seed)
    count = int(told.max()) + 1
    size = options.latent_size + count
    judge = partial(Judge, shape, convolution=SpectralConvolution, width=WIDTH, further=count)
    conditions = Conditions(told, partial(chosen, choices=count))
    maker, facts = duel(
        images,
        Plans(_decoder(shape, size, count), judge, size),
        lambda augment: Game(HINGE, RATE, augment=augment, conditions=conditions),
        options,
        Run(seed, progress, device, keep, resume, options),
    )
    facts = {**facts, "classes": count, "from_labels": _any(classes)}
    return Conditional(maker, shape=shape, latent_size=size, facts=facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Conditional:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "generator", name=Conditional.name)
    shape = read_shape(checkpoint.facts)
    size = whole_number(checkpoint.facts, "latent_size")
    build = _decoder(shape, size, whole_number(checkpoint.facts, "classes"))
    decoder = restored(build, below("decoder", checkpoint.tensors)).to(device)
    return Conditional(decoder, shape=shape, latent_size=size, facts=checkpoint.facts)


def assigned(images: Images, classes: Indices | None, *, clusters: int, seed: int) -> Indices:
    """Give every image (n, c, h, w) a class 0..k-1: the known or the nearest, else a cluster."""
    vectors = coarse(images)
    if classes is None or not _any(classes):
        count = min(clusters, len(np.unique(vectors, axis=0)))
        found: Indices = KMeans(count, n_init=1, random_state=seed).fit_predict(vectors)
        return found.astype(np.int64)
    told = classes.astype(np.int64)
    known, unknown = np.flatnonzero(told != UNKNOWN), np.flatnonzero(told == UNKNOWN)
    for start in range(0, len(unknown), CHUNK):
        rows = unknown[start : start + CHUNK]
        told[rows] = classes[known[distances(vectors[rows], vectors[known]).argmin(axis=1)]]
    return told


def _any(classes: Indices | None) -> bool:
    return classes is not None and bool((classes != UNKNOWN).any())


def _decoder(shape: ImageShape, size: int, classes: int) -> partial[ChoosingDecoder]:
    return partial(ChoosingDecoder, shape, size, classes, width=WIDTH)
