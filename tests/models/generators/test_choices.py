"""Classes and codes in latents: where they come from and what they are worth."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import catalog
from models.generators.choices import chosen
from models.generators.conditional import Conditional, assigned
from models.generators.infogan import misread
from models.parts.declaring import Kind
from tests.models.small_worlds import HURRIED, quiet, world

WORLD = world(count=90, classes=3)


def test_clusters_stand_for_classes_while_none_is_known() -> None:
    found = assigned(WORLD.images, None, clusters=3, seed=0)
    # Each cluster is one pattern.
    pairs = set(zip(found.tolist(), WORLD.classes.tolist(), strict=True))
    assert len(pairs) == 3


def test_unknown_classes_are_those_of_the_nearest_known_image() -> None:
    told = np.full(90, -1)
    told[:6] = WORLD.classes[:6]
    found = assigned(WORLD.images, told, clusters=3, seed=0)
    np.testing.assert_array_equal(found, WORLD.classes)


def test_nothing_known_at_all_counts_as_no_classes() -> None:
    unknown = np.full(90, -1)
    np.testing.assert_array_equal(
        assigned(WORLD.images, unknown, clusters=3, seed=0),
        assigned(WORLD.images, None, clusters=3, seed=0),
    )


def test_equal_images_are_one_cluster() -> None:
    same = np.repeat(WORLD.images[:1], 20, axis=0)
    assert set(assigned(same, None, clusters=4, seed=0)) == {0}


@pytest.mark.parametrize("classes", [None, WORLD.classes])
def test_a_latent_has_one_number_for_each_class(classes: np.ndarray | None) -> None:
    module = catalog.module(Kind.GENERATOR, "conditional")
    options = catalog.read_options(Kind.GENERATOR, "conditional", HURRIED["conditional"])
    part: Conditional = module.train(WORLD.images, options, seed=0, progress=quiet, classes=classes)
    assert part.latent_size == 8 + 3
    assert part.facts["from_labels"] is (classes is not None)


def test_the_largest_number_chooses() -> None:
    latents = torch.tensor([[9.0, 0.1, 0.3, 0.2], [9.0, 2.0, -1.0, 0.0]])
    assert chosen(latents, 3).tolist() == [1, 0]


def test_codes_read_right_cost_less_than_codes_read_wrong() -> None:
    latents = torch.tensor([[0.0, 1.0, -1.0, 0.0, 5.0, 0.0]])  # codes 1, -1; category 1 of 3
    right = torch.tensor([[7.0, 1.0, -1.0, -9.0, 9.0, -9.0]])
    wrong = torch.tensor([[7.0, -1.0, 1.0, 9.0, -9.0, -9.0]])
    assert float(misread(right, latents, categories=3)) == pytest.approx(0, abs=1e-6)
    # 18 nats for the category, and 0.1 * (4 + 4) / 2 for the codes.
    assert float(misread(wrong, latents, categories=3)) == pytest.approx(18.4, abs=1e-4)
