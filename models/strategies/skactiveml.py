"""Pool strategies of scikit-activeml (Kottke et al. 2021) on plain arrays.

Those that this project does not have itself. The library holds whole tables of distances or teaches
many learners, so it is given a sample of the pool. Knows nothing of how they decide.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from skactiveml import pool
from skactiveml.classifier import ParzenWindowClassifier, SklearnClassifier
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LogisticRegression

from models.interfaces import Indices, QueryBatch, Situation, Vectors
from models.learners.planes import Centered
from models.parts.pool_strategies import SkactivemlOptions
from models.strategies.committees import STEPS, STRENGTH
from models.strategies.pool_batches import chosen_first, require_learner
from models.strategies.pool_rows import draw

#: Most labels that the library is told, drawn at random from more.
MOST_LABELS = 1000
#: Members of the committee whose joint information BatchBALD measures.
MEMBERS = 8


@dataclass(frozen=True)
class _Task:
    """What the library's strategies are made for: the classes that have labels, and a seed."""

    classes: Indices
    labels: int
    seed: int

    @property
    def clusters(self) -> dict[str, int]:
        """Options of a k-means that draws from nobody else's random numbers."""
        return {"random_state": self.seed, "n_init": 1}

    def regression(self) -> LogisticRegression:
        """Make the logistic regression that committees are made of."""
        return LogisticRegression(C=1 / (self.labels * STRENGTH), max_iter=STEPS)

    def linear(self) -> SklearnClassifier:
        """Make a logistic regression as the library knows it."""
        return self._known(self.regression())

    def committee(self) -> SklearnClassifier:
        """Make several, each of some of the labels."""
        return self._known(
            BaggingClassifier(self.regression(), n_estimators=MEMBERS, random_state=self.seed)
        )

    def windows(self) -> ParzenWindowClassifier:
        """Make a Parzen window classifier, which can count the labels around an image."""
        return ParzenWindowClassifier(
            classes=self.classes, metric_dict={"gamma": "mean"}, random_state=self.seed
        )

    def _known(self, estimator: Any) -> SklearnClassifier:
        return SklearnClassifier(estimator, classes=self.classes, random_state=self.seed)


def _alone(task: _Task) -> Mapping[str, Any]:
    del task
    return {}


@dataclass(frozen=True)
class _Method:
    """How one strategy is made and asked, and the most candidates that it can cope with."""

    make: Callable[[_Task], Any]
    ask: Callable[[_Task], Mapping[str, Any]] = _alone
    most: int = 20_000


def _with_linear(task: _Task) -> Mapping[str, Any]:
    return {"clf": task.linear()}


METHODS: Mapping[str, _Method] = {
    "batch_bald": _Method(
        lambda task: pool.BatchBALD(random_state=task.seed),
        lambda task: {"ensemble": task.committee()},
        most=1000,
    ),
    "clue": _Method(
        lambda task: pool.Clue(random_state=task.seed, cluster_algo_dict=task.clusters),
        lambda task: {"estimator": task.linear()},
    ),
    "contrastive": _Method(lambda task: pool.ContrastiveAL(random_state=task.seed), _with_linear),
    "discriminative": _Method(
        lambda task: pool.DiscriminativeAL(random_state=task.seed),
        lambda task: {"discriminator": task.linear()},
        most=2000,
    ),
    "drop_query": _Method(
        lambda task: pool.DropQuery(random_state=task.seed, cluster_algo_dict=task.clusters),
        _with_linear,
    ),
    "falcun": _Method(lambda task: pool.Falcun(random_state=task.seed), _with_linear),
    "max_herding": _Method(lambda task: pool.MaxHerding(random_state=task.seed), most=4000),
    "prob_cover": _Method(
        lambda task: pool.ProbCover(
            n_classes=len(task.classes), random_state=task.seed, cluster_algo_dict=task.clusters
        ),
        most=3000,
    ),
    "probabilistic": _Method(
        lambda task: pool.ProbabilisticAL(random_state=task.seed),
        lambda task: {"clf": task.windows()},
    ),
    "quire": _Method(
        lambda task: pool.Quire(classes=task.classes, random_state=task.seed), most=300
    ),
}


class Skactiveml:
    """Asks the library; implements `Strategy`."""

    def __init__(self, options: SkactivemlOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose what the library chooses; the utility is the library's."""
        require_learner(situation)
        method = METHODS[self._options.method]
        most = max(min(self._options.sample, method.most), count)
        drawn = draw(situation, most, seed=seed)
        count = min(count, len(drawn))
        chosen, utilities = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if count:
            chosen, utilities = _ask(method, situation, drawn.copied(), count, seed)
        return chosen_first(situation, drawn.rows, chosen, utilities, count=count)


def _ask(
    method: _Method, situation: Situation, candidates: Vectors, count: int, seed: int
) -> tuple[Indices, Vectors]:
    """Return places (m,) among candidates (n, d) and their utilities (m,)."""
    rows = np.random.default_rng(seed).permutation(len(situation.labeled_classes))[:MOST_LABELS]
    known, classes = situation.labeled_vectors[rows], situation.labeled_classes[rows]
    frame, task = Centered.of(known), _Task(np.unique(classes), len(classes), seed)
    inputs = np.concatenate([known, candidates]).astype(np.float64)
    inputs = (inputs - frame.center) / frame.scale
    answers = np.concatenate([classes, np.full(len(candidates), np.nan)])  # NaN: no label
    with warnings.catch_warnings():
        # What the library warns of, such as clusters that are not pure, nobody could change here.
        warnings.simplefilter("ignore")
        picked, utilities = method.make(task).query(
            inputs, answers, batch_size=count, return_utilities=True, **method.ask(task)
        )
    found = utilities[np.arange(len(picked)), picked].astype(np.float32)
    return np.asarray(picked, dtype=np.int64) - len(known), found


def build(options: SkactivemlOptions) -> Skactiveml:
    """Build the strategy."""
    return Skactiveml(options)
