"""Learners: the classifiers that are taught. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.parts.declaring import Entry, Kind, option


def _strength() -> Any:
    return option(
        0.0,
        "L2 strength gamma, with C = 1 / (n gamma); 0 chooses it by "
        "cross-validation on the labels.",
        low=0.0,
        high=1000.0,
    )


@dataclass(frozen=True)
class LinearSvmOptions:
    """Linear support vector machine."""

    strength: float = _strength()
    several: str = option(
        "one_vs_rest",
        "More than two classes: a hyperplane per class, one per pair of classes that vote, or one"
        " per class of least squared error, which is the best where labels spread.",
        choices=("one_vs_rest", "one_vs_one", "least_squares"),
    )

    def closed_form(self, classes: int) -> bool:
        """Whether so many classes are told apart in closed form, by any number of labels."""
        return self.several == "least_squares" and classes > 2


@dataclass(frozen=True)
class LogisticRegressionOptions:
    """Logistic regression."""

    strength: float = _strength()


@dataclass(frozen=True)
class CommitteeOptions:
    """A committee of linear support vector machines."""

    members: int = option(10, "Machines, each on its own draw of the labels.", low=2, high=100)
    strength: float = _strength()


@dataclass(frozen=True)
class SmallCnnOptions:
    """A small convolutional network."""

    steps: int = option(200, "Steps of training, on 32 labeled images each.", low=10, high=20_000)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.LEARNER,
        "linear_svm",
        "Linear support vector machine",
        "One hyperplane per class; two classes share one.",
        LinearSvmOptions,
        "models.learners.linear_svm",
        source="arXiv 1702.07956",
    ),
    Entry(
        Kind.LEARNER,
        "logistic_regression",
        "Logistic regression",
        "A softmax of one hyperplane per class.",
        LogisticRegressionOptions,
        "models.learners.logistic_regression",
        source="Cox 1958",
    ),
    Entry(
        Kind.LEARNER,
        "committee",
        "Committee",
        "Linear support vector machines, each on its own draw of the labels; their mean decides.",
        CommitteeOptions,
        "models.learners.committee",
        source="Breiman 1996",
    ),
    Entry(
        Kind.LEARNER,
        "small_cnn",
        "Small convolutional network",
        "Learns from the pixels of square images; with other features it says so.",
        SmallCnnOptions,
        "models.learners.small_cnn",
        source="LeCun et al. 1998",
    ),
)
