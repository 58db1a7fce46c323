"""Small worlds to try parts in: images with classes, trained parts, situations.

Everything is made from seeds, so that a failing test fails again.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image as Picture

from models import catalog
from models.interfaces import (
    Features,
    Generator,
    Images,
    ImageShape,
    Indices,
    Learner,
    Situation,
    Strategy,
    Vectors,
    Weights,
)
from models.parts.declaring import Kind
from models.torchvision_loading import torchvision

SMALL, DIGIT, COLOR, LARGE = (
    ImageShape(1, 8, 8),
    ImageShape(1, 28, 28),
    ImageShape(3, 32, 32),
    ImageShape(3, 64, 64),
)
SHAPES = (SMALL, ImageShape(3, 16, 16), DIGIT, COLOR)

#: Just enough training to get through every line of it.
HURRIED: Mapping[str, Mapping[str, int | str]] = {
    "pixels": {},
    "discriminator": {"epochs": 1, "least_steps": 2},
    "contrastive": {"epochs": 1, "least_steps": 2},
    "untrained": {},
    "vae_encoder": {"epochs": 1, "least_steps": 2, "latent_size": 8},
    "torchvision_backbone": {"network": "mobilenet_v3_small", "size": 32},
    "vae": {"epochs": 1, "least_steps": 2, "latent_size": 8},
    "dcgan": {"epochs": 1, "least_steps": 2, "latent_size": 8},
    "sn_hinge": {"epochs": 1, "least_steps": 2, "latent_size": 8},
    "wgan_gp": {"epochs": 1, "least_steps": 6, "latent_size": 8},
    "conditional": {"epochs": 1, "least_steps": 2, "latent_size": 8, "clusters": 3},
    "infogan": {"epochs": 1, "least_steps": 2, "latent_size": 8, "categories": 3},
    "perturbation": {},
    "interpolation": {},
}


@dataclass(frozen=True)
class World:
    """Images (n, c, h, w) and the class index of each (n,)."""

    images: Images
    classes: Indices


@lru_cache(maxsize=32)
def world(shape: ImageShape = SMALL, *, count: int = 96, classes: int = 2, seed: int = 0) -> World:
    """Draw images of soft patterns, one pattern per class, each moved in brightness and noisy."""
    rng = np.random.default_rng(seed)
    patterns = np.stack([_pattern(shape, rng) for _ in range(classes)])
    which = np.arange(count, dtype=np.int64) % classes
    strength = rng.uniform(0.6, 1.0, (count, 1, 1, 1))
    noisy = patterns[which] * strength + rng.normal(0, 0.06, (count, *patterns.shape[1:]))
    return World(np.round(noisy.clip(0, 1) * 255).astype(np.uint8), which)


def _pattern(shape: ImageShape, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    layers = []
    for _ in range(shape.channels):
        coarse = Picture.fromarray(rng.uniform(0, 1, (4, 4)).astype(np.float32))
        layers.append(np.asarray(coarse.resize((shape.width, shape.height), Picture.BILINEAR)))
    return np.stack(layers)


def quiet(*_: object) -> None:
    """Hear progress and say nothing."""


def hurried(name: str) -> Mapping[str, int | str]:
    """Return the options that make training short, a file of weights where one is needed."""
    if name != "torchvision_backbone":
        return HURRIED[name]
    return {**HURRIED[name], "weights": str(backbone_weights("mobilenet_v3_small"))}


@lru_cache
def backbone_weights(network: str) -> Path:
    """Write weights of a torchvision network as they would be handed out, but drawn at random."""
    with torch.device("meta"):
        layout = torchvision().models.get_model(network, weights=None).state_dict()
    generator, weights = torch.Generator().manual_seed(0), {}
    for key, each in layout.items():
        drawn = torch.randn(each.shape, generator=generator)
        fan = max(each[0].numel(), 1) if each.dim() > 1 else 100
        weights[key] = torch.ones(each.shape) if "running_var" in key else drawn * (2 / fan) ** 0.5
        if key.endswith("num_batches_tracked"):
            weights[key] = torch.zeros((), dtype=torch.int64)
    path = Path(tempfile.mkdtemp()) / f"{network}.pth"
    torch.save(weights, path)
    return path


@lru_cache(maxsize=64)
def trained(
    kind: Kind, name: str, shape: ImageShape = SMALL, *, count: int = 96, seed: int = 1
) -> Any:
    """Train features or a generator in a hurry."""
    options = catalog.read_options(kind, name, hurried(name))
    images = world(shape, count=count).images
    return catalog.module(kind, name).train(images, options, seed=seed, progress=quiet)


def features(name: str = "pixels", shape: ImageShape = SMALL) -> Features:
    """Return features of one shape."""
    found: Features = trained(Kind.FEATURES, name, shape)
    return found


def generator(name: str = "vae", shape: ImageShape = SMALL) -> Generator:
    """Return a generator of one shape."""
    found: Generator = trained(Kind.GENERATOR, name, shape)
    return found


@lru_cache(maxsize=4)
def good_vae(classes: int = 2) -> Generator:
    """Train a generator of the small world well enough to search in."""
    options = catalog.read_options(Kind.GENERATOR, "vae", {"latent_size": 8, "least_steps": 400})
    images = world(count=192, classes=classes).images
    found: Generator = catalog.module(Kind.GENERATOR, "vae").train(
        images, options, seed=3, progress=quiet
    )
    return found


#: Learners that would take seconds.
BRIEF: Mapping[str, Mapping[str, int]] = {"small_cnn": {"steps": 80}}


def fit(
    vectors: Vectors,
    classes: Indices,
    *,
    count: int,
    name: str = "linear_svm",
    weights: Weights | None = None,
    groups: Indices | None = None,
) -> Learner:
    """Fit a learner with its default options, where these take no time."""
    options = catalog.read_options(Kind.LEARNER, name, BRIEF.get(name, {}))
    found: Learner = catalog.module(Kind.LEARNER, name).fit(
        vectors, classes, options, count=count, seed=5, weights=weights, groups=groups
    )
    return found


def strategy(name: str, **options: float | str) -> Strategy:
    """Build a strategy."""
    built: Strategy = catalog.module(Kind.STRATEGY, name).build(
        catalog.read_options(Kind.STRATEGY, name, options)
    )
    return built


def situation(
    *,
    shape: ImageShape = SMALL,
    classes: int = 2,
    count: int = 192,
    labeled: int = 40,
    feature_name: str = "pixels",
    imagines: Generator | None = None,
) -> Situation:
    """Stand in the middle of a project: the first images are labeled, the others wait."""
    real = world(shape, count=count, classes=classes)
    seen = features(feature_name, shape)
    vectors = seen.extract(real.images)
    known = np.arange(labeled)
    return Situation(
        pool_images=real.images,
        pool_vectors=vectors,
        candidates=np.arange(labeled, count),
        labeled_vectors=vectors[known],
        labeled_classes=real.classes[known],
        asked_vectors=vectors[known],
        features=seen,
        learner=fit(vectors[known], real.classes[known], count=classes) if labeled > 1 else None,
        generator=imagines,
    )


def png_bytes(image: Images) -> bytes:
    """Encode one gray image (1, 1, h, w) as people see it."""
    buffer = io.BytesIO()
    Picture.fromarray(image[0, 0]).save(buffer, format="PNG")
    return buffer.getvalue()
