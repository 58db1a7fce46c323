"""Fit: answers become a learner, and refusals a recognizability head.

Knows nothing of where the answers are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models import catalog, recognizability
from models.interfaces import (
    Features,
    Images,
    Indices,
    Learner,
    NotEnoughClasses,
    Vectors,
    Weights,
)
from models.learners.held_out import all_alike, hold_out
from models.neighbors import neighborhood
from models.parts.declaring import Kind
from models.parts.learners import LinearSvmOptions
from models.propagation import MOST_IMAGES, Around, guesses, spread
from models.recognizability import Recognizability
from models.virtual_examples import Copies

#: Unlabeled images that labels spread to, beside which a learner is still fitted in a moment;
#: in closed form it takes all there are.
SPREAD = 1500


@dataclass(frozen=True, eq=False)
class Judged:
    """Synthesized images (n, c, h, w) that people named or refused, as they were when posed.

    `latents` (n, z) and `margins` (n,) of that time; `named` (n,) tells whether they had a name,
    and `weights` (n,) how much that counts, all alike without.
    """

    images: Images
    latents: Vectors
    margins: Vectors
    named: NDArray[np.bool_]
    weights: Weights | None = None


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Pairs that people compared: `differences` (p, d) of the vector that is more of its class
    minus the one that is less, the class `asked` (p,), and the class `against` (p,); `weights`
    (p,) say how much each counts, all alike without.
    """

    differences: Vectors
    asked: Indices
    against: Indices
    weights: Weights | None = None

    def beside(
        self, vectors: Vectors, classes: Indices, weights: Weights
    ) -> tuple[Vectors, Indices, Weights]:
        """Put them beside labeled vectors (n, d) with classes and weights (n,).

        Each becomes two vectors on either side of the labels' middle, a difference away from it,
        one of each class: that asks of a linear learner that the class grows along the difference,
        and of its offset nothing (RankSVM: Joachims 2002).
        """
        middle, counts = vectors.mean(axis=0), all_alike(self.asked, self.weights)
        return (
            np.concatenate([vectors, middle + self.differences, middle - self.differences]),
            np.concatenate([classes, self.asked, self.against]),
            np.concatenate([weights, counts, counts]),
        )


def fit_learner(
    name: str,
    options: Mapping[str, Any],
    vectors: Vectors,
    classes: Indices,
    *,
    count: int,
    seed: int,
    weights: Weights | None = None,
    around: Around | None = None,
    compared: Comparisons | None = None,
    copies: Copies | None = None,
) -> Learner | None:
    """Fit the learner of that name on vectors (n, d) with classes (n,) of `count`; None until two
    classes have labels.

    Labels count by their `weights` (n,), all alike without. With `around`, unlabeled images teach
    too, with the classes that the labels spread to them, unless labels that are held out are told
    better without (`spreading_helps`). With `compared`, pairs teach beside all of these, and with
    `copies` those of the labeled images.
    """
    chosen = catalog.read_options(Kind.LEARNER, name, options)

    def fit(
        vectors: Vectors, classes: Indices, counts: Weights, groups: Indices | None = None
    ) -> Learner:
        more = {"weights": None if (counts == 1).all() else counts, "groups": groups}
        module = catalog.module(Kind.LEARNER, name)
        return cast(Learner, module.fit(vectors, classes, chosen, count=count, seed=seed, **more))

    try:
        present = np.unique(classes)
        if len(present) < 2:
            raise NotEnoughClasses
        taught = vectors, classes, all_alike(classes, weights)
        if around is not None and spreading_helps(fit, *taught, around, seed=seed):
            quick = isinstance(chosen, LinearSvmOptions) and chosen.closed_form(len(present))
            most = MOST_IMAGES if quick else SPREAD
            found = spread(around, vectors, classes, count=count, most=most, seed=seed)
            taught = (
                np.concatenate([vectors, around.vectors[found.rows]]),
                np.concatenate([classes, found.classes]),
                np.concatenate([taught[2], np.ones(len(found.rows))]),
            )
        if compared:
            taught = compared.beside(*taught)
        return fit(*(copies.beside(*taught) if copies else taught))
    except NotEnoughClasses:
        return None


def spreading_helps(
    fit: Callable[[Vectors, Indices, Weights], Learner],
    vectors: Vectors,
    classes: Indices,
    weights: Weights,
    around: Around,
    *,
    seed: int,
) -> bool:
    """Whether labels that are held out in turn are told by their neighbors at least as well as by a
    learner that knows the other labels alone.

    Only the fair ones count: of images that were chosen because a learner was unsure of them,
    anything else seems to know more. Where nothing can be held out, because a class has too few
    labels, labels spread: that is where they are needed most. Raises `NotEnoughClasses` unless two
    classes have labels.
    """
    if len(np.unique(classes)) < 2:
        raise NotEnoughClasses
    count = int(classes.max()) + 1
    held = hold_out(classes, seed=seed)
    by_neighbors = by_learner = 0.0
    for fold in held.tried:
        out = held.rows[held.folds == fold]
        known = np.setdiff1d(np.arange(len(classes)), out)
        fair = out[around.fair[out]]
        if len(fair):
            taught = fit(vectors[known], classes[known], weights[known])
            told = taught.decide(vectors[fair]).argmax(axis=1)
            labels = vectors[known], classes[known]
            guessed = guesses(around.graph, *labels, vectors[fair], count=count)
            by_learner += float(weights[fair][told == classes[fair]].sum())
            by_neighbors += float(weights[fair][guessed == classes[fair]].sum())
    return by_neighbors >= by_learner


def fit_recognizer(
    judged: Judged, features: Features, pool_vectors: Vectors, *, seed: int
) -> Recognizability | None:
    """Learn what people can name; None until there are enough refusals and names."""
    if len(judged.named) == 0:
        return None
    cues = recognizability.cues(
        judged.images,
        features=features,
        neighborhood=neighborhood(pool_vectors),
        margins=judged.margins,
        latents=judged.latents,
    )
    return recognizability.fit(cues, judged.named, seed=seed, weights=judged.weights)
