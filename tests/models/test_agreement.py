import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from models import agreement

_ = np.nan

#: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", data C: 4 observers, 12 units.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
).T

#: Fleiss (1971) as commonly tabled: 10 subjects, 14 raters, how many chose each of 5 answers.
FLEISS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def test_alpha_is_that_of_the_paper() -> None:
    assert agreement.alpha(KRIPPENDORFF) == pytest.approx(0.743, abs=0.0005)


def test_fleiss_kappa_is_that_of_the_table() -> None:
    table = np.array([np.repeat(range(5), counts) for counts in FLEISS], dtype=float)
    assert agreement.fleiss(table) == pytest.approx(0.210, abs=0.0005)


def test_cohens_kappa_is_that_of_fifty_grant_proposals() -> None:
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    first, second = np.array(pairs, dtype=float).T
    assert agreement.cohen(first, second) == pytest.approx(0.4)
    assert agreement.mean_cohen(np.array(pairs, dtype=float)) == pytest.approx(0.4)


def test_cohens_kappa_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    first = rng.integers(0, 4, 200).astype(float)
    second = np.where(rng.random(200) < 0.6, first, rng.integers(0, 4, 200))
    assert agreement.cohen(first, second) == pytest.approx(cohen_kappa_score(first, second))


@pytest.mark.parametrize("measure", [agreement.alpha, agreement.fleiss, agreement.mean_cohen])
@pytest.mark.parametrize(
    "table",
    [[[1.0, _], [_, 2.0]], [[_, _]], [[1.0, 1.0], [1.0, 1.0]]],
    ids=["nobody answers the same", "no answers", "one answer alone"],
)
def test_nothing_is_said_where_nothing_can_be(measure: object, table: list[list[float]]) -> None:
    assert callable(measure)
    assert measure(np.array(table)) is None


def test_perfect_agreement_is_one_and_guessing_is_about_nothing() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 500).astype(float)
    assert agreement.alpha(np.stack([truth, truth], axis=1)) == pytest.approx(1)
    guesses = rng.integers(0, 3, (2000, 3)).astype(float)
    for measure in (agreement.alpha, agreement.fleiss, agreement.mean_cohen):
        assert measure(guesses) == pytest.approx(0, abs=0.05)
