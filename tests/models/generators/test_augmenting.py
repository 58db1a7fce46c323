"""Small pools are augmented where the options say so, and the facts tell."""

from __future__ import annotations

import pytest
import torch

from models import catalog
from models.checkpoints import to_blob
from models.parts.declaring import Kind
from tests.models.small_worlds import HURRIED, quiet, world


@pytest.mark.parametrize("name", ["vae", "sn_hinge", "wgan_gp"])
def test_pools_below_the_limit_are_augmented_alike_whenever_the_seed_is_the_same(name: str) -> None:
    images = world().images
    train = catalog.module(Kind.GENERATOR, name).train

    def trained(limit: int) -> tuple[bytes, object]:
        options = catalog.read_options(
            Kind.GENERATOR, name, {**HURRIED[name], "augment_below": limit}
        )
        kept = train(images, options, seed=1, progress=quiet).checkpoint()
        assert all(bool(torch.isfinite(each).all()) for each in kept.tensors.values())
        return to_blob(kept), kept.facts["augmented"]

    assert trained(len(images)) == trained(0)
    assert trained(len(images))[1] is False
    changed, told = trained(len(images) + 1)
    assert told is True
    assert (changed, told) == trained(len(images) + 1)
