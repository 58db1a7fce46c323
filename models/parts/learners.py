"""Learners: the classifiers that are taught. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from models.parts.declaring import Entry, Kind, option


@dataclass(frozen=True)
class LinearSvmOptions:
    """Linear support vector machine."""

    strength: float = option(
        0.0,
        "L2 strength gamma, with C = 1 / (n gamma); 0 chooses it by "
        "cross-validation on the labels.",
        low=0.0,
        high=1000.0,
    )
    several: str = option(
        "one_vs_rest",
        "More than two classes: a hyperplane per class, or one per pair of classes that vote.",
        choices=("one_vs_rest", "one_vs_one"),
    )


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
)
