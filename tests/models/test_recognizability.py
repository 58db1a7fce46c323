"""The chance that people can name an image: learned from cues, silent while it knows nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models import recognizability
from models.checkpoints import from_blob, to_blob
from models.interfaces import Checkpoint, CheckpointMismatch, Vectors
from models.neighbors import neighborhood
from models.recognizability import CUES, LEAST_OF_EACH
from tests.models.small_worlds import situation


def answers(count: int = 120) -> tuple[Vectors, NDArray[np.bool_]]:
    """Draw cues of images that people refuse where they lie far from the pool."""
    rng = np.random.default_rng(0)
    cues = rng.standard_normal((count, len(CUES))).astype(np.float32)
    cues[:, 3] = cues[:, 3] * 100 + 1000
    return cues, cues[:, 0] + 0.3 * rng.standard_normal(count) < 0.4


def test_a_rule_in_the_cues_is_learned_and_its_worth_told() -> None:
    cues, named = answers()
    head = recognizability.fit(cues, named, seed=0)
    assert head is not None
    assert head.facts["answers"] == 120
    assert head.facts["refusals"] == (~named).sum()
    assert head.auc is not None
    assert head.auc == head.facts["auc"]
    assert head.auc > 0.9
    chances = head.chance(cues)
    assert chances.dtype == np.float32
    assert ((chances >= 0) & (chances <= 1)).all()
    assert ((chances > 0.5) == named).mean() > 0.85


def test_without_a_rule_the_worth_told_is_that_of_guessing() -> None:
    cues, named = answers(400)
    shuffled = np.random.default_rng(1).permutation(named)
    head = recognizability.fit(cues, shuffled, seed=0)
    assert head is not None
    assert 0.35 < float(str(head.facts["auc"])) < 0.65


@pytest.mark.parametrize("rare", [True, False])
def test_nothing_is_predicted_until_there_are_eight_of_each_outcome(rare: bool) -> None:
    cues, _ = answers(60)
    outcomes = np.full(60, not rare)
    assert recognizability.fit(cues[:0], outcomes[:0], seed=0) is None
    assert recognizability.fit(cues, outcomes, seed=0) is None
    outcomes[: LEAST_OF_EACH - 1] = rare
    assert recognizability.fit(cues, outcomes, seed=0) is None
    outcomes[LEAST_OF_EACH - 1] = rare
    assert recognizability.fit(cues, outcomes, seed=0) is not None


def test_a_cue_that_never_varied_has_no_say() -> None:
    cues, named = answers()
    cues[:, 2] = 1.25
    head = recognizability.fit(cues, named, seed=0)
    assert head is not None
    elsewhere = cues.copy()
    elsewhere[:, 2] = 0
    np.testing.assert_allclose(head.chance(elsewhere), head.chance(cues), atol=1e-6)


def test_the_chances_survive_a_checkpoint() -> None:
    cues, named = answers()
    head = recognizability.fit(cues, named, seed=0)
    assert head is not None
    back = recognizability.load(from_blob(to_blob(head.checkpoint())))
    np.testing.assert_array_equal(back.chance(cues), head.chance(cues))
    assert back.facts == head.facts


def test_a_checkpoint_of_another_part_or_cues_of_another_kind_are_refused() -> None:
    with pytest.raises(CheckpointMismatch, match="pixels"):
        recognizability.load(Checkpoint("features", "pixels", {}))
    head = recognizability.Recognizability(torch.zeros(3), torch.zeros(()), {})
    with pytest.raises(CheckpointMismatch, match="3 cues, not 6"):
        head.chance(np.zeros((1, len(CUES)), dtype=np.float32))
    assert head.auc is None


def test_cues_tell_what_they_are_named_after_in_their_order() -> None:
    here = situation()
    near = neighborhood(here.pool_vectors)
    images = np.stack([here.pool_images[0], np.full((1, 8, 8), 255, np.uint8)])
    margins = np.array([0.5, np.nan], dtype=np.float32)
    found = recognizability.cues(
        images,
        features=here.features,
        neighborhood=near,
        margins=margins,
        latents=np.array([[0, 0, 0, 0], [1, 1, 1, 1]], dtype=np.float32),
    )
    assert found.shape == (2, len(CUES))
    assert found[0, 0] < found[1, 0]
    assert found[:, 1].tolist() == [0.5, 0.0]
    assert found[:, 2].tolist() == [0.0, 1.0]
    np.testing.assert_array_equal(found[:, 3], here.features.realism(images))
    assert found[0, 4] > found[1, 4] == 0
    assert found[0, 5] < found[1, 5] == 1


def test_a_blurred_image_has_fewer_edges_and_as_much_light() -> None:
    here = situation()
    stripes = np.tile(np.array([[0, 200]], dtype=np.uint8), (8, 4))[None]
    images = np.stack([stripes, np.full((1, 8, 8), 100, np.uint8)])
    sharp, blurred = recognizability.cues(
        images,
        features=here.features,
        neighborhood=neighborhood(here.pool_vectors),
        margins=np.zeros(2, dtype=np.float32),
    )[:, 4:]
    assert sharp[0] > blurred[0]
    assert sharp[1] == pytest.approx(blurred[1])


def test_real_images_have_no_latent() -> None:
    here = situation()
    found = recognizability.cues(
        here.pool_images[:3],
        features=here.features,
        neighborhood=neighborhood(here.pool_vectors),
        margins=np.zeros(3, dtype=np.float32),
    )
    assert (found[:, 2] == 0).all()
