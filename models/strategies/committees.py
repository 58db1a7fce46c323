"""Committees: several linear learners that the same labels allow, and how far they disagree.

Members are logistic regressions on the labels with random weights (the Bayesian bootstrap, Rubin
1981): no class is ever drawn empty, so a committee forms from the first label of each class on.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from models.interfaces import Indices, Vectors
from models.learners.planes import Centered
from models.strategies.uncertainty import entropies

#: L2 strength of a member, relative to the mean squared length of centered vectors, per label.
#: That of the linear support vector machine, not tuned for committees.
STRENGTH = 1e-3
#: Most labels that one committee is fitted on, drawn at random from more.
MOST_LABELS = 1000
STEPS = 200

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Committee:
    """Linear members that vote on the same classes: weights (m, k, d) and biases (m, k)."""

    weights: Vectors
    biases: Vectors

    def chances(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to each member's chances (n, m, k)."""
        members, classes, dimension = self.weights.shape
        logits = vectors @ self.weights.reshape(-1, dimension).T + self.biases.ravel()
        chances: Vectors = softmax(logits.reshape(len(vectors), members, classes), axis=2)
        return chances


def vote_entropies(chances: Vectors) -> Vectors:
    """Map chances (n, m, k) to the entropy (n,) of the members' votes in nats.

    Source: Dagan and Engelson 1995, without their constant divisor.
    """
    votes = chances.argmax(axis=2)
    shares = np.stack([(votes == each).mean(axis=1) for each in range(chances.shape[2])], axis=1)
    return entropies(shares.astype(np.float32))


def divergences(chances: Vectors) -> Vectors:
    """Map chances (n, m, k) to the members' mean divergence (n,) from their mean, in nats.

    McCallum and Nigam (1998) take the mean Kullback-Leibler divergence; BALD (Houlsby et al. 2011)
    the mutual information of class and member. They are one number: the entropy of the mean less
    the mean entropy.
    """
    spread: Vectors = entropies(chances.mean(axis=1)) - entropies(chances).mean(axis=1)
    return np.maximum(spread, 0)


@dataclass(frozen=True)
class Taught:
    """Labels to fit committees on: centered vectors (l, d), columns (l,) of k present classes."""

    frame: Centered
    columns: Indices

    @classmethod
    def of(cls, vectors: Vectors, classes: Indices, rng: np.random.Generator) -> Taught:
        """Take the labels (l, d) and (l,), or `MOST_LABELS` of them."""
        rows = np.sort(rng.permutation(len(classes))[:MOST_LABELS])
        columns = np.unique(classes[rows], return_inverse=True)[1]
        return cls(Centered.of(vectors[rows]), columns)

    @property
    def classes(self) -> int:
        """Number of classes that have labels."""
        return int(self.columns.max()) + 1

    def fit(self, importance: Array) -> tuple[Array, Array]:
        """Fit labels of some importance (l,); returns slopes (k, d) and offsets (k,)."""
        machine = LogisticRegression(C=1 / (len(self.columns) * STRENGTH), max_iter=STEPS)
        with warnings.catch_warnings():
            # The last digits of a member are not worth more steps.
            warnings.simplefilter("ignore", ConvergenceWarning)
            machine.fit(self.frame.vectors, self.columns, sample_weight=importance)
        slopes, offsets = machine.coef_, machine.intercept_
        if self.classes == 2:
            slopes, offsets = np.vstack([-slopes, slopes]) / 2, np.append(-offsets, offsets) / 2
        return slopes, offsets

    def seat(self, slopes: Array, offsets: Array) -> Committee:
        """Seat members: slopes (m, k, d) and offsets (m, k) on centered vectors."""
        weights = slopes / self.frame.scale
        biases = offsets - weights @ self.frame.center
        return Committee(weights.astype(np.float32), biases.astype(np.float32))


def bootstrap(vectors: Vectors, classes: Indices, *, members: int, seed: int) -> Committee:
    """Fit a committee on vectors (l, d) labeled with classes (l,), of which two must be present."""
    rng = np.random.default_rng(seed)
    taught = Taught.of(vectors, classes, rng)
    fits = [taught.fit(rng.exponential(size=len(taught.columns))) for _ in range(members)]
    return taught.seat(np.stack([each[0] for each in fits]), np.stack([each[1] for each in fits]))
