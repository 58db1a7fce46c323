"""Labels spread to what lies near, and only where that tells more than the labels alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models import propagation
from models.interfaces import Indices, Learner, Vectors, Weights
from models.propagation import Around, Graph, connect
from models.rounds.fitting import fit_learner, spreading_helps


def _moons(count: int, *, seed: int = 0) -> tuple[Vectors, Indices]:
    """Two bent clouds that no straight line parts, as vectors (n, 2), and their classes."""
    rng = np.random.default_rng(seed)
    classes = np.arange(count) % 2
    turn = rng.uniform(0, np.pi, count)
    sign = 1 - 2 * classes
    points = np.stack([sign * np.cos(turn) + classes, sign * np.sin(turn) + classes / 2], axis=1)
    return (points + rng.normal(0, 0.06, points.shape)).astype(np.float32), classes


def _graph(vectors: Vectors) -> Graph:
    graph = connect(vectors)
    assert graph is not None
    return graph


def _one_of_each(classes: Indices) -> NDArray[np.int64]:
    return np.array([np.flatnonzero(classes == each)[3] for each in np.unique(classes)])


def test_one_label_of_each_class_spreads_along_bent_clouds() -> None:
    vectors, classes = _moons(600)
    known = _one_of_each(classes)
    graph = _graph(vectors)
    heat = propagation.potentials(graph, vectors[known], classes[known], count=2)
    assert (heat.argmax(axis=1) == classes[graph.rows]).mean() > 0.97


def test_a_class_without_labels_reaches_nobody() -> None:
    vectors, classes = _moons(300)
    known = _one_of_each(classes)
    heat = propagation.potentials(_graph(vectors), vectors[known], classes[known], count=4)
    assert np.isneginf(heat[:, 2:]).all()
    assert np.isfinite(heat[:, :2]).all()


def test_the_least_certain_tenth_is_left_out_and_no_more_are_told_than_asked() -> None:
    vectors, classes = _moons(600)
    known = _one_of_each(classes)
    around = Around(_graph(vectors), vectors, np.ones(len(known), bool))
    labels = vectors[known], classes[known]
    everything = propagation.spread(around, *labels, count=2, most=10**6, seed=0)
    assert 0.88 * 600 <= len(everything.rows) <= 0.9 * 600 + 1
    few = propagation.spread(around, *labels, count=2, most=50, seed=0)
    assert len(few.rows) == 50
    assert set(few.rows) <= set(everything.rows)


def test_the_same_seed_spreads_alike_and_leaves_the_global_state_alone() -> None:
    vectors, classes = _moons(400)
    known = _one_of_each(classes)
    before = np.random.get_state()[1].tolist()  # type: ignore[index,union-attr]
    runs = [
        propagation.spread(
            Around(_graph(vectors), vectors, np.ones(len(known), bool)),
            vectors[known],
            classes[known],
            count=2,
            most=100,
            seed=seed,
        )
        for seed in (1, 1, 2)
    ]
    assert runs[0].rows.tolist() == runs[1].rows.tolist() != runs[2].rows.tolist()
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index,union-attr]


def test_a_large_pool_is_stood_for_by_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propagation, "MOST_IMAGES", 150)
    vectors, _ = _moons(500)
    graph = _graph(vectors)
    assert len(graph.rows) == 150
    assert len(np.unique(graph.rows)) == 150


@pytest.mark.parametrize("count", [0, 1, 99])
def test_a_tiny_pool_makes_no_graph(count: int) -> None:
    assert connect(np.zeros((count, 3), np.float32)) is None


def test_pixels_of_large_images_make_no_graph() -> None:
    assert connect(np.zeros((200, 3 * 64 * 64), np.float32)) is None


def test_images_that_are_all_alike_and_directions_without_spread_are_survived() -> None:
    vectors = np.zeros((200, 3), np.float32)
    vectors[:, 0] = np.arange(200) % 2
    classes = np.array([0, 1])
    heat = propagation.potentials(_graph(vectors), vectors[:2], classes, count=2)
    assert np.isfinite(heat).all()


def test_a_learner_learns_more_where_labels_spread() -> None:
    """Two long clouds a gap apart, labeled at opposite ends, so that labels alone tilt the line."""
    rng = np.random.default_rng(0)
    classes = np.arange(600) % 2
    vectors = np.stack([2.0 * classes - 1, rng.uniform(-20, 20, 600)], axis=1)
    vectors = (vectors + rng.normal(0, 0.25, vectors.shape)).astype(np.float32)
    along = np.argsort(vectors[:, 1])
    known = np.concatenate([along[classes[along] == 0][:2], along[classes[along] == 1][-2:]])
    around = Around(_graph(vectors), vectors, np.ones(len(known), bool))
    right = {}
    for name, given in (("alone", None), ("spread", around)):
        learner = fit_learner(
            "linear_svm", {}, vectors[known], classes[known], count=2, seed=0, around=given
        )
        assert learner is not None
        right[name] = (learner.decide(vectors).argmax(axis=1) == classes).mean()
    assert right["spread"] > right["alone"] + 0.02


def _deaf(count: int) -> tuple[Vectors, Indices]:
    """One direction says everything; among thirty that say nothing, neighbors do not hear it."""
    rng = np.random.default_rng(0)
    classes = np.arange(count) % 2
    vectors = rng.normal(0, 1, (count, 31)).astype(np.float32)
    vectors[:, 0] = 2.0 * classes - 1
    return vectors, classes


def test_labels_do_not_spread_where_neighbors_tell_less_than_the_learner() -> None:
    vectors, classes = _deaf(600)
    known = np.arange(120)
    around = Around(_graph(vectors), vectors, np.ones(len(known), bool))
    alone = fit_learner("linear_svm", {}, vectors[known], classes[known], count=2, seed=0)
    spread = fit_learner(
        "linear_svm", {}, vectors[known], classes[known], count=2, seed=0, around=around
    )
    assert alone is not None
    assert spread is not None
    np.testing.assert_array_equal(alone.decide(vectors), spread.decide(vectors))


def test_images_chosen_for_the_doubt_in_them_have_no_say() -> None:
    """On labels that a learner gets wrong, neighbors that say nothing look better than it."""
    vectors, classes = _deaf(600)
    vectors[80:200, 0] *= -0.3
    known, fair = np.arange(200), np.arange(200) < 80
    around = Around(_graph(vectors), vectors, fair)
    biased = Around(around.graph, vectors, ~fair)

    def fit(vectors: Vectors, classes: Indices, weights: Weights) -> Learner:
        learner = fit_learner("linear_svm", {}, vectors, classes, count=2, seed=0, weights=weights)
        assert learner is not None
        return learner

    helps = [
        spreading_helps(fit, vectors[known], classes[known], np.ones(200), each, seed=seed)
        for each in (around, biased)
        for seed in range(5)
    ]
    assert not any(helps[:5])
    assert all(helps[5:])


def test_one_class_is_not_enough() -> None:
    vectors, _ = _moons(200)
    around = Around(_graph(vectors), vectors, np.ones(5, bool))
    classes = np.zeros(5, np.int64)
    assert (
        fit_learner("linear_svm", {}, vectors[:5], classes, count=2, seed=0, around=around) is None
    )


def test_how_exactly_it_is_solved_gives_no_class_another_s_images(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    blobs = [rng.normal(place, 1, (100, 4)) for place in (0, 8, 16)]
    vectors = np.concatenate(blobs).astype(np.float32)
    labeled = np.array([*range(30), 100, 200])
    classes = labeled // 100
    graph = _graph(vectors)

    def told() -> list[int]:
        heat = propagation.potentials(graph, vectors[labeled], classes, count=3)
        return [int(each) for each in heat.argmax(axis=1)]

    usual = told()
    monkeypatch.setattr(propagation, "STEPS", 5000)
    monkeypatch.setattr(propagation, "TOLERANCE", 1e-14)
    assert told() == usual
