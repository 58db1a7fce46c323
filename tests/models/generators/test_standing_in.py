"""Changed real images that stand in for an autoencoder that draws too faintly."""

from __future__ import annotations

import numpy as np
import torch

from models import catalog
from models.checkpoints import from_blob, to_blob
from models.generators.anchors import samples
from models.generators.perturbation import Perturbation
from models.generators.vae import Vae
from models.interfaces import Facts, Images, to_bytes, to_unit
from models.parts.declaring import Kind
from tests.models.small_worlds import quiet, world

IMAGES = world(count=60).images
#: Of neighbors, so that no network draws it from eight numbers.
NOISE = np.random.default_rng(0).integers(0, 256, IMAGES.shape).astype(np.uint8)


def _learned(images: Images, least_edges: float) -> Vae | Perturbation:
    vae = catalog.module(Kind.GENERATOR, "vae")
    options = catalog.read_options(
        Kind.GENERATOR,
        "vae",
        {"latent_size": 8, "least_steps": 60, "least_edges": least_edges},
    )
    found: Vae | Perturbation = vae.train(images, options, seed=0, progress=quiet)
    return found


def test_what_is_drawn_faintly_is_left_to_changed_real_images_and_the_reason_told() -> None:
    part = _learned(NOISE, 0.5)
    assert isinstance(part, Perturbation)
    # A latent of zeros but its pick is an image of the pool as it is.
    np.testing.assert_array_equal(to_bytes(part.generate(part.encode(to_unit(NOISE)))), NOISE)
    assert part.facts["instead_of"] == "vae"
    edges = part.facts["edges"]
    assert isinstance(edges, float)
    assert 0 < edges < 0.5
    assert f"keep {100 * edges:.0f} % of the edges of real ones" in str(part.facts["why"])


def test_what_keeps_enough_edges_is_drawn() -> None:
    assert isinstance(_learned(IMAGES, 0.2), Vae)


def test_whoever_asks_for_no_edges_gets_what_was_learned() -> None:
    assert isinstance(_learned(NOISE, 0.0), Vae)


def test_the_reason_is_kept_with_the_images() -> None:
    part = _learned(NOISE, 0.5)
    checkpoint = from_blob(to_blob(part.checkpoint()))
    assert checkpoint.name == "perturbation"
    again = catalog.module(Kind.GENERATOR, checkpoint.name).load(checkpoint)
    assert again.facts == part.facts
    latents = torch.randn(5, part.latent_size, generator=torch.Generator().manual_seed(1))
    assert torch.equal(again.generate(latents), part.generate(latents))


def test_the_sheet_that_is_shown_last_is_of_what_stands_in() -> None:
    shown: list[Images] = []

    def hear(done: float, facts: Facts, samples: Images | None = None, /) -> None:
        if samples is not None:
            shown.append(samples)

    options = catalog.read_options(
        Kind.GENERATOR, "vae", {"latent_size": 8, "least_steps": 60, "least_edges": 0.5}
    )
    part = catalog.module(Kind.GENERATOR, "vae").train(NOISE, options, seed=0, progress=hear)
    assert isinstance(part, Perturbation)
    np.testing.assert_array_equal(shown[-1], samples(part, seed=0))
    assert not np.array_equal(shown[-1], shown[-2])
