"""The machine side on real data: MNIST's 5 against 7, from no label to forty."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import catalog
from models.interfaces import Features, Images, Indices, Learner, Situation, Vectors
from models.parts.declaring import Kind
from tests.models.small_worlds import fit, quiet, strategy

pytestmark = pytest.mark.slow

FIVE, SEVEN = 5, 7
POOL, TEST = 1200, 1000


@pytest.fixture(scope="module")
def mnist(real_data: Path) -> Path:
    return real_data / "mnist.npz"


def five_or_seven(path: Path, part: str, count: int) -> tuple[Images, Indices]:
    """Read the first images of both classes, (n, 1, 28, 28), with classes 0 and 1."""
    with np.load(path, allow_pickle=False) as archive:
        images, labels = archive[f"x_{part}"], archive[f"y_{part}"]
    rows = np.flatnonzero((labels == FIVE) | (labels == SEVEN))[:count]
    return images[rows][:, None], (labels[rows] == SEVEN).astype(np.int64)


def learned_features(pool: Images, seed: int = 0) -> Features:
    options = catalog.read_options(Kind.FEATURES, "discriminator", {"epochs": 2, "least_steps": 0})
    found: Features = catalog.module(Kind.FEATURES, "discriminator").train(
        pool, options, seed=seed, progress=quiet
    )
    return found


def taught_by(
    answers: int, seed: int, *, pool: Images, truth: Indices, features: Features, vectors: Vectors
) -> Learner:
    """Ask by medoids, then by diversified margin, ten at a time; answers are true."""
    asked: list[int] = []
    learner: Learner | None = None
    while len(asked) < answers:
        here = Situation(
            pool_images=pool,
            pool_vectors=vectors,
            candidates=np.setdiff1d(np.arange(len(pool)), asked),
            labeled_vectors=vectors[asked],
            labeled_classes=truth[asked],
            asked_vectors=vectors[asked],
            features=features,
            learner=learner,
        )
        name = "diverse_margin" if asked else "medoids"
        asked += strategy(name).pose(here, 10, seed=seed).rows.tolist()
        learner = fit(vectors[asked], truth[asked], count=2)
    assert learner is not None
    return learner


def test_forty_answers_tell_fives_from_sevens(mnist: Path) -> None:
    pool, truth = five_or_seven(mnist, "train", POOL)
    unseen, expected = five_or_seven(mnist, "test", TEST)
    features = learned_features(pool)
    vectors, test_vectors = features.extract(pool), features.extract(unseen)
    learner = taught_by(40, 0, pool=pool, truth=truth, features=features, vectors=vectors)
    right = learner.decide(test_vectors).argmax(axis=1) == expected
    # Over four seeds it was 0.982 to 0.992 when this was written.
    assert right.mean() > 0.97
