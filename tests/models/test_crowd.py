import numpy as np
import pytest

from models import crowd
from models.agreement import Table


def _answers(
    accuracies: list[float], *, units: int = 300, each: int = 3, seed: int = 0
) -> tuple[Table, np.ndarray, np.ndarray]:
    """Simulate answers of 4 kinds; returns the table, the vectors and the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, units)
    vectors = (np.eye(4)[truth] * 3 + rng.normal(size=(units, 4))).astype(np.float32)
    table = np.full((units, len(accuracies)), np.nan)
    for unit in range(units):
        for person in rng.choice(len(accuracies), each, replace=False):
            right = rng.random() < accuracies[person]
            table[unit, person] = truth[unit] if right else rng.integers(0, 4)
    return table, vectors, truth


def test_the_consensus_is_right_more_often_than_the_majority() -> None:
    table, vectors, truth = _answers([0.9, 0.9, 0.3, 0.3, 0.3])
    found = crowd.consensus(table, vectors)
    assert found is not None
    votes = np.stack([(table == answer).sum(axis=1) for answer in range(4)], axis=1)
    assert (found.answers == truth).mean() > (votes.argmax(axis=1) == truth).mean() + 0.05
    assert found.quality[:2].min() > found.quality[2:].max()


def test_labels_are_worth_most_where_people_disagree() -> None:
    table, vectors, _ = _answers([0.9] * 5)
    found = crowd.consensus(table, vectors)
    assert found is not None
    differ = np.array([len(np.unique(row[~np.isnan(row)])) > 1 for row in table])
    assert found.worth[differ].mean() > found.worth[~differ].mean()
    assert found.confidence[differ].mean() < found.confidence[~differ].mean()


def test_answers_keep_their_numbers() -> None:
    table, vectors, _ = _answers([0.9] * 4, units=60)
    found = crowd.consensus(table * 10 + 7, vectors)
    assert found is not None
    assert set(found.answers) <= {7, 17, 27, 37}


@pytest.mark.parametrize(
    "table",
    [[[0.0, np.nan], [np.nan, 1.0]], [[1.0, 1.0], [1.0, np.nan]]],
    ids=["nobody shares a unit", "one answer alone"],
)
def test_there_is_no_consensus_where_nothing_can_be_weighed(table: list[list[float]]) -> None:
    assert crowd.consensus(np.array(table), np.zeros((2, 2), np.float32)) is None


def test_an_images_own_answers_never_tell_what_its_neighbors_say() -> None:
    vectors = np.arange(12, dtype=np.float32)[:, None]
    table = np.zeros((12, 2))
    table[5] = 1.0
    chances = crowd.neighbor_chances(table, vectors, answers=2)
    assert chances[5, 1] == chances[5].min()
    assert chances.sum(axis=1) == pytest.approx(1)
